public import Connector
import HandoffCore

extension NetSuiteERP {
  /// Tries sign-in, concurrency limits, the customer, the SuiteQL columns and the item mapping; changes nothing.
  public func probe() async -> [ProbeFinding] {
    let (signIn, isSignedIn) = await probeCustomer()
    guard isSignedIn else { return [signIn] }
    return [
      signIn, await probeLimits(), await probeOrderQuery(), await probeItems(), await probeAvailability(),
    ]
  }

  private func probeCustomer() async -> (ProbeFinding, Bool) {
    let check = "sign in and read customer \(configuration.customerID)"
    switch await exchange.send("GET", "record/v1/customer/\(configuration.customerID)?fields=id") {
    case .answer: return (ProbeFinding(check, isHealthy: true, finding: "signed in, the customer exists"), true)
    case .fault(let fault):
      let isSignedIn = fault.kind == .absent || fault.kind == .refused || fault.kind == .locked
      let hint = fault.kind == .absent ? "set customer to an internal id of this account. " : ""
      return (ProbeFinding(check, isHealthy: false, finding: hint + fault.reason), isSignedIn)
    }
  }

  private func probeLimits() async -> ProbeFinding {
    let check = "read the account's concurrency limits"
    switch await exchange.send("GET", "system/v1/governanceLimits") {
    case .fault(let fault):
      let isForbidden = fault.kind == .misconfigured || fault.kind == .refused || fault.kind == .absent
      let finding =
        isForbidden
        ? "not shown to this role (it needs an administrator); keep concurrency below the account's limit"
        : fault.reason
      return ProbeFinding(check, isHealthy: isForbidden, finding: finding)
    case .answer(let answer):
      let json = answer.readableJSON
      let limits = ["integrationConcurrencyLimit", "accountConcurrencyLimit"].compactMap { json?[$0]?.int }
      guard let limit = limits.filter({ $0 > 0 }).min() else {
        return ProbeFinding(check, isHealthy: true, finding: "the answer names no limit")
      }
      return ProbeFinding(
        check, isHealthy: configuration.concurrency <= limit,
        finding: "\(limit) at once for all integrations, of which concurrency takes \(configuration.concurrency)")
    }
  }

  private func probeOrderQuery() async -> ProbeFinding {
    let check = "read orders through SuiteQL"
    let hasCurrencies = !configuration.currencies.isEmpty
    for (query, value) in [
      (SuiteQL.order(by: "externalid", hasCurrencies: hasCurrencies), "countersign-probe"), (SuiteQL.lines, "0"),
      (SuiteQL.holder, "COUNTERSIGN-PROBE"),
    ] {
      if case .fault(let fault) = await exchange.query(query, [value]) {
        return ProbeFinding(check, isHealthy: false, finding: fault.reason)
      }
    }
    return ProbeFinding(check, isHealthy: true, finding: "every column is known to this account")
  }

  private func probeItems() async -> ProbeFinding {
    let check = "find the configured items"
    var ids: Set<String> = []
    var externalIDs: Set<String> = []
    for reference in [configuration.shippingItem, configuration.taxItem, configuration.discountItem] {
      switch reference {
      case .id(let id)?: ids.insert(id)
      case .externalID(let id)?: externalIDs.insert(id)
      case nil: break
      }
    }
    if case .table(let table) = configuration.items { ids.formUnion(table.values) }
    var missing: [String] = []
    switch await reader.items(byExternalID: externalIDs.sorted()) {
    case .success(let found): missing += externalIDs.subtracting(found.keys)
    case .failure(let failure): return ProbeFinding(check, isHealthy: false, finding: failure.fault.reason)
    }
    let all = ids.sorted()
    for start in stride(from: 0, to: all.count, by: SuiteQL.chunk) {
      let part = Array(all.dropFirst(start).prefix(SuiteQL.chunk))
      switch await exchange.query(SuiteQL.itemIDs(count: part.count), part) {
      case .rows(let rows): missing += Set(part).subtracting(rows.compactMap { $0["id"] })
      case .fault(let fault): return ProbeFinding(check, isHealthy: false, finding: fault.reason)
      }
    }
    guard missing.isEmpty else {
      let names = missing.sorted().prefix(20).joined(separator: ", ")
      return ProbeFinding(check, isHealthy: false, finding: "NetSuite has no item \(names)")
    }
    let count = ids.count + externalIDs.count
    return ProbeFinding(check, isHealthy: true, finding: "\(count) of \(count) found")
  }

  private func probeAvailability() async -> ProbeFinding {
    let check = "read stock through SuiteQL"
    let locations = configuration.availabilityLocations
    let query = SuiteQL.availability(byID: true, count: 1, locations: locations.count)
    if case .fault(let fault) = await exchange.query(query, ["0"] + locations) {
      return ProbeFinding(check, isHealthy: false, finding: fault.reason)
    }
    return ProbeFinding(check, isHealthy: true, finding: "the query is accepted")
  }
}
