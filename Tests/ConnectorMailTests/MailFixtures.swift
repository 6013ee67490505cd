import Connector
import ConnectorTesting
import HandoffCore

@testable import ConnectorMail

/// Orders, facts and senders for the tests of this folder.
enum Mail {
  static let decided = Timestamp(microseconds: 1_795_426_245_000_000)

  static func order(
    number: String = "#1001", email: String? = "jo@example.com", name: String? = "Jo", language: String? = "en",
    titles: [String] = ["Blue mug"]
  ) throws -> Order {
    let currency = try required(CurrencyCode("EUR"))
    let price = Money(minorUnits: 1250, currency: currency)
    let lines = titles.enumerated().map { index, title in
      OrderLine(id: String(index), sku: "SKU-\(index)", title: title, quantity: 2, unitPrice: price)
    }
    var order = Order(id: "7001", number: number, currency: currency, total: price, lines: lines)
    order.email = email
    order.customerName = name
    order.language = language
    return order
  }

  static func facts(
    _ kind: MessageKind = .confirmation, order: Order, storefront: String = "main", key: String = "cs-1-confirmation-1"
  ) -> MessageFacts {
    MessageFacts(
      kind: kind, handoffID: HandoffID("h-1"), key: OrderKey(storefront: StorefrontName(storefront), orderID: order.id),
      recordID: "17", recordNumber: "SO17", order: order, decidedAt: decided, messageKey: key)
  }

  static func sender(
    url: String = "smtp://127.0.0.1:9", tls: String? = nil, credentials: MailCredentials? = nil,
    templates: MailTemplates? = nil, adjust: (inout MailConfiguration) throws -> Void = { _ in }
  ) throws -> MailSender {
    let server = try MailServer(url: url, tls: tls, credentials: credentials)
    let identity = MailIdentity(shop: "Mugs & More", from: try Mailbox("Mugs & More <orders@mugs.example>"))
    var configuration = MailConfiguration(server: server, identity: identity)
    try adjust(&configuration)
    return try MailSender(
      configuration: configuration, templates: templates ?? MailTemplates.load(), clock: StillClock(decided))
  }

  static func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
  }
}

/// Something a test needs is not there.
struct Missing: Error {}

/// A small generator whose numbers depend on its seed alone (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Text of scalars from all over Unicode, line ends, controls and header syntax included.
  mutating func text(upTo limit: Int) -> String {
    let spice: [String] = [
      "\r\nBcc: thief@example.net\r\n", "\n.\n", "=?utf-8?q?x?=", "\u{0}", "\u{202E}", "\u{2028}", "👩‍👩‍👧‍👦", "<b>",
      "\"",
      ",", "{{total}}",
      "\\", "مرحبا", "שלום", "𠜎", "é", "e\u{301}", "&amp;", "\u{85}", "\t", "<\u{301}script>", "From ", "..",
      "\u{FFFE}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...limit, using: &self) {
      switch Int.random(in: 0..<5, using: &self) {
      case 0: text.append(contentsOf: (spice.randomElement(using: &self) ?? "").unicodeScalars)
      case 1: text.append(contentsOf: Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)).map { [$0] } ?? [])
      case 2: text.append(contentsOf: Unicode.Scalar(UInt32.random(in: 0xA0...0x2FFF, using: &self)).map { [$0] } ?? [])
      default: text.append(contentsOf: Unicode.Scalar(UInt32.random(in: 0x20...0x7E, using: &self)).map { [$0] } ?? [])
      }
    }
    return String(text)
  }
}
