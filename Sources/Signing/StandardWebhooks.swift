/// Signing and verifying as the Standard Webhooks specification 1.0.0 says, symmetric keys (`v1`).
public enum StandardWebhooks {
  /// The three header fields of a signed request.
  public struct Headers: Hashable, Sendable {
    /// `webhook-id`: the same on every retry of one message.
    public let id: String
    /// `webhook-timestamp`: seconds since the Unix epoch.
    public let timestamp: String
    /// `webhook-signature`: one or more `v1,<base64>`, separated by blanks.
    public let signature: String
    /// Gathers the fields.
    public init(id: String, timestamp: String, signature: String) {
      self.id = id
      self.timestamp = timestamp
      self.signature = signature
    }
  }

  /// Why a request is not authentic.
  public enum Fault: Error, Hashable, Sendable {
    /// A field is missing or not of its form.
    case malformed(String)
    /// The timestamp is further from our clock than the tolerance.
    case stale(seconds: Int64)
    /// No signature matches any key.
    case mismatch
  }

  /// The key inside a secret: base64 with the prefix `whsec_`, which may be missing. Nil when it is no base64.
  public static func key(secret: String) -> [UInt8]? {
    let body = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
    return Base64.decode(body)
  }

  /// The `webhook-signature` of a body under each key.
  public static func sign(id: String, timestamp: Int64, body: [UInt8], keys: [[UInt8]]) -> String {
    let content = signedContent(id: id, timestamp: String(timestamp), body: body)
    return keys.map { "v1," + Base64.encode(hmacSHA256(content, key: $0)) }.joined(separator: " ")
  }

  /// Checks a request over its raw body.
  /// - Parameters:
  ///   - now: seconds since the Unix epoch.
  ///   - tolerance: seconds either way; the specification's libraries use 300.
  public static func verify(
    _ headers: Headers, body: [UInt8], keys: [[UInt8]], now: Int64, tolerance: Int64 = 300
  ) throws(Fault) {
    guard !headers.id.isEmpty, headers.id.utf8.count <= 256 else { throw .malformed("webhook-id") }
    guard let timestamp = Int64(headers.timestamp), timestamp >= 0 else { throw .malformed("webhook-timestamp") }
    let (distance, overflow) = now.subtractingReportingOverflow(timestamp)
    guard !overflow, distance.magnitude <= UInt64(max(0, tolerance)) else { throw .stale(seconds: distance) }
    let content = signedContent(id: headers.id, timestamp: headers.timestamp, body: body)
    // Unknown versions are skipped; more than a handful of candidates is no honest sender.
    // By bytes: a blank and a combining mark after it are one character, which would hide the signature before them.
    let candidates = headers.signature.utf8.split(separator: UInt8(ascii: " ")).prefix(8)
    for candidate in candidates where candidate.starts(with: "v1,".utf8) {
      guard let code = Base64.decode(String(Substring(candidate.dropFirst(3)))) else { continue }
      if isValidHMACSHA256(code, of: content, keys: keys) { return }
    }
    throw .mismatch
  }

  private static func signedContent(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
    Array("\(id).\(timestamp).".utf8) + body
  }
}
