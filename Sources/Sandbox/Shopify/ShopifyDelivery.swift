import Synchronization

/// One webhook on its way: everything is fixed when the event happens, so a retry carries the original body to the
/// original address.
struct ShopifyMessage: Sendable {
  var shop: String
  var subscription: Int
  var uri: String
  var topic: String
  var ref: String
  var body: [UInt8]
  var webhookId: String
  var eventId: String
  var triggeredAt: String
  var name: String?
}

extension ShopifyVendor {
  /// Sends an event to everyone who subscribed to its topic.
  func announce(_ topic: String, _ order: SandboxOrder, shop name: String) {
    let wanted = Self.enumName(topic)
    let subscriptions = withShop(name) { shop in shop.subscriptions.filter { $0.topic == wanted } }
    guard !subscriptions.isEmpty else { return }
    let body = order.shopifyBody()
    let event = Authentic.uuid()
    for subscription in subscriptions {
      let message = ShopifyMessage(
        shop: name, subscription: subscription.id, uri: subscription.uri, topic: topic, ref: String(order.id),
        body: body, webhookId: Authentic.uuid(), eventId: event, triggeredAt: triggeredAt, name: subscription.name)
      dispatch(message)
    }
  }

  /// Now, with nine digits of fraction as Shopify writes it.
  private var triggeredAt: String {
    let unix = tools.clock.unix
    let micros = Int(exactly: ((unix - unix.rounded(.down)) * 1_000_000).rounded(.down)) ?? 0
    let digits = String(String(1_000_000 + micros).dropFirst())
    return CivilTime(unix: Int(exactly: unix.rounded(.down)) ?? 0).local + ".\(digits)000Z"
  }

  private func dispatch(_ message: ShopifyMessage) {
    let rules = settings.delivery
    let (lost, twice, waitMs) = draw.withLock { draw in
      let lost = draw.chance(rules.drop)
      let twice = draw.chance(rules.duplicate)
      var wait = rules.shuffleMs > 0 ? draw.below(rules.shuffleMs) : 0
      if draw.chance(rules.late) { wait += max(0, rules.lateMs) }
      return (lost, twice, wait)
    }
    guard !lost else {
      tools.record(
        .webhookDropped, ref: message.ref,
        detail: ["topic": .string(message.topic), "why": "never sent", "webhookId": .string(message.webhookId)])
      return
    }
    for _ in 0..<(twice ? 2 : 1) {
      tools.background.submit { [self] in
        if waitMs > 0 { try? await Task.sleep(for: .milliseconds(waitMs)) }
        await deliver(message)
      }
    }
  }

  /// Tries until a 2xx: at once, then 8 times over 4 hours with growing pauses, then the subscription goes.
  private func deliver(_ message: ShopifyMessage) async {
    let rules = settings.delivery
    let started = tools.clock.microseconds
    var message = message
    for attempt in 0...max(0, rules.retries) {
      guard subscribed(message) else { return }
      if await send(message, attempt: attempt) {
        succeeded(message)
        return
      }
      if attempt + 1 >= rules.dropAfterFailures || attempt == rules.retries { break }
      // 56.47 s doubled seven times makes four hours in all.
      let pause = 56.47 * Double(1 << min(attempt, 20)) * max(0, rules.timeScale)
      try? await Task.sleep(for: .seconds(pause))
      guard !Task.isCancelled else { return }
      if rules.newIdOnRetry { message.webhookId = Authentic.uuid() }
    }
    withShop(message.shop) { shop in
      shop.subscriptions.removeAll { $0.id == message.subscription && $0.succeededMicroseconds < started }
    }
    tools.record(
      .webhookDropped, ref: message.ref,
      detail: [
        "topic": .string(message.topic), "why": "retries used up", "webhookId": .string(message.webhookId),
        "subscriptionDeleted": .bool(!subscribed(message)),
      ])
  }

  private func subscribed(_ message: ShopifyMessage) -> Bool {
    withShop(message.shop) { shop in shop.subscriptions.contains { $0.id == message.subscription } }
  }

  private func succeeded(_ message: ShopifyMessage) {
    let now = tools.clock.microseconds
    withShop(message.shop) { shop in
      guard let index = shop.subscriptions.firstIndex(where: { $0.id == message.subscription }) else { return }
      shop.subscriptions[index].succeededMicroseconds = now
    }
  }

  /// One attempt; anything but 2xx, redirects included, is a failure.
  private func send(_ message: ShopifyMessage, attempt: Int) async -> Bool {
    await gate.enter()
    defer { gate.leave() }
    let signature = Authentic.base64(Authentic.hmacSHA256(key: settings.webhookSecret.utf8, message.body))
    var headers = [
      ("Content-Type", "application/json"), ("User-Agent", "Shopify-Captain-Hook"),
      ("X-Shopify-Topic", message.topic), ("X-Shopify-Hmac-Sha256", signature),
      ("X-Shopify-Shop-Domain", Self.domain(message.shop)),
      ("X-Shopify-API-Version", settings.servedVersion ?? "2026-07"), ("X-Shopify-Webhook-Id", message.webhookId),
      ("X-Shopify-Event-Id", message.eventId), ("X-Shopify-Triggered-At", message.triggeredAt),
      ("X-Shopify-Order-Id", message.ref), ("Accept", "*/*"),
    ]
    if let name = message.name { headers.append(("X-Shopify-Name", name)) }
    let detail: JSON = [
      "topic": .string(message.topic), "webhookId": .string(message.webhookId), "attempt": JSON(attempt),
    ]
    tools.record(.webhookSent, ref: message.ref, detail: detail)
    var answer = detail
    var good = false
    do {
      let reply = try await tools.client.send(
        "POST", message.uri, headers: headers, body: message.body, timeoutSeconds: settings.delivery.timeoutSeconds)
      answer["status"] = JSON(reply.status)
      good = (200..<300).contains(reply.status)
    } catch {
      answer["status"] = 0
      answer["error"] = .string("\(error)")
    }
    tools.record(.webhookAnswered, ref: message.ref, detail: answer)
    return good
  }
}

/// Lets so many deliveries on the wire at once; the rest wait in order.
final class DeliveryGate: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
    var next = 0
  }
  private let state: Mutex<State>

  init(limit: Int) { state = Mutex(State(free: max(1, limit))) }

  func enter() async {
    await withCheckedContinuation { continuation in
      let now = state.withLock { state -> Bool in
        if state.free > 0 {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if now { continuation.resume() }
    }
  }

  func leave() {
    let turn = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.next < state.waiting.count else {
        state.free += 1
        state.waiting = []
        state.next = 0
        return nil
      }
      defer { state.next += 1 }
      if state.next > 4096 {
        state.waiting.removeFirst(state.next)
        state.next = 0
      }
      return state.waiting[state.next]
    }
    turn?.resume()
  }
}
