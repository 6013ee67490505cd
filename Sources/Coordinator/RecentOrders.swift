import HandoffCore
import Synchronization

/// The orders written last, by the document they were written as: under load a task is claimed a moment after its order
/// was stored, and reading the document back costs more than the rest of the claim.
final class RecentOrders: Sendable {
  private struct State {
    var orders: [[UInt8]: Order] = [:]
    var ring: [[UInt8]] = []
    var oldest = 0
  }

  private static let capacity = 1024
  private let state = Mutex(State())

  func keep(_ order: Order, as document: [UInt8]) {
    state.withLock { state in
      guard state.orders.updateValue(order, forKey: document) == nil else { return }
      if state.ring.count < RecentOrders.capacity {
        state.ring.append(document)
      } else {
        state.orders[state.ring[state.oldest]] = nil
        state.ring[state.oldest] = document
        state.oldest = (state.oldest + 1) % RecentOrders.capacity
      }
    }
  }

  subscript(document: [UInt8]) -> Order? { state.withLock { $0.orders[document] } }
}
