import Connector
import Coordinator
import HandoffCore
import HandoffStore
import ServiceLifecycle

extension FrontOffice {
  /// What happens, as it happens.
  var streamRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/stream", .api) { _ in try stream { ServerEvent.transition($0) } },
      DeskRoute("GET", "/live", .console) { _ in try stream { ServerEvent.transition($0) } },
    ]
  }

  /// Every transition from now on. A comment every 15 s keeps proxies patient and finds out who has gone.
  private func stream(_ write: @escaping @Sendable (Transition) -> [UInt8]) throws(Problem) -> DeskAnswer {
    guard pace.openStream() else {
      throw Problem(
        .tooMany, "\(Pace.streamLimit) streams are open already.", headers: [HTTPField("retry-after", "30")])
    }
    let transitions = coordinator.listen()
    let (blocks, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(1000))
    continuation.yield(ServerEvent.opening)
    let pump = Task { [pace] in
      defer { pace.closeStream() }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for await transition in transitions.cancelOnGracefulShutdown() { continuation.yield(write(transition)) }
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

/// Blocks of a `text/event-stream`.
enum ServerEvent {
  /// Tells the browser how long to wait before it connects again, in milliseconds.
  static let opening = Array("retry: 2000\n\n".utf8)
  static let pulse = Array(": still here\n\n".utf8)

  static func transition(_ transition: Transition) -> [UInt8] {
    let handoff = transition.handoff
    let data: JSONValue = [
      "handoff": .string(handoff.id.text), "storefront": .string(handoff.key.storefront.text),
      "orderId": .string(handoff.key.orderID), "event": .string(transition.event),
      "stage": .string(handoff.stage.rawValue), "erpId": .text(handoff.recordID),
      "exception": .text(handoff.exception?.kind.rawValue), "at": .instant(transition.at),
    ]
    // The writer escapes line breaks inside strings, so that data is one line.
    return Array("event: transition\ndata: ".utf8) + data.bytes + Array("\n\n".utf8)
  }
}
