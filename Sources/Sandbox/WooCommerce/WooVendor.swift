import Synchronization

/// A simulated WooCommerce shop under `/woo/wp-json/wc/v3/…`.
///
/// It keeps the traits that matter for a gate: the shop's own customer mails leave at status changes, webhooks carry
/// the state at delivery time and are never retried, and pages of a list shift while orders change.
final class WooVendor: VendorFace {
  struct Placed: Sendable {
    var order: SandboxOrder
    var status: String
    var meta: [JSON] = []
    var notes: [JSON] = []
    var createdMicroseconds: Int64
  }
  struct Hook: Sendable {
    var id: Int
    var topic: String
    var uri: String
    var secret: String
    var status = "active"
    var failures = 0
  }
  struct State: Sendable {
    var orders: [Placed] = []
    var hooks: [Hook] = []
    var generator: SandboxOrderGenerator
    /// Deliveries that wait, by webhook and order; a second event in that time adds none.
    var queued: Set<String> = []
  }
  static let statuses: Set<String> = [
    "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash", "checkout-draft",
  ]
  /// The id of the first order of a new ledger.
  static let firstId = 701
  let settings: WooSettings
  let tools: VendorTools
  let state: Mutex<State>
  /// The id of the first order.
  let start: Int

  init(_ settings: WooSettings, catalogue: [CatalogueItem], tools: VendorTools) {
    self.settings = settings
    self.tools = tools
    start = Self.firstId + tools.taken
    state = Mutex(State(generator: SandboxOrderGenerator(seed: 77, catalogue: catalogue)))
  }

  func failure(_ failure: VendorFailure) -> SandboxReply {
    switch failure {
    case .tooManyRequests: .text(429, "<html><body>Too Many Requests</body></html>", type: "text/html")
    case .serverError: error(500, "internal_server_error", "There has been a critical error on this website.")
    case .errorWith200: .text(200, "<br />\n<b>Fatal error</b>: Allowed memory size exhausted\n", type: "text/html")
    }
  }

  func error(_ status: Int, _ code: String, _ message: String) -> SandboxReply {
    .json(
      status, ["code": .string(code), "message": .string(message), "data": ["status": JSON(status)]])
  }

  func respond(to request: SandboxRequest) async -> SandboxReply {
    guard let parts = request.parts(after: "/woo/wp-json/wc/v3"), let resource = parts.first else {
      return error(404, "rest_no_route", "No route was found matching the URL and request method.")
    }
    guard authenticated(request) else {
      tools.record(.authRefused, ref: "")
      return error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
    }
    switch (request.method, resource, parts.count) {
    case ("GET", "orders", 1): return list(request)
    case ("GET", "orders", 2): return one(parts[1])
    case ("PUT", "orders", 2), ("POST", "orders", 2): return update(request, parts[1])
    case ("GET", "orders", 3) where parts[2] == "notes":
      return with(parts[1]) { placed in .json(200, .array(placed.notes)) }
    case ("POST", "orders", 3) where parts[2] == "notes": return note(request, parts[1])
    case ("GET", "webhooks", 1): return hooks()
    case ("POST", "webhooks", 1): return register(request)
    case ("PUT", "webhooks", 2): return changeHook(request, parts[1])
    default: return error(404, "rest_no_route", "No route was found matching the URL and request method.")
    }
  }

  /// Basic credentials, or the query string for hosts that strip the header.
  private func authenticated(_ request: SandboxRequest) -> Bool {
    if let header = request.header("authorization"), header.hasPrefix("Basic "),
      let bytes = Authentic.fromBase64(header.dropFirst(6).trimmed)
    {
      return String(decoding: bytes, as: UTF8.self) == "\(settings.consumerKey):\(settings.consumerSecret)"
    }
    return request.query("consumer_key") == settings.consumerKey
      && request.query("consumer_secret") == settings.consumerSecret
  }

  func position(_ id: String, _ state: State) -> Int? {
    guard let number = Int(id), state.orders.indices.contains(number - start) else { return nil }
    return number - start
  }

  private func with(_ id: String, _ body: (inout Placed) -> SandboxReply) -> SandboxReply {
    state.withLock { state in
      guard let position = position(id, state) else {
        return error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
      }
      return body(&state.orders[position])
    }
  }

  private func one(_ id: String) -> SandboxReply { with(id) { reply(200, render($0)) } }

  private func reply(_ status: Int, _ value: JSON, _ headers: [(String, String)] = []) -> SandboxReply {
    SandboxReply(
      status: status, headers: [("Content-Type", "application/json; charset=UTF-8")] + headers,
      body: value.bytes(.php))
  }

  private func list(_ request: SandboxRequest) -> SandboxReply {
    let perPage = request.query("per_page").map { Int($0) ?? 0 } ?? 10
    let page = request.query("page").map { Int($0) ?? 0 } ?? 1
    guard (1...100).contains(perPage), page >= 1, page < 1_000_000 else {
      return error(400, "rest_invalid_param", "Invalid parameter(s): per_page or page")
    }
    let (total, shown) = state.withLock { state -> (Int, [JSON]) in
      var found = state.orders.filter { tools.searchable($0.createdMicroseconds) && listed($0, request) }
      let byModified = request.query("orderby") == "modified"
      let ascending = request.query("order") == "asc"
      found.sort { left, right in
        let first = (byModified ? left.order.updatedMillis : left.order.createdUnix, left.order.id)
        let second = (byModified ? right.order.updatedMillis : right.order.createdUnix, right.order.id)
        return ascending ? first < second : first > second
      }
      return (found.count, found.dropFirst((page - 1) * perPage).prefix(perPage).map(render))
    }
    let pages = (total + perPage - 1) / perPage
    var headers = [("X-WP-Total", String(total)), ("X-WP-TotalPages", String(pages))]
    if page < pages {
      let rest = request.query.filter { $0.name != "page" && !$0.name.hasPrefix("consumer_") }
      let query = (rest + [("page", String(page + 1))]).map { "\($0.0)=\(PercentCoding.encode($0.1))" }
      headers.append(("Link", "<http://\(request.host)\(request.path)?\(query.joined(separator: "&"))>; rel=\"next\""))
    }
    return reply(200, .array(shown), headers)
  }

  private func listed(_ placed: Placed, _ request: SandboxRequest) -> Bool {
    func bound(_ name: String) -> Int? { request.query(name).flatMap(CivilTime.unix) }
    let status = request.query("status") ?? "any"
    if status != "any", !status.split(separator: ",").contains(Substring(placed.status)) { return false }
    if status == "any", placed.status == "trash" { return false }
    let modified = placed.order.updatedMillis / 1000
    if let after = bound("modified_after"), modified <= after { return false }
    if let before = bound("modified_before"), modified >= before { return false }
    if let after = bound("after"), placed.order.createdUnix <= after { return false }
    if let before = bound("before"), placed.order.createdUnix >= before { return false }
    if let ids = request.query("include") {
      return ids.split(separator: ",").contains(Substring(String(placed.order.id)))
    }
    return true
  }

  private func update(_ request: SandboxRequest, _ id: String) -> SandboxReply {
    guard let body = request.json() else {
      return error(400, "rest_invalid_json", "Invalid JSON body passed.")
    }
    if let status = body["status"]?.string, !Self.statuses.contains(status) {
      return error(400, "rest_invalid_param", "Invalid parameter(s): status")
    }
    let answer = with(id) { placed in
      for meta in body["meta_data"]?.array ?? [] {
        placed.meta.removeAll { $0["key"] == meta["key"] }
        placed.meta.append(
          ["id": JSON(placed.meta.count + 1), "key": meta["key"] ?? .null, "value": meta["value"] ?? .null])
      }
      if body["set_paid"]?.bool == true, ["pending", "on-hold", "failed"].contains(placed.status) {
        change(&placed, to: "processing")
      }
      if let status = body["status"]?.string { change(&placed, to: status) }
      touch(&placed.order)
      return reply(200, render(placed))
    }
    if answer.status == 200, let number = Int(id) { queue("order.updated", number) }
    return answer
  }

  /// Moves an order to a status, and lets the shop's own mail go out as WooCommerce would.
  func change(_ placed: inout Placed, to status: String) {
    let before = placed.status
    guard before != status else { return }
    placed.status = status
    let ref = String(placed.order.id)
    tools.record(.wooStatus, ref: ref, detail: ["from": .string(before), "to": .string(status)])
    guard settings.sendsMails, let mail = Self.mail(from: before, to: status) else { return }
    tools.record(
      .wooMail, ref: ref, detail: ["mail": .string(mail), "to": .string(placed.order.email)])
  }

  /// Which customer mail a transition fires (WooCommerce e-mail classes).
  static func mail(from before: String, to after: String) -> String? {
    switch after {
    case "processing":
      ["pending", "on-hold", "failed", "cancelled"].contains(before) ? "customer_processing_order" : nil
    case "on-hold": ["pending", "failed", "cancelled"].contains(before) ? "customer_on_hold_order" : nil
    case "completed": "customer_completed_order"
    case "refunded": "customer_refunded_order"
    default: nil
    }
  }

  private func note(_ request: SandboxRequest, _ id: String) -> SandboxReply {
    guard let body = request.json(), let text = body["note"]?.string, !text.isEmpty else {
      return error(400, "rest_missing_callback_param", "Missing parameter(s): note")
    }
    let toCustomer = body["customer_note"]?.bool ?? false
    return with(id) { placed in
      let note: JSON = [
        "id": JSON(placed.notes.count + 1), "author": "system", "note": .string(text),
        "customer_note": .bool(toCustomer), "date_created_gmt": .string(CivilTime(unix: tools.clock.unixSeconds).local),
      ]
      placed.notes.append(note)
      let ref = String(placed.order.id)
      tools.record(.wooNote, ref: ref, detail: ["customer": .bool(toCustomer), "note": .string(text)])
      if toCustomer {
        tools.record(.wooMail, ref: ref, detail: ["mail": "customer_note", "to": .string(placed.order.email)])
      }
      return reply(201, note)
    }
  }

  func touch(_ order: inout SandboxOrder) {
    let millis = Int(exactly: (tools.clock.unix * 1000).rounded(.down)) ?? 0
    order.updatedMillis = max(order.updatedMillis, millis)
  }
}
