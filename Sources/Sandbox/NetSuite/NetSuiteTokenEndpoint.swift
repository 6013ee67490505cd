import JWTKit
import Synchronization

/// The claims of a client assertion that are not compared by the signature check itself.
struct NetSuiteAssertion: JWTPayload {
  var iss: String
  var aud: String
  var scope: [String]
  var iat: Int
  var exp: Int

  private enum CodingKeys: String, CodingKey { case iss, aud, scope, iat, exp }

  init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    iss = try box.decode(String.self, forKey: .iss)
    aud = try box.decode(String.self, forKey: .aud)
    iat = try box.decode(Int.self, forKey: .iat)
    exp = try box.decode(Int.self, forKey: .exp)
    if let list = try? box.decode([String].self, forKey: .scope) {
      scope = list
    } else {
      scope = try box.decode(String.self, forKey: .scope).split(separator: ",").map { $0.trimmed }
    }
  }

  /// Times are compared with the sandbox's clock afterwards, not with the machine's.
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// The OAuth 2.0 client credentials grant with a JWT client assertion.
extension NetSuiteVendor {
  static let algorithms: Set<String> = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512"]
  static let scopes: Set<String> = ["rest_webservices", "restlets", "suite_analytics"]

  func token(_ request: SandboxRequest) async -> SandboxReply {
    guard request.method == "POST" else { return NetSuiteError.noSuchMethod.reply }
    let form = PercentCoding.pairs(String(decoding: request.body, as: UTF8.self))
    func field(_ name: String) -> String? { form.first { $0.name == name }?.value }
    guard field("grant_type") == "client_credentials" else { return oauthError("unsupported_grant_type") }
    guard field("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      let assertion = field("client_assertion")
    else { return oauthError("invalid_request") }
    switch await check(assertion, endpoint: "\(request.host)\(request.path)") {
    case .failure(let problem):
      tools.record(.authRefused, ref: "", detail: ["reason": .string(problem.reason)])
      return oauthError(problem.code)
    case .success:
      let token = "\(Authentic.token(20)).\(Authentic.token(60)).\(Authentic.token(43))"
      let end = tools.clock.unixSeconds + 3_600
      state.withLock { state in
        state.login.bearers = state.login.bearers.filter { $0.value > end - 7_200 }
        state.login.bearers[token] = end
      }
      return .json(200, ["access_token": .string(token), "expires_in": 3600, "token_type": "bearer"])
    }
  }

  private func oauthError(_ code: String) -> SandboxReply { .json(400, ["error": .string(code)]) }

  private struct Problem: Error {
    var code: String
    var reason: String
    static func grant(_ reason: String) -> Problem { Problem(code: "invalid_grant", reason: reason) }
  }

  private func check(_ assertion: String, endpoint: String) async -> Result<NetSuiteAssertion, Problem> {
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Authentic.fromBase64URL(parts[0]), let head = try? JSON(parsing: bytes) else {
      return .failure(.grant("not a JWT"))
    }
    guard let algorithm = head["alg"]?.string, Self.algorithms.contains(algorithm) else {
      return .failure(.grant("algorithm \(head["alg"]?.string ?? "none") is not offered"))
    }
    guard let kid = head["kid"]?.string, let client = state.withLock({ $0.login.clients[kid] }) else {
      return .failure(Problem(code: "invalid_client", reason: "unknown certificate id"))
    }
    guard let keys = await Self.keys(client, algorithm),
      let claims = try? await keys.verify(assertion, as: NetSuiteAssertion.self)
    else { return .failure(.grant("signature does not match the certificate")) }
    let now = tools.clock.unixSeconds
    let audience = claims.aud.hasPrefix("https://") ? claims.aud.dropFirst(8) : claims.aud.dropFirst(7)
    if claims.iss != client.clientId { return .failure(.grant("iss is not the client id")) }
    if audience.lowercased() != endpoint.lowercased() { return .failure(.grant("aud is not the token endpoint")) }
    if claims.exp <= now || claims.iat > now + 300 { return .failure(.grant("expired or from the future")) }
    if claims.exp - claims.iat > 3_600 { return .failure(.grant("exp more than 60 minutes after iat")) }
    if claims.scope.isEmpty || !claims.scope.allSatisfy(Self.scopes.contains) {
      return .failure(Problem(code: "invalid_scope", reason: "scope"))
    }
    return .success(claims)
  }

  /// A key collection that can verify exactly one algorithm with one registered key; nil when they do not fit.
  private static func keys(_ client: NetSuiteClient, _ algorithm: String) async -> JWTKeyCollection? {
    let keys = JWTKeyCollection()
    let pem = client.publicKeyPEM
    let kid = JWKIdentifier(string: client.certificateId)
    let certificate = pem.contains("BEGIN CERTIFICATE")
    do {
      switch algorithm {
      case "ES256":
        let key = certificate ? try ES256PublicKey(certificate: pem) : try ES256PublicKey(pem: pem)
        await keys.add(ecdsa: key, kid: kid)
      case "ES384":
        let key = certificate ? try ES384PublicKey(certificate: pem) : try ES384PublicKey(pem: pem)
        await keys.add(ecdsa: key, kid: kid)
      case "ES512":
        let key = certificate ? try ES512PublicKey(certificate: pem) : try ES512PublicKey(pem: pem)
        await keys.add(ecdsa: key, kid: kid)
      default:
        let digest: DigestAlgorithm = algorithm == "PS256" ? .sha256 : algorithm == "PS384" ? .sha384 : .sha512
        let key =
          certificate ? try Insecure.RSA.PublicKey(certificatePEM: pem) : try Insecure.RSA.PublicKey(pem: pem)
        await keys.add(pss: key, digestAlgorithm: digest, kid: kid)
      }
      return keys
    } catch {
      return nil
    }
  }
}
