/// One order as the ERP must know it, the same for every storefront.
///
/// Connectors translate a storefront's body into this value; everything behind them, from the digest to the ERP
/// request, reads only this. Fields a storefront may withhold (personal data, tax) are optional.
public struct Order: Hashable, Sendable {
  /// The storefront's immutable id, as text.
  public var id: String {
    get { shared.value.id }
    set { Shared.write(&shared) { $0.id = newValue } }
  }
  /// The number shown to people, for example `#1001`; neither unique nor numeric.
  public var number: String {
    get { shared.value.number }
    set { Shared.write(&shared) { $0.number = newValue } }
  }
  /// When the customer placed it.
  public var placedAt: Timestamp? {
    get { shared.value.placedAt }
    set { Shared.write(&shared) { $0.placedAt = newValue } }
  }
  /// The storefront's own clock for this content; decides between two versions (S7).
  public var updatedAt: Timestamp? {
    get { shared.value.updatedAt }
    set { Shared.write(&shared) { $0.updatedAt = newValue } }
  }
  /// The customer's address for the confirmation.
  public var email: String? {
    get { shared.value.email }
    set { Shared.write(&shared) { $0.email = newValue } }
  }
  /// The customer's name.
  public var customerName: String? {
    get { shared.value.customerName }
    set { Shared.write(&shared) { $0.customerName = newValue } }
  }
  /// The customer's phone number.
  public var phone: String? {
    get { shared.value.phone }
    set { Shared.write(&shared) { $0.phone = newValue } }
  }
  /// BCP 47 language of the checkout, for the choice of a template.
  public var language: String? {
    get { shared.value.language }
    set { Shared.write(&shared) { $0.language = newValue } }
  }
  /// The currency of every amount in the order.
  public var currency: CurrencyCode {
    get { shared.value.currency }
    set { Shared.write(&shared) { $0.currency = newValue } }
  }
  /// What the customer owes in all, tax and shipping included.
  public var total: Money {
    get { shared.value.total }
    set { Shared.write(&shared) { $0.total = newValue } }
  }
  /// Tax contained in or added to the total.
  public var tax: Money? {
    get { shared.value.tax }
    set { Shared.write(&shared) { $0.tax = newValue } }
  }
  /// Shipping charged.
  public var shipping: Money? {
    get { shared.value.shipping }
    set { Shared.write(&shared) { $0.shipping = newValue } }
  }
  /// Discounts granted, as a positive amount.
  public var discount: Money? {
    get { shared.value.discount }
    set { Shared.write(&shared) { $0.discount = newValue } }
  }
  /// What was bought.
  public var lines: [OrderLine] {
    get { shared.value.lines }
    set { Shared.write(&shared) { $0.lines = newValue } }
  }
  /// Where it goes.
  public var shippingAddress: Address? {
    get { shared.value.shippingAddress }
    set { Shared.write(&shared) { $0.shippingAddress = newValue } }
  }
  /// Who pays.
  public var billingAddress: Address? {
    get { shared.value.billingAddress }
    set { Shared.write(&shared) { $0.billingAddress = newValue } }
  }
  /// What is known of the payment.
  public var payment: PaymentState {
    get { shared.value.payment }
    set { Shared.write(&shared) { $0.payment = newValue } }
  }
  /// Parts of the payment made by gift card or store credit.
  public var storedValue: [StoredValuePayment] {
    get { shared.value.storedValue }
    set { Shared.write(&shared) { $0.storedValue = newValue } }
  }
  /// A test order; never sent to an ERP.
  public var isTest: Bool {
    get { shared.value.isTest }
    set { Shared.write(&shared) { $0.isTest = newValue } }
  }
  /// Cancelled in the storefront.
  public var isCancelled: Bool {
    get { shared.value.isCancelled }
    set { Shared.write(&shared) { $0.isCancelled = newValue } }
  }
  /// The sales channel inside the storefront, for example `web` or `pos`.
  public var source: String? {
    get { shared.value.source }
    set { Shared.write(&shared) { $0.source = newValue } }
  }
  /// The customer's note.
  public var note: String? {
    get { shared.value.note }
    set { Shared.write(&shared) { $0.note = newValue } }
  }

  /// Makes an order with the fields every storefront has; set the rest afterwards.
  public init(id: String, number: String, currency: CurrencyCode, total: Money, lines: [OrderLine]) {
    shared = Shared(Fields(id: id, number: number, currency: currency, total: total, lines: lines))
  }

  private var shared: Shared<Fields>

  private struct Fields: Hashable {
    var id: String
    var number: String
    var placedAt: Timestamp?
    var updatedAt: Timestamp?
    var email: String?
    var customerName: String?
    var phone: String?
    var language: String?
    var currency: CurrencyCode
    var total: Money
    var tax: Money?
    var shipping: Money?
    var discount: Money?
    var lines: [OrderLine]
    var shippingAddress: Address?
    var billingAddress: Address?
    var payment = PaymentState.unknown
    var storedValue: [StoredValuePayment] = []
    var isTest = false
    var isCancelled = false
    var source: String?
    var note: String?
  }
}

extension Order {
  /// The order without the person: what was bought and paid stays, who bought it and where it went does not.
  public var withoutPerson: Order {
    var order = self
    order.email = nil
    order.customerName = nil
    order.phone = nil
    order.shippingAddress = nil
    order.billingAddress = nil
    order.note = nil
    return order
  }
}

/// One line of an order.
public struct OrderLine: Hashable, Sendable {
  /// The storefront's id of the line.
  public var id: String
  /// The stock keeping unit; nil where the storefront has none, which an ERP cannot map (an exception, not an error).
  public var sku: String?
  /// What the customer saw.
  public var title: String
  /// Units bought and still wanted; 0 after a removal.
  public var quantity: Int
  /// Price of one unit before discounts.
  public var unitPrice: Money
  /// Discount on the whole line, order-level share included, as a positive amount.
  public var discount: Money?
  /// Whether the line is the purchase of a gift card.
  public var isGiftCard: Bool
  /// Whether anything is shipped for the line.
  public var requiresShipping: Bool

  /// Makes a line.
  public init(
    id: String, sku: String?, title: String, quantity: Int, unitPrice: Money, discount: Money? = nil,
    isGiftCard: Bool = false, requiresShipping: Bool = true
  ) {
    self.id = id
    self.sku = sku
    self.title = title
    self.quantity = quantity
    self.unitPrice = unitPrice
    self.discount = discount
    self.isGiftCard = isGiftCard
    self.requiresShipping = requiresShipping
  }
}

/// A postal address; every part may be missing.
public struct Address: Hashable, Sendable {
  /// Who receives.
  public var name: String?
  /// Company name.
  public var company: String?
  /// First street line.
  public var street1: String?
  /// Second street line.
  public var street2: String?
  /// Town.
  public var city: String?
  /// State or province code.
  public var region: String?
  /// Postal code.
  public var postalCode: String?
  /// ISO 3166-1 alpha-2 country code.
  public var country: String?
  /// Phone for the carrier.
  public var phone: String?
  /// An empty address, to be filled.
  public init() {}
}

/// What is known of an order's payment; coarse, because only these differences change what the ERP and the gate do.
public enum PaymentState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing paid or promised.
  case pending
  /// Authorised, not captured.
  case authorized
  /// A part is paid.
  case partiallyPaid = "partially_paid"
  /// Paid in full.
  case paid
  /// The authorisation was voided or has expired: the gate must not open (F23).
  case voided
  /// Money went back, in part or whole.
  case refunded
  /// The storefront said something this version does not know.
  case unknown
}

/// A part of a payment that came from stored value.
public struct StoredValuePayment: Hashable, Sendable {
  /// What kind of stored value, `gift_card` or `store_credit`.
  public var kind: String
  /// The storefront's id of the card or account, or its last characters; never the full code.
  public var reference: String
  /// How much was taken.
  public var amount: Money
  /// Makes a payment part.
  public init(kind: String, reference: String, amount: Money) {
    self.kind = kind
    self.reference = reference
    self.amount = amount
  }
}
