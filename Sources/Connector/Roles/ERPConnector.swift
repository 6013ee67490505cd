public import HandoffCore

/// An order on its way into an ERP: one frozen version under one external id.
public struct Submission: Hashable, Sendable {
  /// The handoff it belongs to; also the idempotency key where an ERP knows such.
  public let handoffID: HandoffID
  /// The storefront's name and order id.
  public let key: OrderKey
  /// The id the order carries in the ERP.
  public let externalID: ExternalID
  /// The content.
  public let order: Order
  /// Which version the content is.
  public let version: Int
  /// The digest of the content.
  public let digest: ContentDigest
  /// The ERP's record id where it is known already.
  public let recordID: String?
  /// Whether an earlier attempt may have created the record or done some of its steps.
  public let resuming: Bool

  /// Makes a submission.
  public init(
    handoffID: HandoffID, key: OrderKey, externalID: ExternalID, order: Order, version: Int, digest: ContentDigest,
    recordID: String? = nil, resuming: Bool = false
  ) {
    self.handoffID = handoffID
    self.key = key
    self.externalID = externalID
    self.order = order
    self.version = version
    self.digest = digest
    self.recordID = recordID
    self.resuming = resuming
  }

  /// The receipt for this very content under a record id.
  public func receipt(recordID: String, recordNumber: String? = nil, total: Money? = nil) -> Receipt {
    Receipt(recordID: recordID, recordNumber: recordNumber, version: version, digest: digest, total: total)
  }
}

/// How a submission or an update ended.
public enum SubmissionOutcome: Hashable, Sendable {
  /// The ERP has it and accepts it.
  case accepted(Receipt)
  /// The ERP has a record that it has not accepted; look again later.
  case recorded(recordID: String, state: String)
  /// Refused for good; nothing exists. The reason is the ERP's own words.
  case refused(reason: String)
  /// Certain that nothing was done; later.
  case busy(reason: String)
  /// Not a definite answer: look it up before anything else.
  case unknown(reason: String)
  /// Our set-up is wrong (credentials, rights, address); no order is to blame.
  case misconfigured(reason: String)
}

/// What a look-up by external id or record id found.
public enum LookupOutcome: Hashable, Sendable {
  /// Our record, accepted, equal in lines, quantities and total to the submission.
  case accepted(Receipt)
  /// Our record, complete, not accepted by the ERP yet.
  case recorded(recordID: String, state: String)
  /// Our record, with steps of ours still to be done: submit with `resuming`.
  case incomplete(recordID: String, state: String)
  /// A record under our id that is not what was submitted.
  case differs(recordID: String, detail: String)
  /// Our record, voided or cancelled.
  case void(recordID: String, reason: String)
  /// Nothing; what that proves depends on the receipt class.
  case notFound
  /// The look-up could not be made, or its answer made no sense.
  case failed(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// What the ERP says about stock for a record.
public enum InventoryOutcome: Hashable, Sendable {
  /// Every line allocated.
  case allocated
  /// Some units missing.
  case partlyShort([Shortage])
  /// Nothing allocated.
  case short([Shortage])
  /// Could not be asked.
  case unknown(reason: String)
  /// The record has vanished or is void.
  case void(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// How a cancellation in the ERP ended.
public enum CancellationOutcome: Hashable, Sendable {
  /// The record is cancelled, or was already.
  case cancelled
  /// The ERP will not, for instance because the goods have left.
  case refused(reason: String)
  /// Busy or unknown; repeating is harmless.
  case deferred(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// What an ERP can sell of one stock keeping unit.
public struct StockLevel: Hashable, Sendable {
  /// The stock keeping unit.
  public let sku: String
  /// Units available to promise.
  public let available: Int
  /// Makes a level.
  public init(sku: String, available: Int) {
    self.sku = sku
    self.available = available
  }
}

/// What an availability request found.
public enum AvailabilityOutcome: Hashable, Sendable {
  /// Levels for the units the ERP knows; unknown ones are absent.
  case levels([StockLevel])
  /// Could not be asked.
  case failed(reason: String)
  /// Our set-up is wrong.
  case misconfigured(reason: String)
}

/// An ERP as the gate needs it.
///
/// Every answer that is not definite is `unknown`; a connector never retries by itself, because only the handoff knows
/// what a second request would do. Every method returns within its deadline.
public protocol ERPConnector: Sendable {
  /// What the ERP offers against double creation; documented per connector with its evidence.
  var receiptClass: ReceiptClass { get }
  /// Requests the ERP bears at once, all our nodes together.
  var concurrency: Int { get }
  /// Creates the order, or resumes an earlier attempt.
  func submit(_ submission: Submission) async -> SubmissionOutcome
  /// Looks the order up, by record id when known, else by external id.
  func findReceipt(_ submission: Submission) async -> LookupOutcome
  /// Reads what the ERP has allocated for a record.
  func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome
  /// Brings a record to the submission's content, by record id.
  func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome
  /// Cancels a record; repeatable.
  func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome
  /// Reads what can be sold.
  func availability(of skus: [String]) async -> AvailabilityOutcome
  /// Proves the path for `doctor`: what was tried and what came of it.
  func probe() async -> [ProbeFinding]
  /// Takes a sample order as far as it can be taken back again, for `doctor --write`, and takes it back.
  func rehearse(_ submission: Submission) async -> [ProbeFinding]
}

/// One thing `doctor` tried.
public struct ProbeFinding: Hashable, Sendable {
  /// What was tried, in words.
  public let check: String
  /// Whether it is as it should be.
  public let isHealthy: Bool
  /// Whether it could not be tried, or works with a limit that somebody should know: neither right nor wrong.
  public let isNotice: Bool
  /// What was found, and how to mend it when it is not healthy.
  public let finding: String
  /// Makes a finding.
  public init(_ check: String, isHealthy: Bool, finding: String) {
    self.check = check
    self.isHealthy = isHealthy
    isNotice = false
    self.finding = finding
  }

  /// Makes a finding about what could not be tried, or what works with a limit.
  public init(_ check: String, notice: String) {
    self.check = check
    isHealthy = true
    isNotice = true
    finding = notice
  }
}
