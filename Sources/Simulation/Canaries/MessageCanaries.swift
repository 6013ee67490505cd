import Connector
import HandoffCore
import HandoffStore

extension Canary {
  /// S4: customers hear it twice, or two things.
  static let messageCanaries: [Canary] = [
    Canary("key-per-process", .s4, "every process sends a message under a key of its own") {
      $0.carrier { port, message in
        await port.send(
          FrozenMessage(
            key: message.key + "-\(port.life.number)", kind: message.kind, recipient: message.recipient,
            content: message.content))
      }
    },
    Canary("rendered-again", .s4, "a repeated message is written anew instead of frozen") {
      $0.carrier { port, message in
        await port.send(
          FrozenMessage(
            key: message.key, kind: message.kind, recipient: message.recipient,
            content: message.content + Array(" sent \(port.world.loop.now)".utf8)))
      }
    },
    Canary("apology-on-failure", .s4, "a confirmation that was not taken is followed by an apology") {
      $0.carrier { port, message in
        let outcome = await port.send(message)
        guard case .deferred = outcome, message.kind == .confirmation else { return outcome }
        _ = await port.send(
          FrozenMessage(
            key: message.key + "s", kind: .cannotFulfil, recipient: message.recipient, content: message.content))
        return outcome
      }
    },
    Canary("watermark-ignored", .s4, "orders from before the cutover are written to (PM-20)") {
      $0.policy = { $0.watermark = .distantPast }
    },
    Canary("decided-again", .s4, "a confirmed order falls back before its decision") {
      $0.statements { statements, world in
        statements.onUpdate = { row, transaction in
          guard row.handoff.stage == .confirmed, row.handoff.exception == nil, world.dice.chance(500) else {
            return row
          }
          let effect = PlannedEffect(.checkInventory, notBefore: row.handoff.stageSince)
          _ = try transaction.put(
            NewTask(handoffID: row.handoff.id, planned: effect, lane: Moves.erpLane(row.handoff.erp)))
          return row.altered {
            $0.stage = .receipted
            $0.decision = nil
            $0.decidedVersion = nil
            $0.stageDeadline = $0.stageSince + .seconds(30)
          }
        }
      }
    },
  ]
}
