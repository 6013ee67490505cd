import Connector
import Foundation
import Sandbox
import Synchronization

/// The flow that most shops have: "confirmed" on the shop's own write, the ERP told afterwards from memory.
///
/// It gets the same orders at the same instants, an ERP with the same delay and the same faults, and as many requests
/// at once. What it lacks is an owner of the sequence: its queue is in memory, an answer that is lost is a reason to
/// send again, and nothing stands between the shop's stock figure and the promise.
final class NaiveFlow: Sendable {
  struct Order: Sendable {
    let body: [UInt8]
    var tries = 0
  }

  private struct State {
    var waiting: [Order] = []
    var confirmed = 0
    var sold: [String: Int] = [:]
    var epoch = 0
  }

  private let state = Mutex(State())
  private let transport: any HTTPTransport
  private let url: String

  init(transport: any HTTPTransport, baseURL: String) {
    self.transport = transport
    url = baseURL + "/erp/orders"
  }

  /// The shop's local write: at this instant the customer is told "confirmed".
  func place(_ order: SandboxOrder) {
    let lines: [JSONValue] = order.lines.map { line in
      [
        "id": .number(String(line.id)), "sku": .string(line.sku ?? "none"), "title": .string(line.title),
        "quantity": .number(String(line.quantity)), "unitPrice": .string(order.text(line.unitPrice)),
      ]
    }
    let body: JSONValue = [
      "externalId": .string("N-\(order.id)"), "orderId": .string(String(order.id)),
      "number": .string("#\(order.number)"), "currency": .string(order.currency),
      "total": .string(order.text(order.total)), "lines": .array(lines),
    ]
    let pending = Order(body: body.bytes)
    state.withLock { state in
      state.confirmed += 1
      for line in order.lines { if let sku = line.sku { state.sold[sku, default: 0] += line.quantity } }
      state.waiting.append(pending)
    }
  }

  /// Tells the ERP, a few orders at a time.
  func run(workers: Int) async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<workers { group.addTask { await self.work() } }
    }
  }

  private func work() async {
    while !Task.isCancelled {
      let taken = state.withLock { state in
        state.waiting.isEmpty ? nil : (state.waiting.removeFirst(), state.epoch)
      }
      guard let (order, epoch) = taken else {
        try? await Task.sleep(for: .milliseconds(20))
        continue
      }
      let answer = try? await transport.send(
        HTTPCall(
          "POST", url, headers: [HTTPField("Content-Type", "application/json")], body: order.body,
          deadline: .seconds(5)))
      finish(order, succeeded: answer.map { (200..<300).contains($0.status) } ?? false, epoch: epoch)
    }
  }

  private func finish(_ order: Order, succeeded: Bool, epoch: Int) {
    state.withLock { state in
      // A process that has crashed meanwhile takes note of nothing.
      guard epoch == state.epoch else { return }
      guard !succeeded, order.tries < 4 else { return }
      var again = order
      again.tries += 1
      state.waiting.append(again)
    }
  }

  /// The process dies: what it had in memory is gone, and the customers keep their confirmations.
  func crash() {
    state.withLock { state in
      state.epoch += 1
      state.waiting = []
    }
  }

  /// How many customers were told "confirmed", and how much of each item they were promised.
  var promised: (orders: Int, units: [String: Int]) { state.withLock { ($0.confirmed, $0.sold) } }
}
