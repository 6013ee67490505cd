import Synchronization

/// What happens in a shop: orders are placed, edited, cancelled, and fulfilled.
extension ShopifyVendor {
  /// Places an order now and announces it. Its ids and dates are set here.
  @discardableResult
  func place(shop name: String, _ given: SandboxOrder? = nil) -> SandboxOrder {
    let order: SandboxOrder = withShop(name) { shop in
      var order = given ?? shop.generator.next()
      order.number = shop.start + shop.orders.count
      order.id = shop.idBase + order.number
      order.createdUnix = tools.clock.unixSeconds
      order.updatedMillis = 0
      let now = tools.clock.microseconds
      let visible = now + Int64(max(0, settings.routingDelayMs)) * 1000
      let split = order.lines.count >= 4 ? 2 : order.lines.count
      var parts: [ShopifyState.Part] = []
      for (number, lines) in [Array(0..<split), Array(split..<order.lines.count)].enumerated() where !lines.isEmpty {
        parts.append(
          ShopifyState.Part(
            id: order.id * 10 + number + 1, lines: lines, updatedUnix: order.createdUnix,
            visibleAtMicroseconds: visible))
      }
      shop.orders.append(ShopifyState.Placed(order: order, createdMicroseconds: now, parts: parts))
      shop.touch(shop.orders.count - 1, millis: nowMillis)
      order.updatedMillis = shop.orders.last?.order.updatedMillis ?? 0
      tools.record(
        .shopOrderPlaced, ref: String(order.id), erpId: "#\(order.number)",
        detail: [
          "shop": .string(name), "total": .string(order.text(order.total)), "currency": .string(order.currency),
          "lines": JSON(order.lines.count), "email": .string(order.email), "test": .bool(order.test),
        ])
      return order
    }
    announce("orders/create", order, shop: name)
    announce("orders/paid", order, shop: name)
    return order
  }

  /// Cancels an order; false when there is none or it was cancelled before.
  func cancel(shop name: String, id: String, reason: String) -> Bool {
    let order: SandboxOrder? = withShop(name) { shop in
      guard let position = shop.position(id), shop.orders[position].order.cancelledUnix == nil else { return nil }
      shop.orders[position].order.cancelledUnix = tools.clock.unixSeconds
      shop.orders[position].order.cancelReason = reason
      shop.touch(position, millis: nowMillis)
      for part in shop.orders[position].parts.indices {
        shop.orders[position].parts[part].status = "CLOSED"
        shop.orders[position].parts[part].holds = []
      }
      let order = shop.orders[position].order
      tools.record(.shopifyCancel, ref: String(order.id), detail: ["reason": .string(reason)])
      return order
    }
    guard let order else { return false }
    announce("orders/cancelled", order, shop: name)
    announce("orders/updated", order, shop: name)
    return true
  }

  /// Sets what is left of a line, as an order edit does; a quantity of 0 removes it.
  func edit(shop name: String, id: String, line: Int, quantity: Int) -> Bool {
    let order: SandboxOrder? = withShop(name) { shop in
      guard let position = shop.position(id), shop.orders[position].order.lines.indices.contains(line),
        (0..<1_000_000).contains(quantity)
      else { return nil }
      shop.orders[position].order.lines[line].currentQuantity = quantity
      shop.touch(position, millis: nowMillis)
      return shop.orders[position].order
    }
    guard let order else { return false }
    announce("orders/updated", order, shop: name)
    return true
  }

  /// Another party starts work on an order's fulfillment orders: a hold comes too late then.
  func progress(shop name: String, id: String) -> Bool {
    withShop(name) { shop in
      guard let position = shop.position(id) else { return false }
      for part in shop.orders[position].parts.indices { shop.orders[position].parts[part].status = "IN_PROGRESS" }
      return true
    }
  }

  func control(_ request: SandboxRequest, _ parts: [String]) async -> SandboxReply {
    guard let shop = parts.first else { return .nowhere }
    let body = request.json() ?? [:]
    switch (request.method, parts.dropFirst().first, parts.count) {
    case ("POST", "orders", 2):
      let count = min(max(body["count"]?.int ?? 1, 1), 100_000)
      let placed = (0..<count).map { _ in
        place(shop: shop, body.isWish ? withShop(shop) { $0.generator.next() }.wished(body) : nil)
      }
      return .json(
        200,
        ["ids": .array(placed.map { .string(String($0.id)) }), "names": JSON(strings: placed.map { "#\($0.number)" })])
    case ("GET", "orders", 3):
      return withShop(shop) { shop in
        shop.position(parts[2]).map { .json(200, shop.orders[$0].order.shopifyJSON()) } ?? .nowhere
      }
    case ("POST", "orders", 4):
      let done =
        switch parts[3] {
        case "cancel": cancel(shop: shop, id: parts[2], reason: body["reason"]?.text ?? "customer")
        case "edit":
          edit(shop: shop, id: parts[2], line: body["line"]?.int ?? 0, quantity: body["quantity"]?.int ?? 0)
        case "progress": progress(shop: shop, id: parts[2])
        default: false
        }
      return done ? SandboxReply(status: 204) : .nowhere
    case ("POST", "subscriptions", 2):
      subscribe(shop: shop, topic: body["topic"]?.text ?? "", uri: body["uri"]?.text ?? "")
      return SandboxReply(status: 204)
    default: return .nowhere
    }
  }
}
