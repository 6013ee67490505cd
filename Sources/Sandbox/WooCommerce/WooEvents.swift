import Synchronization

/// Orders placed in the shop, and its webhooks: delivered late, once, with the state of that moment.
extension WooVendor {
  /// Places an order in a status; the shop's own mail for that status goes out at once.
  @discardableResult
  func place(status: String = "on-hold", _ given: SandboxOrder? = nil) -> SandboxOrder {
    let order: SandboxOrder = state.withLock { state in
      var order = given ?? state.generator.next()
      order.id = start + state.orders.count
      order.number = order.id
      order.createdUnix = tools.clock.unixSeconds
      touch(&order)
      var placed = Placed(order: order, status: "pending", createdMicroseconds: tools.clock.microseconds)
      tools.record(
        .shopOrderPlaced, ref: String(order.id),
        detail: [
          "total": .string(order.text(order.total)), "currency": .string(order.currency),
          "lines": JSON(order.lines.count), "email": .string(order.email),
        ])
      change(&placed, to: status)
      state.orders.append(placed)
      return order
    }
    queue("order.created", order.id)
    // WooCommerce fires this for new orders too.
    queue("order.updated", order.id)
    return order
  }

  func register(_ request: SandboxRequest) -> SandboxReply {
    guard let body = request.json(), let topic = body["topic"]?.string, let uri = body["delivery_url"]?.string else {
      return error(400, "woocommerce_rest_missing_callback_param", "Missing parameter(s): topic, delivery_url")
    }
    return .json(201, register(topic: topic, uri: uri, secret: body["secret"]?.string ?? settings.webhookSecret))
  }

  /// Creates a webhook and pings its address: form-encoded and without a signature.
  @discardableResult
  func register(topic: String, uri: String, secret: String) -> JSON {
    let hook = state.withLock { state in
      let hook = Hook(id: state.hooks.count + 1, topic: topic, uri: uri, secret: secret)
      state.hooks.append(hook)
      return hook
    }
    tools.background.submit { [self] in
      let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", "WooCommerce/9.3.3 Hookshot (WordPress/6.6)"),
      ]
      tools.record(.webhookSent, ref: "", detail: ["topic": "ping", "webhook": JSON(hook.id)])
      let reply = try? await tools.client.send(
        "POST", hook.uri, headers: headers, body: Array("webhook_id=\(hook.id)".utf8), timeoutSeconds: 60)
      tools.record(
        .webhookAnswered, ref: "",
        detail: ["topic": "ping", "webhook": JSON(hook.id), "status": JSON(reply?.status ?? 0)])
    }
    return render(hook)
  }

  /// Changes a webhook; switched on again, it starts without failures.
  func changeHook(_ request: SandboxRequest, _ id: String) -> SandboxReply {
    let body = request.json() ?? [:]
    let changed: Hook? = state.withLock { state in
      guard let index = state.hooks.firstIndex(where: { String($0.id) == id }) else { return nil }
      if let status = body["status"]?.string { state.hooks[index].status = status }
      if let secret = body["secret"]?.string { state.hooks[index].secret = secret }
      state.hooks[index].failures = 0
      return state.hooks[index]
    }
    guard let changed else { return error(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.") }
    return .json(200, render(changed))
  }

  func hooks() -> SandboxReply { .json(200, .array(state.withLock { $0.hooks }.map(render))) }

  private func render(_ hook: Hook) -> JSON {
    [
      "id": JSON(hook.id), "name": .string("Webhook \(hook.id)"), "status": .string(hook.status),
      "topic": .string(hook.topic), "resource": "order",
      "event": .string(hook.topic.split(separator: ".").last.map(String.init) ?? ""), "delivery_url": .string(hook.uri),
    ]
  }

  /// Queues a delivery for every webhook of a topic; one that waits already is enough.
  func queue(_ topic: String, _ id: Int) {
    let hooks = state.withLock { state in
      state.hooks.filter { hook in
        hook.topic == topic && hook.status == "active" && state.queued.insert("\(hook.id) \(id)").inserted
      }
    }
    for hook in hooks {
      tools.background.submit { [self] in
        try? await Task.sleep(for: .milliseconds(max(0, settings.deliveryDelayMs)))
        await deliver(hook, id)
      }
    }
  }

  private func deliver(_ hook: Hook, _ id: Int) async {
    let body: [UInt8]? = state.withLock { state in
      state.queued.remove("\(hook.id) \(id)")
      guard state.hooks.contains(where: { $0.id == hook.id && $0.status == "active" }) else { return nil }
      return position(String(id), state).map { render(state.orders[$0]).bytes(.php) }
    }
    guard let body else { return }
    // A hash of the webhook and the second: two deliveries in one second share it.
    let delivery = String(Authentic.sha256Hex("\(hook.id)\(tools.clock.unixSeconds)".utf8).prefix(32))
    let headers = [
      ("Content-Type", "application/json"), ("User-Agent", "WooCommerce/9.3.3 Hookshot (WordPress/6.6)"),
      ("X-WC-Webhook-Source", "https://woo.example/"), ("X-WC-Webhook-Topic", hook.topic),
      ("X-WC-Webhook-Resource", "order"),
      ("X-WC-Webhook-Event", hook.topic.split(separator: ".").last.map(String.init) ?? ""),
      ("X-WC-Webhook-Signature", Authentic.base64(Authentic.hmacSHA256(key: hook.secret.utf8, body))),
      ("X-WC-Webhook-ID", String(hook.id)), ("X-WC-Webhook-Delivery-ID", delivery),
    ]
    let detail: JSON = ["topic": .string(hook.topic), "webhook": JSON(hook.id), "deliveryId": .string(delivery)]
    tools.record(.webhookSent, ref: String(id), detail: detail)
    let reply = try? await tools.client.send("POST", hook.uri, headers: headers, body: body, timeoutSeconds: 60)
    var answer = detail
    answer["status"] = JSON(reply?.status ?? 0)
    tools.record(.webhookAnswered, ref: String(id), detail: answer)
    // The code takes 200 to 302 for success, although the documentation says 2xx.
    settle(hook.id, success: (200...302).contains(reply?.status ?? 0))
  }

  private func settle(_ id: Int, success: Bool) {
    state.withLock { state in
      guard let index = state.hooks.firstIndex(where: { $0.id == id }) else { return }
      state.hooks[index].failures = success ? 0 : state.hooks[index].failures + 1
      guard state.hooks[index].failures > settings.disableAfterFailures else { return }
      state.hooks[index].status = "disabled"
      tools.record(.webhookDropped, ref: "", detail: ["webhook": JSON(id), "why": "disabled after failures"])
    }
  }

  func control(_ request: SandboxRequest, _ parts: [String]) async -> SandboxReply {
    let body = request.json() ?? [:]
    switch (request.method, parts.first, parts.count) {
    case ("POST", "orders", 1):
      let count = min(max(body["count"]?.int ?? 1, 1), 100_000)
      let status = body["status"]?.string ?? "on-hold"
      guard Self.statuses.contains(status) else { return .text(400, "no such status\n") }
      let placed = (0..<count).map { _ in
        place(status: status, body.isWish ? state.withLock { $0.generator.next() }.wished(body) : nil)
      }
      return .json(200, ["ids": .array(placed.map { .string(String($0.id)) })])
    case ("POST", "webhooks", 1):
      return .json(
        201,
        register(
          topic: body["topic"]?.text ?? "", uri: body["uri"]?.text ?? "",
          secret: body["secret"]?.text ?? settings.webhookSecret))
    default: return .nowhere
    }
  }
}
