import HandoffCore
import Testing

@Suite struct MoneyTests {
  @Test(arguments: [
    ("12.50", "USD", 1250), ("-3", "USD", -300), ("6000", "JPY", 6000), ("6000.00", "JPY", 6000),
    ("1.234", "KWD", 1234), ("0.5", "KWD", 500), (".5", "USD", 50), ("5.", "USD", 500), ("0", "USD", 0),
    ("007.10", "USD", 710), ("1.2300", "USD", 123), ("92233720368547758.07", "USD", Int64.max),
    ("1.2345", "CLF", 12345),
  ])
  func `decimal text is read exactly`(text: String, code: String, minorUnits: Int64) {
    #expect(Money(decimal: text, currency: currency(code))?.minorUnits == minorUnits)
  }

  @Test(arguments: [
    "", "-", ".", "1,50", "1.5e3", "1.2.3", " 1", "1 ", "+1", "--1", "0x10", "NaN", "1e400", "12.345",
    "92233720368547758.08", "999999999999999999999999", "1\u{0}", "١", String(repeating: "0", count: 41),
  ])
  func `anything else is nil, not rounded`(text: String) {
    #expect(Money(decimal: text, currency: currency("USD")) == nil)
  }

  @Test(arguments: [
    ("1.005", 101), ("1.004999", 100), ("-1.005", -101), ("0.994", 99), ("2", 200),
  ])
  func `unit prices are rounded half away from zero`(text: String, minorUnits: Int64) {
    #expect(Money.rounded(decimal: text, currency: currency("USD"))?.minorUnits == minorUnits)
  }

  @Test(arguments: [
    (1250, "USD", "12.50"), (-5, "USD", "-0.05"), (6000, "JPY", "6000"), (1, "KWD", "0.001"), (0, "USD", "0.00"),
    (Int64.min, "USD", "-92233720368547758.08"), (Int64.min, "JPY", "-9223372036854775808"),
  ])
  func `decimal text has the currency's own digits`(minorUnits: Int64, code: String, text: String) {
    #expect(money(minorUnits, code).decimalText == text)
  }

  @Test func `what is written is read back`() {
    var dice = Dice(seed: 1)
    for _ in 0..<2000 {
      let amount = money(Int64(bitPattern: dice.next()) >> 4, dice.pick(["USD", "JPY", "KWD", "CLF"], or: "USD"))
      #expect(Money(decimal: amount.decimalText, currency: amount.currency) == amount)
    }
  }

  @Test func `sums and products say so when they do not fit`() {
    #expect(money(.max).adding(money(1)) == nil)
    #expect(money(.min).adding(money(-1)) == nil)
    #expect(money(1).adding(money(1, "EUR")) == nil)
    #expect(money(2).adding(money(3)) == money(5))
    #expect(money(.max).times(2) == nil)
    #expect(money(.min).times(-1) == nil)
    #expect(money(-7).times(3) == money(-21))
  }

  @Test func `a currency is three letters`() {
    #expect(CurrencyCode("usd")?.text == "USD")
    for text in ["", "US", "USDT", "U$D", "ÜSD", "U D", "12A"] { #expect(CurrencyCode(text) == nil) }
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-23T10:00:00Z", 1_795_428_000), ("2000-02-29T23:59:59Z", 951_868_799),
    ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ("1900-03-01T00:00:00Z", -2_203_891_200), ("2038-01-19T03:14:08Z", 2_147_483_648),
    // New York, the night the clocks go forward: one second apart.
    ("2024-03-10T01:59:59-05:00", 1_710_053_999), ("2024-03-10T03:00:00-04:00", 1_710_054_000),
    // And back: the same wall clock, an hour apart.
    ("2024-11-03T01:30:00-04:00", 1_730_611_800), ("2024-11-03T01:30:00-05:00", 1_730_615_400),
    ("2026-11-23T10:00:00+05:45", 1_795_407_300), ("2026-11-23t10:00:00z", 1_795_428_000),
    ("2026-11-23 10:00:00+0000", 1_795_428_000), ("2026-11-23T10:00Z", 1_795_428_000),
    ("2026-11-23T10:00:00+00", 1_795_428_000), ("2016-12-31T23:59:60Z", 1_483_228_800),
  ])
  func `golden instants`(text: String, seconds: Int64) {
    #expect(Timestamp(iso8601: text) == Timestamp(seconds: seconds))
  }

  @Test(arguments: [
    ("1969-12-31T23:59:59.999999Z", -1), ("1970-01-01T00:00:00.1Z", 100_000),
    ("1970-01-01T00:00:00.123456789Z", 123_456), ("1970-01-01T00:00:00,5Z", 500_000),
  ])
  func `fractions are microseconds`(text: String, microseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23T10:00:00", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+19:00",
    "2026-01-01T00:00:00+05:", "2026-01-01T00:00:00+05:60", "2026-01-01T00:00:00+5", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00Zx", "26-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "2026-1-1T0:0:0Z", "now", "1767225600",
  ])
  func `anything else is no instant`(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test func `a local time is an instant only when UTC is assumed`() {
    #expect(Timestamp(iso8601: "2026-11-23T10:00:00", assumingUTC: true) == Timestamp(seconds: 1_795_428_000))
  }

  @Test func `what is written is read back, leap years included`() {
    var dice = Dice(seed: 2)
    for _ in 0..<2000 {
      // From year 0001 to 9999.
      let seconds = Int64(dice.below(315_537_897_599)) - 62_135_596_800
      let instant = Timestamp(microseconds: seconds * 1_000_000 + Int64(dice.below(1_000_000)))
      #expect(Timestamp(iso8601: instant.iso8601) == instant)
    }
    #expect(Timestamp(microseconds: -1).iso8601 == "1969-12-31T23:59:59.999999Z")
    #expect(!Timestamp.distantPast.iso8601.isEmpty && !Timestamp.distantFuture.iso8601.isEmpty)
  }

  @Test func `arithmetic saturates instead of trapping`() {
    #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
    #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
    #expect(Timestamp(seconds: .max) == .distantFuture)
    #expect(Timestamp(seconds: .min) == .distantPast)
    #expect(Timestamp.distantFuture.since(.distantPast) == .microseconds(Int64.max))
    #expect(Timestamp.distantPast.since(.distantFuture) == .microseconds(Int64.min))
    #expect(Timestamp(seconds: 0) + .seconds(Int64.max) == .distantFuture)
  }
}

@Suite struct IdentityTests {
  private func external(_ storefront: String, _ order: String) -> String {
    let key = OrderKey(storefront: StorefrontName(storefront), orderID: order)
    return ExternalID.mint(template: "CS-{storefront}-{orderId}", key: key).text
  }

  @Test func `ordinary ids stay readable`() {
    #expect(external("main", "5012345678901") == "CS-main-5012345678901")
    #expect(external("main", "112-1234567-7654321") == "CS-main-112-1234567-7654321")
  }

  @Test(arguments: [
    (("main", "a/b"), ("main", "a_2f_b")), (("main", "a_b"), ("main", "a__b")), (("shop", "us-1"), ("shop-us", "1")),
    (("main", "1"), ("main", "01")), (("main", "ä"), ("main", "_e4_")), (("main", " "), ("main", "")),
    (("main", "_"), ("main", "__")), (("a_", "b"), ("a", "_b")),
  ])
  func `two orders never meet in one external id`(left: (String, String), right: (String, String)) {
    #expect(external(left.0, left.1) != external(right.0, right.1))
  }

  @Test func `external ids are injective over hostile ids, and plain text`() {
    var dice = Dice(seed: 3)
    let letters = ["a", "_", "-", "/", "2", "f", "é", "{orderId}", "\u{0}"]
    var seen: [String: String] = [:]
    for _ in 0..<20_000 {
      let parts = (0..<2).map { _ in (0...dice.below(4)).map { _ in dice.pick(letters, or: "a") }.joined() }
      let text = external(parts[0], parts[1])
      let both = parts.joined(separator: "\u{1}")
      #expect(seen[text, default: both] == both)
      seen[text] = both
      let isPlain = text.utf8.allSatisfy { byte in
        "-_".utf8.contains(byte) || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
      }
      #expect(isPlain)
    }
  }

  @Test(arguments: [
    ("SO-1001", true), ("12345", true), ("a/b:c#d.e_f", true), ("", false), ("<html>", false), ("a b", false),
    ("{\"id\":1}", false), ("é", false), ("1\n", false),
  ])
  func `a record id is a word`(text: String, isPlausible: Bool) {
    #expect(Receipt.isPlausible(recordID: text) == isPlausible)
  }

  @Test func `a record id is no longer than 128 bytes`() {
    #expect(Receipt.isPlausible(recordID: String(repeating: "a", count: 128)))
    #expect(!Receipt.isPlausible(recordID: String(repeating: "a", count: 129)))
  }

  @Test func `a digest is 64 hexadecimal digits`() {
    #expect(ContentDigest(bytes: [0, 1, 0x0F, 0x10, 0xFF]).hex == "00010f10ff")
  }

  @Test func `pauses grow, stay below the cap, and never trap`() {
    let backoff = Backoff()
    for id in ["h1", "h2", ""] {
      for attempt in [-5, 0, 1, 2, 10, 1000, Int.max] {
        let pause = backoff.pause(after: attempt, for: HandoffID(id))
        #expect(pause > .zero && pause <= backoff.cap)
        #expect(pause == backoff.pause(after: attempt, for: HandoffID(id)))
      }
    }
  }

  @Test func `NUL is replaced, everything else stays`() {
    #expect("a\u{0}b".withoutNUL == "a\u{FFFD}b")
    #expect("täglich\n".withoutNUL == "täglich\n")
  }

  @Test(arguments: [
    Validation.allocated, .waived(by: "Ada"), .short([]),
    .partlyShort([Shortage(sku: "A-1", ordered: 3, allocated: 1), Shortage(sku: "", ordered: 1, allocated: 0)]),
  ])
  func `a validation is read back from its text`(validation: Validation) {
    #expect(Validation(text: validation.text) == validation)
  }

  @Test func `covered exceptions are read back from their text, whatever a vendor wrote`() {
    let reasons = [
      "", "no", "a\tb\nc\r\nd", #"\n is no line end, \\ no escape"#, "\u{1F385}\u{2028}", "\n", "\t\t\t\t",
    ]
    let covered = zip(ExceptionKind.allCases, reasons).enumerated().map { number, pair in
      OpenException(
        kind: pair.0, reason: pair.1, openedAt: Fixture.start, deadline: Fixture.start + .seconds(number),
        escalations: number)
    }
    #expect(OpenException.text(of: covered).flatMap { OpenException.covered(text: $0) } == covered)
    #expect(OpenException.text(of: []) == nil)
    for text in ["shortage", "shortage\t1\t2\tmany\t", "unheard_of\t1\t2\t0\t", "shortage\t1\t2\t0\t\t"] {
      #expect(OpenException.covered(text: text) == nil, "\(text)")
    }
  }
}

@Suite struct CanonicalFormTests {
  private static let base: Order = {
    var order = Order(
      id: "1001", number: "#1001", currency: currency("USD"), total: money(2000),
      lines: [
        OrderLine(id: "l1", sku: "A", title: "Hat", quantity: 1, unitPrice: money(500)),
        OrderLine(id: "l2", sku: "B", title: "Coat", quantity: 2, unitPrice: money(750)),
      ])
    order.email = "a@example.com"
    order.shippingAddress = Address()
    order.shippingAddress?.city = "Bonn"
    order.storedValue = [StoredValuePayment(kind: "gift_card", reference: "1234", amount: money(100))]
    return order
  }()

  private static let changes: [@Sendable (inout Order) -> Void] = [
    { $0.id = "1002" }, { $0.currency = currency("EUR") }, { $0.total = money(2001) }, { $0.tax = money(0) },
    { $0.shipping = money(0) }, { $0.discount = money(0) }, { $0.tax = money(1) }, { $0.shipping = money(1) },
    { $0.discount = money(1) }, { $0.payment = .paid }, { $0.email = nil }, { $0.email = "" },
    { $0.lines.swapAt(0, 1) }, { $0.lines[0].quantity = 2 }, { $0.lines[0].sku = nil }, { $0.lines[0].sku = "AA" },
    { $0.lines[0].id = "l2" }, { $0.lines[0].unitPrice = money(501) }, { $0.lines[0].discount = money(0) },
    { $0.lines.removeLast() }, { $0.lines.append($0.lines[0]) }, { $0.storedValue = [] },
    { $0.storedValue[0].kind = "store_credit" }, { $0.storedValue[0].amount = money(101) },
    { $0.storedValue.append($0.storedValue[0]) }, { $0.shippingAddress = nil }, { $0.shippingAddress = Address() },
    {
      $0.billingAddress = $0.shippingAddress
      $0.shippingAddress = nil
    }, { $0.billingAddress = $0.shippingAddress },
    {
      $0.shippingAddress?.city = nil
      $0.shippingAddress?.region = "Bonn"
    },
    {
      $0.lines[0].sku = "B"
      $0.lines[1].sku = "A"
    },
    {
      $0.shipping = money(7)
      $0.tax = nil
    },
    {
      $0.tax = money(7)
      $0.shipping = nil
    },
  ]

  @Test func `every change the ERP must know gives a form of its own`() {
    var forms: [[UInt8]] = [Self.base.canonicalForm]
    for change in Self.changes {
      var order = Self.base
      change(&order)
      forms.append(order.canonicalForm)
    }
    #expect(Set(forms).count == forms.count)
  }

  @Test func `the form is what stored digests were taken over`() {
    var order = Self.base
    order.shipping = money(-1234)
    order.lines[0].sku = nil
    order.lines[1].discount = money(Int64.min)
    order.billingAddress = Address()
    order.billingAddress?.name = "Ö"
    let nothing = String(repeating: "-", count: 8)
    let expected =
      "v:1:1id:4:1001currency:3:USDtotal:4:2000tax-shipping:5:-1234discount-payment:7:unknownemail:13:a@example.com"
      + "line:2:l1sku-quantity:1:1price:3:500off-"
      + "line:2:l2sku:1:Bquantity:1:2price:3:750off:20:-9223372036854775808"
      + "stored:9:gift_cardreference:4:1234amount:3:100"
      + "ship:0:" + "----" + ":4:Bonn" + "----" + "bill:0:" + ":2:Ö" + nothing
    #expect(String(decoding: order.canonicalForm, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    0, 9, 10, 99, 100, 1_000_000_007, Int64.max, -1, -10, Int64.min,
  ])
  func `a number is written as it is read`(number: Int64) {
    let bytes = [UInt8](writingAtMost: 20) { $0.append(decimal: number) }
    #expect(String(decoding: bytes, as: UTF8.self) == String(number))
    #expect(number.magnitude.decimalDigits == String(number.magnitude).utf8.count)
  }

  @Test func `the longest order has room for its form`() {
    var order = Self.base
    let long = String(repeating: "ß", count: 5000)
    (order.id, order.email) = (long, long)
    order.lines = (0..<300).map {
      OrderLine(id: "\($0)" + long, sku: long, title: "", quantity: 1_000_000, unitPrice: money(.min))
    }
    for place in order.lines.indices { order.lines[place].discount = money(.min) }
    order.storedValue = (0..<50).map { _ in
      StoredValuePayment(kind: long, reference: long, amount: money(.min))
    }
    var full = Address()
    (full.name, full.company, full.street1, full.street2) = (long, long, long, long)
    (full.city, full.region, full.postalCode, full.country, full.phone) = (long, long, long, long, long)
    (order.shippingAddress, order.billingAddress) = (full, full)
    (order.total, order.tax) = (money(.min), money(.min))
    (order.shipping, order.discount) = (money(.min), money(.min))
    #expect(order.canonicalForm.count > 300 * 20_000)
  }

  @Test func `what the ERP need not know leaves the form alone`() {
    var order = Self.base
    order.updatedAt = Timestamp(seconds: 5)
    order.note = "please ring"
    order.lines[0].title = "Cap"
    order.lines.append(OrderLine(id: "l3", sku: "C", title: "gone", quantity: 0, unitPrice: money(1)))
    order.language = "de"
    #expect(order.canonicalForm == Self.base.canonicalForm)
  }

  @Test func `no text can imitate the fields after it`() {
    var left = Self.base
    var right = Self.base
    left.lines[0].sku = "A"
    left.lines[0].id = "x3:sku:1:Z"
    right.lines[0].id = "x"
    right.lines[0].sku = "3:sku:1:ZA"
    #expect(left.canonicalForm != right.canonicalForm)
  }
}
