import HandoffCore

extension Simulation.Outcome {
  /// The plan in words: what this seed asked of the system.
  package var planText: String {
    var lines = ["seed \(seed): \(plan.orders) orders in \(plan.span / 1_000_000) s; 12 s later everything is mended"]
    for shop in plan.shops {
      let erp = plan.erps[shop.erp]
      lines.append(
        "  \(shop.name) → \(erp.name) class \(erp.receiptClass.rawValue), \(erp.concurrency) at once,"
          + " search lag \(erp.searchLag / 1000) ms; \(shop.policy.mode.rawValue), \(shop.policy.pattern.rawValue),"
          + " share \(shop.policy.share), inventory \(shop.policy.inventory.isRequired ? "required" : "not asked"),"
          + " short: \(shop.policy.inventory.short.rawValue)")
    }
    let struck = FaultKind.allCases.filter { faults[$0.rawValue] > 0 }.map { "\($0.name) \(faults[$0.rawValue])" }
    lines.append("  faults: " + struck.joined(separator: ", "))
    lines.append("  two processes at once: \(plan.overlaps ? "now and then" : "never")")
    return lines.joined(separator: "\n")
  }

  /// The history of one order and of the processes around it, one line a fact.
  package func story(of order: Int) -> [String] {
    let kinds: Set<FactKind> = [
      .nodeStarted, .nodeDied, .nodeStopped, .nodeContinued, .nodeEnded, .clockMoved, .policyChanged, .healed,
    ]
    let own = history.facts.filter { Int($0.order) == order }
    guard let begin = own.first?.at, let end = own.last?.at else { return ["order \(order) was never placed"] }
    return history.facts.filter { fact in
      Int(fact.order) == order || (kinds.contains(fact.kind) && fact.at >= begin && fact.at <= end)
    }.map(\.line)
  }
}

extension Fact {
  /// The fact on one line.
  package var line: String {
    let milliseconds = at / 1000
    let seconds = String(milliseconds / 1000)
    let rest = String(milliseconds % 1000)
    let time = String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds + "."
    return time + String(repeating: "0", count: 3 - rest.count) + rest + "  " + words
  }

  private var words: String {
    switch kind {
    case .journal:
      let (before, after) = Story.stages(self)
      let move = before == after ? "" : ": \(before?.rawValue ?? "new") → \(after?.rawValue ?? "?")"
      return "  journal    \(text)\(move) (version \(second))"
    case .placed, .edited, .cancelled, .voided: return "storefront   \(kind) content \(first)"
    case .delivered: return "storefront   delivers content \(first) (\(text), attempt \(second))"
    case .acknowledged: return "  answer     2xx for content \(first) (\(text))"
    case .rejected: return "  answer     no 2xx for content \(first)"
    case .createArrived: return "ERP          create arrives: content \(first), key \(text), from process \(second)"
    case .recordMade: return "ERP          record R\(first + 1) made with content \(second), \(text)"
    case .recordLive: return "ERP          record R\(first + 1) is live with content \(second) \(text)"
    case .recordChanged: return "ERP          record R\(first + 1) now holds content \(second) \(text)"
    case .recordReopened: return "ERP          record R\(first + 1) was opened again by somebody there"
    case .recordVoid: return "ERP          record R\(first + 1) void, by \(second == 1 ? "us" : "somebody there")"
    case .changeArrived: return "ERP          \(text) arrives for R\(first + 1), content \(second)"
    case .asked: return "ERP          \(text) arrives"
    case .receiptTold: return "  answer     a definite yes: content \(second)"
    case .voidTold: return "  answer     the record is void"
    case .createAnswered: return "  answer     \(text)"
    case .stockAnswered: return "  answer     stock: \(["all", "partly", "none"][Int(min(2, max(0, first % 4)))])"
    case .mailTaken: return "customer     message \(text), content \(second)"
    case .held, .released: return "storefront   shipping \(kind)"
    case .personDecided: return "person       \(text)"
    case .exceptionOpened: return "  exception  \(ExceptionKind.allCases[Int(first)].rawValue), owner \(text)"
    case .exceptionMoved: return "  exception  up \(second), owner \(text)"
    case .exceptionClosed: return "  exception  closed"
    case .inFlight: return "  stock      \(first) units in flight"
    case .versionStored: return "  store      version \(second)"
    case .deliveryStored: return "  store      delivery \(DeliveryWord.of(first)) (\(text))"
    case .nodeStarted, .nodeDied, .nodeStopped, .nodeContinued, .nodeEnded:
      return "----------   process \(first): \(kind)"
    case .clockMoved: return "----------   process \(first): clock off by \(second) ms"
    case .policyChanged: return "----------   storefront \(first): share \(second), \(text)"
    case .healed: return "----------   nothing fails from here on"
    case .listed: return "storefront   listed \(first) orders"
    }
  }
}

private enum DeliveryWord {
  static func of(_ index: Int32) -> String {
    let words = ["applied", "duplicate", "superseded", "noticed", "unreadable"]
    return index >= 0 && Int(index) < words.count ? words[Int(index)] : "?"
  }
}
