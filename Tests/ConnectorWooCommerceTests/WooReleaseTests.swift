import Connector
import ConnectorTesting
import ConnectorWooCommerce
import HandoffCore
import Testing

@Suite struct WooReleaseTests {
  private static let messageKey = "6f1c0ffee0badc0de"
  private let key = OrderKey(storefront: StorefrontName("main"), orderID: "727")

  private func facts(_ kind: MessageKind, orderID: String = "727", recordID: String? = "SO-1") throws -> MessageFacts {
    MessageFacts(
      kind: kind, handoffID: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("main"), orderID: orderID),
      recordID: recordID, recordNumber: nil, order: try Fixtures.capture(Fixtures.order()).order,
      decidedAt: Fixtures.now, messageKey: Self.messageKey)
  }

  private func order(_ status: String, _ meta: [String: String] = [:]) -> ScriptedTransport.Reply {
    .json(200, Fixtures.order(["status": .string(status), "meta_data": Fixtures.meta(meta)]).text)
  }

  private func send(
    _ kind: MessageKind, _ replies: ScriptedTransport.Reply...
  ) async throws -> (
    outcome: MessageOutcome, calls: [HTTPCall]
  ) {
    let transport = ScriptedTransport(replies)
    let release = try WooRelease(Fixtures.configuration(transport))
    let outcome = await release.send(try release.compose(try facts(kind)))
    return (outcome, transport.calls)
  }

  @Test func `the confirmation is the change to processing with our mark in the same request`() async throws {
    let (outcome, calls) = try await send(.confirmation, order("on-hold"), order("processing"))
    #expect(outcome == .accepted)
    #expect(calls.map(\.method) == ["GET", "PUT"])
    #expect(calls.last?.url == "https://Shop.example/store/wp-json/wc/v3/orders/727")
    let body = try JSONValue(parsing: calls.last?.body ?? [])
    #expect(body["status"]?.string == "processing")
    let meta = Dictionary(
      uniqueKeysWithValues: (body["meta_data"]?.array ?? []).map { ($0["key"]?.string, $0["value"]?.string) })
    #expect(meta["_countersign_state"] == "confirmed")
    #expect(meta["_countersign_erp_id"] == "SO-1")
    #expect(meta["_countersign_payment"] == "paid")
    #expect(meta["_countersign_message"] == Self.messageKey)
  }

  @Test func `a repetition finds its own mark and changes nothing`() async throws {
    let (outcome, calls) = try await send(
      .confirmation, order("processing", ["_countersign_message": Self.messageKey]))
    #expect(outcome == .accepted)
    #expect(calls.map(\.method) == ["GET"])
  }

  @Test func `an order somebody else moved on only gets its mark`() async throws {
    for status in ["processing", "completed"] {
      let (outcome, calls) = try await send(.confirmation, order(status), order(status))
      #expect(outcome == .accepted)
      let body = try JSONValue(parsing: calls.last?.body ?? [])
      #expect(body["status"] == nil)
      #expect(body["meta_data"]?.array?.isEmpty == false)
    }
  }

  @Test func `a dead or unpaid order is refused in words and not brought back`() async throws {
    for status in ["cancelled", "refunded", "failed", "trash", "pending", "checkout-draft", "wc-unheard-of"] {
      let (outcome, calls) = try await send(.confirmation, order(status))
      guard case .refused(let reason) = outcome else {
        Issue.record("\(status) gave \(outcome)")
        continue
      }
      #expect(reason.contains(status))
      #expect(calls.count == 1)
    }
    let gone = #"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID."}"#
    guard case .refused = try await send(.confirmation, .json(404, gone)).outcome else {
      Issue.record("an order that is gone cannot be confirmed")
      return
    }
  }

  @Test func `doubt is deferred, a wrong set-up is named`() async throws {
    let doubts: [[ScriptedTransport.Reply]] = [
      [.failure(.notSent("x"))], [.failure(.noAnswer("x"))], [.json(500, "")], [.json(503, "")], [.json(200, "[]")],
      [order("on-hold"), .failure(.noAnswer("reset"))], [order("on-hold"), .json(502, "")],
      [order("on-hold"), .json(200, "Warning: {}")], [order("on-hold"), order("on-hold")],
      [order("on-hold"), .json(200, Fixtures.order(["id": 728, "status": "processing"]).text)],
    ]
    for replies in doubts {
      let release = try WooRelease(Fixtures.configuration(ScriptedTransport(replies)))
      guard case .deferred = await release.send(try release.compose(try facts(.confirmation))) else {
        Issue.record("\(replies)")
        continue
      }
    }
    for reply in [ScriptedTransport.Reply.json(401, "{}"), .json(403, "{}"), .json(404, "<html>"), .json(302, "")] {
      guard case .misconfigured = try await send(.confirmation, order("on-hold"), reply).outcome else {
        Issue.record("\(reply)")
        continue
      }
    }
    guard case .refused = try await send(.confirmation, order("on-hold"), .json(400, #"{"message":"no"}"#)).outcome
    else {
      Issue.record("a refusal")
      return
    }
  }

  @Test func `a lost reply is resolved by reading, without a second mail`() async throws {
    let released = Fixtures.order([
      "status": "processing", "meta_data": Fixtures.meta(["_countersign_message": Self.messageKey]),
    ]).text
    let transport = ScriptedTransport([order("on-hold"), .failure(.noAnswer("reset")), .json(200, released)])
    let release = try WooRelease(Fixtures.configuration(transport))
    let message = try release.compose(try facts(.confirmation))
    guard case .deferred = await release.send(message) else {
      Issue.record("a lost reply is no yes")
      return
    }
    #expect(await release.send(message) == .accepted)
    #expect(transport.calls.map(\.method) == ["GET", "PUT", "GET"])
  }

  @Test func `the acknowledgement is the shop's own mail and writes nothing`() async throws {
    let (outcome, calls) = try await send(.acknowledgement, order("on-hold"))
    #expect(outcome == .accepted)
    #expect(calls.map(\.method) == ["GET"])
    #expect(
      try await send(.acknowledgement, order("processing", ["_countersign_state": "confirmed"])).outcome == .accepted)
    for status in ["processing", "completed", "cancelled"] {
      guard case .refused = try await send(.acknowledgement, order(status)).outcome else {
        Issue.record("\(status)")
        continue
      }
    }
  }

  @Test func `a customer note is written once`() async throws {
    let (outcome, calls) = try await send(
      .cannotFulfil, .json(200, #"[{"id":1,"note":"hello"}]"#), .json(201, #"{"id":2}"#))
    #expect(outcome == .accepted)
    #expect(calls.last?.url.hasSuffix("/orders/727/notes") == true)
    let body = try JSONValue(parsing: calls.last?.body ?? [])
    #expect(body["customer_note"]?.bool == true)
    #expect(body["note"]?.string == "We are sorry: we cannot fulfil your order 727.\n\nRef. \(Self.messageKey)")
    let again = try await send(.cannotFulfil, .json(200, #"[{"id":2,"note":"… Ref. \#(Self.messageKey)"}]"#))
    #expect(again.outcome == .accepted)
    #expect(again.calls.count == 1)
    for replies in [
      [.json(500, "")], [.json(200, "{}")], [.json(200, "[]"), .json(201, "{}")],
      [.json(200, "[]"), .failure(.noAnswer("x"))],
    ] as [[ScriptedTransport.Reply]] {
      let release = try WooRelease(Fixtures.configuration(ScriptedTransport(replies)))
      guard case .deferred = await release.send(try release.compose(try facts(.cannotFulfil))) else {
        Issue.record("\(replies)")
        continue
      }
    }
  }

  @Test func `what cannot be right is not composed`() throws {
    let release = try WooRelease(Fixtures.configuration())
    let foreign = try facts(.confirmation, orderID: "7/../8")
    let early = try facts(.confirmation, recordID: nil)
    #expect(throws: CompositionFailure.self) { try release.compose(foreign) }
    #expect(throws: CompositionFailure.self) { try release.compose(early) }
    _ = try release.compose(try facts(.acknowledgement, recordID: nil))
    for change: (inout WooConfiguration) -> Void in [
      {
        $0.consumerKey = nil; $0.consumerSecret = nil
      }, { $0.waitingStatus = "completed" },
      {
        $0.releaseStatus = "on-hold"; $0.customStatuses = ["on-hold": .waiting]
      },
    ] {
      #expect(throws: WooSetupFault.self) { try WooRelease(Fixtures.configuration(ScriptedTransport([]), change)) }
    }
  }

  @Test func `a hold marks a waiting order, brings a released one back, and is repeatable`() async throws {
    func hold(_ replies: ScriptedTransport.Reply...) async throws -> (GateOutcome, [HTTPCall]) {
      let transport = ScriptedTransport(replies)
      let release = try WooRelease(Fixtures.configuration(transport))
      return (await release.hold(key, handoffID: HandoffID("h1")), transport.calls)
    }
    let (marked, calls) = try await hold(order("on-hold"), order("on-hold"))
    #expect(marked == .done)
    #expect(try JSONValue(parsing: calls.last?.body ?? [])["status"] == nil)
    let (back, changes) = try await hold(order("processing"), order("on-hold"))
    #expect(back == .done)
    #expect(try JSONValue(parsing: changes.last?.body ?? [])["status"]?.string == "on-hold")
    let (again, reads) = try await hold(order("on-hold", ["_countersign_state": "waiting"]))
    #expect(again == .done)
    #expect(reads.count == 1)
    #expect(try await hold(order("cancelled")).0 == .done)
    guard case .refused = try await hold(order("completed")).0, case .refused = try await hold(order("odd")).0,
      case .deferred = try await hold(.json(500, "")).0, case .misconfigured = try await hold(.json(401, "{}")).0
    else {
      Issue.record("a hold was misread")
      return
    }
  }

  @Test func `a release for another messenger carries the record and the payment decided upon`() async throws {
    func free(_ replies: ScriptedTransport.Reply...) async throws -> (GateOutcome, [HTTPCall]) {
      let transport = ScriptedTransport(replies)
      let release = try WooRelease(Fixtures.configuration(transport))
      return (await release.release(key, handoffID: HandoffID("h1"), recordID: "SO-1"), transport.calls)
    }
    let (done, calls) = try await free(order("on-hold", ["_countersign_state": "waiting"]), order("processing"))
    #expect(done == .done)
    let body = try JSONValue(parsing: calls.last?.body ?? [])
    #expect(body.text.contains(#"{"key":"_countersign_payment","value":"paid"}"#))
    let mark = ["_countersign_state": "confirmed", "_countersign_erp_id": "SO-1"]
    let (again, reads) = try await free(order("processing", mark))
    #expect(again == .done)
    #expect(reads.count == 1)
    guard case .refused = try await free(order("cancelled")).0 else {
      Issue.record("a cancelled order was released")
      return
    }
  }
}
