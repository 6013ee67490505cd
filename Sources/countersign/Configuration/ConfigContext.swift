/// What every part of a configuration shares while it is read: the settings from outside the file, and the faults found
/// so far, so that all of them are reported together.
final class ConfigContext {
  let environment: [String: String]
  /// Settings from flags, by path; they come before the environment and the file.
  let flags: [String: String]
  /// Flags with a name of their own, such as `--port`, by path; the others are `--set path=value`.
  private let shorthands: [String: String]
  private(set) var faults: [ConfigFault] = []
  /// Every single setting that was asked for, by path, whether it is there or not: what this reader knows.
  private(set) var known: Set<String> = []
  /// Where in the file each key stands, by path.
  private var lines: [String: Int] = [:]
  /// Flags that were used, or complained about already.
  private var settledFlags: Set<String> = []
  /// Environment variables that were used, as settings or inside a value.
  private var usedVariables: Set<String> = []

  init(environment: [String: String], flags: [String: String], shorthands: [String: String] = [:]) {
    self.environment = environment
    self.flags = flags
    self.shorthands = shorthands
  }

  func fault(_ line: Int, _ path: String, _ problem: String, origin: String? = nil) {
    let fault = ConfigFault(line: line, origin: origin, path: path, problem: problem)
    if !faults.contains(fault) { faults.append(fault) }
  }

  /// A fault at a path: its line, or that of what encloses it.
  func fault(at path: String, _ problem: String) {
    let fault = place(path, problem)
    if !faults.contains(fault) { faults.append(fault) }
  }

  /// Words about a path with its line, or with that of what encloses it.
  func place(_ path: String, _ problem: String) -> ConfigFault {
    if let origin = override(path)?.origin {
      return ConfigFault(line: 0, origin: origin, path: path, problem: problem)
    }
    var place = path
    while true {
      if let line = lines[place] { return ConfigFault(line: line, path: path, problem: problem) }
      if let origin = origin(below: place) {
        return ConfigFault(line: 0, origin: origin, path: path, problem: problem)
      }
      guard let dot = place.lastIndex(of: ".") else { return ConfigFault(line: 0, path: path, problem: problem) }
      place = String(place[..<dot])
    }
  }

  /// Whether a connector's complaint about a path only follows from what is known to be wrong: the setting itself, or
  /// the kind that it belongs to.
  func isExplained(_ path: String) -> Bool {
    let group = path.split(separator: ".").dropLast().joined(separator: ".")
    return faults.contains { $0.path == path || $0.path == group + ".kind" || $0.path.hasPrefix(path + ".") }
  }

  func hasFault(at path: String) -> Bool { faults.contains { $0.path == path } }

  /// Notes where a key stands.
  func note(line: Int, of path: String) { lines[path] = line }

  /// Notes that a setting exists.
  func note(setting path: String) { known.insert(path) }
}

extension ConfigContext {
  /// A setting given outside the file: by flag, or by `COUNTERSIGN_` and the path in capitals, dots as underscores.
  func override(_ path: String) -> (value: String, origin: String)? {
    let name = Self.variable(path)
    let fromEnvironment = environment[name].map { ($0, name) }
    if fromEnvironment != nil { usedVariables.insert(name) }
    guard let flag = flags[path] else { return fromEnvironment }
    settledFlags.insert(path)
    return (flag, self.flag(path))
  }

  /// The variable of the environment that a path stands for.
  static func variable(_ path: String) -> String {
    "COUNTERSIGN_" + path.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  private func flag(_ path: String) -> String { shorthands[path] ?? "--set \(path)" }

  /// A variable inside a value, as `${NAME}`.
  func variable(named name: String) -> String? {
    usedVariables.insert(name)
    return environment[name]
  }

  /// What is set below a path by flag, as what follows the path.
  func flags(below path: String) -> [String] {
    let prefix = path.isEmpty ? "" : path + "."
    return flags.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  /// The first flag or variable that says something below a path; nil when there is none.
  func origin(below path: String) -> String? {
    if let first = flags(below: path).first { return flag(path.isEmpty ? first : "\(path).\(first)") }
    let prefix = Self.variable(path) + "_"
    return environment.keys.filter { $0.hasPrefix(prefix) }.min()
  }

  /// Complains about a flag that names no setting, once.
  func refuse(flag path: String, _ problem: String) {
    guard settledFlags.insert(path).inserted else { return }
    fault(0, path, problem, origin: flag(path))
  }

  /// Nothing is said about flags below a path: what they mean cannot be known.
  func settleFlags(below path: String) { settledFlags.formUnion(flags(below: path).map { "\(path).\($0)" }) }

  /// Complains about every flag and every variable of ours that nobody has asked for.
  func finish(sections: Set<String>) {
    for path in flags.keys.sorted() where !settledFlags.contains(path) {
      let isSection = known.contains { $0.hasPrefix(path + ".") }
      refuse(
        flag: path, isSection ? "this is a group of settings; set one of those below it" : "there is no such setting")
    }
    let names = Set(known.map(Self.variable))
    for name in environment.keys.sorted() where !usedVariables.contains(name) && Self.isOurs(name, sections) {
      let isName = ["COUNTERSIGN_STOREFRONTS_", "COUNTERSIGN_ERPS_"].contains { name.hasPrefix($0) }
      let hint =
        (ConfigMap.nearest(name, among: names).map { "; did you mean \($0)?" } ?? "")
        + (isName ? "; a new storefront or ERP gets its name in the file or by --set" : "")
      fault(0, name, "there is no such setting" + hint)
    }
  }

  /// Whether a variable is meant as a setting: it names a section, or nearly. Others, such as those of scripts or of
  /// an orchestrator, are left alone.
  private static func isOurs(_ name: String, _ sections: Set<String>) -> Bool {
    guard name.hasPrefix("COUNTERSIGN_") else { return false }
    let first = String(name.dropFirst("COUNTERSIGN_".count).prefix { $0 != "_" })
    return sections.contains { ConfigMap.distance($0, first) <= 1 }
  }
}
