import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension Canary {
  /// L1, L2, L4, L8: something waits for ever, for nobody, too busily, or for somebody else.
  static let livenessCanaries: [Canary] = [
    Canary("marked-before-sent", .l1, "a message that was not taken counts as sent (PM-21)") {
      $0.carrier { port, message in
        let outcome = await port.send(message)
        if case .deferred = outcome { return .accepted }
        return outcome
      }
    },
    Canary("dead-lease-kept", .l1, "a lease whose holder died is never taken back") {
      $0.statements { statements, _ in
        statements.onDue = { due in due.filter { $0.leasedUntil == nil } }
      }
    },
    Canary("fire-and-forget", .l1, "a planned effect is lost now and then, and no deadline is looked at") {
      $0.statements { statements, world in
        statements.onPut = { task in task.leasedUntil == nil && world.dice.chance(1000) ? nil : task }
        statements.onOverdue = { _ in [] }
      }
    },
    Canary("release-forgotten", .l1, "what was held at the storefront is never let go") {
      $0.statements { statements, _ in
        statements.onPut = { task in task.planned.effect == .releaseFulfillment ? nil : task }
      }
    },
    Canary("hold-not-pinned", .l1, "whether an order was held is no longer known when it is decided") {
      $0.statements { statements, _ in
        statements.onRead = { row in row.altered { $0.holdsFulfillment = false } }
      }
    },

    Canary("owner-nobody", .l2, "an exception is opened for nobody") {
      $0.statements { statements, _ in
        statements.onOpen = { NewException(handoffID: $0.handoffID, exception: $0.exception, owner: "nobody") }
      }
    },
    Canary("no-escalation", .l2, "an exception nobody works on never goes up", budget: 150) {
      $0.statements { statements, _ in statements.onOverdue = { _ in [] } }
    },
    Canary("escalated-to-nobody", .l2, "an exception that goes up belongs to nobody", budget: 150) {
      $0.statements { statements, _ in statements.onReassign = { _ in "unassigned" } }
    },
    Canary("quarantine-nobody", .l2, "what could not be read belongs to nobody") {
      $0.statements { statements, _ in
        statements.onUnreadable = {
          UnreadableDelivery(
            storefront: $0.storefront, topic: $0.topic, reason: $0.reason, receivedAt: $0.receivedAt, owner: "",
            deadline: $0.deadline, body: $0.body)
        }
      }
    },

    Canary("no-backoff", .l4, "what failed is tried again at once") {
      $0.policy = { $0.backoff = Backoff(base: .zero, cap: .zero) }
    },
    Canary("stock-asked-without-pause", .l4, "an order that waits for stock asks again and again", budget: 200) {
      $0.policy = { $0.inventory.recheck = .milliseconds(1) }
    },
    Canary("pause-ignored", .l4, "the pause of a planned effect is not kept") {
      $0.statements { statements, _ in
        statements.onPut = { task in
          NewTask(
            handoffID: task.handoffID,
            planned: PlannedEffect(
              task.planned.effect, notBefore: World.beginning - .seconds(3600),
              disposition: task.planned.disposition), lane: task.lane, leasedUntil: task.leasedUntil)
        }
      }
    },

    Canary("silent-order-blocks-erp", .l8, "one order the ERP never answers holds the lane of all", budget: 150) {
      $0.connector {
        $0.permits = 1
        $0.onSubmit = { port, submission in
          await port.waitsForEver(submission, if: .silent)
          return await port.submit(submission)
        }
      }
    },
    Canary("unreadable-row-blocks-lane", .l8, "one row that cannot be read fails the claim of all", budget: 150) {
      $0.statements { statements, world in
        statements.onDue = { due in
          for task in due {
            guard let order = world.byHandoff[task.handoffID] else { continue }
            if world.orders[order].poison == .unreadable { throw StoreFailure.corrupt("row of \(order)") }
          }
          return due
        }
      }
    },
    Canary("bad-address-blocks-mail", .l8, "one address that bounces slowly holds the mail of all", budget: 150) {
      $0.setting = { $0.notifyConcurrency = 1 }
      $0.carrier { port, message in
        let order = String(decoding: message.content, as: UTF8.self).split(separator: " ").dropFirst().first
        if let order = order.flatMap({ Int($0) }), port.world.orders[order].poison == .noAddress {
          await port.world.loop.sleep(2_000_000_000, port.life.seat)
        }
        return await port.send(message)
      }
    },
  ]
}

extension ERPPort {
  fileprivate func waitsForEver(_ submission: Submission, if poison: Poison) async {
    guard let order = world.order(submission.key.orderID), world.orders[order].poison == poison else { return }
    await world.loop.sleep(2_000_000_000, life.seat)
  }
}
