import Foundation
import HandoffCore
import Yams

/// Gathers faults while a configuration is read, so that all of them are reported together.
final class ConfigContext {
  let environment: [String: String]
  /// Settings from flags, by path; they come before the environment and the file.
  let flags: [String: String]
  private(set) var faults: [ConfigFault] = []

  init(environment: [String: String], flags: [String: String]) {
    self.environment = environment
    self.flags = flags
  }

  func fault(_ line: Int, _ path: String, _ problem: String) {
    faults.append(ConfigFault(line: line, path: path, problem: problem))
  }

  /// A scalar given outside the file: by flag, or by `COUNTERSIGN_` and the path in capitals, dots as underscores.
  func override(_ path: String) -> String? {
    if let flag = flags[path] { return flag }
    let name = "COUNTERSIGN_" + path.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    return environment[name]
  }
}

/// One mapping of a configuration file; a key that nobody asked for is a fault.
final class ConfigMap {
  let path: String
  let line: Int
  let context: ConfigContext
  private let members: [(key: String, value: Node)]
  private var asked: Set<String> = []

  init(_ node: Node?, path: String, context: ConfigContext) {
    self.path = path
    self.context = context
    line = node?.mark?.line ?? 0
    var members: [(key: String, value: Node)] = []
    var seen: Set<String> = []
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? ""
        if !seen.insert(name).inserted {
          context.fault(key.mark?.line ?? 0, path.isEmpty ? name : "\(path).\(name)", "this key stands twice")
        }
        members.append((name, value))
      }
    case nil: break
    case .some(let other):
      context.fault(other.mark?.line ?? 0, path.isEmpty ? "$" : path, "keys and values are needed here")
    }
    self.members = members
  }

  private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func node(_ key: String) -> Node? {
    asked.insert(key)
    return members.last { $0.key == key }?.value
  }

  func has(_ key: String) -> Bool { members.contains { $0.key == key } || context.override(child(key)) != nil }

  func fault(_ key: String, _ problem: String) {
    let lineOfFault = members.last { $0.key == key }?.value.mark?.line ?? line
    context.fault(lineOfFault, child(key), problem)
  }

  /// Text with `${NAME}` replaced from the environment and `file:PATH` read from a file.
  func text(_ key: String) -> String? {
    asked.insert(key)
    if let given = context.override(child(key)) { return given }
    guard let node = node(key) else { return nil }
    return resolve(node, key)
  }

  private func resolve(_ node: Node, _ key: String) -> String? {
    guard let scalar = node.scalar else {
      fault(key, "a single value is needed, not a list or a mapping")
      return nil
    }
    guard let text = expand(scalar.string, key) else { return nil }
    guard text.hasPrefix("file:") else { return text }
    let file = String(text.dropFirst(5))
    guard let data = FileManager.default.contents(atPath: file), let content = String(data: data, encoding: .utf8)
    else {
      fault(key, "the file \(file) cannot be read")
      return nil
    }
    return content.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func expand(_ text: String, _ key: String) -> String? {
    var result = ""
    var rest = Substring(text)
    while let start = rest.range(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        fault(key, "`${` is not closed; write ${NAME}")
        return nil
      }
      let name = String(rest[start.upperBound..<end])
      guard let value = context.environment[name] else {
        fault(key, "the environment variable \(name) is not set")
        return nil
      }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  func required(_ key: String, _ example: String) -> String {
    if let text = text(key), !text.isEmpty { return text }
    if !context.faults.contains(where: { $0.path == child(key) }) {
      context.fault(line, child(key), "this setting is missing; for example \(key): \(example)")
    }
    return ""
  }

  /// One text or a list of texts, for secrets in rotation.
  func texts(_ key: String) -> [String] {
    guard context.override(child(key)) == nil, let node = node(key), case .sequence(let sequence) = node else {
      return text(key).map { [$0] } ?? []
    }
    return sequence.compactMap { resolve($0, key) }
  }

  func int(_ key: String, in range: ClosedRange<Int>, default standard: Int) -> Int {
    guard let text = text(key) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      fault(key, "\"\(text.prefix(40))\" is no whole number from \(range.lowerBound) to \(range.upperBound)")
      return standard
    }
    return value
  }

  func bool(_ key: String, default standard: Bool) -> Bool {
    guard let text = text(key) else { return standard }
    switch text {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      fault(key, "write true or false")
      return standard
    }
  }

  /// A duration such as `500ms`, `30s`, `10m`, `4h`, `2d`.
  func duration(_ key: String, default standard: Duration) -> Duration {
    guard let text = text(key) else { return standard }
    let units: [(String, Duration)] = [
      ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)), ("d", .seconds(86_400)),
    ]
    for (suffix, unit) in units where text.hasSuffix(suffix) {
      guard let count = Int(text.dropLast(suffix.count)), count > 0, count <= 100_000 else { continue }
      return unit * count
    }
    fault(key, "\"\(text.prefix(40))\" is no duration; write for example 500ms, 30s, 10m, 4h or 2d")
    return standard
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, default standard: Value
  ) -> Value where Value.RawValue == String {
    guard let text = text(key) else { return standard }
    guard let value = Value(rawValue: text) else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      fault(key, "\"\(text.prefix(40))\" is not one of \(names)")
      return standard
    }
    return value
  }

  /// A mapping below this one; nil when it is not there.
  func map(_ key: String) -> ConfigMap? {
    guard let node = node(key) else { return nil }
    return ConfigMap(node, path: child(key), context: context)
  }

  /// The mappings below a key, by name, in the order of the file.
  func entries(_ key: String) -> [(name: String, map: ConfigMap)] {
    guard let map = map(key) else { return [] }
    return map.members.map { member in
      map.asked.insert(member.key)
      return (member.key, ConfigMap(member.value, path: map.child(member.key), context: context))
    }
  }

  /// Plain texts below a key, by name.
  func dictionary(_ key: String) -> [String: String] {
    guard let map = map(key) else { return [:] }
    var result: [String: String] = [:]
    for member in map.members { result[member.key] = map.text(member.key) }
    return result
  }

  /// Reports every key that nobody asked for, with the nearest one that would have been.
  func finish() {
    for member in members where !asked.contains(member.key) {
      let near = asked.min { ConfigMap.distance($0, member.key) < ConfigMap.distance($1, member.key) }
      let hint = near.flatMap { ConfigMap.distance($0, member.key) <= 3 ? "; did you mean \($0)?" : nil } ?? ""
      let known = asked.sorted().joined(separator: ", ")
      context.fault(
        member.value.mark?.line ?? line, child(member.key), "there is no such setting\(hint) (known here: \(known))")
    }
  }

  /// Levenshtein distance, for the hint.
  private static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.lowercased().utf8.prefix(64))
    let b = Array(right.lowercased().utf8.prefix(64))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
