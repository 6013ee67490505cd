public import HandoffCore
public import HandoffStore

/// A seeded source of numbers (SplitMix64), so that a failing run is repeated by its seed.
public struct SeededDice: RandomNumberGenerator, Sendable {
  private var state: UInt64
  /// Starts from a seed.
  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
  /// A number from 0 up to, not including, a limit.
  public mutating func below(_ limit: Int) -> Int { limit < 1 ? 0 : Int(next() % UInt64(limit)) }
}

/// A desk that always has a permit: every effect that is due is born leased.
public struct OpenDesk: LeaseDesk {
  /// Makes a desk.
  public init() {}
  /// Always.
  public func take(lane: String) -> Bool { true }
}

/// What a check found.
public struct CheckFailure: Error, CustomStringConvertible, Sendable {
  /// What is not as promised.
  public let description: String
}

/// Fails a check with words unless a condition holds.
public func require(
  _ condition: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws {
  if !condition { throw CheckFailure(description: "\(file):\(line): \(what())") }
}

/// Fails a check unless two values are equal.
public func requireEqual<Value: Equatable>(
  _ left: Value, _ right: Value, _ what: String = "", file: StaticString = #fileID, line: UInt = #line
) throws {
  if left != right { throw CheckFailure(description: "\(file):\(line): \(what) \(left) is not \(right)") }
}

/// The value, or a failed check when there is none.
public func requireSome<Value>(
  _ value: Value?, _ what: String = "a value", file: StaticString = #fileID, line: UInt = #line
) throws -> Value {
  guard let value else { throw CheckFailure(description: "\(file):\(line): no \(what)") }
  return value
}

/// A store with moves above it and a clock that stands, for checks.
public struct StoreBench: Sendable {
  /// The store under test.
  public let store: any HandoffStore
  /// The moves.
  public let moves: Moves
  /// The first instant of every check.
  public static let start = Timestamp(seconds: 1_800_000_000)
  /// The ERP's lane.
  public static let erp = "erp:books"
  /// The lane of the storefront's messages.
  public static let notify = "notify:main"

  /// Sets up moves with one policy for every storefront.
  public init(_ store: any HandoffStore, policy: HandoffPolicy = HandoffPolicy(), tellsOwners: Bool = false) {
    self.store = store
    var setting = StoreBench.setting(policy)
    if tellsOwners { setting.tells = { $0.contains("@") } }
    moves = Moves(setting)
  }

  /// Settings for one policy; an order without an address cannot be told anything.
  public static func setting(_ policy: HandoffPolicy) -> Moves.Setting {
    Moves.Setting(
      policy: { _ in policy }, route: { _ in (ERPName("books"), "CS-{storefront}-{orderId}") },
      owner: { kind, _ in "\(kind.ownerRole.rawValue)@example.com" }, unreadableOwner: { _ in "web@example.com" },
      sha256: { PlainSHA256.digest($0) }, encode: { OrderText.encode($0) }, decode: { try OrderText.decode($0) },
      compose: { kind, handoff, order, key, now throws(Unwritable) in
        guard let email = order.email else { throw Unwritable("The order has no address.") }
        let text = "\(key) \(kind.rawValue) \(order.id) v\(handoff.version.number) \(now.microseconds)"
        return (email, Array(text.utf8))
      })
  }

  /// An instant so many seconds after the start.
  public static func at(_ seconds: Int) -> Timestamp { start + .seconds(seconds) }

  /// An order of hats.
  public static func order(
    _ id: String = "1001", hats: Int = 1, email: String? = "kim@example.com", payment: PaymentState = .paid,
    isCancelled: Bool = false
  ) throws -> Order {
    let currency = try requireSome(CurrencyCode("USD"))
    var order = Order(
      id: id, number: "#" + id, currency: currency, total: Money(minorUnits: Int64(hats) * 500, currency: currency),
      lines: [
        OrderLine(
          id: "l1", sku: "HAT", title: "Hat", quantity: hats, unitPrice: Money(minorUnits: 500, currency: currency))
      ])
    order.email = email
    order.payment = payment
    order.isCancelled = isCancelled
    return order
  }

  /// A delivery of an order; with `hasClock` the order itself says when it was changed.
  public static func request(
    _ order: Order, at seconds: Int = 0, updated: Int? = nil, dedupeID: String? = nil, storefront: String = "main",
    hasClock: Bool = true
  ) -> IntakeRequest {
    var order = order
    order.updatedAt = hasClock ? at(updated ?? seconds) : nil
    return IntakeRequest(
      key: OrderKey(storefront: StorefrontName(storefront), orderID: order.id), order: order,
      updatedAt: at(updated ?? seconds), topic: "orders/updated", dedupeID: dedupeID, headers: "x: y",
      body: Array("body of \(order.id)".utf8), receivedAt: at(seconds))
  }

  /// Takes a delivery in.
  public func take(_ request: IntakeRequest, desk: any LeaseDesk = ClosedDesk()) async throws -> IntakeResult {
    let moves = moves
    return try await store.transact { try moves.intake(request, in: $0, desk: desk) }
  }

  /// Leases due tasks.
  public func claim(_ lane: String = erp, at seconds: Int, limit: Int = 10) async throws -> [ClaimedTask] {
    let moves = moves
    return try await store.transact { try moves.claim(lane: lane, limit: limit, at: StoreBench.at(seconds), in: $0) }
  }

  /// Leases the one task that must be due.
  public func claimOne(_ lane: String = erp, at seconds: Int) async throws -> ClaimedTask {
    let claimed = try await claim(lane, at: seconds)
    try requireEqual(claimed.count, 1, "tasks due in \(lane)")
    return try requireSome(claimed.first)
  }

  /// Brings an outcome back.
  @discardableResult
  public func settle(
    _ task: ClaimedTask, _ event: HandoffEvent, at seconds: Int, desk: any LeaseDesk = ClosedDesk()
  ) async throws -> [ClaimedTask] {
    let moves = moves
    return try await store.transact {
      try moves.settle(task, event, by: "erp", at: StoreBench.at(seconds), in: $0, desk: desk)
    }
  }

  /// Turns passed deadlines into exceptions.
  @discardableResult
  public func sweep(at seconds: Int, limit: Int = 100) async throws -> Int {
    let moves = moves
    return try await store.transact { try moves.sweep(at: StoreBench.at(seconds), limit: limit, in: $0) }
  }

  /// Carries out a person's decision.
  @discardableResult
  public func decide(
    _ decision: OperatorDecision, on id: HandoffID, expecting revision: Int? = nil, at seconds: Int
  ) async throws -> Handoff? {
    let moves = moves
    return try await store.transact {
      try moves.decide(
        decision, on: id, by: "Ada", expecting: revision, at: StoreBench.at(seconds), in: $0, desk: ClosedDesk())?
        .handoff
    }
  }

  /// The row of a handoff.
  public func row(_ id: HandoffID) async throws -> HandoffRow {
    try requireSome(try await store.read { try $0.row(id) }, "row \(id)")
  }

  /// The handoff as it stands.
  public func handoff(_ id: HandoffID) async throws -> Handoff { try await row(id).handoff }

  /// Open tasks of a handoff.
  public func tasks(_ id: HandoffID) async throws -> [StoredTask] { try await store.read { try $0.tasks(of: id) } }

  /// What the ERP answers that has just created the task's content.
  public static func receipt(_ task: ClaimedTask, record: String = "SO-1") -> Receipt {
    Receipt(recordID: record, recordNumber: "N-1", version: task.version, digest: task.digest, total: task.order.total)
  }

  /// Everything must verify.
  public func verify() async throws {
    let verification = Verification(sha256: { PlainSHA256.digest($0) })
    let report = try await store.read { try verification.report(on: $0, pageSize: 7) }
    try require(report.findings.isEmpty, "\(report.findings.prefix(5))")
  }

  /// Takes an order in and brings it to its receipt.
  public func receipted(_ request: IntakeRequest, at seconds: Int) async throws -> HandoffID {
    let id = try await take(request).handoff.id
    let task = try await claimOne(at: seconds)
    try await settle(task, .receiptIssued(StoreBench.receipt(task, record: "SO-\(request.order.id)")), at: seconds)
    return id
  }

  /// Takes an order in and brings it to the decision.
  public func decided(_ request: IntakeRequest, at seconds: Int) async throws -> HandoffID {
    let id = try await receipted(request, at: seconds)
    try await settle(try await claimOne(at: seconds), .inventoryValidated, at: seconds)
    return id
  }
}
