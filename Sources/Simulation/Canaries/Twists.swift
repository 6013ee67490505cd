import Connector
import HandoffCore
import HandoffStore

/// An ERP connector with one method that does something else.
struct TwistedERP: ERPConnector {
  let port: ERPPort
  var onSubmit: (@Sendable (ERPPort, Submission) async -> SubmissionOutcome)?
  var onFind: (@Sendable (ERPPort, Submission) async -> LookupOutcome)?
  var onStock: (@Sendable (ERPPort, Submission, Receipt) async -> InventoryOutcome)?
  var onUpdate: (@Sendable (ERPPort, Submission, Receipt) async -> SubmissionOutcome)?
  var permits: Int?

  init(_ port: ERPPort) { self.port = port }

  var receiptClass: ReceiptClass { port.receiptClass }
  var concurrency: Int { permits ?? port.concurrency }

  func submit(_ submission: Submission) async -> SubmissionOutcome {
    if let onSubmit { return await onSubmit(port, submission) }
    return await port.submit(submission)
  }
  func findReceipt(_ submission: Submission) async -> LookupOutcome {
    if let onFind { return await onFind(port, submission) }
    return await port.findReceipt(submission)
  }
  func checkInventory(_ submission: Submission, receipt: Receipt) async -> InventoryOutcome {
    if let onStock { return await onStock(port, submission, receipt) }
    return await port.checkInventory(submission, receipt: receipt)
  }
  func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    if let onUpdate { return await onUpdate(port, submission, receipt) }
    return await port.update(submission, receipt: receipt)
  }
  func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    await port.cancel(submission, recordID: recordID)
  }
  func availability(of skus: [String]) async -> AvailabilityOutcome { await port.availability(of: skus) }
  func probe() async -> [ProbeFinding] { [] }
}

/// A carrier whose sending does something else.
struct TwistedSender: ConfirmationSender {
  let port: CarrierPort
  let onSend: @Sendable (CarrierPort, FrozenMessage) async -> MessageOutcome

  func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage { try port.compose(facts) }
  func send(_ message: FrozenMessage) async -> MessageOutcome { await onSend(port, message) }
  func probe() async -> [ProbeFinding] { [] }
}

/// A storefront that is read otherwise.
struct TwistedSource: OrderSource {
  let port: SourcePort
  /// Changes every capture, delivered or listed.
  var onCapture: (@Sendable (inout OrderCapture) -> Void)?
  var onRead: (@Sendable (SourcePort, WebhookDelivery) throws(WebhookRejection) -> WebhookReading)?
  var onList: (@Sendable (SourcePort, BackfillOutcome) -> BackfillOutcome)?

  init(_ port: SourcePort) { self.port = port }

  func read(_ delivery: WebhookDelivery) throws(WebhookRejection) -> WebhookReading {
    let reading = if let onRead { try onRead(port, delivery) } else { try port.read(delivery) }
    guard case .order(var capture) = reading else { return reading }
    onCapture?(&capture)
    return .order(capture)
  }
  func listChanged(_ cursor: BackfillCursor, until: Timestamp) async -> BackfillOutcome {
    var outcome = await port.listChanged(cursor, until: until)
    if let onList { outcome = onList(port, outcome) }
    guard case .page(var orders, let unreadable, let next) = outcome else { return outcome }
    for index in orders.indices { onCapture?(&orders[index]) }
    return .page(orders: orders, unreadable: unreadable, next: next)
  }
  func fetch(orderID: String) async -> BackfillOutcome {
    let outcome = await port.fetch(orderID: orderID)
    guard case .page(var orders, let unreadable, let next) = outcome else { return outcome }
    for index in orders.indices { onCapture?(&orders[index]) }
    return .page(orders: orders, unreadable: unreadable, next: next)
  }
  var canList: Bool { port.canList }
  func probe() async -> [ProbeFinding] { [] }
}

/// A store with a statement that does something else.
final class TwistedStatements: PassThrough {
  var onUpdate: ((HandoffRow, any StoreTransaction) throws -> HandoffRow)?
  var onRead: ((HandoffRow) -> HandoffRow)?
  var onInsertRow: ((HandoffRow) -> HandoffRow?)?
  var onPut: ((NewTask) -> NewTask?)?
  var onDue: (([StoredTask]) throws -> [StoredTask])?
  var onOverdue: (([HandoffID]) -> [HandoffID])?
  var onDelivery: ((StoredDelivery) -> StoredDelivery?)?
  var onOpen: ((NewException) -> NewException)?
  var onReassign: ((String) -> String)?
  var onUnreadable: ((UnreadableDelivery) -> UnreadableDelivery?)?
  var onInFlight: (([InFlightLine], HandoffID, any StoreTransaction) throws -> [InFlightLine]?)?
  var onMarker: ((String?) -> String?)?
  var onLease: ((Int) -> Int)?
  var onVersion: ((StoredVersion) -> StoredVersion?)?

  override func row(of key: OrderKey) throws -> HandoffRow? {
    let row = try super.row(of: key)
    return row.map { onRead?($0) ?? $0 }
  }
  override func row(_ id: HandoffID) throws -> HandoffRow? {
    let row = try super.row(id)
    return row.map { onRead?($0) ?? $0 }
  }
  override func insert(_ row: HandoffRow) throws {
    guard let onInsertRow else { return try super.insert(row) }
    if let changed = onInsertRow(row) { try super.insert(changed) }
  }
  override func update(_ row: HandoffRow, from revision: Int) throws -> Bool {
    try super.update(onUpdate?(row, inner) ?? row, from: revision)
  }
  override func insert(_ version: StoredVersion) throws {
    guard let onVersion else { return try super.insert(version) }
    if let changed = onVersion(version) { try super.insert(changed) }
  }
  override func insert(_ delivery: StoredDelivery) throws {
    guard let onDelivery else { return try super.insert(delivery) }
    if let changed = onDelivery(delivery) { try super.insert(changed) }
  }
  override func put(_ task: NewTask) throws -> Int64 {
    guard let onPut else { return try super.put(task) }
    guard let changed = onPut(task) else { return 0 }
    return try super.put(changed)
  }
  override func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask] {
    let due = try super.dueTasks(lane: lane, now: now, limit: limit)
    return try onDue?(due) ?? due
  }
  override func overdue(now: Timestamp, limit: Int) throws -> [HandoffID] {
    let late = try super.overdue(now: now, limit: limit)
    return onOverdue?(late) ?? late
  }
  override func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    try super.lease(id, attempt: onLease?(attempt) ?? attempt, until: until)
  }
  override func open(_ exception: NewException) throws -> Int64 { try super.open(onOpen?(exception) ?? exception) }
  override func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    try super.reassign(
      exceptionOf: id, owner: onReassign?(owner) ?? owner, deadline: deadline, escalations: escalations)
  }
  override func insert(_ record: UnreadableDelivery) throws {
    guard let onUnreadable else { return try super.insert(record) }
    if let changed = onUnreadable(record) { try super.insert(changed) }
  }
  override func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws {
    guard let onInFlight else { return try super.setInFlight(lines, of: id) }
    if let changed = try onInFlight(lines, id, inner) { try super.setInFlight(changed, of: id) }
  }
  override func marker(_ name: String) throws -> String? {
    let marker = try super.marker(name)
    guard let onMarker, name.hasPrefix("seen:") else { return marker }
    return onMarker(marker)
  }
}

extension HandoffRow {
  /// The row with another handoff in it: what no rule would ever do.
  func altered(_ change: (inout HandoffRecord) -> Void) -> HandoffRow {
    var record = handoff.record
    change(&record)
    var row = self
    row.handoff = Handoff(restoring: record)
    return row
  }
}
