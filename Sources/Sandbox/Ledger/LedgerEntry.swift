/// One thing that really happened in a simulated vendor, in the order in which it took effect.
///
/// `sequence` and `microseconds` come from one counter and one clock for all vendors of a sandbox, taken at the
/// moment of the effect, so "was the customer told before the ERP had the order" is a comparison of two numbers.
public struct LedgerEntry: Sendable, Equatable {
  /// 1 for the first entry of a ledger; no gaps. A later sandbox on the same file goes on.
  public var sequence: Int
  /// Microseconds of a monotonic clock since the sandbox was made; on the file of an earlier one, after its last entry.
  public var microseconds: Int64
  /// Where it happened.
  public var vendor: SandboxVendor
  /// What happened.
  public var kind: LedgerKind
  /// The coordinator's or shop's key: external id, order id, or the mail's `X-Countersign-Order`.
  public var ref: String
  /// The vendor's own id for the record; empty when there is none.
  public var erpId: String
  /// A JSON object with what else is worth knowing, as text.
  public var detail: String
}

/// The simulated vendors of a sandbox; the raw value is the name in addresses and in the ledger.
public enum SandboxVendor: String, Sendable, CaseIterable {
  case netsuite, mailbox, erp, sink, shopify, woo
}

/// What a ledger entry says happened.
public enum LedgerKind: String, Sendable, CaseIterable {
  /// An order came into being in an ERP.
  case erpOrderCreated = "erp.order.created"
  /// A create was refused because the external id exists.
  case erpDuplicateRefused = "erp.order.duplicate_refused"
  /// A create was refused for another reason; nothing was stored.
  case erpOrderRefused = "erp.order.refused"
  /// An order's content was changed in an ERP.
  case erpOrderUpdated = "erp.order.updated"
  /// An order was cancelled, closed or deleted in an ERP.
  case erpOrderCancelled = "erp.order.cancelled"
  /// A message was stored, whether or not the sender heard the 250.
  case mailAccepted = "mail.accepted"
  /// A message or recipient was refused; nothing was stored.
  case mailRefused = "mail.refused"
  /// A signed `order.confirmed` event reached the sink for the first time.
  case sinkConfirmed = "sink.confirmed"
  /// A signed `order.pending` event reached the sink for the first time.
  case sinkPending = "sink.pending"
  /// Any other signed event reached the sink for the first time.
  case sinkOther = "sink.other"
  /// An event whose `webhook-id` the sink has seen before.
  case sinkRepeated = "sink.repeated"
  /// An event the sink did not believe.
  case sinkRefused = "sink.refused"
  /// A delivery left the shop; one entry an attempt.
  case webhookSent = "webhook.sent"
  /// A delivery was answered, `detail.status` 0 when it was not.
  case webhookAnswered = "webhook.answered"
  /// A delivery was given up, or a subscription deleted.
  case webhookDropped = "webhook.dropped"
  /// A customer placed an order.
  case shopOrderPlaced = "shop.order.placed"
  /// A fulfillment hold was made.
  case shopifyHold = "shopify.hold"
  /// A fulfillment hold was released.
  case shopifyRelease = "shopify.release"
  /// Tags were added or removed.
  case shopifyTag = "shopify.tag"
  /// A metafield was written.
  case shopifyMetafield = "shopify.metafield"
  /// An order was cancelled in the shop.
  case shopifyCancel = "shopify.cancel"
  /// An order changed its status.
  case wooStatus = "woo.status"
  /// A note was added to an order.
  case wooNote = "woo.note"
  /// A mail WooCommerce itself would send to the customer at a status change.
  case wooMail = "woo.mail"
  /// A call was refused for its credentials.
  case authRefused = "auth.refused"
}

extension LedgerEntry {
  /// One line of JSON, without the line end.
  func line() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(96 + ref.utf8.count + erpId.utf8.count + detail.utf8.count)
    out.append(contentsOf: "{\"seq\":\(sequence),\"at_us\":\(microseconds),\"vendor\":\"".utf8)
    out.append(contentsOf: vendor.rawValue.utf8)
    out.append(contentsOf: "\",\"kind\":\"".utf8)
    out.append(contentsOf: kind.rawValue.utf8)
    out.append(contentsOf: "\",\"ref\":".utf8)
    JSON.write(ref, into: &out, .plain)
    out.append(contentsOf: ",\"erpId\":".utf8)
    JSON.write(erpId, into: &out, .plain)
    out.append(contentsOf: ",\"detail\":".utf8)
    out.append(contentsOf: (detail.isEmpty ? "{}" : detail).utf8)
    out.append(UInt8(ascii: "}"))
    return out
  }
}
