import Foundation
import HandoffCore
import Yams

/// One mapping of a configuration: what the file says, under what flags and environment say; a key that nobody asked
/// for is a fault, wherever it came from.
final class ConfigMap {
  let path: String
  /// Where its key stands; 0 when it is not in the file.
  let line: Int
  let context: ConfigContext
  /// Whether file, flag or environment says anything in here.
  let isPresent: Bool
  let members: [(key: String, line: Int, value: Node)]
  private var asked: Set<String> = []
  private var isJudged = true

  init(_ node: Node?, path: String, line: Int = 0, context: ConfigContext) {
    self.path = path
    self.context = context
    self.line = line > 0 ? line : node?.mark?.line ?? 0
    isPresent = node != nil || context.origin(below: path) != nil
    var members: [(key: String, line: Int, value: Node)] = []
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? ""
        let place = key.mark?.line ?? value.mark?.line ?? 0
        let child = path.isEmpty ? name : "\(path).\(name)"
        if members.contains(where: { $0.key == name }) { context.fault(place, child, "this key stands twice") }
        members.append((name, place, value))
        context.note(line: place, of: child)
      }
    case nil: break
    case .some(let other):
      context.fault(other.mark?.line ?? 0, path.isEmpty ? "$" : path, "keys and values are needed here")
    }
    self.members = members
  }

  func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// A setting given outside the file.
  func override(_ key: String) -> String? {
    asked.insert(key)
    context.note(setting: child(key))
    return context.override(child(key))?.value
  }

  func node(_ key: String) -> Node? {
    asked.insert(key)
    return members.last { $0.key == key }?.value
  }

  func has(_ key: String) -> Bool { members.contains { $0.key == key } || context.override(child(key)) != nil }

  func fault(_ key: String, _ problem: String) {
    if has(key) || line == 0 { return context.fault(at: child(key), problem) }
    context.fault(line, child(key), problem)
  }

  /// Text with `${NAME}` replaced from the environment and `file:PATH` read from a file.
  func text(_ key: String) -> String? {
    if let given = override(key) { return given }
    guard let node = node(key) else { return nil }
    return resolve(node, key)
  }

  func resolve(_ node: Node, _ key: String) -> String? {
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

  func expand(_ text: String, _ key: String) -> String? {
    var result = ""
    var rest = Substring(text)
    while let start = rest.range(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        fault(key, "`${` is not closed; write ${NAME}")
        return nil
      }
      let name = String(rest[start.upperBound..<end])
      guard let value = context.variable(named: name) else {
        fault(key, "the environment variable \(name) is not set")
        return nil
      }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// The group of settings under a key; empty when it is nowhere.
  func section(_ key: String) -> ConfigMap {
    ConfigMap(node(key), path: child(key), line: members.last { $0.key == key }?.line ?? 0, context: context)
  }

  /// The groups of settings below a key, by name, in the order of the file; a flag may bring further ones.
  func entries(_ key: String) -> [(name: String, map: ConfigMap)] {
    let map = section(key)
    var names: [String] = []
    for name in map.members.map(\.key) + context.flags(below: map.path).map({ String($0.prefix { $0 != "." }) })
    where !names.contains(name) { names.append(name) }
    return names.map { ($0, map.section($0)) }
  }

  /// Leaves unknown keys unreported: what would be known here depends on something that is wrong itself.
  func stopJudging() {
    isJudged = false
    context.settleFlags(below: path)
  }

  /// Reports every key that nobody asked for, with the nearest one that would have been.
  func finish(_ words: String = "there is no such setting") {
    guard isJudged else { return }
    let known = asked.sorted().joined(separator: ", ")
    func problem(_ key: String) -> String {
      let hint = ConfigMap.nearest(key, among: asked).map { "; did you mean \($0)?" } ?? ""
      return "\(words)\(hint) (known here: \(known))"
    }
    for member in members where !asked.contains(member.key) {
      context.fault(member.line, child(member.key), problem(member.key))
    }
    for flag in context.flags(below: path) {
      let key = String(flag.prefix { $0 != "." })
      if !asked.contains(key) { context.refuse(flag: child(flag), problem(key)) }
    }
  }

  /// The name most like a mistyped one; nil when none is near.
  static func nearest(_ name: String, among names: Set<String>) -> String? {
    names.sorted().map { ($0, distance($0, name)) }.min { $0.1 < $1.1 }.flatMap { $0.1 <= 3 ? $0.0 : nil }
  }

  /// Levenshtein distance, for the hint.
  static func distance(_ left: String, _ right: String) -> Int {
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
