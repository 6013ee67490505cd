import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Signing
import Synchronization

@testable import Desk

/// Time that never makes a fuzzer wait.
private struct NoTime: CoordinatorTime {
  var now: Timestamp { Sample.now }
  func sleep(for duration: Duration) async {}
}

/// Gathers the body of an answer.
private final class Collected: Sendable {
  let bytes = Mutex<[UInt8]>([])
}

private struct Collector: ResponseBodyWriter {
  let collected: Collected
  mutating func write(_ buffer: ByteBuffer) async throws {
    collected.bytes.withLock { $0 += Array(buffer.readableBytesView) }
  }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// A desk with one storefront of each vendor over a store in memory.
private struct FuzzedDesk: Sendable {
  static let token = "a-token-that-is-long-enough"

  /// One for all: a channel and its pipeline hold each other until it is closed.
  private static let context = BasicRequestContext(
    source: ApplicationRequestContextSource(
      channel: EmbeddedChannel(), logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }))

  let responder: DeskResponder
  let store = MemoryStore()

  init(isGuarded: Bool) throws(Finding) {
    let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
    guard let generic = Shops.generic, let woo = Shops.woo else { throw Finding("no shop") }
    let sources: [(String, any OrderSource)] = [("shop", generic), ("shopify", Shops.shopify), ("woo", woo)]
    let books = ERPName("books")
    let storefronts = sources.map { name, source in
      Storefront(
        name: StorefrontName(name), source: source, sender: FakeSender(), policy: HandoffPolicy(), erp: books,
        backfillInterval: nil)
    }
    let coordinator = Coordinator(
      CoordinatorSetting(storefronts: storefronts, erps: [books: FakeERP()], defaultOwner: "ops@example.com"),
      store: store, time: NoTime(), sha256: { sha256($0) }, logger: logger)
    let setting = DeskSetting(token: isGuarded ? FuzzedDesk.token : nil)
    responder =
      DeskServer(setting, coordinator: coordinator, clock: Sample.clock, logger: logger).responder
  }

  /// Answers as it would on a socket; a connection that is cut ends the body early.
  func answer(_ request: Request) async -> (Response, [UInt8])? {
    guard let response = try? await responder.respond(to: request, context: FuzzedDesk.context) else { return nil }
    let collected = Collected()
    let type = HTTPFields.Element.Name("content-type").flatMap { response.headers[$0] } ?? ""
    if !type.hasPrefix("text/event-stream") { try? await response.body.write(Collector(collected: collected)) }
    return (response, collected.bytes.withLock { $0 })
  }
}

extension FuzzTarget {
  /// A request: a line with method and target, header fields, an empty line, the body. Every vendor's signature is
  /// added, unless a field `x-unsigned` is there; `x-guarded` asks a desk that has a token. Lines of `~~~` part
  /// requests, so that the second one can be about what the first one stored.
  static let desk = FuzzTarget(name: "desk") { bytes throws(Finding) in
    let isGuarded = Script.split(bytes[...], at: Array("x-guarded".utf8), most: 1).count > 1
    let desk = try FuzzedDesk(isGuarded: isGuarded)
    for part in Script.split(bytes[...], at: Array("\n~~~\n".utf8), most: 4) {
      guard let request = request(part) else { continue }
      guard let (response, body) = try Blocking.run({ await desk.answer(request) }) else {
        throw Finding("the request ended with an error instead of an answer")
      }
      try check(response, body)
    }
  }

  private static func request(_ bytes: ArraySlice<UInt8>) -> Request? {
    let parts = Script.split(bytes, at: Array("\n\n".utf8), most: 1)
    let lines = (parts.first ?? []).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    let words = (lines.first ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2, let method = HTTPRequest.Method(rawValue: String(words[0])) else { return nil }
    let body = parts.count > 1 ? Array(parts[1]) : []
    var fields = lines.dropFirst().map(Script.field)
    if fields["x-unsigned"] == nil { fields = Shops.signatures(body) + fields }
    var headers = HTTPFields()
    var authority = "localhost"
    for field in fields {
      if field.name.lowercased() == "host" { authority = field.value }
      guard let name = HTTPFields.Element.Name(field.name) else { continue }
      headers.append(HTTPFields.Element(name: name, value: field.value))
    }
    let head = HTTPRequest(
      method: method, scheme: "http", authority: authority, path: String(words[1]), headerFields: headers)
    return Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
  }

  private static func check(_ response: Response, _ body: [UInt8]) throws(Finding) {
    let status = response.status.code
    try must(status != 500 && status != 503, "the desk answers \(status): \(String(decoding: body, as: UTF8.self))")
    for field in response.headers {
      try must(
        field.value.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 }, "a line end in the field \(field.name)")
    }
    let type = HTTPFields.Element.Name("content-type").flatMap { response.headers[$0] } ?? ""
    if type.contains("json"), !body.isEmpty {
      try must((try? JSONValue(parsing: body)) != nil, "no JSON: \(String(decoding: body, as: UTF8.self))")
    }
  }
}
