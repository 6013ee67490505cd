import HandoffCore

extension MemoryTransaction {
  func alertQueues() throws -> [AlertQueue] {
    let groups = Dictionary(grouping: alerts) { [$0.alert.owner, $0.batch ?? ""] }
    return groups.sorted { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }.map { key, alerts in
      AlertQueue(
        owner: key[0], batch: key[1].isEmpty ? nil : key[1], count: alerts.count,
        newest: alerts.map(\.alert.at).max() ?? .distantPast)
    }
  }

  func alerts(in batch: String, limit: Int) throws -> [Alert] {
    Array(alerts.filter { $0.batch == batch }.map(\.alert).prefix(max(0, limit)))
  }

  func alertCounts(in batch: String) throws -> [String: Int] {
    alerts.filter { $0.batch == batch }.reduce(into: [:]) { $0[$1.alert.kind, default: 0] += 1 }
  }

  func insert(_ alert: Alert) throws {
    guard !alert.owner.isEmpty else { throw StoreFailure.corrupt("an alert needs an owner") }
    alerts.append((alert, nil))
    onUndo { [unowned self] in alerts.removeLast() }
  }

  func gatherAlerts(of owner: String, into batch: String) throws {
    let old = alerts
    for index in old.indices where old[index].alert.owner == owner && old[index].batch == nil {
      alerts[index].batch = batch
    }
    onUndo { [unowned self] in alerts = old }
  }

  func dropAlerts(in batch: String) throws {
    let old = alerts
    alerts.removeAll { $0.batch == batch }
    onUndo { [unowned self] in alerts = old }
  }
}
