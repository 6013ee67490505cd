import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// What is sold and not yet in the ERP's figures.
  var stockRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/v1/availability", .api) { request in try await availability(request) },
      DeskRoute("GET", "/v1/demand", .api) { _ in try await demand() },
    ]
  }

  private func availability(_ request: DeskRequest) async throws -> DeskAnswer {
    let inFlight = try await coordinator.store.read { try $0.inFlight() }
    let skus = Array(Set((request.query("skus") ?? "").split(separator: ",").map(String.init))).sorted()
    guard skus.count <= 100 else { throw Problem(.malformed, "At most 100 stock keeping units at once.") }
    var members: [String: JSONValue] = ["inFlight": .object(inFlight.mapValues { .count($0) })]
    guard !skus.isEmpty else { return .json(.object(members)) }
    var answers: [JSONValue] = []
    for (name, erp) in coordinator.setting.erps.sorted(by: { $0.key.text < $1.key.text }) {
      switch await erp.availability(of: skus) {
      case .levels(let levels):
        answers.append(["erp": .string(name.text), "levels": .array(levels.map { level($0, inFlight) })])
      case .failed(let reason), .misconfigured(let reason):
        answers.append(["erp": .string(name.text), "failure": .string(reason)])
      }
    }
    members["erps"] = .array(answers)
    return .json(.object(members))
  }

  /// What an ERP can sell, and the same less what is on its way to it; with several ERPs the latter is a lower bound,
  /// because units in flight are counted per stock keeping unit and not per ERP.
  private func level(_ level: StockLevel, _ inFlight: [String: Int]) -> JSONValue {
    let pending = inFlight[level.sku] ?? 0
    let (net, overflow) = level.available.subtractingReportingOverflow(pending)
    return [
      "sku": .string(level.sku), "available": .count(level.available), "inFlight": .count(pending),
      "net": .count(overflow ? 0 : net),
    ]
  }

  /// The most open orders that are added up in one answer.
  private static let demandLimit = 5000

  private func demand() async throws -> DeskAnswer {
    let open = Stage.allCases.filter { !$0.isTerminal && $0 != .cancelling && $0 != .declining }
    let limit = FrontOffice.demandLimit
    let (bodies, isComplete) = try await coordinator.store.read { store -> ([[UInt8]], Bool) in
      var bodies: [[UInt8]] = []
      for stage in open {
        var filter = RowFilter()
        filter.stage = stage
        filter.limit = limit - bodies.count + 1
        for row in try store.rows(filter) {
          guard bodies.count < limit else { return (bodies, false) }
          if let version = try store.version(row.handoff.version.number, of: row.handoff.id) {
            bodies.append(version.body)
          }
        }
      }
      return (bodies, true)
    }
    var units: [String: Int] = [:]
    var orders: [String: Int] = [:]
    for body in bodies {
      guard let order = try? coordinator.moves.setting.decode(body) else { continue }
      var seen: Set<String> = []
      for line in order.lines where line.quantity > 0 && !line.isGiftCard {
        let sku = line.sku ?? ""
        units[sku, default: 0] += line.quantity
        if seen.insert(sku).inserted { orders[sku, default: 0] += 1 }
      }
    }
    let demand = units.sorted { $0.key < $1.key }.map { sku, count -> JSONValue in
      ["sku": .string(sku), "units": .count(count), "orders": .count(orders[sku] ?? 0)]
    }
    return .json([
      "demand": .array(demand), "orders": .count(bodies.count), "complete": .bool(isComplete),
    ])
  }
}
