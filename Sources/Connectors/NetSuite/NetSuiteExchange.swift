import Connector
import HandoffCore

/// What one request to NetSuite came to.
enum NetSuiteReply: Sendable {
  /// A 2xx answer, its meaning still to be checked.
  case answer(HTTPAnswer)
  /// Everything else, classified.
  case fault(NetSuiteFault)
}

/// Sends requests of the REST services, signed.
struct NetSuiteExchange: Sendable {
  let configuration: NetSuiteConfiguration
  let transport: any HTTPTransport
  let session: NetSuiteSession

  /// Sends one request; a token that is refused with 401 is replaced once, because a 401 proves that nothing was done.
  func send(_ method: String, _ path: String, body: JSONValue? = nil, headers: [HTTPField] = []) async -> NetSuiteReply
  {
    let url = configuration.baseURL + "/services/rest/" + path
    let first = await attempt(method, url, body: body, headers: headers)
    guard case .refusedToken = first else { return first.reply }
    return await attempt(method, url, body: body, headers: headers).reply
  }

  private enum Attempt {
    case done(NetSuiteReply)
    case refusedToken(NetSuiteFault)

    var reply: NetSuiteReply {
      switch self {
      case .done(let reply): reply
      case .refusedToken(let fault): .fault(fault)
      }
    }
  }

  private func attempt(_ method: String, _ url: String, body: JSONValue?, headers: [HTTPField]) async -> Attempt {
    let grant: NetSuiteSession.Grant
    switch await session.ticket(method: method, url: url) {
    case .granted(let ticket): grant = ticket
    case .busy(let reason): return .done(.fault(NetSuiteFault(kind: .busy, reason: reason)))
    case .closed(let reason): return .done(.fault(NetSuiteFault(kind: .misconfigured, reason: reason)))
    }
    var fields = [HTTPField("Authorization", grant.authorization), HTTPField("Accept", "application/json")]
    if body != nil { fields.append(HTTPField("Content-Type", "application/json")) }
    let call = HTTPCall(
      method, url, headers: fields + headers, body: body?.bytes ?? [], deadline: configuration.deadline)
    let answer: HTTPAnswer
    do throws(ExchangeFailure) { answer = try await transport.send(call) } catch {
      await session.unanswered(grant)
      switch error {
      case .notSent: return .done(.fault(NetSuiteFault(kind: .busy, reason: error.reason)))
      case .noAnswer: return .done(.fault(NetSuiteFault(kind: .unknown, reason: error.reason)))
      }
    }
    if answer.status == 401 {
      let fault = NetSuiteFault(answer)
      await session.rejected(grant, words: fault.reason)
      return grant.isFresh ? .done(.fault(fault)) : .refusedToken(fault)
    }
    await session.accepted(grant)
    return .done((200..<300).contains(answer.status) ? .answer(answer) : .fault(NetSuiteFault(answer)))
  }

  /// What a SuiteQL query found.
  enum QueryReply: Sendable {
    /// All rows; every value is text, an absent column was null.
    case rows([[String: String]])
    /// No rows could be had.
    case fault(NetSuiteFault)
  }

  /// Runs one SuiteQL query of at most 1000 rows with bound values.
  func query(_ text: String, _ values: [String]) async -> QueryReply {
    let body: JSONValue = ["q": .string(text), "params": .array(values.map(JSONValue.string))]
    let reply = await send(
      "POST", "query/v1/suiteql?limit=1000&offset=0", body: body, headers: [HTTPField("Prefer", "transient")])
    switch reply {
    case .fault(let fault): return .fault(fault)
    case .answer(let answer):
      guard answer.status == 200, let json = answer.readableJSON, let items = json["items"]?.array else {
        return .fault(NetSuiteFault(kind: .unknown, reason: "The answer to a SuiteQL query is no list of rows."))
      }
      if json["hasMore"]?.bool == true {
        return .fault(NetSuiteFault(kind: .unknown, reason: "A SuiteQL query found more than 1000 rows."))
      }
      var rows: [[String: String]] = []
      for item in items {
        guard case .members(let columns) = item else {
          return .fault(NetSuiteFault(kind: .unknown, reason: "A row of a SuiteQL answer is no object."))
        }
        var row: [String: String] = [:]
        for column in columns.members { row[column.name] = column.value.scalarText }
        rows.append(row)
      }
      return .rows(rows)
    }
  }
}

extension HTTPAnswer {
  /// The body as JSON; nil when it is none, or when the answer says that it is something else.
  var readableJSON: JSONValue? {
    if let type = headers["Content-Type"], !type.lowercased().contains("json") { return nil }
    return json
  }
}
