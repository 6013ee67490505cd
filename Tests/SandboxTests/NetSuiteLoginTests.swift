import JWTKit
import Testing

@testable import Sandbox

private let record = "/netsuite/services/rest/record/v1/salesOrder"
private let tokenPath = "/netsuite/services/rest/auth/oauth2/v1/token"

private struct Claims: JWTPayload {
  var iss = "client-1"
  var scope: [String] = ["rest_webservices"]
  var aud: String
  var iat: Int
  var exp: Int
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

@Suite struct `NetSuite login by client assertion` {
  private let key = ES256PrivateKey()

  private func run(_ body: (Running, Claims) async throws -> Void) async throws {
    try await Running.with({ configuration in
      configuration.netsuite.clients = [
        NetSuiteClient(clientId: "client-1", certificateId: "cert-1", publicKeyPEM: key.publicKey.pemRepresentation)
      ]
    }) { sandbox in
      let now = sandbox.server.world.clock.unixSeconds
      try await body(sandbox, Claims(aud: sandbox.ports.baseURL + tokenPath, iat: now, exp: now + 3_000))
    }
  }

  private func ask(_ sandbox: Running, _ claims: Claims, kid: String = "cert-1") async throws -> LoopbackReply {
    let keys = await JWTKeyCollection().add(ecdsa: key, kid: JWKIdentifier(string: kid))
    let assertion = try await keys.sign(claims, kid: JWKIdentifier(string: kid))
    return try await ask(sandbox, assertion)
  }

  private func ask(_ sandbox: Running, _ assertion: String) async throws -> LoopbackReply {
    let type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    let form = "grant_type=client_credentials&client_assertion_type=\(type)&client_assertion=\(assertion)"
    let headers = [("Content-Type", "application/x-www-form-urlencoded")]
    return try await sandbox.send("POST", tokenPath, headers, text: form)
  }

  @Test func `a good assertion earns a token that opens the record service until it ends`() async throws {
    try await run { sandbox, claims in
      let reply = try await ask(sandbox, claims)
      #expect(reply.status == 200)
      #expect(reply.json?["expires_in"]?.int == 3600)
      let token = try #require(reply.json?["access_token"]?.string)
      let bearer = [("Authorization", "Bearer \(token)")]
      #expect(try await sandbox.send("GET", record + "/eid:none", bearer).status == 404)
      sandbox.server.advanceClock(seconds: 3_601)
      let late = try await sandbox.send("GET", record + "/eid:none", bearer)
      #expect(late.status == 401)
      #expect(late.header("www-authenticate")?.hasPrefix("Bearer") == true)
      #expect(late.json?.at("o:errorDetails.0.o:errorCode")?.string == "INVALID_LOGIN")
    }
  }

  @Test func `wrong claims are refused`() async throws {
    try await run { sandbox, claims in
      for (change, error) in [
        ({ $0.iss = "somebody" }, "invalid_grant"), ({ $0.aud = "https://elsewhere.example/token" }, "invalid_grant"),
        ({ $0.exp = $0.iat + 3_601 }, "invalid_grant"), ({ $0.exp = $0.iat - 1 }, "invalid_grant"),
        ({ $0.scope = ["everything"] }, "invalid_scope"),
      ] as [((inout Claims) -> Void, String)] {
        var changed = claims
        change(&changed)
        let reply = try await ask(sandbox, changed)
        #expect(reply.status == 400)
        #expect(reply.json?["error"]?.string == error)
      }
      #expect(try await ask(sandbox, claims, kid: "other").json?["error"]?.string == "invalid_client")
    }
  }

  @Test func `a key that is not the registered one is refused`() async throws {
    try await run { sandbox, claims in
      let keys = await JWTKeyCollection().add(ecdsa: ES256PrivateKey(), kid: "cert-1")
      let reply = try await ask(sandbox, try await keys.sign(claims, kid: "cert-1"))
      #expect(reply.json?["error"]?.string == "invalid_grant")
    }
  }
}

@Suite struct `NetSuite login by OAuth 1` {
  private static let token = NetSuiteToken(
    consumerKey: "ck", consumerSecret: "cs&=%", token: "tk", tokenSecret: "ts")

  private func header(_ sandbox: Running, _ nonce: String, secret: String = "ts", offset: Int = 0) -> (String, String) {
    let stamp = sandbox.server.world.clock.unixSeconds + offset
    var pairs: [(name: String, value: String)] = [
      ("oauth_consumer_key", "ck"), ("oauth_token", "tk"), ("oauth_nonce", nonce), ("oauth_timestamp", "\(stamp)"),
      ("oauth_signature_method", "HMAC-SHA256"), ("oauth_version", "1.0"),
    ]
    let signature = OAuth1.signature(
      method: "GET", base: sandbox.ports.baseURL + record + "/eid:none", query: [("fields", "id,total")],
      oauth: pairs, consumerSecret: "cs&=%", tokenSecret: secret)
    pairs.append(("oauth_signature", signature))
    let list = pairs.map { "\($0.name)=\"\(PercentCoding.encode($0.value))\"" }.joined(separator: ", ")
    return ("Authorization", "OAuth realm=\"1234567_SB1\", \(list)")
  }

  @Test func `a signature counts once, and only within five minutes`() async throws {
    try await Running.with({
      $0.netsuite.tokens = [Self.token]
      $0.netsuite.lockAfterFailures = 0
    }) { sandbox in
      let path = record + "/eid:none?fields=id,total"
      let good = header(sandbox, "nonce-000001")
      #expect(try await sandbox.send("GET", path, [good]).status == 404)
      #expect(try await sandbox.send("GET", path, [good]).status == 401)
      #expect(try await sandbox.send("GET", path, [header(sandbox, "nonce-000002", secret: "x")]).status == 401)
      #expect(try await sandbox.send("GET", path, [header(sandbox, "nonce-000003", offset: -301)]).status == 401)
      #expect(try await sandbox.send("GET", path, [header(sandbox, "nonce-000004", offset: 301)]).status == 401)
      let refused = try await sandbox.send("GET", path)
      #expect(refused.status == 401)
      #expect(refused.header("www-authenticate")?.contains("error=\"token_rejected\"") == true)
      #expect(try await sandbox.send("GET", path, [header(sandbox, "nonce-000005")]).status == 404)
    }
  }

  @Test func `five bad logins lock the account for half an hour`() async throws {
    try await Running.with({ $0.netsuite.tokens = [Self.token] }) { sandbox in
      let path = record + "/eid:none?fields=id,total"
      for _ in 0..<5 { #expect(try await sandbox.send("GET", path).status == 401) }
      let answer1 = try await sandbox.send("GET", path, [header(sandbox, "nonce-000001")]).status
      #expect(answer1 == 401)
      sandbox.server.advanceClock(seconds: 1_801)
      let answer2 = try await sandbox.send("GET", path, [header(sandbox, "nonce-000002")]).status
      #expect(answer2 == 404)
    }
  }
}
