import Connector
import ConnectorGeneric
import ConnectorNetSuite
import ConnectorTryton
import Coordinator
import Foundation
import HandoffCore

extension Assembly {
  /// What looks for observed orders in each ERP that is to be watched.
  func watches(of erps: [ERPName: any ERPConnector]) throws -> [ERPName: WatchSetting] {
    var watches: [ERPName: WatchSetting] = [:]
    for erp in settings.erps {
      guard let settings = erp.watch, let connector = erps[erp.name] else { continue }
      let watch = try made("erps.\(erp.name).watch") { try recordWatch(settings, connector) }
      guard let watch else { continue }
      watches[erp.name] = WatchSetting(
        watch: watch, reference: settings.reference, interval: settings.interval, horizon: settings.horizon)
    }
    return watches
  }

  /// What is wrong with the settings of a watch, where its ERP can be made.
  func faultsOfWatches() -> [AssemblyFault] {
    settings.erps.flatMap { erp -> [AssemblyFault] in
      guard let settings = erp.watch, let connector = try? connector(erp) else { return [] }
      return named("erps.\(erp.name).watch") { _ = try recordWatch(settings, connector) }
    }
  }

  private func recordWatch(_ settings: WatchSettings, _ connector: any ERPConnector) throws -> (any RecordWatch)? {
    switch (settings.field, connector) {
    case (.netsuite(let field, let zone), let erp as NetSuiteERP):
      return try NetSuiteWatch(erp, field: field) { text in zone.flatMap { Self.instant(text, in: $0) } }
    case (.tryton(let field), let erp as TrytonERP): return TrytonWatch(erp, field: field)
    case (.generic, let erp as GenericERP): return GenericWatch(erp)
    default: return nil
    }
  }

  /// The instant of `2026-11-24 01:02:03` in a zone; of a time that happens twice the earlier.
  static func instant(_ text: String, in zone: TimeZone) -> Timestamp? {
    guard let asUTC = Timestamp(iso8601: text, assumingUTC: true) else { return nil }
    let local = Double(asUTC.microseconds) / 1e6
    // The offset in force a day before or after is one of the two that can hold on a day the clocks change.
    let offsets = [-86_400.0, 86_400].map { zone.secondsFromGMT(for: Date(timeIntervalSince1970: local + $0)) }
    let candidates = Set(offsets).map { local - Double($0) }.sorted()
    let instant = candidates.first { zone.secondsFromGMT(for: Date(timeIntervalSince1970: $0)) == Int(local - $0) }
    return Timestamp(seconds: Int64(instant ?? candidates.last ?? local))
  }
}
