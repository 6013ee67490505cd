/// Where a handoff stands; the raw value is the text in the database and on every page.
public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
  /// Durable here; the ERP has not been asked.
  case captured
  /// A submission has been leased: the ERP may or may not have it.
  case submitting
  /// A submission's outcome is unknown; a look-up is due before anything else.
  case unresolved
  /// The ERP has a record but has not accepted it: saved is not accepted.
  case recorded
  /// The ERP refused it and holds nothing; a person or an edit goes on from here.
  case refused
  /// The ERP has accepted the newest submitted version; inventory validation is due.
  case receipted
  /// The ERP holds an older version than the storefront; an update is due before the gate can open.
  case updating
  /// The ERP could not allocate everything; policy or a person decides.
  case held
  /// The decision to confirm is recorded; the message is due.
  case decided
  /// The customer has been told.
  case confirmed
  /// The ERP has been asked to cancel its record.
  case cancelling
  /// No longer pursued here, and the ERP holds nothing: it never had it, or its record was cancelled there. Whether the
  /// storefront knows depends on who cancelled: nothing is ever cancelled or refunded there from here.
  case cancelled
  /// The decision that it cannot be fulfilled is recorded; the message is due.
  case declining
  /// The customer has been told that it cannot be fulfilled.
  case declined
  /// Handed back to the people of the storefront, who now own it; our hold on its shipping is let go.
  case returned
  /// Watched without any effect: observe or shadow mode, test orders, orders older than the watermark.
  case observed

  /// Whether nothing more happens by itself.
  public var isTerminal: Bool {
    switch self {
    case .confirmed, .cancelled, .declined, .returned, .observed: true
    default: false
    }
  }

  /// Whether the ERP's receipt is still awaited; these stages share one deadline.
  var isBeforeReceipt: Bool {
    switch self {
    case .captured, .submitting, .unresolved, .recorded: true
    default: false
    }
  }

  /// Whether a decision to confirm has been recorded on the way here.
  public var isPastDecision: Bool { self == .decided || self == .confirmed }
}
