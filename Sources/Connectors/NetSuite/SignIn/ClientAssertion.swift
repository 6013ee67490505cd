import Connector
import HandoffCore
import JWTKit
import Signing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Makes the signed assertion (RFC 7523) that NetSuite exchanges for an access token.
///
/// Header and claims are written here rather than by a JWT encoder: their order is then the same every time, `scope` is
/// an array as NetSuite wants it, and a published vector can be compared byte for byte.
struct ClientAssertion: Sendable {
  private enum Key: Sendable {
    case es256(ES256PrivateKey)
    case es384(ES384PrivateKey)
    case es512(ES512PrivateKey)
    case pss(Insecure.RSA.PrivateKey, DigestAlgorithm)
  }

  private let credentials: ClientCredentials
  private let key: Key

  /// Reads the private key.
  /// - Throws: ``NetSuiteSetupFault`` when it is no key of the algorithm's kind.
  init(_ credentials: ClientCredentials) throws(NetSuiteSetupFault) {
    self.credentials = credentials
    let pem = credentials.privateKeyPEM
    do {
      switch credentials.algorithm {
      case .es256: key = .es256(try ES256PrivateKey(pem: pem))
      case .es384: key = .es384(try ES384PrivateKey(pem: pem))
      case .es512: key = .es512(try ES512PrivateKey(pem: pem))
      case .ps256: key = .pss(try Insecure.RSA.PrivateKey(pem: pem), .sha256)
      case .ps384: key = .pss(try Insecure.RSA.PrivateKey(pem: pem), .sha384)
      case .ps512: key = .pss(try Insecure.RSA.PrivateKey(pem: pem), .sha512)
      }
    } catch {
      // The parser's message may quote the key, so it is left out.
      let kind =
        switch credentials.algorithm {
        case .es256: "a P-256 key"
        case .es384: "a P-384 key"
        case .es512: "a P-521 key"
        case .ps256, .ps384, .ps512: "an RSA key"
        }
      throw NetSuiteSetupFault(
        faults: [
          "auth.privateKey: no PEM private key that fits \(credentials.algorithm.rawValue), which needs \(kind); for "
            + "another key set auth.algorithm (PS256 for RSA, ES256 for P-256)"
        ])
    }
  }

  /// What is signed: header and claims, base64url.
  func signingInput(audience: String, issuedAt: Int64, lifetime: Int64) -> String {
    func quoted(_ text: String) -> String { JSONValue.string(text).text }
    let header =
      "{\"typ\":\"JWT\",\"alg\":\(quoted(credentials.algorithm.rawValue)),\"kid\":\(quoted(credentials.certificateID))}"
    let scopes = credentials.scopes.map(quoted).joined(separator: ",")
    let claims =
      "{\"iss\":\(quoted(credentials.clientID)),\"scope\":[\(scopes)],\"aud\":\(quoted(audience)),"
      + "\"iat\":\(issuedAt),\"exp\":\(issuedAt + lifetime)}"
    return Base64.encodeURL(Array(header.utf8)) + "." + Base64.encodeURL(Array(claims.utf8))
  }

  /// The whole assertion; nil when the key will not sign.
  /// - Parameter lifetime: seconds; NetSuite takes at most 3600.
  func token(audience: String, issuedAt: Int64, lifetime: Int64 = 300) async -> String? {
    let input = signingInput(audience: audience, issuedAt: issuedAt, lifetime: lifetime)
    let keys = JWTKeyCollection()
    switch key {
    case .es256(let key): await keys.add(ecdsa: key)
    case .es384(let key): await keys.add(ecdsa: key)
    case .es512(let key): await keys.add(ecdsa: key)
    case .pss(let key, let digest): await keys.add(pss: key, digestAlgorithm: digest)
    }
    guard let signature = try? await keys.getKey().sign(Array(input.utf8)) else { return nil }
    return input + "." + Base64.encodeURL(signature)
  }

  /// The form body of the token request.
  static func formBody(assertion: String) -> String {
    "grant_type=client_credentials"
      + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
      + "&client_assertion=" + assertion
  }
}
