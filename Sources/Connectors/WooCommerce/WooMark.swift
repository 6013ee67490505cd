import Connector
import HandoffCore

/// What Countersign has written into an order's own `meta_data`.
///
/// The status alone cannot tell an order that waits for the ERP from one that waits for a bank transfer, and a released
/// order from one that somebody moved on by hand; the mark can.
struct WooMark {
  /// `waiting` or `confirmed`.
  let state: String?
  /// The ERP's record id.
  let recordID: String?
  /// The payment state that was decided upon; WooCommerce itself sets `date_paid` when we release.
  let payment: PaymentState?
  /// The key of the message that released it.
  let messageKey: String?

  var isConfirmed: Bool { state == "confirmed" }

  /// Reads the mark; of two entries with one key the later one stands, as in WordPress.
  init(_ order: JSONValue) {
    var values: [String: String] = [:]
    for entry in order["meta_data"]?.array ?? [] {
      guard let key = entry["key"]?.string, key.hasPrefix("_countersign_") else { continue }
      values[key] = entry["value"]?.scalarText
    }
    state = values["_countersign_state"]
    recordID = values["_countersign_erp_id"]
    payment = values["_countersign_payment"].flatMap(PaymentState.init(rawValue:))
    messageKey = values["_countersign_message"]
  }

  /// The `meta_data` member of a change, in a fixed order.
  static func meta(
    state: String, handoffID: HandoffID, recordID: String? = nil, payment: PaymentState? = nil,
    messageKey: String? = nil
  ) -> JSONValue {
    var entries: [(String, String)] = [("_countersign_state", state), ("_countersign_handoff", handoffID.text)]
    if let recordID { entries.append(("_countersign_erp_id", recordID)) }
    if let payment { entries.append(("_countersign_payment", payment.rawValue)) }
    if let messageKey { entries.append(("_countersign_message", messageKey)) }
    return .array(entries.map { ["key": .string($0.0), "value": .string($0.1)] })
  }
}
