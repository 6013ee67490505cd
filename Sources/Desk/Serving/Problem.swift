import Connector

/// Why a request was not done, as a problem document (RFC 9457).
struct Problem: Error, Sendable {
  /// The kinds of problem; the raw value is the last segment of the document's `type`.
  enum Kind: String, CaseIterable, Sendable {
    case malformed, unauthorized, forbidden, conflict, refused, unavailable, internalFault = "internal-fault"
    case notFound = "not-found"
    case wrongMethod = "wrong-method"
    case badSignature = "bad-signature"
    case unknownStorefront = "unknown-storefront"
    case bodyTooLarge = "body-too-large"
    case wrongMediaType = "wrong-media-type"
    case wrongHost = "wrong-host"
    case orderNotUnderstood = "order-not-understood"
    case tooMany = "too-many"
    case tooSlow = "too-slow"
  }

  let kind: Kind
  let detail: String
  let headers: [HTTPField]
  /// Whether the connection is closed after the answer, because the rest of the request is not waited for.
  let isCut: Bool

  init(_ kind: Kind, _ detail: String, headers: [HTTPField] = [], isCut: Bool = false) {
    self.kind = kind
    self.detail = detail
    self.headers = headers
    self.isCut = isCut
  }

  func answer(instance: String) -> DeskAnswer {
    let body: JSONValue = [
      "type": .string("/problems/" + kind.rawValue), "title": .string(kind.title),
      "status": .number(String(kind.status)), "detail": .string(detail), "instance": .string(instance),
    ]
    var answer = DeskAnswer(
      status: kind.status, type: "application/problem+json", body: body.bytes, headers: headers)
    answer.isLast = isCut
    return answer
  }

  static let unauthorized = Problem(
    .unauthorized, "Send the desk's token as `Authorization: Bearer …`.",
    headers: [HTTPField("www-authenticate", "Bearer realm=\"countersign\"")])

  static func unavailable(_ detail: String) -> Problem {
    Problem(.unavailable, detail, headers: [HTTPField("retry-after", "5")])
  }
}

extension Problem.Kind {
  var status: Int {
    switch self {
    case .malformed: 400
    case .unauthorized, .badSignature: 401
    case .forbidden: 403
    case .notFound, .unknownStorefront: 404
    case .wrongMethod: 405
    case .tooSlow: 408
    case .conflict, .refused: 409
    case .bodyTooLarge: 413
    case .wrongMediaType: 415
    case .wrongHost: 421
    case .orderNotUnderstood: 422
    case .tooMany: 429
    case .internalFault: 500
    case .unavailable: 503
    }
  }

  var title: String {
    switch self {
    case .malformed: "The request is malformed"
    case .unauthorized: "A token is needed"
    case .badSignature: "The signature is missing or wrong"
    case .forbidden: "Not allowed"
    case .notFound: "There is no such thing"
    case .unknownStorefront: "There is no such storefront"
    case .wrongMethod: "The path knows other methods"
    case .conflict: "It has changed since it was read"
    case .refused: "It makes no sense in this state"
    case .bodyTooLarge: "The body is too large"
    case .wrongMediaType: "The body is of another type"
    case .wrongHost: "The host name is not this desk's"
    case .orderNotUnderstood: "The order cannot be understood"
    case .tooMany: "Too many at once"
    case .tooSlow: "The request came too slowly"
    case .internalFault: "Something is wrong here"
    case .unavailable: "Not now"
    }
  }

  /// What a program does about it.
  var advice: String {
    switch self {
    case .malformed: "Mend the request as the detail says; the same request fails again."
    case .unauthorized: "Send the token as `Authorization: Bearer …`."
    case .badSignature:
      "Sign the raw body with the storefront's secret, and check the secret and the clock. Nothing was stored."
    case .forbidden: "The page or the form is not from this session; load the page again."
    case .notFound: "Nothing has this id or path."
    case .unknownStorefront: "Use a storefront name from the configuration."
    case .wrongMethod: "Use a method from the `Allow` field."
    case .conflict: "Read it again, and decide on what it says now."
    case .refused: "The rules do not allow this decision in the present stage; the detail says why."
    case .bodyTooLarge: "Send at most as many bytes as the detail says."
    case .wrongMediaType: "Send the media type the detail names."
    case .wrongHost: "Ask for the desk by the name it was given, or add the name to its allowed hosts."
    case .orderNotUnderstood:
      "The order is kept and a person owns it. Mend the member the detail names and send the order again."
    case .tooSlow: "Send it again, faster, on a new connection."
    case .tooMany: "Wait as long as `Retry-After` says."
    case .internalFault: "Send it again; if it stays so, the log says more."
    case .unavailable: "Nothing was acknowledged. Send it again after `Retry-After` seconds."
    }
  }
}
