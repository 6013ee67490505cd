public import Connector
public import HandoffCore

/// A storefront that sends canonical order JSON; what is signed `right` is authentic.
public struct FakeSource: OrderSource {
  /// Makes a delivery authentic.
  public static let signature = HTTPField("webhook-signature", "right")

  /// Makes a source.
  public init() {}

  /// An order, or by `webhook-topic` a `ping`, a `notice` or a `redact`; what is no order is unreadable.
  public func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    switch delivery.headers["webhook-signature"] {
    case "right": break
    case "other": throw .wrongShop("the signature is another shop's")
    case "stale": throw .malformed("the timestamp is stale")
    default: throw .unauthenticated("no signature, or a wrong one")
    }
    let dedupeID = delivery.headers["webhook-id"]
    switch delivery.headers["webhook-topic"] {
    case "ping": return .ping
    case "notice": return .notice(topic: "notice", orderID: nil, dedupeID: dedupeID)
    case "redact":
      let ids = (try? JSONValue(parsing: delivery.body))?["orders"]?.array?.compactMap(\.string)
      return .erasure(topic: "redact", orderIDs: ids, dedupeID: dedupeID)
    default: break
    }
    do {
      let order = try OrderJSON.read(JSONValue(parsing: delivery.body))
      return .order(
        OrderCapture(
          order: order, updatedAt: order.updatedAt ?? delivery.receivedAt, topic: "order", dedupeID: dedupeID))
    } catch {
      return .unreadable(topic: "order", reason: "\(error)", dedupeID: dedupeID)
    }
  }

  /// An empty page.
  public func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    .page(orders: [], unreadable: [], next: nil)
  }

  /// An empty page.
  public func fetch(orderID: String) async -> BackfillOutcome { .page(orders: [], unreadable: [], next: nil) }

  /// No: tests tell it what there is.
  public var canList: Bool { false }

  /// Nothing to prove.
  public func probe() async -> [ProbeFinding] { [] }
}

/// An ERP whose answers are closures; unless told otherwise it accepts and allocates everything at once.
public struct FakeERP: ERPConnector {
  /// See ``Connector/ERPConnector/receiptClass``.
  public var receiptClass = ReceiptClass.unique
  /// See ``Connector/ERPConnector/concurrency``.
  public var concurrency = 4
  /// Answers a submission and an update.
  public var onSubmit: @Sendable (Submission) async -> SubmissionOutcome = {
    .accepted($0.receipt(recordID: "R-" + $0.key.orderID, total: $0.order.total))
  }
  /// Answers a look-up.
  public var onFind: @Sendable (Submission) async -> LookupOutcome = { _ in .notFound }
  /// Answers a look at the stock.
  public var onInventory: @Sendable (Submission) async -> InventoryOutcome = { _ in .allocated }
  /// Answers a cancellation.
  public var onCancel: @Sendable (Submission) async -> CancellationOutcome = { _ in .cancelled }
  /// Answers a question about stock.
  public var onAvailability: @Sendable ([String]) async -> AvailabilityOutcome = { skus in
    .levels(skus.map { StockLevel(sku: $0, available: 10) })
  }

  /// An ERP that accepts everything.
  public init() {}

  /// See ``onSubmit``.
  public func submit(_ submission: Submission) async -> SubmissionOutcome { await onSubmit(submission) }
  /// See ``onFind``.
  public func findReceipt(_ submission: Submission) async -> LookupOutcome { await onFind(submission) }
  /// See ``onInventory``.
  public func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    await onInventory(submission)
  }
  /// See ``onSubmit``.
  public func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    await onSubmit(submission)
  }
  /// See ``onCancel``.
  public func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    await onCancel(submission)
  }
  /// See ``onAvailability``.
  public func availability(of skus: [String]) async -> AvailabilityOutcome { await onAvailability(skus) }
  /// Nothing to prove.
  public func probe() async -> [ProbeFinding] { [] }
}

/// A carrier whose answer is a closure; unless told otherwise it takes everything.
public struct FakeSender: ConfirmationSender {
  /// Answers a message.
  public var onSend: @Sendable (FrozenMessage) async -> MessageOutcome = { _ in .accepted }

  /// A carrier that takes everything.
  public init() {}

  /// Writes kind and number.
  public func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage {
    guard let email = facts.order.email else { throw CompositionFailure("The order has no e-mail address.") }
    return FrozenMessage(
      key: facts.messageKey, kind: facts.kind, recipient: email,
      content: Array("\(facts.kind.rawValue) \(facts.order.number)".utf8))
  }

  /// See ``onSend``.
  public func send(_ message: FrozenMessage) async -> MessageOutcome { await onSend(message) }
  /// Nothing to prove.
  public func probe() async -> [ProbeFinding] { [] }
}
