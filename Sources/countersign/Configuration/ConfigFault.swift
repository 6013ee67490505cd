/// One thing that is wrong with a configuration: where, what, and how to mend it.
struct ConfigFault: Error, Hashable, CustomStringConvertible {
  /// Line in the file, from 1; 0 when the value came from a flag, the environment, or nowhere.
  let line: Int
  /// The setting, as a path such as `storefronts.main.erp`.
  let path: String
  let problem: String

  var description: String { (line > 0 ? "line \(line): " : "") + "\(path): \(problem)" }
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
