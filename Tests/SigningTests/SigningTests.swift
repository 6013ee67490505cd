import Signing
import Testing

struct SigningTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let body = Array(#"{"test": 2432232314}"#.utf8)

  private func headers(_ signature: String, timestamp: String = "1614265330") -> StandardWebhooks.Headers {
    StandardWebhooks.Headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: timestamp, signature: signature)
  }

  /// The example of the Standard Webhooks specification.
  private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

  @Test func `the specification's example is signed and verified`() throws {
    let key = try #require(StandardWebhooks.key(secret: Self.secret))
    let signed = StandardWebhooks.sign(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Self.body, keys: [key])
    #expect(signed == Self.signature)
    try StandardWebhooks.verify(headers(Self.signature), body: Self.body, keys: [key], now: 1_614_265_330)
    try StandardWebhooks.verify(headers("v1a,x v1,AA " + signed), body: Self.body, keys: [key], now: 1_614_265_630)
    try StandardWebhooks.verify(headers(signed + " \u{301}v2"), body: Self.body, keys: [key], now: 1_614_265_330)
  }

  @Test func `another body, another key, another time or no signature is refused`() throws {
    let key = try #require(StandardWebhooks.key(secret: Self.secret))
    func refused(_ headers: StandardWebhooks.Headers, _ body: [UInt8], _ key: [UInt8], now: Int64) -> Bool {
      do {
        try StandardWebhooks.verify(headers, body: body, keys: [key], now: now)
        return false
      } catch { return true }
    }
    let good = headers(Self.signature)
    #expect(refused(good, Self.body + [0x20], key, now: 1_614_265_330))
    #expect(refused(good, Self.body, key + [1], now: 1_614_265_330))
    #expect(refused(good, Self.body, key, now: 1_614_265_631))
    #expect(refused(headers(""), Self.body, key, now: 1_614_265_330))
    #expect(refused(headers(Self.signature, timestamp: "x"), Self.body, key, now: 1_614_265_330))
    #expect(refused(headers(Self.signature, timestamp: "9223372036854775807"), Self.body, key, now: -5))
  }

  @Test func `any of several secrets is enough, an empty one never`() {
    let message = Array("body".utf8)
    let old = Array("old secret".utf8)
    let code = hmacSHA256(message, key: old)
    #expect(isValidHMACSHA256(code, of: message, keys: [Array("new secret".utf8), old]))
    #expect(!isValidHMACSHA256(code, of: message, keys: [[]]))
    #expect(!isValidHMACSHA256([], of: message, keys: [old]))
    #expect(!isValidHMACSHA256(hmacSHA256(message, key: []), of: message, keys: [[]]))
  }

  @Test func `base64 that is none is nil`() {
    #expect(Base64.decode("AA==") == [0])
    #expect(Base64.decode(" AA== ") == [0])
    for text in ["", "A", "AA=", "é", "AA==\n", "****"] { #expect(Base64.decode(text) == nil, "\(text)") }
    #expect(Base64.encodeURL([251, 255]) == "-_8")
  }
}
