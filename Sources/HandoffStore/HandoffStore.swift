public import HandoffCore

/// Where handoffs live: one method that changes, one that reads.
///
/// A body runs synchronously inside one transaction; when `transact` returns, what it did survives a power cut. Many
/// bodies may share one commit (group commit), each with its own success or failure.
public protocol HandoffStore: Sendable {
  /// Runs a body in a transaction and returns after the commit.
  ///
  /// A store may undo a body and run it again before it commits, for another body's sake: what a body does outside the
  /// transaction must allow for that.
  /// - Throws: what the body threw, its writes undone; or ``StoreFailure`` when the commit is not known to be durable,
  ///   in which case nobody may be told that it is (S2).
  func transact<Value: Sendable>(
    _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
  ) async throws -> Value

  /// Runs a body over a consistent, recent state.
  func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value
}

/// Why a store could not do what it was asked.
public enum StoreFailure: Error, Hashable, Sendable {
  /// Not now: locked, full, gone. Nothing was acknowledged.
  case unavailable(String)
  /// What was read cannot be right; the row needs a person.
  case corrupt(String)
  /// The row is not what it was when it was read.
  case conflict(String)
}

extension StoreFailure: CustomStringConvertible {
  /// The store's own words, for answers and logs.
  public var description: String {
    switch self {
    case .unavailable(let words), .corrupt(let words), .conflict(let words): words
    }
  }
}

/// The questions the moves, the console and the checkers ask.
public protocol StoreReading {
  /// The row of an order.
  func row(of key: OrderKey) throws -> HandoffRow?
  /// The row of a handoff.
  func row(_ id: HandoffID) throws -> HandoffRow?
  /// One content of an order.
  func version(_ number: Int, of id: HandoffID) throws -> StoredVersion?
  /// What a delivery id stood for before; nil when it is new.
  func delivery(storefront: StorefrontName, dedupeID: String) throws -> StoredDelivery?
  /// The deliveries of one handoff, oldest first, without their bodies.
  func deliveries(of id: HandoffID) throws -> [StoredDelivery]
  /// A handoff's journal, oldest first.
  func journal(of id: HandoffID) throws -> [JournalEntry]
  /// Open tasks of a handoff.
  func tasks(of id: HandoffID) throws -> [StoredTask]
  /// One task.
  func task(_ id: Int64) throws -> StoredTask?
  /// Tasks of a lane that may be leased: due, or leased by somebody whose lease has run out, and of an order of which
  /// no other task is leased in the lane; oldest first.
  func dueTasks(lane: String, now: Timestamp, limit: Int) throws -> [StoredTask]
  /// The earliest instant after another at which a task of a lane is due or runs out of its lease.
  func nextDue(lane: String, after: Timestamp) throws -> Timestamp?
  /// Whether another task of this handoff in this lane is leased just now.
  func isBusy(_ id: HandoffID, lane: String, now: Timestamp) throws -> Bool
  /// Handoffs whose deadline has passed, the longest overdue first.
  func overdue(now: Timestamp, limit: Int) throws -> [HandoffID]
  /// A frozen message.
  func message(_ key: String) throws -> StoredMessage?
  /// The messages of a handoff, oldest first.
  func messages(of id: HandoffID) throws -> [StoredMessage]
  /// Exceptions: open ones by their deadline, the nearest first and the older of two equal ones; then closed ones,
  /// newest first.
  func exceptions(_ filter: ExceptionFilter) throws -> [StoredException]
  /// How many exceptions each owner has, open ones alone or closed ones too; an owner without any is left out.
  func exceptionCounts(onlyOpen: Bool) throws -> [String: Int]
  /// How many exceptions are open, of which kinds, and how many of them nobody acted on in time.
  func openExceptionCount(now: Timestamp) throws -> OpenExceptionCount
  /// One exception.
  func exception(_ id: Int64) throws -> StoredException?
  /// Rows for lists and look-ups, newest first.
  func rows(_ filter: RowFilter) throws -> [HandoffRow]
  /// Rows in the order of their ids, beginning after one; for walking over everything in pages.
  func handoffs(after id: HandoffID?, limit: Int) throws -> [HandoffRow]
  /// How many handoffs stand in each stage.
  func counts() throws -> [Stage: Int]
  /// How many deliveries ended in each way.
  func deliveryCounts() throws -> [DeliveryDisposition: Int]
  /// Units in flight per stock keeping unit: ordered, not yet covered by an ERP snapshot.
  func inFlight() throws -> [String: Int]
  /// A stored marker, such as a backfill cursor.
  func marker(_ name: String) throws -> String?
  /// Deliveries that could not be understood, open ones first, then newest first; without their bodies.
  func unreadable(_ filter: UnreadableFilter) throws -> [StoredUnreadable]
  /// One of them, with its body.
  func unreadable(_ id: Int64) throws -> StoredUnreadable?
  /// How many there are.
  func unreadableCount(now: Timestamp) throws -> UnreadableCount
  /// What waits to be told, by owner and message, ordered by both.
  func alertQueues() throws -> [AlertQueue]
  /// The alerts of a message, oldest first.
  func alerts(in batch: String, limit: Int) throws -> [Alert]
  /// How many alerts of a message are of each kind.
  func alertCounts(in batch: String) throws -> [String: Int]
  /// Where the ERP's record of an observed order was seen; nil while it was not.
  func sighting(of id: HandoffID) throws -> Sighting?
  /// Observed orders nobody has seen in their ERP, in the order of their capture.
  func unseen(_ filter: UnseenFilter) throws -> [HandoffRow]
}

extension StoreReading {
  /// The earliest instant at which a task of a lane is due or runs out of its lease, however long ago.
  public func nextDue(lane: String) throws -> Timestamp? { try nextDue(lane: lane, after: .distantPast) }
}

/// The plain statements a database offers to the moves; none of them decides anything.
public protocol StoreTransaction: StoreReading {
  /// Adds a row; the order must be new.
  func insert(_ row: HandoffRow) throws
  /// Writes a row if it still has the revision it was read with; false otherwise.
  func update(_ row: HandoffRow, from revision: Int) throws -> Bool
  /// Adds a content.
  func insert(_ version: StoredVersion) throws
  /// Adds a delivery.
  func insert(_ delivery: StoredDelivery) throws
  /// Adds a journal entry.
  func append(_ entry: JournalEntry) throws
  /// Adds a task; a due task of the same handoff and kind is replaced. Returns its id.
  func put(_ task: NewTask) throws -> Int64
  /// Gives a task to a performer.
  func lease(_ id: Int64, attempt: Int, until: Timestamp) throws
  /// Ends a task.
  func finish(_ id: Int64) throws
  /// Ends a task if it still is at this attempt; false otherwise.
  func finish(_ id: Int64, attempt: Int) throws -> Bool
  /// Lets every lease run out now: for the start of the only process.
  func expireLeases(now: Timestamp) throws -> Int
  /// Keeps a message; one that is there already stays as it is.
  func insert(_ message: StoredMessage) throws
  /// Marks a message as taken by its carrier and counts the attempt.
  func note(attemptOf key: String, acceptedAt: Timestamp?) throws
  /// Opens an exception. Returns its id.
  func open(_ exception: NewException) throws -> Int64
  /// Closes the open exception of a handoff.
  func closeException(of id: HandoffID, at: Timestamp, resolution: String) throws
  /// Changes owner, deadline or escalations of the open exception of a handoff.
  func reassign(exceptionOf id: HandoffID, owner: String, deadline: Timestamp, escalations: Int) throws
  /// Replaces the in-flight lines of a handoff; none ends them.
  func setInFlight(_ lines: [InFlightLine], of id: HandoffID) throws
  /// Stores a marker.
  func setMarker(_ name: String, to value: String) throws
  /// Keeps what could not be understood; it waits for its owner.
  func insert(_ record: UnreadableDelivery) throws
  /// Closes what could not be understood, unless it is closed.
  func closeUnreadable(_ id: Int64, at: Timestamp, resolution: String) throws
  /// Puts another document in place of a stored content's; number, digest and figures stay.
  func replaceBody(_ number: Int, of id: HandoffID, with body: [UInt8]) throws
  /// Empties the deliveries and messages of a handoff, and the words of its closed exceptions; the rows stay.
  func eraseWords(of id: HandoffID) throws
  /// Empties what a storefront sent that belongs to no handoff and mentions a word as a whole: notes, and unreadable
  /// deliveries that are closed; without a word all of them.
  func eraseLoose(of storefront: StorefrontName, mentioning word: String?) throws
  /// Keeps what an owner is to be told.
  func insert(_ alert: Alert) throws
  /// Puts what waits for an owner into a message.
  func gatherAlerts(of owner: String, into batch: String) throws
  /// Ends a message: its carrier has taken it, or never will.
  func dropAlerts(in batch: String) throws
  /// Keeps where the ERP's record of an observed order was seen; once.
  func insert(_ sighting: Sighting) throws
}

/// Which exceptions to list.
public struct ExceptionFilter: Hashable, Sendable {
  /// Only open ones.
  public var onlyOpen = true
  /// Only those of one owner.
  public var owner: String?
  /// Only those of one handoff.
  public var handoff: HandoffID?
  /// Only those behind this place.
  public var after: ExceptionPlace?
  /// At most this many.
  public var limit = 200
  /// Every open exception, at most the 200 with the nearest deadline.
  public init() {}
}

/// Which rows to list.
public struct RowFilter: Hashable, Sendable {
  /// Order number, e-mail address, ERP record id or number, external id, storefront order id or handoff id, exactly.
  public var text: String?
  /// Only those of one storefront.
  public var storefront: StorefrontName?
  /// Only those in one stage.
  public var stage: Stage?
  /// Only those taken in before this one.
  public var before: HandoffID?
  /// At most this many.
  public var limit = 50
  /// The 50 newest.
  public init() {}
}
