import Connector
import ConnectorTesting
import Crypto
import JWTKit
import Testing

@testable import ConnectorNetSuite

@Suite struct ClientAssertionTests {
  private struct Claims: JWTPayload {
    let iss: String
    let scope: [String]
    let aud: String
    let iat: Int
    let exp: Int
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  private func document() throws -> JSONValue? {
    try SharedFiles.bytes("payloads/oauth/oauth2_m2m_vectors.json").map { try JSONValue(parsing: $0) }
  }

  private func keys(_ algorithm: AssertionAlgorithm, publicPEM: String) async throws -> JWTKeyCollection {
    let keys = JWTKeyCollection()
    switch algorithm {
    case .es256: await keys.add(ecdsa: try ES256PublicKey(pem: publicPEM))
    case .es384: await keys.add(ecdsa: try ES384PublicKey(pem: publicPEM))
    case .es512: await keys.add(ecdsa: try ES512PublicKey(pem: publicPEM))
    case .ps256: await keys.add(pss: try JWTKit.Insecure.RSA.PublicKey(pem: publicPEM), digestAlgorithm: .sha256)
    case .ps384: await keys.add(pss: try JWTKit.Insecure.RSA.PublicKey(pem: publicPEM), digestAlgorithm: .sha384)
    case .ps512: await keys.add(pss: try JWTKit.Insecure.RSA.PublicKey(pem: publicPEM), digestAlgorithm: .sha512)
    }
    return keys
  }

  @Test func `the signing input is that of every vector, and the signature verifies`() async throws {
    guard let document = try document() else { return }
    let audience = try #require(document["token_endpoint"]?.string)
    let vectors = try #require(document["vectors"]?.array)
    #expect(vectors.count == 3)
    for vector in vectors {
      let algorithm = try #require(vector["alg"]?.string.flatMap(AssertionAlgorithm.init(rawValue:)))
      let claims = try #require(vector["claims"])
      let issuedAt = try #require(claims["iat"]?.int.map(Int64.init))
      let lifetime = try #require(claims["exp"]?.int.map(Int64.init)) - issuedAt
      let assertion = try ClientAssertion(
        ClientCredentials(
          clientID: try #require(claims["iss"]?.string), certificateID: try #require(vector["header"]?["kid"]?.string),
          privateKeyPEM: try #require(vector["private_key_pem"]?.string), algorithm: algorithm))
      let input = assertion.signingInput(audience: audience, issuedAt: issuedAt, lifetime: lifetime)
      #expect(input == vector["signing_input"]?.string)
      let made = try #require(await assertion.token(audience: audience, issuedAt: issuedAt, lifetime: lifetime))
      #expect(made.hasPrefix(input + "."))
      let keys = try await keys(algorithm, publicPEM: try #require(vector["public_key_pem"]?.string))
      let verified = try await keys.verify(made, as: Claims.self)
      #expect(verified.scope == ["rest_webservices"] && verified.aud == audience)
      // The same verifier takes the vector's own token, so it checks what another library signs.
      let given = try #require(vector["token_rfc6979"]?.string ?? vector["one_valid_token"]?.string)
      _ = try await keys.verify(given, as: Claims.self)
    }
    let given = try #require(vectors.first?["token_rfc6979"]?.string)
    #expect(ClientAssertion.formBody(assertion: given) == document["form_body_with_es256"]?.string)
  }

  @Test func `P-521 signs as ES512`() async throws {
    let key = P521.Signing.PrivateKey()
    let assertion = try ClientAssertion(
      ClientCredentials(clientID: "c", certificateID: "k", privateKeyPEM: key.pemRepresentation, algorithm: .es512))
    let made = try #require(await assertion.token(audience: "https://x", issuedAt: 1))
    let keys = try await keys(.es512, publicPEM: key.publicKey.pemRepresentation)
    #expect(try await keys.verify(made, as: Claims.self).exp == 301)
  }

  @Test func `a key of another kind refuses to start, and its text is not repeated`() {
    let fault = #expect(throws: NetSuiteSetupFault.self) {
      try ClientAssertion(
        ClientCredentials(
          clientID: "c", certificateID: "k", privateKeyPEM: Fixture.keyPEM, algorithm: .ps256))
    }
    #expect(fault?.description.contains("BEGIN") == false)
    #expect(fault?.description.contains("which needs an RSA key; for another key set") == true)
  }

  @Test func `RS256 is not offered`() { #expect(AssertionAlgorithm(rawValue: "RS256") == nil) }
}
