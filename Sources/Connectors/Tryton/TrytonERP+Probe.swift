public import Connector
import HandoffCore

extension TrytonERP {
  /// See ``Connector/ERPConnector/probe()``: reads one record of everything a sale refers to; writes nothing.
  ///
  /// Rights to create, quote and confirm show only with a first order, because Tryton offers no dry run.
  public func probe() async -> [ProbeFinding] {
    var findings: [ProbeFinding] = []
    let shop = await exchange.send("GET", "web.shop/\(configuration.webShop)", ["name", "company"])
    findings.append(finding("web shop \(configuration.webShop)", shop))
    if case .fault = shop { return findings }
    if case .json(let json) = shop, let owner = json["company"]?.int, owner != configuration.company {
      findings.append(
        ProbeFinding(
          "company of the web shop", isHealthy: false,
          finding: "The web shop belongs to company \(owner), \(configuration.company) is configured."))
    }
    let uniqueness = await exchange.send(
      "GET", "sale.sale", ["web_id", "state"],
      d: [["web_shop", "=", .number(String(configuration.webShop))], ["web_id", "=", "none"]])
    findings.append(finding("sales with a web id (module web_shop)", uniqueness))
    let references: [(String, String)] = [
      ("company", "company.company/\(configuration.company)"), ("party", "party.party/\(configuration.party)"),
      ("invoice address", "party.address/\(configuration.invoiceAddress)"),
      ("shipment address", "party.address/\(configuration.shipmentAddress)"),
      ("warehouse", "stock.location/\(configuration.warehouse)"),
    ]
    for (name, path) in references { findings.append(finding(name, await exchange.send("GET", path, ["rec_name"]))) }
    let charges = [
      ("shippingProduct", configuration.shippingProduct), ("discountProduct", configuration.discountProduct),
      ("taxProduct", configuration.taxProduct),
    ]
    for (key, code) in charges {
      guard let code else { continue }
      let answer = await exchange.search("product.product", [["code", "=", .string(code)]], fields: ["code"])
      if case .json(let json) = answer, let found = json.array, found.count != 1 {
        let words = "\(found.count) products have the code \(code); exactly one is needed."
        findings.append(ProbeFinding(key, isHealthy: false, finding: words))
      } else {
        findings.append(finding(key, answer))
      }
    }
    return findings
  }

  private func finding(_ check: String, _ answer: TrytonExchange.Answer) -> ProbeFinding {
    switch answer {
    case .json: ProbeFinding(check, isHealthy: true, finding: "found")
    case .notFound: ProbeFinding(check, isHealthy: false, finding: "Tryton has no such record; check the id.")
    case .refused(let words), .wrongState(let words): ProbeFinding(check, isHealthy: false, finding: words)
    case .fault(let fault): ProbeFinding(check, isHealthy: false, finding: fault.reason)
    }
  }
}
