import Connector
import ConnectorTesting
import HandoffCore
import Testing

@testable import ConnectorShopify

@Suite struct FulfillmentGateTests {
  private let id = HandoffID("h1")

  private func hold(_ replies: [ScriptedTransport.Reply]) async -> GateOutcome {
    await ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport(replies))).hold(Shop.key("1"), handoffID: id)
  }

  private func release(_ replies: [ScriptedTransport.Reply]) async -> GateOutcome {
    await ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport(replies)))
      .release(Shop.key("1"), handoffID: id, recordID: "SO-7")
  }

  private func holdError(_ code: String, _ message: String = "Words.") -> ScriptedTransport.Reply {
    .json(
      200,
      #"""
      {"data":{"fulfillmentOrderHold":{"fulfillmentHold":null,"fulfillmentOrder":null,
      "userErrors":[{"field":["id"],"message":"\#(message)","code":"\#(code)"}]}}}
      """#
    )
  }

  private func orders(
    _ list: (String, [String])..., display: String = "UNFULFILLED", cancelledAt: String = "null"
  )
    -> ScriptedTransport.Reply
  {
    .json(
      200, Replies.fulfillment(list.map { (status: $0.0, handles: $0.1) }, display: display, cancelledAt: cancelledAt))
  }

  private func isDeferred(_ outcome: GateOutcome) -> Bool { if case .deferred = outcome { true } else { false } }
  private func isRefused(_ outcome: GateOutcome) -> Bool { if case .refused = outcome { true } else { false } }
  private func isMisconfigured(_ outcome: GateOutcome) -> Bool {
    if case .misconfigured = outcome { true } else { false }
  }

  @Test func `every fulfilment order is held under the handoff's handle`() async throws {
    let transport = ScriptedTransport([
      orders(("OPEN", []), ("SCHEDULED", [])), .json(200, Replies.held), .json(200, Replies.held),
    ])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(await gate.hold(Shop.key("1"), handoffID: id) == .done)
    #expect(transport.calls.count == 3)
    let variables = try JSONValue(parsing: transport.calls[2].body)["variables"]
    #expect(variables?["id"] == "gid://shopify/FulfillmentOrder/1")
    #expect(variables?["hold"]?["handle"] == "countersign-h1")
    #expect(variables?["hold"]?["notifyMerchant"] == false)
    #expect(!transport.calls.contains { String(decoding: $0.body, as: UTF8.self).contains("heldByApp") })
  }

  @Test func `a handle is the same every time, at most 64 characters, and never shared`() {
    #expect(ShopifyFulfillmentGate.handle(HandoffID("main:1")) == ShopifyFulfillmentGate.handle(HandoffID("main:1")))
    var seen: Set<String> = []
    for id in [
      "h1", "main:1", "main:2", "main_1", String(repeating: "x", count: 53), String(repeating: "x", count: 500), "żółć",
    ] {
      let handle = ShopifyFulfillmentGate.handle(HandoffID(id))
      #expect(handle.utf8.count <= 64)
      #expect(handle.hasPrefix("countersign-"))
      #expect(seen.insert(handle).inserted)
    }
  }

  @Test func `holding again changes nothing`() async {
    #expect(await hold([orders(("ON_HOLD", [Replies.handle]))]) == .done)
    #expect(await hold([orders(("OPEN", [])), holdError("DUPLICATE_FULFILLMENT_HOLD_HANDLE")]) == .done)
  }

  @Test func `somebody else's hold is not ours`() async throws {
    let transport = ScriptedTransport([orders(("ON_HOLD", ["other"])), .json(200, Replies.held)])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(await gate.hold(Shop.key("1"), handoffID: id) == .done)
    #expect(transport.calls.count == 2)
  }

  @Test func `no fulfilment order yet is deferred, and a cancelled order needs no hold`() async {
    #expect(isDeferred(await hold([orders()])))
    #expect(await hold([orders(cancelledAt: #""2026-11-23T10:00:00Z""#)]) == .done)
    #expect(await hold([orders(("CLOSED", []), cancelledAt: #""2026-11-23T10:00:00Z""#)]) == .done)
  }

  @Test func `what has left or is leaving is refused with words, after the rest has been held`() async {
    let accepted = ScriptedTransport([orders(("IN_PROGRESS", []), ("OPEN", [])), .json(200, Replies.held)])
    let outcome = await ShopifyFulfillmentGate(Shop.configuration(accepted)).hold(Shop.key("1"), handoffID: id)
    guard case .refused(let reason) = outcome else {
      Issue.record("not refused")
      return
    }
    #expect(reason.contains("in progress"))
    #expect(accepted.calls.count == 2)
    #expect(isRefused(await hold([orders(("CLOSED", []), display: "FULFILLED")])))
    #expect(isRefused(await hold([orders(("CLOSED", []))])))
    #expect(
      isRefused(
        await hold([orders(("CLOSED", []), ("OPEN", []), display: "PARTIALLY_FULFILLED"), .json(200, Replies.held)])))
    #expect(await hold([orders(("CLOSED", []), ("OPEN", [])), .json(200, Replies.held)]) == .done)
    #expect(isRefused(await hold([orders(("NEW_STATUS", []))])))
    #expect(isRefused(await hold([.json(200, #"{"data":{"order":null}}"#)])))
  }

  @Test func `every refusal, doubt and fault of a hold has its outcome`() async {
    let open = orders(("OPEN", []))
    #expect(isRefused(await hold([open, holdError("FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")])))
    #expect(isRefused(await hold([open, holdError("A_CODE_OF_NEXT_YEAR")])))
    #expect(isDeferred(await hold([open, holdError("FULFILLMENT_ORDER_NOT_FOUND")])))
    #expect(isDeferred(await hold([open, holdError("TAKEN")])))
    #expect(isDeferred(await hold([open, .failure(.noAnswer("reset"))])))
    #expect(isDeferred(await hold([open, .failure(.notSent("refused"))])))
    #expect(isDeferred(await hold([open, .json(502, "")])))
    #expect(isDeferred(await hold([open, .json(429, "{}")])))
    #expect(
      isDeferred(
        await hold([open, .json(200, #"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#)])))
    #expect(isDeferred(await hold([open, .json(200, "<html>")])))
    #expect(isDeferred(await hold([open, .json(200, #"{"data":{"fulfillmentOrderHold":{"userErrors":[]}}}"#)])))
    #expect(isMisconfigured(await hold([.json(401, #"{"errors":"[API] Invalid API key"}"#)])))
    #expect(
      isMisconfigured(
        await hold([
          .json(200, #"{"errors":[{"message":"no","extensions":{"code":"ACCESS_DENIED"}}],"data":{"order":null}}"#)
        ])))
    #expect(
      isMisconfigured(
        await hold([
          open,
          .json(
            200,
            #"{"errors":[{"message":"no","extensions":{"code":"ACCESS_DENIED"}}],"data":{"fulfillmentOrderHold":null}}"#
          ),
        ])))
  }

  @Test func `only our own holds are released, always by their ids, and then the order is marked`() async throws {
    let transport = ScriptedTransport([
      orders(("ON_HOLD", [Replies.handle, "other"]), ("OPEN", []), ("ON_HOLD", ["other"])),
      .json(200, Replies.released), .json(200, Replies.marked),
    ])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(await gate.release(Shop.key("1"), handoffID: id, recordID: "SO-7") == .done)
    #expect(transport.calls.count == 3)
    let released = try JSONValue(parsing: transport.calls[1].body)["variables"]
    #expect(released?["holds"] == ["gid://shopify/FulfillmentHold/00"])
    let marked = try JSONValue(parsing: transport.calls[2].body)["variables"]
    #expect(marked?["id"] == "gid://shopify/Order/1")
    #expect(marked?["tags"] == ["countersign-confirmed"])
    let fields = marked?["fields"]?.array ?? []
    #expect(fields.map { $0["key"] } == ["status", "erp_record"])
    #expect(fields.map { $0["value"] } == ["confirmed", "SO-7"])
    #expect(fields.allSatisfy { $0["namespace"] == "countersign" })
  }

  @Test func `a hold of another app under our handle is not released`() async {
    let foreign = Replies.fulfillment([("ON_HOLD", [Replies.handle])]).replacing(
      #""heldByRequestingApp":true"#, with: #""heldByRequestingApp":false"#)
    let transport = ScriptedTransport([.json(200, foreign), .json(200, Replies.marked)])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(await gate.release(Shop.key("1"), handoffID: id, recordID: "SO-7") == .done)
    #expect(transport.calls.count == 2)
  }

  @Test func `what was handed back is let go and not marked as confirmed`() async {
    let transport = ScriptedTransport([orders(("ON_HOLD", [Replies.handle])), .json(200, Replies.released)])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(await gate.release(Shop.key("1"), handoffID: id, recordID: nil) == .done)
    #expect(transport.calls.count == 2)
  }

  @Test func `released already is done`() async {
    #expect(await release([orders(("OPEN", [])), .json(200, Replies.marked)]) == .done)
    #expect(await release([orders(), .json(200, Replies.marked)]) == .done)
  }

  @Test func `every refusal, doubt and fault of a release has its outcome`() async {
    let held = orders(("ON_HOLD", [Replies.handle]))
    func error(_ code: String) -> ScriptedTransport.Reply {
      .json(
        200,
        #"""
        {"data":{"fulfillmentOrderReleaseHold":{"fulfillmentOrder":null,"userErrors":[{"message":"w",
        "code":"\#(code)"}]}}}
        """#
      )
    }
    #expect(isDeferred(await release([held, error("FULFILLMENT_ORDER_NOT_FOUND")])))
    #expect(isMisconfigured(await release([held, error("INVALID_ACCESS")])))
    #expect(isRefused(await release([held, error("NEW")])))
    #expect(isDeferred(await release([held, .failure(.noAnswer("x"))])))
    let still =
      #"""
      {"data":{"fulfillmentOrderReleaseHold":{"fulfillmentOrder":{"fulfillmentHolds":[{"id":"1",
      "handle":"countersign-h1","heldByRequestingApp":true}]},"userErrors":[]}}}
      """#
    #expect(isDeferred(await release([held, .json(200, still)])))
    let unmarked =
      #"""
      {"data":{"tagsAdd":{"node":{"id":"o"},"userErrors":[]},"metafieldsSet":{"metafields":null,
      "userErrors":[{"message":"stale","code":"STALE_OBJECT"}]}}}
      """#
    guard case .refused(let reason) = await release([held, .json(200, Replies.released), .json(200, unmarked)]) else {
      Issue.record("not refused")
      return
    }
    #expect(reason.hasPrefix("released, but not marked"))
    #expect(isDeferred(await release([held, .json(200, Replies.released), .json(503, "")])))
  }

  @Test func `an order id that is none never reaches Shopify`() async {
    let transport = ScriptedTransport([])
    let gate = ShopifyFulfillmentGate(Shop.configuration(transport))
    #expect(isRefused(await gate.hold(Shop.key("1\"}"), handoffID: id)))
    #expect(isRefused(await gate.release(Shop.key(""), handoffID: id, recordID: nil)))
    #expect(transport.calls.isEmpty)
  }

  // Recorded exchanges of a development shop, API 2026-04 and 2025-01.

  private func recording(_ file: String) throws -> JSONValue? {
    guard let bytes = try SharedFiles.bytes("payloads/graphql/" + file) else { return nil }
    return try JSONValue(parsing: bytes)
  }

  private func reply(_ exchange: JSONValue?) throws -> ScriptedTransport.Reply {
    let response = try #require(exchange?["response"])
    return .json(200, (response["payload"] ?? response["body"] ?? response).text)
  }

  private func hold(_ exchange: JSONValue?, handle: String) async throws -> String? {
    let api = ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport([try reply(exchange)])))
    return try await api.hold(FulfillmentOrder(id: "f", status: "OPEN", holds: []), handle, id)
  }

  @Test func `recorded holds are understood, the one with errors beside it too`() async throws {
    guard let file = try recording("2026-04-shipping-fulfillments-fulfillment-order-hold-validation.json") else {
      return
    }
    let steps = file["workflows"]?["validation"]
    #expect(try await hold(steps?["firstHold"], handle: "appA-1") == nil)
    #expect(try await hold(steps?["duplicateHandle"], handle: "appA-1") == nil)
    let limit = try await hold(steps?["limitReached"], handle: "appA-11")
    #expect(limit?.contains("FULFILLMENT_ORDER_HOLD_LIMIT_REACHED") == true)
    #expect(try await hold(steps?["notSplittable"], handle: "x")?.contains("NOT_SPLITTABLE") == true)
    #expect(try await hold(steps?["zeroQuantity"], handle: "x")?.contains("GREATER_THAN_ZERO") == true)
    for step in steps?["additionalHolds"]?.array ?? [] {
      let handle = step["variables"]?["fulfillmentHold"]?["handle"]?.string ?? ""
      #expect(try await hold(step, handle: handle) == nil)
    }
  }

  @Test func `a recorded selective release leaves the other hold and is understood`() async throws {
    guard let file = try recording("2026-04-shipping-fulfillments-fulfillment-order-release-hold-selective.json") else {
      return
    }
    let steps = file["workflows"]?["selectiveRelease"]
    let gate = ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport([try reply(steps?["releaseFirstHold"])])))
    try await gate.release(
      FulfillmentOrder(id: "f", status: "ON_HOLD", holds: []), ["gid://shopify/FulfillmentHold/291210985778"],
      "selective-release-first")
    let other = ShopifyFulfillmentGate(Shop.configuration(ScriptedTransport([try reply(steps?["releaseFirstHold"])])))
    await #expect(throws: ShopifyFulfillmentGate.Stop.self) {
      try await other.release(
        FulfillmentOrder(id: "f", status: "ON_HOLD", holds: []), ["x"], "selective-release-second")
    }
  }

  @Test func `recorded tags and metafields answers are understood, a refused one too`() async throws {
    guard let tags = try recording("2025-01-products-tags-add-parity.json")?["mutation"]?["response"]?["data"],
      let done = try recording("2025-01-products-metafields-set-cas-success-parity.json")?["mutation"]?["response"]?[
        "data"],
      let stale = try recording("2025-01-products-metafields-set-stale-digest-parity.json")?["mutation"]?["response"]?[
        "data"]
    else { return }
    func mark(_ fields: JSONValue) async throws {
      let data = (tags.object ?? [:]).merging(fields.object ?? [:]) { $1 }
      let transport = ScriptedTransport([.json(200, JSONValue.object(["data": .object(data)]).text)])
      try await ShopifyFulfillmentGate(Shop.configuration(transport)).mark(Shop.key("1"), recordID: "7")
    }
    try await mark(done)
    await #expect(throws: ShopifyFulfillmentGate.Stop.self) { try await mark(stale) }
  }
}
