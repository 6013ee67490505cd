import CLibCurl
import Connector

extension MessageOutcome {
  /// What an exchange's end means for the message.
  ///
  /// Only a 2xx reply to the content is acceptance. A 4xx reply, no connection and no answer are worth another attempt
  /// with the same bytes, also when the server may have taken them: a customer who reads a message twice is better
  /// served than one who never gets it (S4). A 5xx reply is final once the recipient or the content is its subject;
  /// before that it speaks about us, and so do TLS, names that do not resolve and sign-in.
  init(_ end: SMTPEnd, recipient: String) {
    let said = MessageOutcome.words(end, hiding: recipient)
    let isTransient = (400...499).contains(end.replyCode)
    switch CURLcode(rawValue: end.code) {
    case CURLE_OK where (200...299).contains(end.replyCode):
      self = .accepted
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT:
      self = .misconfigured(reason: "TLS with the mail server failed: \(said)")
    case CURLE_USE_SSL_FAILED where !isTransient:
      self = .misconfigured(reason: "The mail server offers no TLS, which the settings demand: \(said)")
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_NOT_BUILT_IN,
      CURLE_UNKNOWN_OPTION, CURLE_FAILED_INIT:
      self = .misconfigured(reason: "The mail server cannot be addressed: \(said)")
    case CURLE_LOGIN_DENIED where !isTransient:
      self = .misconfigured(reason: "The mail server refused the sign-in: \(said)")
    default:
      self = MessageOutcome.byReply(end, said: said)
    }
  }

  private static func byReply(_ end: SMTPEnd, said: String) -> MessageOutcome {
    switch end.replyCode {
    case 400...499:
      return .deferred(reason: "The mail server asks for patience at \(end.phase.name): \(said)")
    // Sign in first, mechanism too weak, encrypt first (RFC 4954, section 6).
    case 530, 534, 535, 538:
      return .misconfigured(reason: "The mail server demands another sign-in: \(said)")
    case 500...599 where end.phase >= .recipient:
      return .refused(reason: "The mail server refused \(end.phase.name): \(said)")
    case 500...599:
      return .misconfigured(reason: "The mail server refused us at \(end.phase.name): \(said)")
    default:
      let taken = end.phase >= .content ? "it is unknown whether the message was taken" : "the message was not taken"
      return .deferred(reason: "No answer at \(end.phase.name), so \(taken): \(said)")
    }
  }

  /// The server's words where it has spoken about this, else libcurl's; without the customer's address (F123).
  private static func words(_ end: SMTPEnd, hiding recipient: String) -> String {
    let spoke = end.replyCode >= 400
    let words = String((spoke ? end.reply : end.words).unicodeScalars.prefix(500).map(Character.init))
    // A probe has no recipient, and an empty word stands between any two letters.
    return recipient.isEmpty ? words : words.replacing(recipient, with: "(recipient)")
  }
}
