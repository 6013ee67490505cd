public import Connector
public import HandoffCore

extension WooStorefront {
  private static var pageSize: Int { 100 }

  /// Whether REST credentials are configured.
  public var canList: Bool { connection.hasCredentials }

  /// Lists orders changed since a cursor, in order of their ids.
  ///
  /// Pages are counted by offset, so the order must not move while it is read: by id it does not, and without an upper
  /// bound rows only join. A row that leaves shifts the rest by one; the total falls, and the window starts again
  /// (F26). `until` is not sent: what is newer is only seen earlier.
  public func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    let marker = cursor.page.map { $0.split(separator: "/").map { Int($0) ?? 0 } } ?? []
    let page = max(1, marker.first ?? 1)
    let totalBefore = marker.count > 1 ? marker.last : nil
    let earliest = Timestamp(seconds: 946_684_800)
    let since = Timestamp(
      seconds: max(earliest, cursor.since - configuration.overlap).microseconds / 1_000_000)
    let path =
      "orders?per_page=\(WooStorefront.pageSize)&page=\(page)&orderby=id&order=asc&status=any&dates_are_gmt=true"
      + "&modified_after=\(since.iso8601.prefix(19))"
    switch await connection.call("GET", path) {
    case .document(let json, let headers):
      guard let documents = json.array else { return .failed(reason: "The listing is no array.") }
      let (orders, unreadable) = read(documents)
      let total = headers["X-WP-Total"].flatMap { Int($0) }
      let next = nextMarker(page, count: documents.count, headers, total: total, before: totalBefore)
      return .page(
        orders: orders, unreadable: unreadable, next: next.map { BackfillCursor(since: cursor.since, page: $0) })
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .missing(let reason), .refused(let reason), .trouble(let reason): return .failed(reason: reason)
    }
  }

  private func nextMarker(
    _ page: Int, count: Int, _ headers: [HTTPField], total: Int?, before: Int?
  ) -> String? {
    if page > 1, let total, let before, total < before { return "1/\(total)" }
    let isLast: Bool
    if let pages = headers["X-WP-TotalPages"].flatMap({ Int($0) }) {
      isLast = page >= pages
    } else {
      // A proxy has taken the fields away: only a page that is not full is the last one.
      isLast = count < WooStorefront.pageSize
    }
    if isLast || page >= 1_000_000 { return nil }
    return "\(page + 1)" + (total.map { "/\($0)" } ?? "")
  }

  private func read(_ documents: [JSONValue]) -> (orders: [OrderCapture], unreadable: [String]) {
    var orders: [OrderCapture] = []
    var unreadable: [String] = []
    for document in documents {
      do throws(OrderFault) {
        guard case .order(let order, let updatedAt, let status) = try reader.read(document) else { continue }
        orders.append(capture(order, updatedAt, status, topic: "backfill"))
      } catch {
        unreadable.append("order \(document["id"]?.scalarText?.prefix(30) ?? "without id"): \(error)")
      }
    }
    return (orders, unreadable)
  }

  /// Fetches one order; one that is gone is reported as unreadable, so that somebody hears of it.
  public func fetch(orderID: String) async -> BackfillOutcome {
    guard WooOrderReader.isID(orderID) else { return .failed(reason: "An order id is a positive whole number.") }
    switch await connection.call("GET", "orders/\(orderID)") {
    case .document(let json, _):
      guard json["id"]?.scalarText == orderID else { return .failed(reason: "The answer is about another order.") }
      let (orders, unreadable) = read([json])
      return .page(orders: orders, unreadable: unreadable, next: nil)
    case .missing(let reason):
      return .page(orders: [], unreadable: ["order \(orderID) is no longer in the shop; \(reason)"], next: nil)
    case .misconfigured(let reason): return .misconfigured(reason: reason)
    case .refused(let reason), .trouble(let reason): return .failed(reason: reason)
    }
  }

  /// Tries the REST API, the shop's webhooks and the mail that our release relies on.
  public func probe() async -> [ProbeFinding] {
    guard canList else {
      let text = "no consumerKey: WooCommerce never repeats a failed delivery, so lost orders are not found"
      return [ProbeFinding("REST API", isHealthy: false, finding: text)]
    }
    var findings: [ProbeFinding] = []
    switch await connection.call("GET", "orders?per_page=1") {
    case .document(let json, _):
      let text = json.array == nil ? "the listing is no array" : "orders can be read"
      findings.append(ProbeFinding("REST API", isHealthy: json.array != nil, finding: text))
    case .missing(let reason), .refused(let reason), .misconfigured(let reason), .trouble(let reason):
      return [ProbeFinding("REST API", isHealthy: false, finding: reason)]
    }
    findings.append(await probeWebhooks())
    findings.append(await probeMail())
    return findings
  }

  private func probeWebhooks() async -> ProbeFinding {
    let check = "webhooks"
    guard case .document(let json, _) = await connection.call("GET", "webhooks?per_page=100"), let hooks = json.array
    else { return ProbeFinding(check, isHealthy: false, finding: "the list of webhooks could not be read") }
    var problems: [String] = []
    for topic in WooStorefront.topics {
      let states = hooks.filter { $0["topic"]?.string == topic }.compactMap { $0["status"]?.string }
      if !states.contains("active") { problems.append("\(topic): \(states.first ?? "none")") }
    }
    return ProbeFinding(
      check, isHealthy: problems.isEmpty,
      finding: problems.isEmpty ? "all four order topics are active" : "not active: " + problems.joined(separator: ", ")
    )
  }

  private func probeMail() async -> ProbeFinding {
    let check = "mail \"processing order\""
    guard case .document(let json, _) = await connection.call("GET", "settings/email_customer_processing_order"),
      let enabled = json.array?.first(where: { $0["id"]?.string == "enabled" })?["value"]?.string
    else { return ProbeFinding(check, notice: "could not be read; look in the shop's mail settings") }
    let text =
      enabled == "yes"
      ? "on: the shop mails the confirmation when we release" : "off: somebody else must tell the customer"
    return ProbeFinding(check, isHealthy: true, finding: text)
  }
}
