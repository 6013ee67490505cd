import Synchronization

/// Holds, tags, metafields and cancellation.
extension ShopifyVendor {
  private func userError(_ field: [String], _ message: String, code: String? = nil) -> JSON {
    var error: JSON = ["field": JSON(strings: field), "message": .string(message)]
    if let code { error["code"] = .string(code) }
    return error
  }

  func hold(_ arguments: JSON, _ call: Call) -> JSON {
    func refused(_ field: [String], _ message: String, _ code: String?) -> JSON {
      [
        "fulfillmentHold": nil, "fulfillmentOrder": nil, "remainingFulfillmentOrder": nil,
        "userErrors": [userError(field, message, code: code)],
      ]
    }
    let input = arguments["fulfillmentHold"] ?? [:]
    let handle = input["handle"]?.string ?? ""
    return withShop(call.shop) { shop in
      guard let (order, part) = shop.fulfillment(arguments["id"]?.text ?? ""),
        !["CANCELLED", "CLOSED"].contains(shop.orders[order].parts[part].status)
      else { return refused(["id"], "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND") }
      if shop.orders[order].parts[part].status == "IN_PROGRESS" {
        // Somebody ships already, and HOLD is no supported action any more. The wording is ours: none was recorded.
        return refused(["id"], "The fulfillment order is not in a holdable state.", nil)
      }
      let own = shop.orders[order].parts[part].holds.filter { $0.app == call.app }
      if let lines = input["fulfillmentOrderLineItems"]?.array, !lines.isEmpty {
        if let refusal = lineRefusal(lines, refused) { return refusal }
        // Splitting is not simulated, so every choice of lines meets an order that cannot be split.
        return refused(
          ["fulfillmentHold", "fulfillmentOrderLineItems"], "The fulfillment order is not in a splittable state.",
          "FULFILLMENT_ORDER_NOT_SPLITTABLE")
      }
      if own.contains(where: { $0.handle == handle }) {
        return refused(
          ["fulfillmentHold", "handle"],
          "The handle provided for the fulfillment hold is already in use by this app for another hold on this"
            + " fulfillment order.", "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
      }
      guard own.count < 10 else {
        return refused(
          ["id"],
          "The maximum number of fulfillment holds for this fulfillment order has been reached for this app. An app"
            + " can only have up to 10 holds on a single fulfillment order at any one time.",
          "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
      }
      let hold = ShopifyState.Hold(
        id: shop.freshId(), handle: handle, reason: input["reason"]?.string ?? "OTHER",
        notes: input["reasonNotes"]?.string, app: call.app)
      shop.orders[order].parts[part].holds.append(hold)
      shop.orders[order].parts[part].updatedUnix = tools.clock.unixSeconds
      let placed = shop.orders[order]
      record(.shopifyHold, placed, placed.parts[part], hold)
      return [
        "fulfillmentHold": render(hold, call), "fulfillmentOrder": render(placed.parts[part], placed, call),
        "remainingFulfillmentOrder": nil, "userErrors": [],
      ]
    }
  }

  private func lineRefusal(_ lines: [JSON], _ refused: ([String], String, String?) -> JSON) -> JSON? {
    let field = ["fulfillmentHold", "fulfillmentOrderLineItems"]
    if let index = lines.firstIndex(where: { ($0["quantity"]?.int ?? 0) <= 0 }) {
      return refused(
        field + [String(index), "quantity"], "You must select at least one item to place on partial hold.",
        "GREATER_THAN_ZERO")
    }
    guard Set(lines.compactMap { $0["id"]?.text }).count == lines.count else {
      return refused(field, "must contain unique line item ids", "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS")
    }
    return nil
  }

  private func record(
    _ kind: LedgerKind, _ placed: ShopifyState.Placed, _ part: ShopifyState.Part, _ hold: ShopifyState.Hold
  ) {
    tools.record(
      kind, ref: String(placed.order.id), erpId: "gid://shopify/FulfillmentHold/\(hold.id)",
      detail: [
        "handle": .string(hold.handle), "reason": .string(hold.reason), "app": JSON(hold.app),
        "fulfillmentOrder": .string("gid://shopify/FulfillmentOrder/\(part.id)"),
        "status": .string(part.effectiveStatus),
      ])
  }

  /// Without `holdIds` every hold goes, those of other apps too; that is documented, and a trap.
  func release(_ arguments: JSON, _ call: Call) -> JSON {
    withShop(call.shop) { shop in
      guard let (order, part) = shop.fulfillment(arguments["id"]?.text ?? "") else {
        return [
          "fulfillmentOrder": nil,
          "userErrors": [userError(["id"], "Fulfillment order does not exist.", code: "FULFILLMENT_ORDER_NOT_FOUND")],
        ]
      }
      let wanted = arguments["holdIds"]?.array?.compactMap { $0.text }
      let holds = shop.orders[order].parts[part].holds
      let going = holds.filter { hold in wanted?.contains("gid://shopify/FulfillmentHold/\(hold.id)") ?? true }
      shop.orders[order].parts[part].holds.removeAll { hold in going.contains { $0.id == hold.id } }
      shop.orders[order].parts[part].updatedUnix = tools.clock.unixSeconds
      let placed = shop.orders[order]
      for hold in going { record(.shopifyRelease, placed, placed.parts[part], hold) }
      return ["fulfillmentOrder": render(placed.parts[part], placed, call), "userErrors": []]
    }
  }

  func tags(_ arguments: JSON, _ call: Call, adding: Bool) -> JSON {
    let given = arguments["tags"]?.array?.compactMap(\.text) ?? []
    let changed: (JSON, SandboxOrder?) = withShop(call.shop) { shop in
      guard let position = shop.position(arguments["id"]?.text ?? "") else {
        return (["node": nil, "userErrors": [userError(["id"], "Order does not exist")]], nil)
      }
      for tag in given {
        let has = shop.orders[position].order.tags.contains { $0.lowercased() == tag.lowercased() }
        if adding, !has { shop.orders[position].order.tags.append(tag) }
        if !adding { shop.orders[position].order.tags.removeAll { $0.lowercased() == tag.lowercased() } }
      }
      shop.touch(position, millis: nowMillis)
      let placed = shop.orders[position]
      tools.record(
        .shopifyTag, ref: String(placed.order.id), detail: ["tags": JSON(strings: given), "adding": .bool(adding)])
      return (["node": render(placed, shop, call), "userErrors": []], placed.order)
    }
    if let order = changed.1 { announce("orders/updated", order, shop: call.shop) }
    return changed.0
  }

  func metafieldsSet(_ arguments: JSON, _ call: Call) -> JSON {
    let inputs = arguments["metafields"]?.array ?? []
    func refused(_ index: Int, _ message: String, _ code: String) -> JSON {
      [
        "metafields": [],
        "userErrors": [
          [
            "field": JSON(strings: ["metafields", String(index)]), "message": .string(message), "code": .string(code),
            "elementIndex": nil,
          ]
        ],
      ]
    }
    guard inputs.count <= 25 else {
      return refused(25, "Exceeded the maximum metafields input limit of 25.", "LESS_THAN_OR_EQUAL_TO")
    }
    return withShop(call.shop) { shop in
      for (index, input) in inputs.enumerated() {
        guard let position = shop.position(input["ownerId"]?.text ?? "") else {
          return refused(index, "Owner does not exist.", "INVALID")
        }
        let existing = Self.existing(input, shop.orders[position])
        if let digest = input["compareDigest"], digest.string != existing?.digest {
          return refused(
            index,
            "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.",
            "STALE_OBJECT")
        }
      }
      return ["metafields": .array(inputs.compactMap { store($0, &shop) }.map(render)), "userErrors": []]
    }
  }

  private static func existing(_ input: JSON, _ placed: ShopifyState.Placed) -> ShopifyState.Metafield? {
    placed.metafields.first { $0.namespace == input["namespace"]?.text ?? "$app" && $0.key == input["key"]?.text }
  }

  private func store(_ input: JSON, _ shop: inout ShopifyState.Shop) -> ShopifyState.Metafield? {
    guard let position = shop.position(input["ownerId"]?.text ?? "") else { return nil }
    let old = Self.existing(input, shop.orders[position])
    let field = ShopifyState.Metafield(
      id: old?.id ?? shop.freshId(), namespace: input["namespace"]?.text ?? "$app", key: input["key"]?.text ?? "",
      type: input["type"]?.text ?? old?.type ?? "single_line_text_field", value: input["value"]?.text ?? "")
    shop.orders[position].metafields.removeAll { $0.id == field.id }
    shop.orders[position].metafields.append(field)
    tools.record(
      .shopifyMetafield, ref: String(shop.orders[position].order.id),
      detail: ["key": .string("\(field.namespace).\(field.key)"), "value": .string(field.value)])
    return field
  }

  func cancelMutation(_ arguments: JSON, _ call: Call) -> JSON {
    let reason = arguments["reason"]?.text?.lowercased() ?? "other"
    guard cancel(shop: call.shop, id: arguments["orderId"]?.text ?? "", reason: reason) else {
      let message = "Cannot cancel an order that has already been canceled"
      return [
        "job": nil, "userErrors": [userError(["orderId"], message)],
        "orderCancelUserErrors": [userError(["orderId"], message, code: "INVALID")],
      ]
    }
    return [
      "job": ["id": .string("gid://shopify/Job/\(Authentic.uuid())"), "done": false], "userErrors": [],
      "orderCancelUserErrors": [],
    ]
  }

  /// Milliseconds since 1970 by the sandbox's wall clock.
  var nowMillis: Int { Int(exactly: (tools.clock.unix * 1000).rounded(.down)) ?? 0 }
}
