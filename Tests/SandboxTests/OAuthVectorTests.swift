import ConnectorTesting
import Foundation
import JWTKit
import Testing

@testable import Sandbox

@Suite struct `signatures against published vectors` {
  @Test func `OAuth 1 base strings and signatures agree with every HMAC-SHA256 vector`() throws {
    guard let data = try SharedFiles.bytes("payloads/oauth/oauth1_vectors.json") else { return }
    let vectors = try JSON(parsing: data)["vectors"]?.array ?? []
    var checked = 0
    for vector in vectors where vector["algorithm"]?.string == "HMAC-SHA256" {
      let url = try #require(vector["url"]?.string)
      let parts = url.split(separator: "?", maxSplits: 1).map(String.init)
      let oauth = (vector["oauth"]?.members ?? []).map { (name: $0.key, value: $0.value.text ?? "") }
      let form = (vector["form_body"]?.string).map { PercentCoding.pairs($0) } ?? []
      let query = (parts.count > 1 ? PercentCoding.pairs(parts[1]) : []) + form
      let method = try #require(vector["method"]?.string)
      #expect(
        OAuth1.baseString(method: method, base: parts[0], query: query, oauth: oauth) == vector["base_string"]?.string)
      let signature = OAuth1.signature(
        method: method, base: parts[0], query: query, oauth: oauth,
        consumerSecret: vector["consumer_secret"]?.string ?? "", tokenSecret: vector["token_secret"]?.string ?? "")
      #expect(signature == vector["signature"]?.string)
      let header = try #require(OAuth1.Header(vector["authorization_header"]?.string ?? ""))
      #expect(header["oauth_signature"] == signature)
      checked += 1
    }
    #expect(checked > 0)
  }

  @Test func `every JWT vector earns a token except RS256`() async throws {
    guard let data = try SharedFiles.bytes("payloads/oauth/oauth2_m2m_vectors.json") else { return }
    let all = try JSON(parsing: data)
    for vector in all["vectors"]?.array ?? [] {
      let token = vector["token_rfc6979"]?.string ?? vector["token"]?.string ?? vector["token_to_verify"]?.string
      guard let token, let claims = vector["claims"], let pem = vector["public_key_pem"]?.string else { continue }
      var settings = NetSuiteSettings()
      settings.clients = [
        NetSuiteClient(
          clientId: claims["iss"]?.string ?? "", certificateId: vector.at("header.kid")?.string ?? "", publicKeyPEM: pem
        )
      ]
      var configuration = SandboxConfiguration()
      configuration.netsuite = settings
      let server = SandboxServer(configuration: configuration)
      let clock = server.world.clock
      clock.advance(seconds: Double((claims["iat"]?.int ?? 0) - clock.unixSeconds + 10))
      let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
      let form = "grant_type=client_credentials&client_assertion_type=\(type)&client_assertion=\(token)"
      let path = "/services/rest/auth/oauth2/v1/token"
      let request = SandboxRequest(
        method: "POST", path: path, rawQuery: "", host: "1234567-sb1.suitetalk.api.netsuite.com", headers: [:],
        body: Array(form.utf8))
      let reply = await server.world.netsuite.token(request)
      let refused = vector["alg"]?.string == "RS256"
      #expect(reply.status == (refused ? 400 : 200), "\(vector["alg"]?.string ?? "")")
    }
  }

  @Test func `the token endpoint accepts the exact form body of the vector file`() async throws {
    guard let data = try SharedFiles.bytes("payloads/oauth/oauth2_m2m_vectors.json") else { return }
    let all = try JSON(parsing: data)
    let form = try #require(all["form_body_with_es256"]?.string)
    let fields = PercentCoding.pairs(form)
    #expect(fields.first { $0.name == "client_assertion" }?.value == all.at("vectors.0.token_rfc6979")?.string)
  }
}
