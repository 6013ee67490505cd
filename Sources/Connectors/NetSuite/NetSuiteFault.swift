import Connector

/// What an answer that is no success means for the gate.
enum FaultKind: Int, Comparable, Sendable {
  // In the order of caution: of several details in one answer, the first one here counts.
  /// Anything may have happened.
  case unknown
  /// Our set-up is wrong; no order is to blame.
  case misconfigured
  /// Certain that nothing was done; later.
  case busy
  /// A record of this external id exists, or so the text says: to be looked up, never believed.
  case duplicate
  /// The record may not be loaded; SuiteQL can still read it.
  case locked
  /// There is no such record.
  case absent
  /// Refused for good.
  case refused

  static func < (left: FaultKind, right: FaultKind) -> Bool { left.rawValue < right.rawValue }
}

/// An answer that is no success, classified, with NetSuite's own words.
struct NetSuiteFault: Hashable, Sendable {
  /// What it means.
  let kind: FaultKind
  /// Every detail verbatim, with its code and locator.
  let reason: String
}

/// One entry of `o:errorDetails`.
struct FaultDetail: Hashable, Sendable {
  let code: String
  let text: String
  let locator: String?

  /// The detail as people read it.
  var words: String {
    var words = text
    if let locator { words += " [\(locator)]" }
    return code.isEmpty ? words : words + " (\(code))"
  }
}

extension NetSuiteFault {
  /// What each documented code means, whatever the status below 500 (facts 1.3; NetSuite Help section_156570709583).
  static let kinds: [String: FaultKind] = [
    "INVALID_LOGIN": .misconfigured, "INVALID_LOGIN_ATTEMPT": .misconfigured, "INSUFFICIENT_PERMISSION": .misconfigured,
    "CONCURRENCY_LIMIT_EXCEEDED": .busy, "SSS_REQUEST_LIMIT_EXCEEDED": .busy, "RCRD_HAS_BEEN_CHANGED": .busy,
    "DUP_RCRD": .duplicate, "DUP_CSTM_RCRD_ENTRY": .duplicate, "UNIQUE_RCRD_ID_REQD": .duplicate,
    "UNEXPECTED_ERROR": .unknown, "IDEMPOTENCY_ERROR": .unknown,
    "INVALID_CONTENT": .refused, "INVALID_REQUEST": .refused, "INVALID_KEY_OR_REF": .refused,
    "INVALID_FLD_VALUE": .refused, "INVALID_PARAMETER": .refused,
  ]

  /// What `USER_ERROR` means, by its English text; the code alone tells nothing.
  static let userErrors: [(text: String, kind: FaultKind)] = [
    ("record already exists", .duplicate), ("entity already exists", .duplicate), ("already exists", .duplicate),
    ("permission", .misconfigured), ("locked by a user defined workflow", .locked),
  ]

  /// Classifies an answer: on the code, then the status, then the text.
  ///
  /// A refusal needs a well-formed error document: the page of a proxy proves nothing about the order (F35).
  init(_ answer: HTTPAnswer) {
    let details = FaultDetail.read(answer)
    let words = details.map(\.words).joined(separator: " | ")
    let shown = words.isEmpty ? NetSuiteFault.cut(answer.text) : NetSuiteFault.cut(words)
    reason = "NetSuite answered \(answer.status): \(shown.isEmpty ? "(no text)" : shown)"
    guard (400..<500).contains(answer.status), answer.status != 408, !details.isEmpty else {
      kind = answer.status == 401 ? .misconfigured : .unknown
      return
    }
    kind = details.map { Self.kind(of: $0, status: answer.status) }.min() ?? .unknown
  }

  private static func kind(of detail: FaultDetail, status: Int) -> FaultKind {
    if detail.code == "NONEXISTENT_ID" || detail.code == "RCRD_DSNT_EXIST" { return status == 404 ? .absent : .refused }
    if let known = kinds[detail.code] { return known }
    switch status {
    case 401: return .misconfigured
    case 429: return .busy
    default: break
    }
    let text = detail.text.lowercased()
    if detail.code == "USER_ERROR", let match = userErrors.first(where: { text.contains($0.text) }) {
      return match.kind
    }
    return status == 403 ? .misconfigured : .refused
  }

  /// Foreign words, cut where they would flood a journal.
  static func cut(_ text: String) -> String {
    text.utf8.count <= 500 ? text : String(text.prefix(490)) + "…"
  }
}

extension FaultDetail {
  /// The details of an error document, of the older form with the code on top, or of a RESTlet; empty for all else.
  static func read(_ answer: HTTPAnswer) -> [FaultDetail] {
    guard let json = answer.json, json.isObject else { return [] }
    if let details = json["o:errorDetails"]?.array {
      let top = json["o:errorCode"]?.string ?? ""
      let read = details.compactMap { detail -> FaultDetail? in
        let code = detail["o:errorCode"]?.string ?? top
        guard let text = detail["detail"]?.string, !(code.isEmpty && text.isEmpty) else { return nil }
        return FaultDetail(code: code, text: text, locator: locator(detail))
      }
      return read.count == details.count ? read : []
    }
    if let code = json["o:errorCode"]?.string {
      return [FaultDetail(code: code, text: json["detail"]?.string ?? json["title"]?.string ?? "", locator: nil)]
    }
    if let code = json["error"]?["code"]?.string {
      return [FaultDetail(code: code, text: json["error"]?["message"]?.string ?? "", locator: nil)]
    }
    return []
  }

  private static func locator(_ detail: JSONValue) -> String? {
    for name in ["o:errorPath", "o:errorQueryParam", "o:errorHeader", "o:errorUrl"] {
      if let place = detail[name]?.string { return "\(name.dropFirst(2)) \(place)" }
    }
    return nil
  }
}
