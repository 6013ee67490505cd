public import Connector
public import HandoffCore

extension GenericStorefront {
  /// Whether a list address is configured.
  public var canList: Bool { listURL != nil }

  /// Lists orders changed since a cursor: `GET {listURL}?since=…&until=…&cursor=…`.
  ///
  /// The answer is `{"orders": […], "next": "cursor"}`; without `next` the window is complete. A page that cannot be
  /// had is `failed`, never an empty last page (PM-31).
  public func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    guard let listURL else { return .misconfigured(reason: "No listURL is configured.") }
    var address = WebAddress.adding("since", cursor.since.iso8601, to: listURL)
    address = WebAddress.adding("until", until.iso8601, to: address)
    if let page = cursor.page { address = WebAddress.adding("cursor", page, to: address) }
    return await page(at: address, cursor)
  }

  /// Fetches one order: `GET {listURL}?id=…`, answered like a listing.
  public func fetch(orderID: String) async -> BackfillOutcome {
    guard let listURL else { return .misconfigured(reason: "No listURL is configured.") }
    let outcome = await page(
      at: WebAddress.adding("id", orderID, to: listURL), BackfillCursor(since: configuration.clock.now))
    guard case .page(let orders, let unreadable, _) = outcome else { return outcome }
    return .page(orders: orders.filter { $0.order.id == orderID }, unreadable: unreadable, next: nil)
  }

  private func page(at address: String, _ cursor: BackfillCursor) async -> BackfillOutcome {
    var headers = [HTTPField("Accept", "application/json")]
    if let token = configuration.listToken { headers.append(HTTPField("Authorization", "Bearer " + token)) }
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await configuration.transport.send(
        HTTPCall("GET", address, headers: headers, deadline: configuration.deadline))
    } catch {
      return .failed(reason: error.reason)
    }
    switch answer.status {
    case 200: return read(answer, cursor)
    case 401, 403, 404: return .misconfigured(reason: Words.of(answer))
    default: return .failed(reason: Words.of(answer))
    }
  }

  private func read(_ answer: HTTPAnswer, _ cursor: BackfillCursor) -> BackfillOutcome {
    guard let json = answer.json, let documents = json["orders"]?.array else {
      return .failed(reason: "The listing's answer has no array \"orders\": " + Words.cut(answer.text))
    }
    var orders: [OrderCapture] = []
    var unreadable: [String] = []
    for (index, document) in documents.enumerated() {
      do throws(OrderFault) {
        let order = try CanonicalOrderCheck.read(document)
        guard let updatedAt = order.updatedAt ?? order.placedAt else {
          throw OrderFault(path: "updatedAt", problem: "a listing has no other clock, so this member is needed")
        }
        orders.append(OrderCapture(order: order, updatedAt: updatedAt, topic: "backfill"))
      } catch {
        let id = document["id"]?.scalarText.map { " (id \($0.prefix(60)))" } ?? ""
        unreadable.append("orders[\(index)]\(id): \(error)")
      }
    }
    guard let next = json["next"], !next.isNull else { return .page(orders: orders, unreadable: unreadable, next: nil) }
    guard let marker = next.scalarText, !marker.isEmpty, marker.utf8.count <= 2048, marker != cursor.page else {
      return .failed(reason: "The listing's \"next\" is no new cursor: " + Words.cut(next.text))
    }
    return .page(orders: orders, unreadable: unreadable, next: BackfillCursor(since: cursor.since, page: marker))
  }

  /// Tries the listing, and says plainly when there is none.
  public func probe() async -> [ProbeFinding] {
    let secrets = ProbeFinding(
      "signing secrets", isHealthy: true, finding: "\(keys.count) configured, each 24 bytes or longer")
    guard canList else {
      let text =
        "no listURL: an event that the shop gives up sending is never found; the shop must repeat until it gets a 2xx"
      return [secrets, ProbeFinding("order listing", notice: text)]
    }
    let now = configuration.clock.now
    switch await listChanged(BackfillCursor(since: now - .seconds(3600)), until: now) {
    case .page(let orders, let unreadable, _):
      let text = "\(orders.count) orders of the last hour on the first page, \(unreadable.count) unreadable"
      return [secrets, ProbeFinding("order listing", isHealthy: unreadable.isEmpty, finding: text)]
    case .failed(let reason), .misconfigured(let reason):
      return [secrets, ProbeFinding("order listing", isHealthy: false, finding: reason)]
    }
  }
}
