import Connector
import Foundation
import HandoffCore
import Yams

extension ConfigMap {
  func required(_ key: String, _ example: String) -> String {
    if let text = text(key), !text.isEmpty { return text }
    if !context.faults.contains(where: { $0.path == child(key) }) {
      fault(key, "this setting is missing; for example \(key): \(example)")
    }
    return ""
  }

  /// One text or a list of texts, for secrets in rotation.
  func texts(_ key: String) -> [String] {
    guard override(key) == nil, let node = node(key), case .sequence(let sequence) = node else {
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
  func duration(
    _ key: String, in range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(100_000 * 86_400),
    default standard: Duration
  ) -> Duration {
    guard let text = text(key) else { return standard }
    let units: [(String, Duration)] = [
      ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)), ("d", .seconds(86_400)),
    ]
    for (suffix, unit) in units where text.hasSuffix(suffix) {
      guard let count = Int(text.dropLast(suffix.count)), count > 0, count <= 100_000 else { continue }
      if range.contains(unit * count) { return unit * count }
      fault(key, "\"\(text.prefix(40))\" does not lie between \(range.lowerBound.words) and \(range.upperBound.words)")
      return standard
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

  /// A password or the like: when it is there, it must not be empty, as an unset variable of the environment makes it.
  func secret(_ key: String) -> String? {
    guard let text = text(key) else { return nil }
    if text.isEmpty { fault(key, "this is empty; leave it out, or give it its value") }
    return text.isEmpty ? nil : text
  }

  /// One secret or a list of them, none of them empty.
  func secrets(_ key: String, _ problem: String) -> [String] {
    let secrets = texts(key)
    if secrets.isEmpty || secrets.contains("") {
      if !context.hasFault(at: child(key)) { fault(key, has(key) ? "this is empty: \(problem)" : problem) }
    }
    return secrets.filter { !$0.isEmpty }
  }

  /// The address of a web server; an empty one is somebody else's fault.
  func address(_ key: String, _ text: String?) -> String? {
    guard let text, !text.isEmpty else { return text }
    let lowered = text.lowercased()
    let scheme = ["https://", "http://"].first { lowered.hasPrefix($0) }
    if text.utf8.count <= (scheme ?? text).utf8.count || !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      fault(key, "an http:// or https:// address is needed")
    } else {
      judgePort(key, text)
    }
    return text
  }

  /// Complains about an address whose port is none: it would be found out at the first request, and look like a
  /// counterpart that is away.
  func judgePort(_ key: String, _ address: String?) {
    guard let address, let start = address.range(of: "://")?.upperBound else { return }
    let authority = address[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let tail = host.lastIndex(of: "]").map { host[host.index(after: $0)...] } ?? host
    guard let colon = tail.lastIndex(of: ":") else { return }
    let port = tail[tail.index(after: colon)...]
    guard port.first != "+", let number = UInt16(port), number > 0 else {
      return fault(key, "the port in this address is no number from 1 to 65535")
    }
  }

  /// The names below a key: the file's, then those of flags.
  private func names(in map: ConfigMap) -> [String] {
    var names: [String] = []
    for name in map.members.map(\.key) + context.flags(below: map.path) where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// Plain texts below a key, by name.
  func dictionary(_ key: String) -> [String: String] {
    let map = section(key)
    context.note(setting: map.path)
    var result: [String: String] = [:]
    for name in names(in: map) { result[name] = map.text(name) }
    return result
  }

  /// Lists of texts below a key, by name.
  func lists(_ key: String) -> [String: [String]] {
    let map = section(key)
    context.note(setting: map.path)
    return Dictionary(uniqueKeysWithValues: names(in: map).map { ($0, map.texts($0)) })
  }

  /// Values of any form below a key, by name, as JSON: `true`, `12`, text, or a mapping such as `{ id: "3" }`.
  func values(_ key: String) -> [String: JSONValue] {
    let map = section(key)
    context.note(setting: map.path)
    var result: [String: JSONValue] = [:]
    for name in names(in: map) {
      if let given = map.override(name) { result[name] = .plain(given) } else { result[name] = map.json(name) }
    }
    return result
  }

  private func json(_ key: String) -> JSONValue? { node(key).flatMap { json($0, key) } }

  private func json(_ node: Node, _ key: String) -> JSONValue? {
    switch node {
    case .scalar(let scalar):
      guard let text = resolve(node, key) else { return nil }
      return scalar.style == .plain ? .plain(text) : .string(text)
    case .sequence(let sequence): return .array(sequence.compactMap { json($0, key) })
    case .mapping(let mapping):
      var members: [String: JSONValue] = [:]
      for (name, value) in mapping { members[name.scalar?.string ?? ""] = json(value, key) }
      return .object(members)
    case .alias: return nil
    }
  }
}

extension JSONValue {
  /// What an unquoted word of a configuration means: true, false, null or a number as JSON writes them, else text.
  fileprivate static func plain(_ text: String) -> JSONValue {
    guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return .string(text) }
    switch value {
    case .null, .bool, .number: return value
    case .string, .array, .members: return .string(text)
    }
  }
}

extension Duration {
  /// The duration as a configuration writes it: `10m`, `90s`, `500ms`.
  var words: String {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    if milliseconds != 0 || seconds == 0 { return "\(seconds * 1000 + milliseconds)ms" }
    for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, Int64)]
    where seconds % length == 0 { return "\(seconds / length)\(unit)" }
    return "\(seconds)s"
  }
}
