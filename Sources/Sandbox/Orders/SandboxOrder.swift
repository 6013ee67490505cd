/// An order of a simulated shop, kept small; each shop writes it in its own vendor's shape when asked.
public struct SandboxOrder: Sendable, Equatable {
  /// One line; amounts are in the currency's minor units.
  public struct Line: Sendable, Equatable {
    /// The line's id in the shop.
    public var id: Int
    /// Nil for a line the merchant typed by hand.
    public var sku: String?
    /// What the buyer saw.
    public var title: String
    /// Units ordered.
    public var quantity: Int
    /// Price of one unit in minor units.
    public var unitPrice: Int
    /// What is left after edits.
    public var currentQuantity: Int
  }
  /// The line's id in the shop.
  public var id: Int
  /// The number shown to people.
  public var number: Int
  /// ISO 4217 code of every amount.
  public var currency: String
  /// What was bought.
  public var lines: [Line]
  /// Shipping charged, in minor units.
  public var shipping: Int
  /// The buyer's address, always at example.com.
  public var email: String
  /// The buyer's given name.
  public var firstName: String
  /// The buyer's family name.
  public var lastName: String
  /// Where the buyer lives.
  public var city: String
  /// ISO 3166 code of the country.
  public var countryCode: String
  /// A test order, which must not reach an ERP.
  public var test = false
  /// Tags of the order.
  public var tags: [String] = []
  /// The buyer's note.
  public var note: String?
  /// When it was placed, in seconds since 1970.
  public var createdUnix = 0
  /// Milliseconds since 1970, so that two changes in a second keep their order.
  public var updatedMillis = 0
  /// When it was cancelled, in seconds since 1970.
  public var cancelledUnix: Int?
  /// Why it was cancelled.
  public var cancelReason: String?

  /// Goods and shipping in minor units.
  public var total: Int { subtotal + shipping }
  /// Goods in minor units, after edits.
  public var subtotal: Int { lines.reduce(0) { $0 + $1.unitPrice * $1.currentQuantity } }
  /// An amount as the currency writes it: two decimals, none for JPY.
  public func text(_ minor: Int) -> String { currency == "JPY" ? String(minor) : Hundredths.text(minor) }
}

extension JSON {
  /// Whether a control request says what is to be ordered.
  var isWish: Bool { ["sku", "email", "currency"].contains { self[$0]?.text != nil } }
}

extension SandboxOrder {
  /// The order with what a control request asks for: one line of a stock keeping unit, a buyer's address, a currency.
  func wished(_ wish: JSON) -> SandboxOrder {
    var order = self
    if let currency = wish["currency"]?.text { order.currency = currency }
    if let email = wish["email"]?.text { order.email = email }
    if let sku = wish["sku"]?.text, var line = lines.first {
      line.sku = sku
      line.title = "Sample item"
      line.quantity = 1
      line.currentQuantity = 1
      order.lines = [line]
    }
    return order
  }
}

/// Makes realistic orders from a seed: the same seed gives the same orders.
public struct SandboxOrderGenerator: Sendable {
  private var generator: SeededGenerator
  private let catalogue: [CatalogueItem]
  /// Chance of a line without SKU.
  public var nullSku = 0.0
  /// Chance of a test order.
  public var testOrders = 0.0
  /// Ids of the next order and its lines.
  public var nextNumber = 1001

  /// A generator over a catalogue; items that run short at once are left out unless `scarce` asks for them.
  public init(seed: UInt64, catalogue: [CatalogueItem] = CatalogueItem.standard, scarce: Bool = false) {
    generator = SeededGenerator(seed: seed)
    let ample = catalogue.filter { $0.onHand > 1_000 }
    self.catalogue = scarce || ample.isEmpty ? catalogue : ample
  }

  private static let currencies = ["USD", "USD", "USD", "EUR", "EUR", "GBP", "CAD", "JPY", "PLN"]
  private static let people: [(String, String, String, String)] = [
    ("Ana", "Núñez", "Málaga", "ES"), ("Jürgen", "Groß", "Köln", "DE"), ("Zoë", "O’Brien", "Dublin", "IE"),
    ("太郎", "山田", "東京", "JP"), ("Łukasz", "Żółć", "Łódź", "PL"), ("Mary", "Smith", "Portland", "US"),
    ("Amélie", "Lefèvre", "Besançon", "FR"), ("Søren", "Ødegård", "Tromsø", "NO"), ("小明", "陳", "香港", "HK"),
    ("D'Arcy", "van der Berg", "'s-Hertogenbosch", "NL"), ("José \"Pepe\"", "Ibáñez", "A Coruña", "ES"),
    ("Emma", "Brown & Sons", "Leeds", "GB"),
  ]

  /// The next order, with fresh ids and no dates.
  public mutating func next() -> SandboxOrder {
    let number = nextNumber
    nextNumber += 1
    let person = generator.pick(Self.people, or: ("Mary", "Smith", "Portland", "US"))
    let currency = generator.pick(Self.currencies, or: "USD")
    let id = 8_200_000_000_000 + number
    let count = 1 + min(generator.below(4), generator.below(5))
    var lines: [SandboxOrder.Line] = []
    for index in 0..<count {
      let item = catalogue.isEmpty ? nil : catalogue[generator.below(catalogue.count)]
      let withoutSku = generator.chance(nullSku)
      let quantity = 1 + generator.below(3)
      let cents = item?.priceCents ?? 1_000
      lines.append(
        SandboxOrder.Line(
          id: 15_000_000_000_000 + number * 100 + index, sku: withoutSku ? nil : item?.sku,
          title: withoutSku ? "Gravure « à la main »" : item?.title ?? "Item", quantity: quantity,
          unitPrice: currency == "JPY" ? cents / 10 * 10 : cents, currentQuantity: quantity))
    }
    return SandboxOrder(
      id: id, number: number, currency: currency, lines: lines, shipping: generator.below(3) * 495,
      email: "buyer\(number)@example.com", firstName: person.0, lastName: person.1, city: person.2,
      countryCode: person.3, test: generator.chance(testOrders))
  }
}
