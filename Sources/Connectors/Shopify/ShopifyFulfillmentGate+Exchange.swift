import Connector
import HandoffCore

extension ShopifyFulfillmentGate {
  /// Reads all fulfilment orders of an order.
  func picture(_ key: OrderKey) async throws(Stop) -> FulfillmentPicture {
    guard ShopifyIdentity.isNumber(key.orderID) else {
      throw Stop(.refused(reason: "\(Words.clipped(key.orderID, to: 60)) is no Shopify order id"))
    }
    var picture = FulfillmentPicture()
    var after: String?
    for _ in 0..<Self.pageLimit {
      let variables: JSONValue = [
        "id": .string(ShopifyIdentity.order(key.orderID)), "after": after.map { JSONValue.string($0) } ?? .null,
      ]
      let (data, errors) = try await ask(Documents.fulfillmentOrders, variables)
      guard errors.isEmpty else { throw Stop(Self.outcome(AdminReply.refusal(errors))) }
      guard let order = data["order"] else { throw Stop(.deferred(reason: "the answer is no order")) }
      if order.isNull { throw Stop(.refused(reason: "the shop has no order \(key.orderID)")) }
      picture.isCancelled = !(order["cancelledAt"] ?? .null).isNull
      picture.displayStatus = order["displayFulfillmentStatus"]?.string ?? ""
      let page = order["fulfillmentOrders"]
      guard let nodes = page?["nodes"]?.array, let hasNext = page?["pageInfo"]?["hasNextPage"]?.bool else {
        throw Stop(.deferred(reason: "the answer holds no list of fulfilment orders"))
      }
      for node in nodes {
        guard let id = node["id"]?.string, let status = node["status"]?.string,
          let holds = node["fulfillmentHolds"]?.array
        else { throw Stop(.deferred(reason: "a fulfilment order without id, status or holds")) }
        picture.orders.append(FulfillmentOrder(id: id, status: status, holds: holds))
      }
      if !hasNext { return picture }
      after = page?["pageInfo"]?["endCursor"]?.string
      if after == nil { throw Stop(.deferred(reason: "Shopify gives no cursor for more fulfilment orders")) }
    }
    throw Stop(.refused(reason: "more than \(Self.pageLimit * 25) fulfilment orders"))
  }

  /// Holds one fulfilment order; nil when it is held, Shopify's words when it refuses.
  func hold(_ order: FulfillmentOrder, _ handle: String, _ id: HandoffID) async throws(Stop) -> String? {
    let variables: JSONValue = [
      "id": .string(order.id),
      "hold": [
        "reason": "OTHER", "reasonNotes": .string("Waiting for the ERP to accept the order (\(id.text))"),
        "notifyMerchant": false, "handle": .string(handle),
      ],
    ]
    let (data, errors) = try await ask(Documents.hold, variables)
    let payload = try Self.payload(data["fulfillmentOrderHold"], errors)
    if payload.errors.isEmpty {
      let isHeld =
        payload.json["fulfillmentHold"]?["handle"]?.string == handle
        || payload.json["fulfillmentOrder"]?["status"]?.string == "ON_HOLD"
      if isHeld { return nil }
      throw Stop(.deferred(reason: "the answer to the hold on \(order.id) shows no hold"))
    }
    let codes = Set(payload.errors.compactMap(\.code))
    // The handle is ours and unique per app and fulfilment order: it is held already.
    if codes == ["DUPLICATE_FULFILLMENT_HOLD_HANDLE"] { return nil }
    let words = "\(order.id): " + AdminError.words(payload.errors)
    // Split or moved since it was read, or another request is at work on it: read again later.
    if !codes.isDisjoint(with: ["FULFILLMENT_ORDER_NOT_FOUND", "TAKEN"]) { throw Stop(.deferred(reason: words)) }
    return words
  }

  /// Ends named holds of one fulfilment order and looks whether they have gone.
  func release(_ order: FulfillmentOrder, _ holds: [String], _ handle: String) async throws(Stop) {
    let variables: JSONValue = [
      "id": .string(order.id), "holds": .array(holds.map { JSONValue.string($0) }),
    ]
    let (data, errors) = try await ask(Documents.release, variables)
    let payload = try Self.payload(data["fulfillmentOrderReleaseHold"], errors)
    let codes = Set(payload.errors.compactMap(\.code))
    let words = "\(order.id): " + AdminError.words(payload.errors)
    if codes.contains("INVALID_ACCESS") { throw Stop(.misconfigured(reason: words)) }
    if codes.contains("FULFILLMENT_ORDER_NOT_FOUND") { throw Stop(.deferred(reason: words)) }
    if !payload.errors.isEmpty { throw Stop(.refused(reason: words)) }
    guard let left = payload.json["fulfillmentOrder"]?["fulfillmentHolds"]?.array else {
      throw Stop(.deferred(reason: "the answer to the release of \(order.id) does not show what is left"))
    }
    let after = FulfillmentOrder(id: order.id, status: "", holds: left)
    if !after.holds(by: handle).isEmpty {
      throw Stop(.deferred(reason: "\(order.id) is still held by us after the release"))
    }
  }

  /// Tags the order and writes the metafields that a theme or an extension may show.
  func mark(_ key: OrderKey, recordID: String) async throws(Stop) {
    let owner = JSONValue.string(ShopifyIdentity.order(key.orderID))
    func field(_ key: String, _ value: String) -> JSONValue {
      [
        "ownerId": owner, "namespace": .string(Self.namespace), "key": .string(key),
        "type": "single_line_text_field", "value": .string(value),
      ]
    }
    var fields = [field("status", "confirmed")]
    if !recordID.isEmpty { fields.append(field("erp_record", recordID)) }
    let tags: JSONValue = [.string(Self.tag)]
    let (data, errors) = try await ask(Documents.mark, ["id": owner, "tags": tags, "fields": .array(fields)])
    for root in ["tagsAdd", "metafieldsSet"] {
      let payload = try Self.payload(data[root], errors)
      if payload.errors.isEmpty { continue }
      throw Stop(.refused(reason: "released, but not marked: \(root): " + AdminError.words(payload.errors)))
    }
  }

  /// One exchange; anything but data ends the whole step.
  private func ask(_ document: String, _ variables: JSONValue) async throws(Stop) -> (JSONValue, [AdminError]) {
    let reply = await api.ask(document, variables)
    guard case .answer(let data, let errors, _) = reply else { throw Stop(Self.outcome(reply)) }
    return (data, errors)
  }

  /// A mutation's own answer. Errors beside it do not undo it: they concern a field of the answer (captured with a hold
  /// that was made although a field was denied).
  private static func payload(
    _ json: JSONValue?, _ errors: [AdminError]
  ) throws(Stop) -> (json: JSONValue, errors: [AdminError]) {
    guard let json, let userErrors = json["userErrors"]?.array else {
      if errors.isEmpty { throw Stop(.deferred(reason: "the answer holds no result")) }
      throw Stop(outcome(AdminReply.refusal(errors)))
    }
    return (json, AdminError.list(.array(userErrors)))
  }

  /// What a reply without usable data means for a gate: nothing here does harm when repeated.
  static func outcome(_ reply: AdminReply) -> GateOutcome {
    switch reply {
    case .busy(let reason), .unknown(let reason): .deferred(reason: reason)
    case .misconfigured(let reason): .misconfigured(reason: reason)
    case .answer(_, let errors, _): .deferred(reason: "an incomplete answer: " + AdminError.words(errors))
    }
  }
}
