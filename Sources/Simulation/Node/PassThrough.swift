import HandoffCore
import HandoffStore

/// Every statement of a transaction, handed on; subclasses watch a statement, or break it.
class PassThrough: StoreTransaction {
  let inner: any StoreTransaction

  init(_ inner: any StoreTransaction) { self.inner = inner }

  func row(of key: OrderKey) throws -> HandoffRow? { try inner.row(of: key) }
  func row(_ id: HandoffID) throws -> HandoffRow? { try inner.row(id) }
  func version(_ number: Int, of id: HandoffID) throws -> StoredVersion? { try inner.version(number, of: id) }
  func delivery(storefront: StorefrontName, dedupeID: String) throws -> StoredDelivery? {
    try inner.delivery(storefront: storefront, dedupeID: dedupeID)
  }
  func deliveries(of id: HandoffID) throws -> [StoredDelivery] { try inner.deliveries(of: id) }
  func journal(of id: HandoffID) throws -> [JournalEntry] { try inner.journal(of: id) }
  func tasks(of id: HandoffID) throws -> [StoredTask] { try inner.tasks(of: id) }
  func task(_ id: Int64) throws -> StoredTask? { try inner.task(id) }
  func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask] {
    try inner.dueTasks(lane: lane, now: now, limit: limit)
  }
  func nextDue(lane: String, after: Timestamp) throws -> Timestamp? { try inner.nextDue(lane: lane, after: after) }
  func isBusy(_ id: HandoffID, lane: String, now: Timestamp) throws -> Bool {
    try inner.isBusy(id, lane: lane, now: now)
  }
  func overdue(now: Timestamp, limit: Int) throws -> [HandoffID] { try inner.overdue(now: now, limit: limit) }
  func message(_ key: String) throws -> StoredMessage? { try inner.message(key) }
  func messages(of id: HandoffID) throws -> [StoredMessage] { try inner.messages(of: id) }
  func exceptions(_ filter: ExceptionFilter) throws -> [StoredException] { try inner.exceptions(filter) }
  func exceptionCounts(onlyOpen: Bool) throws -> [String: Int] { try inner.exceptionCounts(onlyOpen: onlyOpen) }
  func openExceptionCount(now: Timestamp) throws -> OpenExceptionCount { try inner.openExceptionCount(now: now) }
  func exception(_ id: Int64) throws -> StoredException? { try inner.exception(id) }
  func rows(_ filter: RowFilter) throws -> [HandoffRow] { try inner.rows(filter) }
  func handoffs(after id: HandoffID?, limit: Int) throws -> [HandoffRow] {
    try inner.handoffs(after: id, limit: limit)
  }
  func counts() throws -> [Stage: Int] { try inner.counts() }
  func deliveryCounts() throws -> [DeliveryDisposition: Int] { try inner.deliveryCounts() }
  func inFlight() throws -> [String: Int] { try inner.inFlight() }
  func marker(_ name: String) throws -> String? { try inner.marker(name) }
  func unreadable(_ filter: UnreadableFilter) throws -> [StoredUnreadable] { try inner.unreadable(filter) }
  func unreadable(_ id: Int64) throws -> StoredUnreadable? { try inner.unreadable(id) }
  func unreadableCount(now: Timestamp) throws -> UnreadableCount { try inner.unreadableCount(now: now) }
  func alertQueues() throws -> [AlertQueue] { try inner.alertQueues() }
  func alerts(in batch: String, limit: Int) throws -> [Alert] { try inner.alerts(in: batch, limit: limit) }
  func alertCounts(in batch: String) throws -> [String: Int] { try inner.alertCounts(in: batch) }
  func sighting(of id: HandoffID) throws -> Sighting? { try inner.sighting(of: id) }
  func unseen(_ filter: UnseenFilter) throws -> [HandoffRow] { try inner.unseen(filter) }

  func insert(_ row: HandoffRow) throws { try inner.insert(row) }
  func update(_ row: HandoffRow, from revision: Int) throws -> Bool { try inner.update(row, from: revision) }
  func insert(_ version: StoredVersion) throws { try inner.insert(version) }
  func insert(_ delivery: StoredDelivery) throws { try inner.insert(delivery) }
  func append(_ entry: JournalEntry) throws { try inner.append(entry) }
  func put(_ task: NewTask) throws -> Int64 { try inner.put(task) }
  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws {
    try inner.lease(id, attempt: attempt, until: until)
  }
  func finish(_ id: Int64) throws { try inner.finish(id) }
  func finish(_ id: Int64, attempt: Int) throws -> Bool { try inner.finish(id, attempt: attempt) }
  func expireLeases(now: Timestamp) throws -> Int { try inner.expireLeases(now: now) }
  func insert(_ message: StoredMessage) throws { try inner.insert(message) }
  func note(attemptOf key: String, acceptedAt: Timestamp?) throws {
    try inner.note(attemptOf: key, acceptedAt: acceptedAt)
  }
  func open(_ exception: NewException) throws -> Int64 { try inner.open(exception) }
  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws {
    try inner.closeException(of: id, at: at, resolution: resolution)
  }
  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws {
    try inner.reassign(exceptionOf: id, owner: owner, deadline: deadline, escalations: escalations)
  }
  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws { try inner.setInFlight(lines, of: id) }
  func setMarker(_ name: String, to value: String) throws { try inner.setMarker(name, to: value) }
  func insert(_ record: UnreadableDelivery) throws { try inner.insert(record) }
  func closeUnreadable(_ id: Int64, at: Timestamp, resolution: String) throws {
    try inner.closeUnreadable(id, at: at, resolution: resolution)
  }
  func replaceBody(_ number: Int, of id: HandoffID, with body: [UInt8]) throws {
    try inner.replaceBody(number, of: id, with: body)
  }
  func eraseWords(of id: HandoffID) throws { try inner.eraseWords(of: id) }
  func eraseLoose(of storefront: StorefrontName, mentioning word: String?) throws {
    try inner.eraseLoose(of: storefront, mentioning: word)
  }
  func insert(_ alert: Alert) throws { try inner.insert(alert) }
  func gatherAlerts(of owner: String, into batch: String) throws { try inner.gatherAlerts(of: owner, into: batch) }
  func dropAlerts(in batch: String) throws { try inner.dropAlerts(in: batch) }
  func insert(_ sighting: Sighting) throws { try inner.insert(sighting) }
}
