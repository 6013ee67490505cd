import Connector
import Coordinator
import HandoffCore
import HandoffStore
import ServiceLifecycle

extension FrontOffice {
  /// What happens, as it happens.
  var streamRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/stream", .api) { _ in try stream() },
      DeskRoute("GET", "/live", .console) { _ in try stream() },
    ]
  }

  /// Every transition from now on. A comment every 15 s keeps proxies patient and finds out who has gone.
  private func stream() throws(Problem) -> DeskAnswer {
    guard pace.openStream() else {
      throw Problem(
        .tooMany, "\(Pace.streamLimit) streams are open already.", headers: [HTTPField("retry-after", "30")])
    }
    let transitions = coordinator.listen()
    let (blocks, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(1000))
    continuation.yield(ServerEvent.opening)
    let pump = Task { [pace, coordinator] in
      defer { pace.closeStream() }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          var numbers = OrderNumbers(coordinator)
          for await transition in transitions.cancelOnGracefulShutdown() {
            let number = await numbers.number(of: transition.handoff.id)
            continuation.yield(ServerEvent.transition(transition, number: number))
          }
        }
        group.addTask {
          while (try? await Task.sleep(for: .seconds(15))) != nil { continuation.yield(ServerEvent.pulse) }
        }
        await group.next()
        group.cancelAll()
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in pump.cancel() }
    return .events(blocks)
  }
}

/// The numbers people know orders by; a stream asks for each once.
private struct OrderNumbers {
  private let coordinator: Coordinator
  private var known: [HandoffID: String] = [:]

  init(_ coordinator: Coordinator) { self.coordinator = coordinator }

  /// Nil when it is not known, or the store cannot say.
  mutating func number(of id: HandoffID) async -> String? {
    if let number = known[id] { return number }
    guard let number = try? await coordinator.store.read({ try $0.row(id)?.number }), !number.isEmpty else {
      return nil
    }
    if known.count >= 5000 { known.removeAll(keepingCapacity: true) }
    known[id] = number
    return number
  }
}

/// Blocks of a `text/event-stream`.
enum ServerEvent {
  /// Tells the browser how long to wait before it connects again, in milliseconds.
  static let opening = Array("retry: 2000\n\n".utf8)
  static let pulse = Array(": still here\n\n".utf8)

  static func transition(_ transition: Transition, number: String?) -> [UInt8] {
    let handoff = transition.handoff
    let data: JSONValue = [
      "handoff": .string(handoff.id.text), "storefront": .string(handoff.key.storefront.text),
      "orderId": .string(handoff.key.orderID), "number": .text(number), "event": .string(transition.event),
      "stage": .string(handoff.stage.rawValue), "erpId": .text(handoff.recordID),
      "exception": .text(handoff.exception?.kind.rawValue), "at": .instant(transition.at),
    ]
    // The writer escapes line breaks inside strings, so that data is one line.
    return Array("event: transition\ndata: ".utf8) + data.bytes + Array("\n\n".utf8)
  }
}
