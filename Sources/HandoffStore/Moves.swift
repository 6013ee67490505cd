public import HandoffCore

/// The moves: what is done in one transaction, written once above every store.
///
/// A move reads rows, lets ``HandoffCore/Handoff/step(_:at:policy:)`` decide, and writes the row, one journal entry per
/// event and the new tasks. It has no rule of its own.
///
/// A class, because every transaction's body takes it along: a reference instead of ten closures.
public final class Moves: Sendable {
  /// What the configuration tells the moves.
  public struct Setting: Sendable {
    /// The policy of a storefront; asked for at every move, so that a reload takes effect.
    public var policy: @Sendable (StorefrontName) -> HandoffPolicy
    /// The ERP a storefront's orders go to, and the template of their external ids.
    public var route: @Sendable (StorefrontName) -> (erp: ERPName, template: String)
    /// Who owns an exception of a kind; never empty.
    public var owner: @Sendable (ExceptionKind, StorefrontName) -> String
    /// Who gets an exception whose deadline has passed; nil leaves it with its configured owner.
    public var escalationOwner: String?
    /// Who owns what could not be understood.
    public var unreadableOwner: @Sendable (StorefrontName) -> String
    /// SHA-256; handed in because this ring has no cryptography of its own.
    public var sha256: @Sendable ([UInt8]) -> [UInt8]
    /// Writes an order as it is stored.
    public var encode: @Sendable (Order) -> [UInt8]
    /// Reads a stored order.
    public var decode: @Sendable ([UInt8]) throws -> Order
    /// Writes a message at the moment of decision; throws ``Unwritable``.
    public var compose:
      @Sendable (EffectKind, Handoff, Order, String, Timestamp) throws(Unwritable) -> (
        recipient: String, content: [UInt8]
      )
    /// How long a performer may take before somebody else may look.
    public var lease: Duration
    /// Whether an owner can be told that something waits; without a carrier nobody can.
    public var tells: @Sendable (String) -> Bool = { _ in false }

    /// Gathers the settings.
    public init(
      policy: @escaping @Sendable (StorefrontName) -> HandoffPolicy,
      route: @escaping @Sendable (StorefrontName) -> (erp: ERPName, template: String),
      owner: @escaping @Sendable (ExceptionKind, StorefrontName) -> String,
      unreadableOwner: @escaping @Sendable (StorefrontName) -> String,
      sha256: @escaping @Sendable ([UInt8]) -> [UInt8], encode: @escaping @Sendable (Order) -> [UInt8],
      decode: @escaping @Sendable ([UInt8]) throws -> Order,
      compose:
        @escaping @Sendable (EffectKind, Handoff, Order, String, Timestamp) throws(Unwritable) -> (
          recipient: String, content: [UInt8]
        ), lease: Duration = .seconds(120)
    ) {
      self.policy = policy
      self.route = route
      self.owner = owner
      self.unreadableOwner = unreadableOwner
      self.sha256 = sha256
      self.encode = encode
      self.decode = decode
      self.compose = compose
      self.lease = lease
    }
  }

  /// The settings.
  public let setting: Setting

  /// Makes the moves.
  public init(_ setting: Setting) { self.setting = setting }

  /// The lane an effect of a handoff runs in: each counterpart has its own, so that one that is slow delays no other.
  public static func lane(_ kind: EffectKind, of handoff: Handoff) -> String {
    switch kind.destination {
    case .erp: erpLane(handoff.erp)
    case .notify: notifyLane(handoff.key.storefront)
    case .storefront: storefrontLane(handoff.key.storefront)
    }
  }

  /// The lane of an ERP.
  public static func erpLane(_ name: ERPName) -> String { "erp:" + name.text }
  /// The lane of a storefront's messages.
  public static func notifyLane(_ name: StorefrontName) -> String { "notify:" + name.text }
  /// The lane of a storefront's holds and releases.
  public static func storefrontLane(_ name: StorefrontName) -> String { "storefront:" + name.text }

  /// Whether effects of a handoff run in a lane.
  public static func serves(lane: String, _ handoff: Handoff) -> Bool {
    func isNamed(_ prefix: StaticString, _ name: String) -> Bool {
      let bytes = lane.utf8
      return bytes.count == prefix.utf8CodeUnitCount + name.utf8.count
        && prefix.withUTF8Buffer { bytes.starts(with: $0) }
        && bytes.dropFirst(prefix.utf8CodeUnitCount).elementsEqual(name.utf8)
    }
    let storefront = handoff.key.storefront.text
    return isNamed("erp:", handoff.erp.text) || isNamed("notify:", storefront) || isNamed("storefront:", storefront)
  }

  /// The stable key of a message (S4).
  public static func messageKey(_ kind: EffectKind, of handoff: Handoff) -> String {
    let name =
      switch kind {
      case .sendAcknowledgement: "ack"
      case .sendCannotFulfil: "sorry"
      default: "confirm"
      }
    return "\(handoff.id.text)-\(name)"
  }
}

/// Why a message cannot be written; see `ConfirmationSender`.
public struct Unwritable: Error, Hashable, Sendable {
  /// What is missing or wrong, and how to mend it.
  public let reason: String
  /// Names a reason.
  public init(_ reason: String) { self.reason = reason }
}

/// A task in a performer's hands, with everything it needs.
///
/// A class, because it goes through queues and closures, and nothing in it changes.
public final class ClaimedTask: Sendable {
  /// The task's id.
  public let id: Int64
  /// The fencing token: the attempt this lease is.
  public let attempt: Int
  /// The lane the permit belongs to.
  public let lane: String
  /// What to do.
  public let effect: Effect
  /// The handoff as it stood when the task was leased.
  public let handoff: Handoff
  /// The content the effect is about.
  public let order: Order
  /// Which version the content is.
  public let version: Int
  /// The content's digest.
  public let digest: ContentDigest
  /// The message to send; nil for other effects.
  public let message: StoredMessage?

  init(
    id: Int64, attempt: Int, lane: String, effect: Effect, handoff: Handoff, order: Order, version: Int,
    digest: ContentDigest, message: StoredMessage?
  ) {
    self.id = id
    self.attempt = attempt
    self.lane = lane
    self.effect = effect
    self.handoff = handoff
    self.order = order
    self.version = version
    self.digest = digest
    self.message = message
  }
}

/// Hands out the right to perform a task at once, in the very transaction that plans it.
///
/// It saves a second transaction for each effect: the task is born leased. Whoever runs the transaction returns the
/// permits taken in it when it does not commit.
public protocol LeaseDesk: Sendable {
  /// Takes a permit of a lane; false when the lane is full, closed or unknown.
  func take(lane: String) -> Bool
  /// Notes that a task waits in a lane until an instant, so that whoever serves the lane does not sleep past it.
  func note(lane: String, due: Timestamp)
}

extension LeaseDesk {
  /// Notes nothing.
  public func note(lane: String, due: Timestamp) {}
}

/// A desk without permits: every task waits to be claimed.
public struct ClosedDesk: LeaseDesk {
  /// Makes a desk.
  public init() {}
  /// Never.
  public func take(lane: String) -> Bool { false }
}
