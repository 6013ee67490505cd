public import Connector
public import HandoffCore

/// Tryton as an ERP: sales created over its REST interface, each under a unique web id.
///
/// Class U: the module `web_shop` keeps `(web_shop, web_id)` unique in the database, so a second create is refused
/// and a
/// look-up by that pair is proof. Quote and confirm are steps of ours; a sale is accepted when Tryton itself has
/// moved it
/// to `processing`, never because a request was answered with 200.
public struct TrytonERP: ERPConnector {
  /// Everything a connection to one Tryton database needs.
  public struct Configuration: Sendable {
    /// Where the database answers, for example `https://erp.example.com/erp`.
    public var baseURL: String
    /// The key of a validated user application of kind `rest`.
    public var key: String
    /// The id of the selling company.
    public var company: Int
    /// The id of the party all web orders are sold to.
    public var party: Int
    /// The id of that party's address for invoices.
    public var invoiceAddress: Int
    /// The id of that party's address for shipments.
    public var shipmentAddress: Int
    /// The id of the warehouse that ships.
    public var warehouse: Int
    /// The id of the web shop in which web ids are unique.
    public var webShop: Int
    /// The product code that carries shipping charges; nil refuses orders that have some.
    public var shippingProduct: String?
    /// The product code that carries discounts, as a negative price; nil refuses orders that have some.
    public var discountProduct: String?
    /// The product code that carries tax that is not contained in the prices; nil refuses orders that have some.
    public var taxProduct: String?
    /// The longest one request may take; a submission makes five, a resumed one up to about ten.
    public var deadline: Duration
    /// Requests at once: Tryton does 1 to 4 sales a second, more only wait there.
    public var concurrency: Int

    /// Makes a configuration with the ids every database has.
    public init(
      baseURL: String, key: String, company: Int, party: Int, invoiceAddress: Int, shipmentAddress: Int, warehouse: Int,
      webShop: Int, deadline: Duration = .seconds(20), concurrency: Int = 2
    ) {
      self.baseURL = baseURL
      self.key = key
      self.company = company
      self.party = party
      self.invoiceAddress = invoiceAddress
      self.shipmentAddress = shipmentAddress
      self.warehouse = warehouse
      self.webShop = webShop
      self.deadline = deadline
      self.concurrency = concurrency
    }
  }

  let configuration: Configuration
  let exchange: TrytonExchange
  let clock: any WallClock
  let currencies = CurrencyMemory()
  /// Whether sales are taken beyond the quotation; only a rehearsal stops there.
  var confirms = true

  /// Makes a connector; it sends nothing before it is asked to.
  public init(_ configuration: Configuration, transport: any HTTPTransport, clock: any WallClock) {
    self.configuration = configuration
    self.clock = clock
    exchange = TrytonExchange(configuration, transport: transport)
  }

  /// Unique external id: the pair of web shop and web id.
  public var receiptClass: ReceiptClass { .unique }

  /// See ``Connector/ERPConnector/concurrency``.
  public var concurrency: Int { max(1, configuration.concurrency) }

  /// See ``Connector/ERPConnector/submit(_:)``.
  public func submit(_ submission: Submission) async -> SubmissionOutcome {
    guard submission.resuming || submission.recordID != nil else { return await create(submission) }
    switch await find(submission) {
    case .sale(let sale): return await drive(sale, submission)
    case .missing: return await create(submission)
    case .foreign(let detail): return .unknown(reason: detail)
    // Nothing was written now; what an earlier request may have done is known to the rules.
    case .fault(let fault): return fault.beforeWriting
    }
  }

  /// See ``Connector/ERPConnector/rehearse(_:)``: up to the quotation, where Tryton has checked products, prices and
  /// stock. A confirmed sale is processed within moments, and what is processed only a person can cancel.
  public func rehearse(_ submission: Submission) async -> [ProbeFinding] {
    var cautious = self
    cautious.confirms = false
    return await cautious.rehearsal(of: submission)
  }

  /// See ``Connector/ERPConnector/update(_:receipt:)``; a sale that Tryton processes already is refused, because its
  /// amendment is a document that a person writes.
  public func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    switch await find(submission, recordID: receipt.recordID) {
    case .sale(let sale): await drive(sale, submission, isUpdate: true)
    case .missing: .unknown(reason: "Sale \(receipt.recordID) is not in Tryton any more.")
    case .foreign(let detail): .unknown(reason: detail)
    case .fault(let fault): fault.afterSending
    }
  }
}
