public import Connector
public import HandoffCore
public import HandoffStore
import Logging

/// What a delivery is answered with; the HTTP layer turns it into a status.
public enum ReceptionAnswer: Sendable {
  /// It is durable, and this is the order's handoff.
  case taken(DeliveryDisposition, Handoff)
  /// It is durable, and it was no order.
  case noted(DeliveryDisposition)
  /// It is durable, it is authentic, and it could not be understood: a person owns it.
  case unreadable(reason: String)
  /// A ping of the subscription.
  case ping
  /// It was not taken.
  case rejected(WebhookRejection)
  /// There is no such storefront.
  case unknownStorefront
  /// It could not be made durable: come again (S2).
  case unavailable(reason: String)
}

extension Coordinator {
  /// Takes a delivery: verified over its raw bytes, durable before the answer.
  public func receive(_ delivery: WebhookDelivery, at name: StorefrontName) async -> ReceptionAnswer {
    guard let storefront = setting.storefronts[name] else { return .unknownStorefront }
    let reading: WebhookReading
    do throws(WebhookRejection) { reading = try storefront.source.read(delivery) } catch {
      meter.count("deliveries.rejected")
      return .rejected(error)
    }
    switch reading {
    case .ping: return .ping
    case .order(let capture):
      return await take(Coordinator.request(capture, delivery, at: name, receivedAt: delivery.receivedAt))
    case .notice(let topic, let orderID, let dedupeID):
      let answer = await keep(delivery, name, topic: topic, dedupeID: dedupeID, unreadable: nil)
      if let orderID, storefront.source.canList, case .noted = answer {
        inbox.put(.fetch(name, orderID: orderID))
      }
      return answer
    case .erasure(let topic, let orderIDs, let dedupeID):
      return await take(erasureOf: orderIDs, delivery, name, topic: topic, dedupeID: dedupeID)
    case .unreadable(let topic, let reason, let dedupeID):
      return await keep(delivery, name, topic: topic, dedupeID: dedupeID, unreadable: reason)
    }
  }

  static func request(
    _ capture: OrderCapture, _ delivery: WebhookDelivery, at name: StorefrontName, receivedAt: Timestamp
  ) -> IntakeRequest {
    IntakeRequest(
      key: OrderKey(storefront: name, orderID: capture.order.id), order: capture.order,
      updatedAt: capture.updatedAt, topic: capture.topic, dedupeID: capture.dedupeID,
      headers: kept(delivery.headers), body: delivery.body, receivedAt: receivedAt)
  }

  /// Takes an order in, whoever told of it.
  func take(_ request: consuming IntakeRequest) async -> ReceptionAnswer {
    let desk = TransactionDesk(permits)
    let receivedAt = request.receivedAt
    let orderID = request.key.orderID
    let prepared = moves.prepare(request)
    do {
      let result = try await store.transact { [moves] transaction in
        desk.begin(at: prepared.receivedAt)
        return try moves.intake(prepared, in: transaction, desk: desk)
      }
      writeHealth.noteOrder(failed: nil, at: time.now)
      meter.count("deliveries.\(result.disposition.rawValue)")
      if result.disposition == .applied { announce(result.handoff, result.event, at: receivedAt) }
      for task in result.claimed { start(task) }
      wake(result.handoff)
      expect(desk.waiting)
      return .taken(result.disposition, result.handoff)
    } catch {
      desk.returnAll()
      if case StoreFailure.unavailable(let reason) = error { writeHealth.noteOrder(failed: reason, at: time.now) }
      meter.count("deliveries.unavailable")
      logger.error("intake failed", metadata: ["order": "\(orderID)", "error": "\(error)"])
      return .unavailable(reason: "\(error)")
    }
  }

  func start(_ task: ClaimedTask) {
    // During a stop the task keeps its lease: the next start takes it back and looks it up.
    if !inbox.put(.perform(task)) { permits.giveBack(1, lane: task.lane) }
  }

  private func keep(
    _ delivery: WebhookDelivery, _ name: StorefrontName, topic: String, dedupeID: String?, unreadable reason: String?
  ) async -> ReceptionAnswer {
    let headers = Coordinator.kept(delivery.headers)
    do {
      let disposition = try await store.transact { [moves] in
        try moves.keep(
          storefront: name, topic: topic, dedupeID: dedupeID, headers: headers, body: delivery.body,
          receivedAt: delivery.receivedAt, unreadable: reason, in: $0)
      }
      meter.count("deliveries.\(disposition.rawValue)")
      if let reason { return .unreadable(reason: reason) }
      return .noted(disposition)
    } catch {
      if case StoreFailure.unavailable(let reason) = error { writeHealth.noteOrder(failed: reason, at: time.now) }
      meter.count("deliveries.unavailable")
      return .unavailable(reason: "\(error)")
    }
  }

  private static let keptNames = ["x-shopify-", "shopify-", "x-wc-webhook-", "webhook-"]

  /// Signature and identity headers, one a line: what is needed to prove later what was received.
  static func kept(_ headers: [HTTPField]) -> String {
    var lines: [UInt8] = []
    for field in headers {
      guard keptNames.contains(where: { field.hasPrefix($0) }) else { continue }
      lines += field.lowercasedName
      lines += ": ".utf8
      // Counting characters is slow, and a value of so few bytes has no more of them.
      lines += field.value.utf8.count <= 512 ? field.value.utf8 : String(field.value.prefix(512)).utf8
      lines += "\n".utf8
    }
    return String(decoding: lines, as: UTF8.self)
  }

  /// Waits until a handoff is settled for the customer, or waits for a person, or the time is up; returns it as it then
  /// stands.
  public func settled(_ id: HandoffID, within duration: Duration) async -> Handoff? {
    let stream = transitions.listen(to: id)
    if let handoff = try? await store.read({ try $0.row(id)?.handoff }), handoff.isSettled { return handoff }
    return await withTaskGroup(of: Handoff?.self) { group in
      group.addTask {
        for await transition in stream where transition.handoff.isSettled { return transition.handoff }
        return nil
      }
      group.addTask { [time] in
        await time.sleep(for: duration)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      if let first { return first }
      return try? await store.read { try $0.row(id)?.handoff }
    }
  }

  /// Carries out a person's decision.
  /// - Throws: ``HandoffCore/Refusal`` when it makes no sense now; ``HandoffStore/StoreFailure`` on a stale revision.
  /// - Returns: the handoff as it now stands; nil when there is none.
  public func decide(
    _ decision: OperatorDecision, on id: HandoffID, by name: String, expecting revision: Int? = nil
  ) async throws -> Handoff? {
    let now = time.now
    let desk = TransactionDesk(permits)
    do {
      let result = try await store.transact { [moves] transaction in
        desk.begin(at: now)
        return try moves.decide(decision, on: id, by: name, expecting: revision, at: now, in: transaction, desk: desk)
      }
      guard let result else { return nil }
      announce(result.handoff, "operator_decided", at: now)
      for task in result.claimed { start(task) }
      wake(result.handoff)
      expect(desk.waiting)
      return result.handoff
    } catch {
      desk.returnAll()
      throw error
    }
  }
}

extension Handoff {
  /// Whether the customer has been, or can be, told the final word, or nothing more happens until a person acts.
  var isSettled: Bool { stage.isTerminal || stage == .decided || stage == .declining || waitsForPerson }
}
