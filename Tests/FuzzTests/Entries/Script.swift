import Connector
import ConnectorTesting
import HandoffCore
import Synchronization

/// Answers of a foreign system in one input, `===` on a line of its own between two.
///
/// An answer is a line with the status, header fields, an empty line and the body; `-` instead of the status is a
/// request that was not sent, `?` one without an answer. A request beyond the last answer gets the first one again.
enum Script {
  /// Requests after which the other end falls silent, so that no paging goes on for ever.
  private static let longest = 80

  static func transport(_ bytes: [UInt8]) -> OtherEnd {
    let replies = split(bytes[...], at: Array("\n===\n".utf8)).map { reply($0) }
    return OtherEnd { index, _ in
      index < longest ? replies[index % replies.count] : .failure(.noAnswer("silence"))
    }
  }

  private static func reply(_ bytes: ArraySlice<UInt8>) -> ScriptedTransport.Reply {
    let parts = split(bytes, at: Array("\n\n".utf8), most: 1)
    let lines = (parts.first ?? []).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    if lines.first == "-" { return .failure(.notSent("refused")) }
    if lines.first == "?" { return .failure(.noAnswer("lost")) }
    let status = lines.first.flatMap { Int($0) } ?? 200
    let body = parts.count > 1 ? Array(parts[1]) : []
    return .success(HTTPAnswer(status: status, headers: lines.dropFirst().map(field), body: body))
  }

  /// `Name: value`.
  static func field(_ line: String) -> HTTPField {
    let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let value = halves.count > 1 ? String(halves[1].drop { $0 == " " }) : ""
    return HTTPField(String(halves.first ?? ""), value)
  }

  static func split(_ bytes: ArraySlice<UInt8>, at mark: [UInt8], most: Int = 15) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    var index = bytes.startIndex
    while index + mark.count <= bytes.endIndex, parts.count < most {
      if bytes[index..<(index + mark.count)].elementsEqual(mark) {
        parts.append(bytes[start..<index])
        index += mark.count
        start = index
      } else {
        index += 1
      }
    }
    return parts + [bytes[start...]]
  }
}

/// A transport that keeps nothing of what was asked, so that millions of requests need no memory.
final class OtherEnd: HTTPTransport {
  private let count = Mutex(0)
  private let reply: @Sendable (Int, HTTPCall) -> ScriptedTransport.Reply

  /// Answers the n-th request, from 0.
  init(_ reply: @escaping @Sendable (Int, HTTPCall) -> ScriptedTransport.Reply) { self.reply = reply }

  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    let index = count.withLock { count in
      count += 1
      return count - 1
    }
    return try reply(index, call).get()
  }
}

/// What the targets share: an order, a submission, a clock.
enum Sample {
  static let now = Timestamp(seconds: 1_795_000_000)
  static let clock = StillClock(now)

  static let order: Order = {
    let currency = CurrencyCode.usDollar
    func money(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: currency) }
    let lines = [
      OrderLine(id: "1", sku: "MUG", title: "Mug", quantity: 2, unitPrice: money(625)),
      OrderLine(id: "2", sku: "TEA", title: "Tea", quantity: 1, unitPrice: money(500)),
    ]
    var order = Order(id: "1001", number: "#1001", currency: currency, total: money(1750), lines: lines)
    order.email = "anna@example.org"
    order.customerName = "Anna"
    return order
  }()

  static func submission(_ order: Order = Sample.order, recordID: String? = nil, resuming: Bool = false) -> Submission {
    Submission(
      handoffID: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("main"), orderID: order.id),
      externalID: ExternalID("CS-main-1001"), order: order, version: 1, digest: ContentDigest(hex: "ab"),
      recordID: recordID, resuming: resuming)
  }

  static let receipt = submission().receipt(recordID: "77", recordNumber: "SO77", total: order.total)

  static func facts(_ kind: MessageKind, _ order: Order) -> MessageFacts {
    MessageFacts(
      kind: kind, handoffID: HandoffID("h1"), key: OrderKey(storefront: StorefrontName("main"), orderID: order.id),
      recordID: "77", recordNumber: "SO77", order: order, decidedAt: now, messageKey: "cs-1-confirmation-1")
  }
}
