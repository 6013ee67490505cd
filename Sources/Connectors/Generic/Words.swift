import Connector

/// What a foreign system said, verbatim and short enough for a journal row.
enum Words {
  /// The first 500 characters.
  static func cut(_ text: String) -> String { text.count <= 500 ? text : String(text.prefix(500)) + "…" }

  /// The status and what the body says: `reasons`, problem details (RFC 9457), an error message, or the body itself.
  static func of(_ answer: HTTPAnswer) -> String {
    let said = spoken(answer)
    return "HTTP \(answer.status)" + (said.isEmpty ? "" : ": " + cut(said))
  }

  private static func spoken(_ answer: HTTPAnswer) -> String {
    guard let json = answer.json, json.isObject else { return answer.text }
    if let reasons = json["reasons"]?.array ?? json["errors"]?.array, !reasons.isEmpty {
      return reasons.map(phrase).joined(separator: "; ")
    }
    for key in ["reason", "detail", "message", "error", "title"] {
      if let value = json[key], let text = value.string ?? value["message"]?.string, !text.isEmpty { return text }
    }
    return answer.text
  }

  private static func phrase(_ reason: JSONValue) -> String {
    if let text = reason.string { return text }
    let text = reason["message"]?.string ?? reason["detail"]?.string ?? reason.text
    guard let path = reason["path"]?.string ?? reason["field"]?.string else { return text }
    return "\(path): \(text)"
  }
}
