import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

/// A check of a JSON value against the part of JSON Schema that the description uses.
struct ShapeCheck {
  let schemas: [String: JSONValue]

  init(_ document: JSONValue) { schemas = document["components"]?["schemas"]?.object ?? [:] }

  /// What is wrong with a value, each fault with its path.
  func faults(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
    if let reference = schema["$ref"]?.string {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let target = schemas[name] else { return ["\(path): no schema \(name)"] }
      return faults(value, target, at: path)
    }
    if let names = schema["enum"]?.array, !names.contains(value) { return ["\(path): \(value) is not allowed"] }
    let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
    guard types.contains(where: { ShapeCheck.fits(value, $0) }) else { return ["\(path): \(value) is no \(types)"] }
    var found: [String] = []
    if let members = value.object {
      let properties = schema["properties"]?.object ?? [:]
      for name in (schema["required"]?.array ?? []).compactMap(\.string) where members[name] == nil {
        found.append("\(path).\(name) is missing")
      }
      for (name, member) in members {
        if let property = properties[name] {
          found += faults(member, property, at: path + "." + name)
        } else if schema["additionalProperties"] == false {
          found.append("\(path).\(name) is not described")
        }
      }
    }
    if let items = schema["items"] {
      for (index, item) in (value.array ?? []).enumerated() { found += faults(item, items, at: "\(path)[\(index)]") }
    }
    return found
  }

  private static func fits(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "string": value.string != nil
    case "integer": value.string == nil && value.int != nil
    case "boolean": value.bool != nil
    case "null": value.isNull
    case "array": value.array != nil
    case "object": value.isObject
    default: false
    }
  }
}

@Suite struct APIDescriptionTests {
  private func document() throws -> JSONValue { try JSONValue(parsing: OpenAPI.document) }

  @Test func `every route of the API is described, and everything described is served`() throws {
    var described: Set<String> = []
    for (path, item) in try #require(try document()["paths"]?.object) {
      for method in item.object?.keys.sorted() ?? [] where method != "parameters" {
        described.insert(method.uppercased() + " " + path)
      }
    }
    let routes = DeskFixture().server.responder.table.routes.filter { route in
      route.access != .console && !route.path.hasPrefix("/assets/") && route.path != "/login"
    }
    #expect(Set(routes.map { $0.method + " " + $0.path }) == described)
  }

  @Test func `what needs the token says so`() throws {
    let paths = try document()["paths"]
    for route in DeskFixture().server.responder.table.routes where route.access == .api {
      let operation = paths?[route.path]?[route.method.lowercased()]
      #expect(operation?["security"]?.array?.isEmpty == false, "\(route.path)")
      #expect(operation?["responses"]?["401"] != nil, "\(route.path)")
    }
  }

  @Test func `every reference in the description leads somewhere`() throws {
    let document = try document()
    func references(_ value: JSONValue) -> [String] {
      switch value {
      case .members(let object):
        (object["$ref"]?.string.map { [$0] } ?? []) + object.members.map(\.value).flatMap(references)
      case .array(let values): values.flatMap(references)
      default: []
      }
    }
    for reference in references(document) {
      let parts = reference.split(separator: "/").dropFirst().map(String.init)
      let target = parts.reduce(Optional(document)) { value, key in value?[key] }
      #expect(target != nil, "\(reference)")
    }
  }

  @Test func `real answers have the described shapes`() async throws {
    let fixture = DeskFixture()
    let (_, id) = try await fixture.overdue("7")
    await fixture.capture("8")
    let document = try document()
    let check = ShapeCheck(document)
    try await fixture.run { client in
      _ = try await client.ask("POST", "/webhooks/shop", ["webhook-signature": "right"], body: [123])
      _ = try await client.ask("POST", "/webhooks/shop", ["webhook-signature": "right"], body: [0xFF, 0xFE])
      let asked: [(String, String)] = [
        ("/v1/orders", "OrderList"), ("/v1/orders/7", "Order"), ("/v1/orders/7?content=1", "Order"),
        ("/v1/orders/anna@example.org", "Matches"), ("/v1/exceptions", "ExceptionList"),
        ("/v1/availability", "Availability"), ("/v1/availability?skus=MUG", "Availability"),
        ("/v1/demand", "Demand"), ("/v1/unreadable", "UnreadableList"), ("/v1/unreadable?all=1", "UnreadableList"),
        ("/v1/unreadable/1", "UnreadableDelivery"), ("/v1/unreadable/2", "UnreadableDelivery"),
        ("/healthz", "Status"), ("/readyz", "Status"), ("/problems/conflict", "ProblemKind"),
        ("/nowhere", "Problem"), ("/v1/orders/none", "Problem"), ("/v1/orders?stage=x", "Problem"),
      ]
      for (path, name) in asked {
        let answer = try await client.ask("GET", path)
        let schema: JSONValue = ["$ref": .string("#/components/schemas/" + name)]
        #expect(check.faults(answer.json, schema).isEmpty, "\(path): \(check.faults(answer.json, schema))")
      }
      let posted: [(TestResponse, String)] = [
        (try await client.post("/v1/exceptions/\(id)/assign", ["owner": "x", "by": "Ann"]), "Exception"),
        (try await client.post("/v1/exceptions/\(id)/resolve", ["decision": "cancel", "by": "Ann"]), "OrderSummary"),
        (try await client.post("/v1/exceptions/\(id)/retry", ["by": "Ann"]), "Problem"),
        (try await client.post("/v1/unreadable/1/replay", ["by": "Ann"]), "Replay"),
        (try await client.post("/v1/unreadable/1/close", ["by": "Ann", "reason": "a test"]), "Unreadable"),
        (try await client.post("/v1/unreadable/1/close", ["by": "Ann", "reason": "a test"]), "Problem"),
        (
          try await client.ask(
            "POST", "/v1/storefronts/shop/orders", ["webhook-signature": "right"], body: DeskFixture.order("9")),
          "OrderAnswer"
        ),
        (
          try await client.ask("POST", "/webhooks/shop", ["webhook-signature": "right"], body: DeskFixture.order("9")),
          "WebhookAnswer"
        ),
      ]
      for (answer, name) in posted {
        let schema: JSONValue = ["$ref": .string("#/components/schemas/" + name)]
        #expect(check.faults(answer.json, schema).isEmpty, "\(name): \(check.faults(answer.json, schema))")
      }
    }
  }

  @Test func `a shape that does not fit is noticed`() throws {
    let check = ShapeCheck(try document())
    let schema: JSONValue = ["$ref": "#/components/schemas/Status"]
    #expect(check.faults(["status": "alive"], schema).isEmpty)
    #expect(check.faults(["status": 1], schema).count == 1)
    #expect(check.faults([:], schema).count == 1)
    #expect(check.faults(["status": "alive", "extra": 1], schema).count == 1)
  }

  @Test func `every kind of problem is explained under its type`() async throws {
    try await DeskFixture().run { client in
      for kind in Problem.Kind.allCases {
        let answer = try await client.ask("GET", "/problems/" + kind.rawValue)
        #expect(answer.status == .ok)
        #expect(answer.json["status"]?.int == kind.status)
        #expect(answer.json["advice"]?.string?.isEmpty == false)
      }
    }
  }
}

@Suite struct MetricsTests {
  @Test func `metrics are Prometheus text with cumulative buckets`() async throws {
    var setting = DeskSetting()
    setting.figures = { [DeskFigure("store_commits", "Commits.", value: 7, isCounter: true)] }
    let fixture = DeskFixture(setting)
    await fixture.capture()
    for seconds in [1, 1, 100_000] { fixture.coordinator.meter.note("captured_to_confirmed", took: .seconds(seconds)) }
    try await fixture.run { client in
      let answer = try await client.ask("GET", "/metrics")
      #expect(answer.field("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
      let lines = answer.text.split(separator: "\n").map(String.init)
      #expect(lines.contains("countersign_deliveries_total{kind=\"applied\"} 1"))
      #expect(lines.contains("countersign_store_commits_total 7"))
      #expect(lines.contains("countersign_captured_to_confirmed_seconds_bucket{le=\"1.024\"} 2"))
      #expect(lines.contains("countersign_captured_to_confirmed_seconds_bucket{le=\"300.0\"} 2"))
      #expect(lines.contains("countersign_captured_to_confirmed_seconds_bucket{le=\"+Inf\"} 3"))
      #expect(lines.contains("countersign_captured_to_confirmed_seconds_count 3"))
      #expect(lines.contains("countersign_handoffs{stage=\"confirmed\"} 0"))
      #expect(lines.contains("countersign_lane_limit{lane=\"erp:books\"} 4"))
      for line in lines where !line.hasPrefix("#") {
        #expect(line.wholeMatch(of: /countersign_[a-z0-9_]+(\{[^}]*\})? [0-9.e+-]+/) != nil, "\(line)")
      }
    }
  }

  @Test func `labels cannot break out of their quotes`() {
    var text = MetricsText()
    text.sample("x", [("l", "a\"} 1\nb\\")], 1)
    #expect(text.text == "countersign_x{l=\"a\\\"} 1\\nb\\\\\"} 1\n")
  }

  @Test func `quantiles come out of the buckets`() {
    var buckets = Array(repeating: 0, count: Meter.bounds.count + 1)
    #expect(Quantile.of(0.5, in: buckets) == nil)
    buckets[9] = 100
    #expect(Quantile.of(0.5, in: buckets) == 0.384)
    buckets[Meter.bounds.count] = 100
    #expect(Quantile.of(0.99, in: buckets) == 3600)
  }

  @Test(arguments: [(0.0004, "0 ms"), (0.25, "250 ms"), (1.25, "1.3 s"), (90.0, "1.5 min"), (.infinity, "–")])
  func `durations are short`(seconds: Double, text: String) {
    #expect(Chart.seconds(seconds) == text)
  }

  @Test func `the curve survives no samples, equal instants and clocks that go back`() {
    #expect(Chart.throughput([]).hasSuffix("</svg>"))
    let samples = [10, 10, 5].map { Pace.Sample(at: Timestamp(seconds: $0), captured: Int($0), confirmed: 0) }
    #expect(Chart.throughput(samples).hasSuffix("</svg>"))
    #expect(Chart.latestRate(samples) == "0")
  }
}

@Suite struct StreamTests {
  @Test func `the stream tells transitions as events, one line of data each`() async throws {
    let fixture = DeskFixture()
    let route = try #require(fixture.server.responder.table.routes.first { $0.path == "/v1/stream" })
    let request = DeskRequest(
      method: "GET", path: "/v1/stream", parameters: [:], rawQuery: "", headers: [], body: [], session: nil)
    guard case .events(let blocks) = try await route.handle(request).content else {
      Issue.record("no stream")
      return
    }
    var iterator = blocks.makeAsyncIterator()
    #expect(await iterator.next() == ServerEvent.opening)
    await fixture.capture()
    var bytes = await iterator.next()
    // On a slow machine a pulse may come first.
    while bytes == ServerEvent.pulse { bytes = await iterator.next() }
    let block = String(decoding: bytes ?? [], as: UTF8.self)
    #expect(block.hasPrefix("event: transition\ndata: {"))
    #expect(block.hasSuffix("}\n\n"))
    let data = block.split(separator: "\n").last { $0.hasPrefix("data: ") }?.dropFirst(6) ?? ""
    let shape = ShapeCheck(try JSONValue(parsing: OpenAPI.document))
    let schema: JSONValue = ["$ref": "#/components/schemas/Transition"]
    #expect(shape.faults(try JSONValue(parsing: String(data)), schema).isEmpty)
  }

  @Test func `no more streams are opened than there are places`() async throws {
    let fixture = DeskFixture()
    let route = try #require(fixture.server.responder.table.routes.first { $0.path == "/v1/stream" })
    let request = DeskRequest(
      method: "GET", path: "/v1/stream", parameters: [:], rawQuery: "", headers: [], body: [], session: nil)
    var open: [DeskAnswer] = []
    for _ in 0..<Pace.streamLimit { open.append(try await route.handle(request)) }
    await #expect(throws: Problem.self) { _ = try await route.handle(request) }
    #expect(open.count == Pace.streamLimit)
  }
}

@Suite struct LiveTests {
  @Test func `a real server answers on a port of its own`() async throws {
    let fixture = DeskFixture(DeskSetting(port: 0))
    try await fixture.server.application.test(.live) { client in
      #expect(try await client.ask("GET", "/healthz").status == .ok)
      let order = try await client.ask(
        "POST", "/webhooks/shop", ["webhook-signature": "right"], body: DeskFixture.order())
      #expect(order.status == .ok)
      #expect(try await client.ask("GET", "/v1/orders/1001").json["number"] == "#1001")
      #expect(try await client.ask("GET", "/").status == .ok)
    }
  }
}
