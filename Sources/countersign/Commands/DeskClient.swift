import ArgumentParser
import Connector
import Foundation
import HandoffCore
import Transport

/// Where the running coordinator is, and what the answer looks like.
struct DeskOptions: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions

  @Option(help: "The running coordinator, over the configuration's address.")
  var url: String?

  @Option(help: "Its token; by default the configuration's.")
  var token: String?

  @Option(name: [.customShort("o"), .long], help: "table, json or ids.")
  var output = OutputForm.table

  func client() throws -> DeskClient {
    if let url { return DeskClient(base: url.hasSuffix("/") ? String(url.dropLast()) : url, token: token) }
    let settings = try configuration.load(isWired: false)
    let host = settings.http.isLoopback ? settings.http.host : "127.0.0.1"
    return DeskClient(base: "http://\(host):\(settings.http.port)", token: token ?? settings.http.token)
  }
}

/// How a command writes what it found.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
  case table, json, ids
}

/// Asks the running coordinator over its own API: the command line knows nothing that a program could not.
struct DeskClient {
  let base: String
  let token: String?

  func get(_ path: String) async throws -> JSONValue { try await send(HTTPCall("GET", base + path)).wanted() }

  /// A list page by page, as far as the limit or to its end, and its first page for what stands beside the list.
  func list(
    _ path: String, _ member: String, by key: String, limit: Int?
  ) async throws -> (elements: [JSONValue], first: JSONValue) {
    var found: [JSONValue] = []
    var seen: Set<String> = []
    var first: JSONValue?
    var next: String?
    let size = min(limit ?? Self.longestPage, Self.longestPage)
    repeat {
      var page = path + (path.contains("?") ? "&" : "?") + "limit=\(size)"
      if let next { page += "&after=" + Self.escaped(next) }
      let answer = try await get(page)
      first = first ?? answer
      // What moved on between two pages comes again; and a page that leads to itself is the last.
      found += (answer[member]?.array ?? []).filter { seen.insert($0[key]?.scalarText ?? $0.text).inserted }
      next = answer["next"]?.string == next ? nil : answer["next"]?.string
    } while next != nil && found.count < limit ?? .max
    if let limit { found = Array(found.prefix(max(0, limit))) }
    return (found, first ?? .null)
  }

  private static let longestPage = 500

  /// As `get`, for a path that may lead nowhere.
  func look(_ path: String) async throws -> DeskReply { try await send(HTTPCall("GET", base + path)) }

  func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
    let fields = [HTTPField("Content-Type", "application/json")]
    return try await send(HTTPCall("POST", base + path, headers: fields, body: body.bytes)).wanted()
  }

  private func send(_ plain: HTTPCall) async throws -> DeskReply {
    var call = plain
    if let token { call.headers.append(HTTPField("Authorization", "Bearer " + token)) }
    let transport = AHCTransport()
    let outcome: Result<HTTPAnswer, ExchangeFailure>
    do throws(ExchangeFailure) { outcome = .success(try await transport.send(call)) } catch {
      outcome = .failure(error)
    }
    await transport.shutdown()
    switch outcome {
    case .failure(let failure):
      throw CommandFault("\(base) does not answer (\(failure.reason)). Is `countersign serve` running there?")
    case .success(let answer):
      guard let json = answer.json else { throw CommandFault("\(base) answered \(answer.status) without JSON.") }
      return DeskReply(status: answer.status, json: json)
    }
  }

  static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}

/// What the coordinator said.
struct DeskReply {
  let status: Int
  let json: JSONValue

  /// The document that was asked for.
  /// - Throws: a fault in the coordinator's words when it is none.
  func wanted() throws -> JSONValue {
    if (200..<300).contains(status) || status == 300 { return json }
    if status == 401 {
      throw CommandFault(
        "401: the coordinator does not take this token, or wants one: give it with --token, or as http.token in the "
          + "configuration that it was started with.")
    }
    let detail = json["detail"]?.string ?? json["title"]?.string ?? json.text
    throw CommandFault("\(status): \(detail)")
  }
}

/// A plain table for a terminal.
struct TextTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = [header] }

  mutating func add(_ row: [String]) { rows.append(row.map(TextTable.clean)) }

  /// Control characters of foreign texts would steer the terminal.
  static func clean(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
  }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.compactMap { $0.indices.contains(column) ? $0[column].count : nil }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1 ? cell : cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension JSONValue {
  /// A member as text for a table; empty when it is absent or null.
  func cell(_ key: String) -> String { self[key]?.scalarText ?? "" }
}
