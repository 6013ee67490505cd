import Connector
import HandoffCore

/// Orders for tests: every unit costs 3.00 USD.
enum Sample {
  static let usd: CurrencyCode = {
    guard let code = CurrencyCode("USD") else { preconditionFailure("USD is a currency code") }
    return code
  }()

  static func money(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: usd) }

  static func order(_ id: String, _ lines: [(String, Int)]) -> Order {
    let all = lines.enumerated().map { index, line in
      OrderLine(id: "l\(index)", sku: line.0, title: "Item \(line.0)", quantity: line.1, unitPrice: money(300))
    }
    let units = lines.reduce(0) { $0 + $1.1 }
    var order = Order(
      id: id, number: "#\(id.suffix(6))", currency: usd, total: money(Int64(units) * 300), lines: all)
    order.customerName = "Ada Buyer"
    order.email = "ada@example.com"
    return order
  }

  static func submission(
    _ order: Order, recordID: String? = nil, version: Int = 1, resuming: Bool = false
  ) -> Submission {
    let key = OrderKey(storefront: StorefrontName("main"), orderID: order.id)
    return Submission(
      handoffID: HandoffID("main:" + order.id), key: key,
      externalID: .mint(template: "CS-{storefront}-{orderId}", key: key), order: order, version: version,
      digest: ContentDigest(hex: "\(version)"), recordID: recordID, resuming: resuming)
  }
}

extension Submission {
  /// The same submission after a doubt.
  var again: Submission { Sample.submission(order, recordID: recordID, version: version, resuming: true) }

  /// The next version with other lines.
  func edited(_ lines: [(String, Int)]) -> Submission {
    Sample.submission(Sample.order(order.id, lines), version: version + 1, resuming: true)
  }

  /// The same submission with its record known.
  func knowing(_ recordID: String) -> Submission {
    Sample.submission(order, recordID: recordID, version: version, resuming: resuming)
  }
}

extension SubmissionOutcome {
  /// The receipt of an accepted submission.
  var receipt: Receipt? { if case .accepted(let receipt) = self { receipt } else { nil } }
  /// The words of a refusal.
  var refusal: String? { if case .refused(let reason) = self { reason } else { nil } }
  /// Whether the outcome is unknown.
  var isUnknown: Bool { if case .unknown = self { true } else { false } }
  /// Whether our set-up is blamed.
  var isMisconfigured: Bool { if case .misconfigured = self { true } else { false } }
  /// Whether nothing was done.
  var isBusy: Bool { if case .busy = self { true } else { false } }
}
