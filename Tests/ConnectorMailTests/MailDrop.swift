import Connector
import Foundation

/// The mail server the test script starts, and what it has received.
struct MailDrop {
  let url: String
  private let folder: String

  /// The server; nil (with a message) when there is none and there need be none.
  static func open() throws -> MailDrop? {
    let environment = ProcessInfo.processInfo.environment
    if let url = environment["COUNTERSIGN_SMTP_URL"], let folder = environment["COUNTERSIGN_SMTP_DIR"] {
      return MailDrop(url: url, folder: folder)
    }
    if environment["CI"] != nil { throw Missing() }
    print("skipped: COUNTERSIGN_SMTP_URL and COUNTERSIGN_SMTP_DIR are not set; see scripts/smtp-up")
    return nil
  }

  /// The authority that signed the server's certificate.
  var authorities: String { folder + "/tls/ca.pem" }

  /// Where the same server is encrypted from the first byte.
  func implicitURL() throws -> String {
    let port = try String(contentsOfFile: folder + "/smtps.port", encoding: .utf8)
    return "smtps://localhost:" + port.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// An address nobody else uses.
  static func freshAddress() -> String { "t-" + UUID().uuidString.lowercased() + "@example.com" }

  /// What has come for an address, in order.
  func messages(to recipient: String) throws -> [ReceivedMail] {
    let box = folder + "/" + recipient
    guard FileManager.default.fileExists(atPath: box) else { return [] }
    let count = try FileManager.default.contentsOfDirectory(atPath: box).count { $0.hasSuffix(".eml") }
    return try (0..<count).map { index in
      let path = box + "/\(index + 1)"
      let raw = Array(try Data(contentsOf: URL(filePath: path + ".eml")))
      let reading = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: path + ".json"))))
      return ReceivedMail(raw: raw, reading: reading)
    }
  }
}

/// A message as it arrived, and as a mail parser that is not ours reads it.
struct ReceivedMail {
  let raw: [UInt8]
  let reading: JSONValue

  func header(_ name: String) -> String? { reading["headers"]?[name.lowercased()]?.string }
  func list(_ name: String) -> [String] { reading[name]?.array?.compactMap(\.string) ?? [] }
  var text: String { reading["text"]?.string ?? "" }
  var html: String { reading["html"]?.string ?? "" }
  var sender: String? { reading["sender"]?.string }
  var longestLine: Int { reading["longestLine"]?.int ?? .max }
  var bareLineEnds: Int { reading["bareLineEnds"]?.int ?? .max }
}
