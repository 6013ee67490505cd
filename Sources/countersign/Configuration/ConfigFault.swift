/// One thing that is wrong with a configuration: where, what, and how to mend it.
struct ConfigFault: Error, Hashable, CustomStringConvertible {
  /// Line in the file, from 1; 0 when the value came from a flag, the environment, or nowhere.
  let line: Int
  /// The flag or environment variable the value came from; nil for the file.
  var origin: String?
  /// The setting, as a path such as `storefronts.main.erp`.
  let path: String
  let problem: String

  var description: String {
    if line > 0 { return "line \(line): \(path): \(problem)" }
    guard let origin else { return "\(path): \(problem)" }
    return origin.hasSuffix(path) ? "\(origin): \(problem)" : "\(origin): \(path): \(problem)"
  }
}

/// Everything that is wrong with a configuration, reported together.
struct ConfigFaults: Error, CustomStringConvertible {
  let file: String
  let faults: [ConfigFault]

  var description: String {
    let lines = faults.sorted { ($0.line, $0.path) < ($1.line, $1.path) }.map { "  \($0)" }
    return "\(file) is not a valid configuration:\n" + lines.joined(separator: "\n")
  }
}
