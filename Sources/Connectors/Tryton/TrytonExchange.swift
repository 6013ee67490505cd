import Connector
import HandoffCore
import Signing

/// Tryton's REST interface: one request, and what its answer means.
struct TrytonExchange: Sendable {
  /// What an answer means (facts of Tryton 8.2: a refusal is JSON with status 400, everything else that fails is HTML).
  enum Answer: Sendable {
    /// The records asked for.
    case json(JSONValue)
    /// Tryton's rules said no; its words. The transaction was rolled back.
    case refused(String)
    /// The button does not fit the record's state: somebody else was faster.
    case wrongState(String)
    /// No such record, or no such database.
    case notFound
    /// Anything else.
    case fault(TrytonFault)
  }

  private let base: String
  private let headers: [HTTPField]
  private let transport: any HTTPTransport
  private let deadline: Duration
  private let company: Int

  init(_ configuration: TrytonERP.Configuration, transport: any HTTPTransport) {
    var base = configuration.baseURL
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base + "/rest/model/"
    self.transport = transport
    deadline = configuration.deadline
    company = configuration.company
    headers = [
      HTTPField("Authorization", "Bearer \(configuration.key)"), HTTPField("Content-Type", "application/json"),
      HTTPField("Accept", "application/json"),
    ]
  }

  /// Searches a model; every match, since Tryton limits only on request.
  func search(
    _ model: String, _ domain: JSONValue, fields: [String], context: [String: JSONValue] = [:]
  ) async -> Answer {
    await send("GET", model, fields, d: domain, context: context)
  }

  /// Reads one record by its id, writes it, or presses one of its buttons.
  func send(
    _ method: String, _ path: String, _ fields: [String], d domain: JSONValue? = nil, body: JSONValue? = nil,
    context: [String: JSONValue] = [:]
  ) async -> Answer {
    let query = (domain.map { ["d=" + Self.encoded($0)] } ?? []) + fields.map { "f=" + $0 }
    var context = context
    context["company"] = .number(String(company))
    let call = HTTPCall(
      method, base + path + "?" + query.joined(separator: "&"),
      headers: headers + [HTTPField("X-Tryton-Context", Self.encoded(.object(context), inURL: false))],
      body: body?.bytes ?? [], deadline: deadline)
    do throws(ExchangeFailure) {
      return Self.judge(try await transport.send(call))
    } catch {
      switch error {
      case .notSent: return .fault(.notSent(error.reason))
      case .noAnswer: return .fault(.unknown(error.reason))
      }
    }
  }

  private static func judge(_ answer: HTTPAnswer) -> Answer {
    switch answer.status {
    case 200:
      guard let json = answer.json else { return .fault(.unknown("200 without JSON: \(words(answer))")) }
      return .json(json)
    case 400:
      guard let message = answer.json?["message"]?.string, !message.isEmpty else {
        return .fault(.unknown("400 without a message: \(words(answer))"))
      }
      return judge(message, answer.json?["description"]?.string ?? "")
    case 401, 403:
      return .fault(.misconfigured("Tryton answers \(answer.status): the key is unknown, revoked or not for REST."))
    case 404: return .notFound
    default: return .fault(.unknown("Tryton answers \(answer.status): \(words(answer))"))
    }
  }

  private static func judge(_ message: String, _ description: String) -> Answer {
    let whole = String((description.isEmpty ? message : message + " " + description).prefix(500))
    if message.hasPrefix("You are not allowed to ") || message.hasPrefix("Calling button ") {
      return .fault(.misconfigured("A right is missing in Tryton: \(whole)"))
    }
    return message.hasPrefix("You can not call ") ? .wrongState(whole) : .refused(whole)
  }

  private static func words(_ answer: HTTPAnswer) -> String { String(answer.text.prefix(200)) }

  /// Base64 for URLs with its padding, which Tryton's decoder demands.
  private static func encoded(_ json: JSONValue, inURL: Bool = true) -> String {
    let text = Base64.encodeURL(json.bytes).prefix { $0 != "=" }
    let missing = (4 - text.utf8.count % 4) % 4
    return text + String(repeating: inURL ? "%3D" : "=", count: missing)
  }
}

/// Why a request has no answer that can be used.
enum TrytonFault: Hashable, Sendable {
  /// Nothing left.
  case notSent(String)
  /// It may have been done.
  case unknown(String)
  /// Key, right or address are wrong.
  case misconfigured(String)

  /// The words for the journal.
  var reason: String {
    switch self {
    case .notSent(let reason), .unknown(let reason), .misconfigured(let reason): reason
    }
  }

  /// The outcome of a submission of which nothing was written yet.
  var beforeWriting: SubmissionOutcome {
    switch self {
    case .notSent(let reason), .unknown(let reason): .busy(reason: reason)
    case .misconfigured(let reason): .misconfigured(reason: reason)
    }
  }

  /// The outcome of a submission that may have left traces already.
  var afterSending: SubmissionOutcome {
    switch self {
    case .notSent(let reason), .unknown(let reason): .unknown(reason: reason)
    case .misconfigured(let reason): .misconfigured(reason: reason)
    }
  }
}
