import Connector
import HandoffCore

/// Finds which of the submitted lines a record's line is.
struct ItemResolver: Hashable, Sendable {
  /// Internal ids by external id, as far as they were looked up.
  var ids: [String: String] = [:]

  /// Whether a line of the record names the item of a reference.
  func matches(_ reference: RecordReference, _ line: SalesOrderRecord.Line) -> Bool {
    switch reference {
    case .id(let id): return line.itemID == id
    case .externalID(let external):
      if let id = ids[external] { return line.itemID == id }
      if let own = line.itemExternalID { return own == external }
      // A line names its item as "Parent : Child"; the record service does not give its external id there.
      guard let name = line.itemName else { return false }
      if name == external { return true }
      guard let colon = name.range(ofLast: " : ") else { return false }
      return name[colon.upperBound...] == external
    }
  }
}

extension SalesOrderContent {
  /// What the record holds of one submitted item.
  struct Match: Hashable, Sendable {
    let reference: RecordReference
    let sku: String?
    /// Units submitted.
    let ordered: Int
    /// The record's lines of the item.
    var lines: [SalesOrderRecord.Line]
  }

  /// Groups a record's lines by the submitted items.
  func match(
    _ lines: [SalesOrderRecord.Line], _ resolver: ItemResolver
  ) -> (
    found: [Match], additional: [SalesOrderRecord.Line]
  ) {
    var found: [Match] = []
    for line in self.lines {
      if let index = found.firstIndex(where: { $0.reference == line.reference }) {
        let known = found[index]
        found[index] = Match(
          reference: known.reference, sku: known.sku ?? line.sku,
          ordered: known.ordered.saturatingAdd(line.quantity), lines: [])
      } else {
        found.append(Match(reference: line.reference, sku: line.sku, ordered: line.quantity, lines: []))
      }
    }
    var additional: [SalesOrderRecord.Line] = []
    for line in lines {
      if let index = found.firstIndex(where: { resolver.matches($0.reference, line) }) {
        found[index].lines.append(line)
      } else {
        additional.append(line)
      }
    }
    return (found, additional)
  }

  /// What is different in the record's lines; nil when nothing is.
  func difference(from lines: [SalesOrderRecord.Line], _ resolver: ItemResolver) -> String? {
    let (found, additional) = match(lines, resolver)
    var differences: [String] = []
    for match in found {
      let name = match.sku ?? match.reference.shown
      if match.sku == nil {
        // A discount line has no quantity in NetSuite; the total tells the amount.
        if match.lines.isEmpty { differences.append("the line \(name) is missing") }
        continue
      }
      guard !match.lines.contains(where: { $0.liveQuantity == nil }) else {
        differences.append("\(name): NetSuite names no whole quantity")
        continue
      }
      let held = match.lines.reduce(0) { $0.saturatingAdd($1.liveQuantity ?? 0) }
      if held != match.ordered { differences.append("\(name): submitted \(match.ordered), NetSuite has \(held)") }
    }
    for line in additional where line.liveQuantity != 0 {
      differences.append("an additional line of item \(line.itemID) \(line.itemName ?? "")")
    }
    return differences.isEmpty ? nil : NetSuiteFault.cut(differences.joined(separator: "; "))
  }

  /// External ids of items that a resolver has not looked up yet.
  func unresolved(_ resolver: ItemResolver) -> [String] {
    let wanted = lines.compactMap { line -> String? in
      if case .externalID(let id) = line.reference, resolver.ids[id] == nil { id } else { nil }
    }
    return Array(Set(wanted)).sorted()
  }
}

extension RecordReference {
  /// For reasons and findings.
  var shown: String {
    switch self {
    case .id(let id): "item \(id)"
    case .externalID(let id): id
    }
  }
}

extension String {
  /// The last place of another text.
  fileprivate func range(ofLast other: String) -> Range<Index>? { ranges(of: other).last }
}

/// What a record is, measured against what was submitted.
enum Judgement: Hashable, Sendable {
  /// Accepted by NetSuite and equal.
  case accepted(Money)
  /// Equal but for the total.
  case otherTotal(Money, String)
  /// Not accepted yet.
  case pending(String)
  /// Other lines, another currency or another external id.
  case differs(String)
  /// Cancelled or closed.
  case void(String)
  /// The answer does not hold what is needed to judge.
  case unreadable(String)
}

extension SalesOrderRecord {
  /// Measures the record.
  func judge(_ submission: Submission, _ content: SalesOrderContent, _ resolver: ItemResolver) -> Judgement {
    // NetSuite keeps external ids unique without regard to case, but we write one case only: another one is not ours.
    guard externalID == submission.externalID.text else {
      return .differs("its external id is \(externalID.map { "\"\($0.prefix(80))\"" } ?? "empty")")
    }
    if isVoid { return .void(statusText) }
    guard let lines else { return .unreadable("the answer does not hold all lines") }
    if let wanted = content.currencyID, let currencyID, wanted != currencyID {
      return .differs("its currency is \(currencyID), submitted \(wanted)")
    }
    if let difference = content.difference(from: lines, resolver) { return .differs(difference) }
    guard let text = total else { return .unreadable("the answer holds no total") }
    let order = submission.order
    guard let money = Money(decimal: text, currency: order.currency) else {
      return .differs("its total is \(text), submitted \(order.total.decimalText)")
    }
    if !status.isAccepted { return .pending(status.isKnown ? statusText : "unknown status \(statusText)") }
    if money != order.total {
      return .otherTotal(money, "its total is \(money.decimalText), submitted \(order.total.decimalText)")
    }
    return .accepted(money)
  }
}
