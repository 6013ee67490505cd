import ConnectorTryton
import Foundation
import HandoffCore

/// How observed orders are looked for in an ERP, where another integration puts them.
struct WatchSettings {
  /// With `{orderId}`, `{number}`, `{digits}` and `{storefront}`.
  var reference = "{orderId}"
  var interval: Duration
  var horizon: Duration
  var field: Field

  /// Where the reference stands.
  enum Field {
    case netsuite(String, zone: TimeZone?)
    case tryton(TrytonWatch.Field)
    case generic
  }
}

extension SettingsReader {
  /// The group `watch` of an ERP; nil when it is not there.
  func readWatch(_ kind: String, _ map: ConfigMap) -> WatchSettings? {
    let watch = map.section("watch")
    defer { watch.finish() }
    let reference = watch.text("reference") ?? "{orderId}"
    let rest = ["{orderId}", "{number}", "{digits}", "{storefront}"].reduce(reference) {
      $0.replacingOccurrences(of: $1, with: "")
    }
    if rest == reference || rest.contains("{") || rest.contains("}") {
      watch.fault(
        "reference", "\"\(reference.prefix(80))\" needs {orderId}, {number} or {digits}, and may have {storefront}")
    }
    let field: WatchSettings.Field
    switch kind {
    case "netsuite": field = .netsuite(watch.text("field") ?? "externalid", zone: readZone(watch))
    case "tryton": field = .tryton(watch.choice("field", default: .webID))
    default: field = .generic
    }
    let settings = WatchSettings(
      reference: reference,
      interval: watch.duration("every", in: .seconds(1) ... .seconds(3600), default: .seconds(30)),
      horizon: watch.duration("horizon", in: .seconds(900) ... .seconds(90 * 86_400), default: .seconds(7 * 86_400)),
      field: field)
    return watch.isPresent ? settings : nil
  }

  private func readZone(_ map: ConfigMap) -> TimeZone? {
    guard let name = map.text("timeZone") else { return nil }
    let zone = TimeZone(identifier: name)
    if zone == nil {
      map.fault("timeZone", "there is no zone \"\(name.prefix(60))\"; write one as America/Los_Angeles")
    }
    return zone
  }
}
