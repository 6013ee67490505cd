import Connector
import Sandbox

/// Judges a run by the vendors' ledgers alone; it never asks Countersign whether it did well.
struct OutsideChecker {
  /// Orders whose webhook was answered 2xx.
  var acknowledged: Set<String> = []
  /// How often each order came into being in the ERP.
  var created: [String: Int] = [:]
  /// Messages taken by the mail server, by order and Message-ID.
  var mails: [String: [String: Int]] = [:]
  /// Orders whose first confirmation was taken before the ERP had them.
  var early: Set<String> = []
  /// Creates that the ERP refused because the order was there already.
  var refusedDuplicates = 0

  init(_ entries: [LedgerEntry]) {
    for entry in entries { take(entry) }
  }

  private mutating func take(_ entry: LedgerEntry) {
    switch (entry.vendor, entry.kind) {
    case (.shopify, .webhookAnswered):
      let status = (try? JSONValue(parsing: entry.detail))?["status"]?.int ?? 0
      if (200..<300).contains(status) { acknowledged.insert(entry.ref) }
    case (.netsuite, .erpOrderCreated): created[OutsideChecker.order(entry.ref, "-"), default: 0] += 1
    case (.netsuite, .erpDuplicateRefused): refusedDuplicates += 1
    case (.mailbox, .mailAccepted):
      let order = OutsideChecker.order(entry.ref, "/")
      let messageID = (try? JSONValue(parsing: entry.detail))?["messageId"]?.string ?? ""
      mails[order, default: [:]][messageID, default: 0] += 1
      if created[order] == nil { early.insert(order) }
    default: break
    }
  }

  private static func order(_ reference: String, _ separator: Character) -> String {
    reference.split(separator: separator).last.map(String.init) ?? reference
  }

  /// Orders twice in the ERP.
  var doubled: [String] { created.filter { $0.value > 1 }.map(\.key).sorted() }
  /// Orders whose customer got two different messages; the same message twice is the same Message-ID.
  var contradicted: [String] { mails.filter { $0.value.count > 1 }.map(\.key).sorted() }
  /// Mails beyond the first of a Message-ID: at-least-once delivery, counted.
  var repeatedMails: Int { mails.values.joined().reduce(0) { $0 + $1.value - 1 } }
  /// Acknowledged orders whose customer has not been told.
  var untold: Set<String> { acknowledged.filter { mails[$0] == nil } }
}
