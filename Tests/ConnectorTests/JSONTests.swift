import Connector
import HandoffCore
import Testing

struct JSONTests {
  @Test func `ids beyond 2^53 and amounts keep their text`() throws {
    let json = try JSONValue(parsing: #"{"id": 820982911946154508, "total": 403.00, "rate": 1e-7}"#)
    #expect(json["id"]?.scalarText == "820982911946154508")
    #expect(json["id"]?.int == 820_982_911_946_154_508)
    #expect(json["total"]?.scalarText == "403.00")
    #expect(json["total"]?.int == 403)
    #expect(json["rate"]?.int == nil)
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", #"{"a":1,"a":2}"#, "{\"a\":\"\\u0000\"}", #""\ud800""#, "01", "1.", "-", "1e", "nul",
    "\"a\nb\"", "[1] 2", #"{"a" 1}"#, #"{a:1}"#, "\u{FEFF}{}", #""\x""#,
  ])
  func `what is not strict JSON is refused with a place`(text: String) {
    #expect(throws: JSONFault.self) { try JSONValue(parsing: text) }
  }

  @Test func `a million brackets are a fault, not a crash`() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: JSONFault.self) { try JSONValue(parsing: deep) }
  }

  @Test func `invalid UTF-8 is refused`() {
    #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
  }

  @Test func `what is written is read back, and equal values give equal bytes`() throws {
    let value: JSONValue = [
      "b": ["x\n\"\\\u{7}é😀", true, .null], "a": .number("12.50"), "c": [:], "d": [],
    ]
    #expect(try JSONValue(parsing: value.bytes) == value)
    #expect(value.text.hasPrefix(#"{"a":12.50,"b":["#))
  }

  @Test func `an order survives its document`() throws {
    let price = Money(minorUnits: 1050, currency: .usDollar)
    var order = Order(
      id: "1", number: "#1", currency: .usDollar, total: price,
      lines: [OrderLine(id: "l", sku: nil, title: "T", quantity: 1, unitPrice: price, discount: nil, isGiftCard: true)])
    order.placedAt = Timestamp(iso8601: "2026-11-23T10:00:00.5+01:00")
    order.payment = .paid
    order.shippingAddress = Address()
    order.shippingAddress?.city = "Łódź"
    order.storedValue = [StoredValuePayment(kind: "gift_card", reference: "1234", amount: price)]
    #expect(try OrderJSON.read(JSONValue(parsing: OrderJSON.write(order).bytes)) == order)
  }

  @Test func `an order's bytes are those of its tree, whatever it has`() {
    let price = Money(minorUnits: -105, currency: .usDollar)
    var order = Order(id: "1", number: "#1\"", currency: .usDollar, total: price, lines: [])
    #expect(OrderJSON.bytes(order) == OrderJSON.write(order).bytes)
    for giftCard in [true, false] {
      order.lines.append(
        OrderLine(
          id: "l", sku: giftCard ? nil : "S", title: "T\n", quantity: 2, unitPrice: price,
          discount: giftCard ? price : nil, isGiftCard: giftCard, requiresShipping: !giftCard))
    }
    order.placedAt = Timestamp(microseconds: 1_795_428_000_500_000)
    order.updatedAt = Timestamp(seconds: 1_795_428_000)
    (order.email, order.customerName, order.phone, order.language) = ("a@b", "Ö", "1", "de")
    (order.tax, order.shipping, order.discount) = (price, Money(minorUnits: 5, currency: .usDollar), price)
    (order.source, order.note, order.payment) = ("web", "n", .voided)
    (order.isTest, order.isCancelled) = (true, true)
    order.shippingAddress = Address()
    var full = Address()
    (full.name, full.company, full.street1, full.street2) = ("n", "c", "1", "2")
    (full.city, full.region, full.postalCode, full.country, full.phone) = ("Łódź", "r", "p", "PL", "0")
    order.billingAddress = full
    order.storedValue = [StoredValuePayment(kind: "gift_card", reference: "1234", amount: price)]
    #expect(OrderJSON.bytes(order) == OrderJSON.write(order).bytes)
  }

  @Test(arguments: [
    (#"{"currency":"USD","total":"1","lines":[]}"#, "id"), (#"{"id":"1","total":"1","lines":[]}"#, "currency"),
    (#"{"id":"1","currency":"USD","total":"1.005","lines":[]}"#, "total"),
    (#"{"id":"1","currency":"USD","total":"1","lines":[{"quantity":-1,"unitPrice":"1"}]}"#, "lines[0].quantity"),
    (#"{"id":"1","currency":"USD","total":"1","lines":[{"quantity":1}]}"#, "lines[0].unitPrice"),
  ])
  func `a faulty order is refused with the member's path`(text: String, path: String) throws {
    let json = try JSONValue(parsing: text)
    #expect(throws: OrderFault.self) { try OrderJSON.read(json) }
    do { _ = try OrderJSON.read(json) } catch { #expect(error.path == path) }
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 40, 300])
  func `members are found by name, in whatever order they came`(count: Int) throws {
    let names = (0..<count).map { "m\($0 * 7 % 1000)" }
    let text = "{" + names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
    let json = try JSONValue(parsing: text)
    for name in names { #expect(json[name]?.string == name) }
    #expect(json[""] == nil && json["m"] == nil && json["m9999"] == nil && json["z"] == nil)
    #expect(json.object?.count == count)
    let other = JSONValue.object(Dictionary(uniqueKeysWithValues: names.map { ($0, .string($0)) }))
    #expect(json == other && json.hashValue == other.hashValue && json.bytes == other.bytes)
  }

  @Test(arguments: [
    #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"b":1,"a":2,"b":3}"#, #"{"a":{"c":1,"b":2,"c":3}}"#,
    "{\"\u{E9}\":1,\"b\":2,\"e\u{301}\":3}",
  ])
  func `a name that stands twice is refused, also out of order or written otherwise`(text: String) {
    #expect(throws: JSONFault.self) { try JSONValue(parsing: text) }
  }

  @Test func `very many members in the worst order are read, and refused when one is repeated`() throws {
    let names = (0..<200_000).reversed().map { "\"k\($0)\":0" }
    let json = try JSONValue(parsing: "{" + names.joined(separator: ",") + "}")
    #expect(json["k77777"]?.int == 0)
    #expect(throws: JSONFault.self) { try JSONValue(parsing: "{" + (names + [names[0]]).joined(separator: ",") + "}") }
  }
}
