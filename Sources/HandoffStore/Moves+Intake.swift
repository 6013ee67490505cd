public import HandoffCore

/// An order as intake takes it: the content, and the delivery that brought it.
public struct IntakeRequest: Sendable {
  /// Which order of which storefront.
  public let key: OrderKey
  /// The content.
  public let order: Order
  /// The storefront's clock for the content.
  public let updatedAt: Timestamp
  /// What told us.
  public let topic: String
  /// The storefront's id of the delivery.
  public let dedupeID: String?
  /// Signature and identity headers, one a line.
  public let headers: String
  /// The raw body; empty for a backfilled order.
  public let body: [UInt8]
  /// When it arrived.
  public var receivedAt: Timestamp
  /// The content's digest, and its document when one was made, before the transaction; see ``Moves/prepare(_:)``.
  var prepared: (digest: ContentDigest, document: [UInt8]?)?

  /// Whether it was listed, not delivered.
  var isListed: Bool { dedupeID == nil && body.isEmpty }

  /// Makes a request.
  public init(
    key: OrderKey, order: Order, updatedAt: Timestamp, topic: String, dedupeID: String?, headers: String,
    body: [UInt8], receivedAt: Timestamp
  ) {
    self.key = key
    self.order = order
    self.updatedAt = updatedAt
    self.topic = topic.withoutNUL
    self.dedupeID = dedupeID?.withoutNUL
    self.headers = headers.withoutNUL
    self.body = body
    self.receivedAt = receivedAt
  }
}

/// What intake made of an order.
public struct IntakeResult: Sendable {
  /// Applied, duplicate or superseded.
  public let disposition: DeliveryDisposition
  /// The order's handoff, as it now stands.
  public let handoff: Handoff
  /// Tasks born leased; the caller performs them after the commit.
  public let claimed: [ClaimedTask]
  /// The last journal entry's event, when the delivery was applied.
  public var event = "captured"
}

extension Moves {
  /// Makes what a request needs beyond the store's own rows, outside the transaction: the one writer has enough to do.
  ///
  /// What was listed is nearly always known already, and then its document is not needed.
  public func prepare(_ request: consuming IntakeRequest) -> IntakeRequest {
    let digest = digest(of: request)
    let document = request.isListed ? nil : setting.encode(request.order)
    request.prepared = (digest, document)
    return request
  }

  func digest(of request: IntakeRequest) -> ContentDigest {
    request.prepared?.digest ?? ContentDigest(bytes: setting.sha256(request.order.canonicalForm))
  }

  private func document(of request: IntakeRequest) -> [UInt8] {
    request.prepared?.document ?? setting.encode(request.order)
  }

  /// Takes an order in: at most one handoff per order, at most one version per content, nothing dropped.
  public func intake(
    _ request: IntakeRequest, in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws -> IntakeResult {
    let seen = try request.dedupeID.flatMap {
      try transaction.delivery(storefront: request.key.storefront, dedupeID: $0)
    }
    // An id that stood for another order, or for what was not understood then, makes no duplicate: nothing is dropped.
    if let id = seen?.handoffID, let row = try transaction.row(id), row.handoff.key == request.key {
      try record(request, .duplicate, row.handoff.id, repeated: true, in: transaction)
      return IntakeResult(disposition: .duplicate, handoff: row.handoff, claimed: [])
    }
    guard let row = try transaction.row(of: request.key) else {
      return try first(request, repeated: seen != nil, in: transaction, desk: desk)
    }
    return try again(request, row, repeated: seen != nil, in: transaction, desk: desk)
  }

  private func first(
    _ request: IntakeRequest, repeated: Bool, in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws -> IntakeResult {
    let now = request.receivedAt
    let route = setting.route(request.key.storefront)
    let digest = digest(of: request)
    let version = OrderVersion(number: 1, digest: digest, updatedAt: request.updatedAt, total: request.order.total)
    let capture = FirstCapture(
      key: request.key, id: mint(request.key, at: Moves.birth(of: request.order, now)),
      externalID: ExternalID.mint(template: route.template, key: request.key), erp: route.erp, version: version,
      placedAt: request.order.placedAt, isCancelled: request.order.isCancelled, isTest: request.order.isTest,
      payment: request.order.payment)
    let policy = setting.policy(request.key.storefront)
    let (handoff, effects) = Handoff.begin(capture, policy: policy, at: now)
    var work = Working(
      HandoffRow(
        handoff: handoff, number: request.order.number.withoutNUL,
        email: request.order.email?.lowercased().withoutNUL, entries: 0, chainHead: ""), isNew: true)
    work.keep(request.order, 1)
    try transaction.insert(StoredVersion(handoffID: handoff.id, version: version, body: document(of: request)))
    if request.order.isCancelled { try noteCancel(request, handoff, in: transaction) }
    try record(request, .applied, handoff.id, repeated: repeated, in: transaction)
    try journal("captured", request.topic, by: "storefront", before: nil, of: &work, at: now, in: transaction)
    try noteException(from: nil, to: work.row, at: now, by: "storefront", in: transaction)
    try carryOut(effects, of: &work, at: now, in: transaction, desk: desk)
    try keepInFlight(work.row.handoff, request.order, in: transaction)
    try save(work, in: transaction)
    return IntakeResult(disposition: .applied, handoff: work.row.handoff, claimed: work.claimed)
  }

  private func again(
    _ request: IntakeRequest, _ row: HandoffRow, repeated: Bool, in transaction: any StoreTransaction,
    desk: any LeaseDesk
  ) throws -> IntakeResult {
    let now = request.receivedAt
    let handoff = row.handoff
    let digest = digest(of: request)
    var work = Working(row)
    var event = HandoffEvent.orderCancelled
    var disposition = DeliveryDisposition.applied
    if request.order.isCancelled {
      disposition = try cancel(request, of: &work, in: transaction, desk: desk)
    } else if try isStale(request, digest, handoff, in: transaction) {
      disposition = digest == handoff.version.digest ? .duplicate : .superseded
    } else if digest == handoff.version.digest {
      disposition = .duplicate
      try noteClock(of: request, handoff, in: transaction)
    } else {
      let isVoid = request.order.payment == .voided
      // The void follows the content, so that an older delivery cannot bring the payment back (S7); and nothing that
      // the content calls for is leased before the void is known.
      try edit(
        request, digest, of: &work, in: transaction, desk: isVoid ? ClosedDesk() : desk)
      event = isVoid ? .paymentVoided : .orderEdited(handoff.version)
      if isVoid { try apply(event, by: "storefront", to: &work, at: now, in: transaction, desk: desk) }
    }
    if !request.order.isCancelled, let reason = try reopening(request, handoff, in: transaction) {
      event = .eventRefused(reason: reason)
      disposition = .applied
      try apply(event, by: "storefront", to: &work, at: now, in: transaction, desk: desk)
    }
    try record(request, disposition, handoff.id, repeated: repeated, in: transaction)
    try save(work, in: transaction)
    return IntakeResult(
      disposition: disposition, handoff: work.row.handoff, claimed: work.claimed, event: event.name)
  }

  /// Older by the storefront's clock; or of the same second, or without such a clock, and a content that was superseded
  /// already: a late retry must not bring the first of two contents back (S7, PM-03).
  private func isStale(
    _ request: IntakeRequest, _ digest: ContentDigest, _ handoff: Handoff, in transaction: any StoreReading
  ) throws -> Bool {
    if request.updatedAt < handoff.version.updatedAt { return true }
    if digest != handoff.version.digest, let seen = try transaction.marker(Moves.clockMarker(handoff)),
      let instant = Int64(seen), request.updatedAt.microseconds < instant
    {
      return true
    }
    if request.updatedAt > handoff.version.updatedAt, request.order.updatedAt != nil { return false }
    guard digest != handoff.version.digest, handoff.version.number > 1 else { return false }
    for number in 1..<handoff.version.number
    where try transaction.version(number, of: handoff.id)?.version.digest == digest { return true }
    return false
  }

  /// Keeps the storefront's clock of a content that says nothing new: the customer may have gone back to it, and the
  /// edit between the two must not count as newer when it comes late (S7).
  private func noteClock(
    of request: IntakeRequest, _ handoff: Handoff, in transaction: any StoreTransaction
  ) throws {
    guard request.order.updatedAt != nil, request.updatedAt > handoff.version.updatedAt else { return }
    let name = Moves.clockMarker(handoff)
    if let seen = try transaction.marker(name).flatMap({ Int64($0) }), seen >= request.updatedAt.microseconds { return }
    try transaction.setMarker(name, to: String(request.updatedAt.microseconds))
  }

  static func clockMarker(_ handoff: Handoff) -> String { "seen:" + handoff.id.text }

  private func edit(
    _ request: IntakeRequest, _ digest: ContentDigest, of work: inout Working,
    in transaction: any StoreTransaction, desk: any LeaseDesk
  ) throws {
    let handoff = work.row.handoff
    let version = OrderVersion(
      number: handoff.version.number + 1, digest: digest, updatedAt: request.updatedAt, total: request.order.total)
    try transaction.insert(StoredVersion(handoffID: handoff.id, version: version, body: document(of: request)))
    work.row.number = request.order.number.withoutNUL
    work.row.email = request.order.email?.lowercased().withoutNUL
    work.keep(request.order, version.number)
    try apply(
      .orderEdited(version), by: "storefront", to: &work, at: request.receivedAt, in: transaction, desk: desk)
    try keepInFlight(work.row.handoff, request.order, in: transaction)
  }

  /// The order's own instant where it is a likely one: an order that is taken in again, after a backup was restored,
  /// gets its old name back, and with it the old Message-ID and message key (S4).
  private static func birth(of order: Order, _ now: Timestamp) -> Timestamp {
    guard let placed = order.placedAt, placed <= now, placed > now - .seconds(30 * 86_400) else { return now }
    return placed
  }

  /// A name that sorts by time and, within one instant, by the number at the end of the order's id: storefronts write
  /// instants to the second and number their orders upwards, so rows written together lie together, and a commit
  /// touches few pages. The order's own key makes it one of a kind.
  private func mint(_ key: OrderKey, at now: Timestamp) -> HandoffID {
    let hash = setting.sha256(Array("\(key.storefront.text)\u{0}\(key.orderID)".utf8))
    let time = Moves.base32(UInt64(bitPattern: now.microseconds), digits: 11)
    let tail = hash.prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let number = Moves.base32(Moves.trailingNumber(key.orderID), digits: 6)
    return HandoffID("h" + time + number + Moves.base32(tail, digits: 6))
  }

  /// The number at the end of a text, without the digits that do not fit.
  private static func trailingNumber(_ text: String) -> UInt64 {
    var number: UInt64 = 0
    for digit in text.utf8 {
      number = (0x30...0x39).contains(digit) ? (number &* 10) &+ UInt64(digit &- 0x30) : 0
    }
    return number
  }

  private static func base32(_ number: UInt64, digits: Int) -> String {
    String(unsafeUninitializedCapacity: digits) { buffer in
      var rest = number
      for place in (0..<digits).reversed() {
        buffer[place] = alphabet[Int(rest & 31)]
        rest >>= 5
      }
      return digits
    }
  }

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  private func record(
    _ request: IntakeRequest, _ disposition: DeliveryDisposition, _ id: HandoffID, repeated: Bool,
    in transaction: any StoreTransaction
  ) throws {
    // An order is listed every few minutes for as long as it lies in the window; what says nothing new is no delivery.
    if request.isListed, disposition != .applied { return }
    // A repetition keeps no second copy of the body, and not the id that is unique.
    let keepsBody = disposition == .applied || disposition == .superseded
    try transaction.insert(
      StoredDelivery(
        storefront: request.key.storefront, dedupeID: repeated ? nil : request.dedupeID, topic: request.topic,
        receivedAt: request.receivedAt, headers: request.headers, body: keepsBody ? request.body : [],
        disposition: disposition, handoffID: id))
  }

  /// What the ERP's availability does not cover yet; an observed or undone order takes nothing from the stock, and what
  /// is being declined takes no more than it did.
  private func keepInFlight(_ handoff: Handoff, _ order: Order, in transaction: any StoreTransaction) throws {
    switch handoff.stage {
    case .observed, .cancelled, .declining, .declined, .returned: return
    default: break
    }
    var lines = order.lines.compactMap { line -> InFlightLine? in
      guard !line.isGiftCard, line.quantity > 0, let sku = line.sku else { return nil }
      return InFlightLine(sku: sku, quantity: min(line.quantity, 1_000_000))
    }
    if lines.count > 1 {
      lines.sort { $0.sku < $1.sku }
      lines = lines.reduce(into: []) { sums, line in
        guard let last = sums.last, last.sku == line.sku else { return sums.append(line) }
        sums[sums.count - 1] = InFlightLine(sku: last.sku, quantity: last.quantity + line.quantity)
      }
    }
    try transaction.setInFlight(lines, of: handoff.id)
  }

  /// Keeps a delivery that is no order, or one that cannot be understood, with its owner.
  public func keep(
    storefront: StorefrontName, topic: String, dedupeID: String?, headers: String, body: [UInt8],
    receivedAt: Timestamp, unreadable reason: String?, in transaction: any StoreTransaction
  ) throws -> DeliveryDisposition {
    let (topic, dedupeID, headers) = (topic.withoutNUL, dedupeID?.withoutNUL, headers.withoutNUL)
    if let dedupeID, let seen = try transaction.delivery(storefront: storefront, dedupeID: dedupeID) {
      // Listed again and not understood again.
      if body.isEmpty, reason != nil { return .duplicate }
      try transaction.insert(
        StoredDelivery(
          storefront: storefront, dedupeID: nil, topic: topic, receivedAt: receivedAt, headers: headers, body: [],
          disposition: .duplicate, handoffID: seen.handoffID))
      return .duplicate
    }
    let disposition: DeliveryDisposition = reason == nil ? .noticed : .unreadable
    try transaction.insert(
      StoredDelivery(
        storefront: storefront, dedupeID: dedupeID, topic: topic, receivedAt: receivedAt, headers: headers,
        body: body, disposition: disposition, handoffID: nil))
    if let reason {
      let record = UnreadableDelivery(
        storefront: storefront, topic: topic, reason: reason.withoutNUL, receivedAt: receivedAt,
        owner: setting.unreadableOwner(storefront),
        deadline: receivedAt + setting.policy(storefront).deadlines.exception, headers: headers, body: body)
      try transaction.insert(record)
      if setting.tells(record.owner) {
        try transaction.insert(
          Alert(
            owner: record.owner, occasion: .unreadable, kind: "unreadable", storefront: storefront, subject: topic,
            at: receivedAt, deadline: record.deadline))
      }
    }
    return disposition
  }
}
