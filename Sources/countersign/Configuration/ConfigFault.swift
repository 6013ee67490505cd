import Yams

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

extension ConfigFault {
  /// What the YAML reader says, with its line.
  init(yaml error: any Error, in text: String) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      // What the reader says of a tab ("any token") helps nobody find a sign that cannot be seen.
      let isTab =
        lines.indices.contains(mark.line - 1) && lines[mark.line - 1].prefix { $0.isWhitespace }.contains("\t")
      let words = isTab ? "the line is indented with a tab; YAML wants blanks" : problem
      self.init(line: mark.line, path: "$", problem: "this is no YAML: \(words)")
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      let names = Set(keys).sorted().joined(separator: ", ")
      self.init(line: context.mark.line, path: names, problem: "this key stands twice")
    case YamlError.reader(let problem, _, _, _):
      self.init(line: 0, path: "$", problem: "this is no text: \(problem)")
    default: self.init(line: 0, path: "$", problem: "this is no YAML")
    }
  }
}

/// Everything that is wrong with a configuration, reported together.
struct ConfigFaults: Error, CustomStringConvertible {
  let file: String
  let faults: [ConfigFault]
  /// Why there is nothing to be read; then there are no faults.
  private let reason: String?

  init(file: String, faults: [ConfigFault]) {
    self.file = file
    self.faults = faults
    reason = nil
  }

  init(file: String, reason: String) {
    self.file = file
    faults = []
    self.reason = reason
  }

  var description: String {
    if let reason { return reason }
    let lines = faults.sorted { ($0.line, $0.path) < ($1.line, $1.path) }.map { "  \($0)" }
    return "\(file) is not a valid configuration:\n" + lines.joined(separator: "\n")
  }
}
