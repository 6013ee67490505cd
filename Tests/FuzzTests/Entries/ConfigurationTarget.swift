import HandoffCore

@testable import countersign

extension FuzzTarget {
  /// A configuration file. What it reads from other files stays out: a fuzzer would find the ones that never end.
  static let configuration = FuzzTarget(name: "configuration") { bytes throws(Finding) in
    guard let text = String(validating: bytes, as: UTF8.self), !text.contains("file:"), !text.contains("templates")
    else { return }
    let environment = ["SECRET": "s3cret-s3cret", "COUNTERSIGN_HTTP_PORT": "8088"]
    let settings: Settings
    do throws(ConfigFaults) {
      settings = try Settings.parse(text, file: "f", environment: environment, flags: ["log": "debug"])
    } catch {
      try must(!error.faults.isEmpty && !error.description.isEmpty, "refused without a reason")
      return
    }
    try must(!settings.storefronts.isEmpty && !settings.defaultOwner.isEmpty, "a configuration without its needs")
  }
}
