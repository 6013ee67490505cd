public import HandoffCore

/// A handoff with what people search it by and where its journal stands.
public struct HandoffRow: Hashable, Sendable {
  /// The handoff.
  public var handoff: Handoff
  /// The order number shown to people.
  public var number: String
  /// The customer's address, in lower case; nil when withheld.
  public var email: String?
  /// Journal entries so far.
  public var entries: Int
  /// The hash of the last journal entry.
  public var chainHead: String

  /// Makes a row.
  public init(handoff: Handoff, number: String, email: String?, entries: Int, chainHead: String) {
    self.handoff = handoff
    self.number = number
    self.email = email
    self.entries = entries
    self.chainHead = chainHead
  }
}

/// One distinct content of an order, as stored.
public struct StoredVersion: Hashable, Sendable {
  /// The handoff.
  public let handoffID: HandoffID
  /// Number, digest, clock and total.
  public let version: OrderVersion
  /// The canonical order document.
  public let body: [UInt8]
  /// Makes a stored content.
  public init(handoffID: HandoffID, version: OrderVersion, body: [UInt8]) {
    self.handoffID = handoffID
    self.version = version
    self.body = body
  }
}

/// What became of one delivery; every delivery is exactly one of these (S6).
public enum DeliveryDisposition: String, Hashable, Sendable, Codable, CaseIterable {
  /// It changed a handoff.
  case applied
  /// It said nothing new.
  case duplicate
  /// It was older than what is known.
  case superseded
  /// It was no order.
  case noticed
  /// It could not be understood; a person owns it.
  case unreadable
}

/// One delivery, as received.
public struct StoredDelivery: Hashable, Sendable {
  /// The storefront.
  public let storefront: StorefrontName
  /// The storefront's id of the delivery; nil when it has none.
  public let dedupeID: String?
  /// What it was about.
  public let topic: String
  /// When it arrived.
  public let receivedAt: Timestamp
  /// Signature and identity headers, one a line.
  public let headers: String
  /// The raw body; empty for repetitions and in lists.
  public let body: [UInt8]
  /// What became of it.
  public let disposition: DeliveryDisposition
  /// The handoff it concerned; nil when none.
  public let handoffID: HandoffID?

  /// Makes a delivery record.
  public init(
    storefront: StorefrontName, dedupeID: String?, topic: String, receivedAt: Timestamp, headers: String,
    body: [UInt8], disposition: DeliveryDisposition, handoffID: HandoffID?
  ) {
    self.storefront = storefront
    self.dedupeID = dedupeID
    self.topic = topic
    self.receivedAt = receivedAt
    self.headers = headers
    self.body = body
    self.disposition = disposition
    self.handoffID = handoffID
  }
}

/// One line of a handoff's history; each carries the hash of the one before it, so that nothing can be changed or left
/// out unseen (S11).
public struct JournalEntry: Hashable, Sendable {
  /// The handoff.
  public let handoffID: HandoffID
  /// Counts from 1 within the handoff.
  public let sequence: Int
  /// When.
  public let at: Timestamp
  /// The event's name.
  public let event: String
  /// The event's data in words.
  public let detail: String
  /// Who or what caused it: `storefront`, `erp`, `carrier`, `clock`, or a person's name.
  public let actor: String
  /// The stage before; empty for the first entry.
  public let stageBefore: String
  /// The stage after.
  public let stageAfter: String
  /// The newest version after.
  public let version: Int
  /// The ERP record after; empty when none.
  public let recordID: String
  /// SHA-256 over the previous entry's hash and this entry, in hexadecimal.
  public internal(set) var hash: String

  /// Makes an entry as read from a store.
  public init(
    handoffID: HandoffID, sequence: Int, at: Timestamp, event: String, detail: String, actor: String,
    stageBefore: String, stageAfter: String, version: Int, recordID: String, hash: String
  ) {
    self.handoffID = handoffID
    self.sequence = sequence
    self.at = at
    self.event = event
    self.detail = detail
    self.actor = actor
    self.stageBefore = stageBefore
    self.stageAfter = stageAfter
    self.version = version
    self.recordID = recordID
    self.hash = hash
  }

  /// The bytes the hash is taken over: the previous hash, then every field with its length.
  public func hashed(after previous: String) -> [UInt8] {
    let texts =
      previous.utf8.count + handoffID.text.utf8.count + event.utf8.count + detail.utf8.count + actor.utf8.count
      + stageBefore.utf8.count + stageAfter.utf8.count + recordID.utf8.count
    // A length, a number and what stands between take less than 48 bytes; there are eleven fields.
    let most = texts + 11 * 48
    // Names of their own, or the closure takes a copy of the whole entry.
    let (id, event, detail, actor) = (handoffID.text, event, detail, actor)
    let (before, after, record) = (stageBefore, stageAfter, recordID)
    let (sequence, at, version) = (Int64(sequence), at.microseconds, Int64(version))
    return [UInt8](writingAtMost: most) { form in
      form.append(text: previous)
      form.append(field: id)
      form.append(field: sequence)
      form.append(field: at)
      form.append(field: event)
      form.append(field: detail)
      form.append(field: actor)
      form.append(field: before)
      form.append(field: after)
      form.append(field: version)
      form.append(field: record)
    }
  }
}

extension OutputSpan<UInt8> {
  /// A text with its length before it, so that no two lists of texts have the same bytes.
  fileprivate mutating func append(field text: String) {
    append(decimal: Int64(text.utf8.count))
    append(UInt8(ascii: ":"))
    append(text: text)
  }

  /// The same for a number.
  fileprivate mutating func append(field number: Int64) {
    append(decimal: Int64(number.magnitude.decimalDigits + (number < 0 ? 1 : 0)))
    append(UInt8(ascii: ":"))
    append(decimal: number)
  }
}

/// A task to be added.
public struct NewTask: Hashable, Sendable {
  /// The handoff.
  public let handoffID: HandoffID
  /// What to do, and from when.
  public let planned: PlannedEffect
  /// Whose limits it counts against.
  public let lane: String
  /// The lease it is born with; nil when it waits to be claimed.
  public let leasedUntil: Timestamp?
  /// Makes a task.
  public init(handoffID: HandoffID, planned: PlannedEffect, lane: String, leasedUntil: Timestamp? = nil) {
    self.handoffID = handoffID
    self.planned = planned
    self.lane = lane
    self.leasedUntil = leasedUntil
  }
}

/// An effect that is decided and not finished.
public struct StoredTask: Hashable, Sendable {
  /// The task's id.
  public let id: Int64
  /// The handoff.
  public let handoffID: HandoffID
  /// What to do, and from when.
  public let planned: PlannedEffect
  /// Whose limits it counts against.
  public let lane: String
  /// How often it has been leased; together with the id the fencing token.
  public let attempt: Int
  /// Until when it is leased; nil when it is not.
  public let leasedUntil: Timestamp?
  /// Makes a task as read from a store.
  public init(
    id: Int64, handoffID: HandoffID, planned: PlannedEffect, lane: String, attempt: Int, leasedUntil: Timestamp?
  ) {
    self.id = id
    self.handoffID = handoffID
    self.planned = planned
    self.lane = lane
    self.attempt = attempt
    self.leasedUntil = leasedUntil
  }
}

/// A frozen message and what is known of its delivery.
public struct StoredMessage: Hashable, Sendable {
  /// The stable key.
  public let key: String
  /// The handoff.
  public let handoffID: HandoffID
  /// Which effect sends it.
  public let kind: EffectKind
  /// To whom.
  public let recipient: String
  /// The bytes.
  public let content: [UInt8]
  /// When it was decided.
  public let decidedAt: Timestamp
  /// How often it was handed to the carrier; more than one may mean that the customer saw it twice.
  public let attempts: Int
  /// When the carrier took it; nil before.
  public let acceptedAt: Timestamp?
  /// Makes a message as stored.
  public init(
    key: String, handoffID: HandoffID, kind: EffectKind, recipient: String, content: [UInt8], decidedAt: Timestamp,
    attempts: Int = 0, acceptedAt: Timestamp? = nil
  ) {
    self.key = key
    self.handoffID = handoffID
    self.kind = kind
    self.recipient = recipient
    self.content = content
    self.decidedAt = decidedAt
    self.attempts = attempts
    self.acceptedAt = acceptedAt
  }
}

/// An exception to be opened.
public struct NewException: Hashable, Sendable {
  /// The handoff.
  public let handoffID: HandoffID
  /// Why, since when, until when.
  public let exception: OpenException
  /// Who owns it; never empty (L2).
  public let owner: String
  /// Makes an exception record.
  public init(handoffID: HandoffID, exception: OpenException, owner: String) {
    self.handoffID = handoffID
    self.exception = exception
    self.owner = owner
  }
}

/// An exception as stored.
public struct StoredException: Hashable, Sendable {
  /// The exception's id.
  public let id: Int64
  /// The handoff.
  public let handoffID: HandoffID
  /// Why, since when, until when.
  public let exception: OpenException
  /// Who owns it.
  public let owner: String
  /// When it was closed; nil while it is open.
  public let closedAt: Timestamp?
  /// How it was closed; empty while it is open.
  public let resolution: String
  /// Makes an exception as read from a store.
  public init(
    id: Int64, handoffID: HandoffID, exception: OpenException, owner: String, closedAt: Timestamp?, resolution: String
  ) {
    self.id = id
    self.handoffID = handoffID
    self.exception = exception
    self.owner = owner
    self.closedAt = closedAt
    self.resolution = resolution
  }
}

/// How many exceptions are open.
public struct OpenExceptionCount: Hashable, Sendable {
  /// Those of each kind; a kind without any is left out.
  public let kinds: [ExceptionKind: Int]
  /// Those whose deadline has passed.
  public let overdue: Int
  /// Those that have gone up to somebody else at least once.
  public let escalated: Int
  /// Makes a count.
  public init(kinds: [ExceptionKind: Int], overdue: Int, escalated: Int) {
    self.kinds = kinds
    self.overdue = overdue
    self.escalated = escalated
  }
}

/// Units of one line that the ERP's availability does not cover yet (S5).
public struct InFlightLine: Hashable, Sendable {
  /// The stock keeping unit.
  public let sku: String
  /// Units.
  public let quantity: Int
  /// Makes a line.
  public init(sku: String, quantity: Int) {
    self.sku = sku
    self.quantity = quantity
  }
}
