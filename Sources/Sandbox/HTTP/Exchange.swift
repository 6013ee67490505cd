/// One HTTP request as a simulated vendor sees it: everything as it came over the wire.
struct SandboxRequest: Sendable {
  var method: String
  /// The path as sent, percent-escapes kept, without the query.
  var path: String
  var rawQuery: String
  /// The `Host` header.
  var host: String
  /// Lower-case names; repeated fields joined by a comma.
  var headers: [String: String]
  var body: [UInt8]

  func header(_ name: String) -> String? { headers[name] }

  /// Decoded query pairs in order.
  var query: [(name: String, value: String)] { PercentCoding.pairs(rawQuery) }

  func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  func json() -> JSON? { try? JSON(parsing: body) }

  /// Decoded path parts after a prefix, nil when the path does not start with it.
  func parts(after prefix: String) -> [String]? {
    guard path == prefix || path.hasPrefix(prefix + "/") else { return nil }
    return path.dropFirst(prefix.count).split(separator: "/").map { PercentCoding.decode(String($0)) }
  }
}

/// What a simulated vendor answers.
struct SandboxReply: Sendable {
  var status: Int
  var headers: [(String, String)] = []
  var body: [UInt8] = []

  static func json(_ status: Int, _ value: JSON, _ headers: [(String, String)] = []) -> SandboxReply {
    SandboxReply(status: status, headers: [("Content-Type", "application/json")] + headers, body: value.bytes())
  }

  static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> SandboxReply {
    SandboxReply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }

  static let nowhere = SandboxReply.text(404, "no such address in this sandbox\n")
}

/// A failure that a fault asks a vendor to word in its own way.
enum VendorFailure: Sendable {
  case tooManyRequests
  case serverError
  case errorWith200
}

/// A simulated vendor with an HTTP face.
protocol VendorFace: Sendable {
  /// Does the work and answers. The effect and its ledger entry are complete when this returns.
  func respond(to request: SandboxRequest) async -> SandboxReply
  /// The vendor's own wording of a failure.
  func failure(_ failure: VendorFailure) -> SandboxReply
  /// Takes one of the vendor's concurrency slots; false means the call is refused as too much.
  func admit() -> Bool
  /// Gives the slot back.
  func leave()
}

extension VendorFace {
  func admit() -> Bool { true }
  func leave() {}
}

/// Percent-encoding as OAuth 1.0a (RFC 5849 section 3.6) and form bodies need it.
enum PercentCoding {
  static func encode(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.append(byte)
      default: out.append(contentsOf: [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return text }
    var out: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func pairs(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decode(String(parts[0]), plusIsSpace: true)
      return (name, parts.count > 1 ? decode(String(parts[1]), plusIsSpace: true) : "")
    }
  }
}
