import Connector
import ConnectorTesting
import Crypto
import Signing
import Testing

@testable import ConnectorNetSuite

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct OAuth1SignatureTests {
  private func vectors() throws -> [JSONValue] {
    guard let bytes = try SharedFiles.bytes("payloads/oauth/oauth1_vectors.json") else { return [] }
    return try #require(JSONValue(parsing: bytes)["vectors"]?.array)
  }

  private func text(_ vector: JSONValue, _ name: String) throws -> String { try #require(vector[name]?.string) }

  private func parameters(_ vector: JSONValue) throws -> [(name: String, value: String)] {
    try #require(vector["oauth"]?.object).map { ($0.key, $0.value.scalarText ?? "") }
  }

  private func form(_ vector: JSONValue) -> [(name: String, value: String)] {
    (vector["form_body"]?.array ?? []).compactMap { pair in
      guard let name = pair.array?.first?.string, let value = pair.array?.last?.string else { return nil }
      return (name, value)
    }
  }

  @Test func `base string, key and signature are those of every vector`() throws {
    let vectors = try vectors()
    for vector in vectors {
      let name = Comment(rawValue: try text(vector, "name"))
      let base = OAuth1.baseString(
        method: try text(vector, "method"), url: try text(vector, "url"), parameters: try parameters(vector),
        formBody: form(vector))
      #expect(base == (try text(vector, "base_string")), name)
      let secrets = (try text(vector, "consumer_secret"), try text(vector, "token_secret"))
      let key = OAuth1.signingKey(consumerSecret: secrets.0, tokenSecret: secrets.1)
      #expect(key == (try text(vector, "signing_key")), name)
      let signature = try text(vector, "signature")
      if try text(vector, "algorithm") == "HMAC-SHA256" {
        let made = OAuth1.signature(base: base ?? "", consumerSecret: secrets.0, tokenSecret: secrets.1)
        #expect(made == signature, name)
      } else {
        // The published SHA-1 vectors prove base string and key; NetSuite no longer takes that method.
        let code = HMAC<Insecure.SHA1>.authenticationCode(
          for: Array((base ?? "").utf8), using: SymmetricKey(data: Array(key.utf8)))
        #expect(Base64.encode(Array(code)) == signature, name)
      }
    }
    if SharedFiles.root != nil { #expect(vectors.count == 11) }
  }

  @Test func `the header is that of every vector NetSuite would take`() throws {
    var compared = 0
    for vector in try vectors() where try text(vector, "algorithm") == "HMAC-SHA256" {
      let oauth = try #require(vector["oauth"])
      let keys = TokenBasedCredentials(
        consumerKey: try text(oauth, "oauth_consumer_key"), consumerSecret: try text(vector, "consumer_secret"),
        tokenID: try text(oauth, "oauth_token"), tokenSecret: try text(vector, "token_secret"))
      let header = OAuth1.authorization(
        method: try text(vector, "method"), url: try text(vector, "url"), realm: try text(vector, "realm"),
        credentials: keys, nonce: try text(oauth, "oauth_nonce"),
        timestamp: try #require(Int64(try text(oauth, "oauth_timestamp"))))
      let wanted = try text(vector, "authorization_header")
      #expect(header == wanted)
      compared += 1
    }
    if SharedFiles.root != nil { #expect(compared == 8) }
  }

  @Test func `a nonce has 24 letters and digits from the given generator`() {
    struct Counting: RandomNumberGenerator {
      var state: UInt64 = 7
      mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
      }
    }
    var one = Counting()
    var same = Counting()
    let first = OAuth1.nonce(using: &one)
    #expect(first == OAuth1.nonce(using: &same))
    #expect(first != OAuth1.nonce(using: &one))
    #expect(first.utf8.count == 24 && first.utf8.allSatisfy(isWordByte))
  }

  @Test(arguments: [
    ("a%20b+c", "a b c"), ("100%", "100%"), ("%4", "%4"), ("%zz", "%zz"), ("%+1", "% 1"), ("%-1", "%-1"),
    ("é%C3%A9", "éé"),
  ])
  func `a percent sign without two digits stands for itself`(text: String, decoded: String) {
    #expect(String(decoding: OAuth1.decode(text[...]), as: UTF8.self) == decoded)
  }

  @Test func `the realm is written in capitals with an underscore, the host in small letters with a hyphen`() {
    let configuration = Fixture.configuration()
    #expect(configuration.realm == "1234567_SB1")
    #expect(configuration.baseURL == "https://1234567-sb1.suitetalk.api.netsuite.com")
  }

  @Test(arguments: ["", "no url", "https://", "://host/x"])
  func `what is no absolute URL is not signed`(url: String) {
    #expect(OAuth1.baseString(method: "GET", url: url, parameters: []) == nil)
  }
}
