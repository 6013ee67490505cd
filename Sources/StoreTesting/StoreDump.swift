import HandoffCore
public import HandoffStore

/// Everything a store holds, as text that two stores can be compared by.
public enum StoreDump {
  /// A line for each fact, in an order that does not depend on the store.
  public static func text(of store: any HandoffStore) async throws -> String {
    try await store.read { try lines(of: $0).joined(separator: "\n") }
  }

  /// The digest of the text, in hexadecimal.
  public static func digest(of store: any HandoffStore) async throws -> String {
    ContentDigest(bytes: PlainSHA256.digest(Array(try await text(of: store).utf8))).hex
  }

  /// The first line in which two dumps differ.
  public static func difference(_ left: String, _ right: String) -> String {
    let (a, b) = (left.split(separator: "\n"), right.split(separator: "\n"))
    guard let pair = zip(a, b).first(where: { $0 != $1 }) else { return "\(a.count) lines, \(b.count) lines" }
    return "left:  \(pair.0)\nright: \(pair.1)"
  }

  private static func lines(of store: any StoreReading) throws -> [String] {
    var lines: [String] = []
    var last: HandoffID?
    while true {
      let page = try store.handoffs(after: last, limit: 100)
      guard let end = page.last else { break }
      for row in page { try describe(row, in: store, &lines) }
      last = end.handoff.id
    }
    var filter = ExceptionFilter()
    filter.onlyOpen = false
    filter.limit = Int(Int32.max)
    lines += try store.exceptions(filter).map { "exception \($0)" }
    var unreadable = UnreadableFilter()
    unreadable.onlyOpen = false
    unreadable.limit = Int(Int32.max)
    lines += try store.unreadable(unreadable).map { "unreadable \($0)" }
    lines += try store.alertQueues().map { "alerts \($0)" }
    lines += try store.counts().map { "stage \($0.key.rawValue) \($0.value)" }.sorted()
    lines += try store.deliveryCounts().map { "deliveries \($0.key.rawValue) \($0.value)" }.sorted()
    lines += try store.inFlight().map { "in flight \($0.key) \($0.value)" }.sorted()
    lines.append("cursor \(try store.marker("cursor") ?? "none")")
    for lane in ["erp:books", "notify:main", "storefront:main"] {
      lines.append("lane \(lane) \(try store.nextDue(lane: lane).map { $0.iso8601 } ?? "idle")")
      lines += try store.dueTasks(lane: lane, now: .distantFuture, limit: Int(Int32.max)).map { "due \($0.id)" }
    }
    lines += try store.overdue(now: .distantFuture, limit: Int(Int32.max)).map { "deadline \($0)" }
    return lines.map { $0.replacing("\n", with: "\\n") }
  }

  private static func describe(_ row: HandoffRow, in store: any StoreReading, _ lines: inout [String]) throws {
    let id = row.handoff.id
    lines.append("row \(row)")
    for number in 1...max(1, row.handoff.version.number) {
      if let version = try store.version(number, of: id) { lines.append("version \(version)") }
    }
    lines += try store.journal(of: id).map { "entry \($0)" }
    lines += try store.tasks(of: id).map { "task \($0)" }
    lines += try store.messages(of: id).map { "message \($0)" }
    lines += try store.deliveries(of: id).map { "delivery \($0)" }
  }
}
