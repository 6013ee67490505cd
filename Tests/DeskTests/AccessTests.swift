import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

@Suite struct AccessTests {
  private static func path(_ route: DeskRoute) -> String {
    "/"
      + route.path.split(separator: "/").map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
  }

  @Test func `every route of the API and the pages is shut without the token`() async throws {
    let fixture = DeskFixture(DeskFixture.guarded)
    let routes = fixture.server.responder.table.routes
    #expect(routes.contains { $0.access == .api } && routes.contains { $0.access == .console })
    try await fixture.run { client in
      for route in routes {
        let path = AccessTests.path(route)
        for authorization in ["", "Bearer wrong-token-of-some-length", "Basic YTpi", DeskFixture.token] {
          let answer = try await client.ask(
            route.method, path, ["authorization": authorization, "content-type": "application/json"], body: [])
          switch (route.access, route.method) {
          case (.api, _): #expect(answer.status == .unauthorized, "\(route.method) \(path)")
          case (.console, "GET"):
            #expect(answer.status == .seeOther, "\(path)")
            #expect(answer.field("location")?.hasPrefix("/login?then=") == true)
          case (.console, _): #expect(answer.status == .unauthorized, "\(route.method) \(path)")
          case (.open, _): #expect(answer.status != .seeOther, "\(path)")
          case (.signed, _): #expect(answer.field("www-authenticate") != "Bearer realm=\"countersign\"")
          }
        }
      }
    }
  }

  @Test func `the token opens the API, and the pages only through the login`() async throws {
    let fixture = DeskFixture(DeskFixture.guarded)
    try await fixture.run { client in
      for route in fixture.server.responder.table.routes
      where route.access == .api && route.method == "GET" && route.path != "/v1/stream" {
        let answer = try await client.ask(
          "GET", AccessTests.path(route), ["authorization": "Bearer \(DeskFixture.token)"])
        #expect(answer.status != .unauthorized, "\(route.path)")
      }
      let page = try await client.ask("GET", "/orders", ["authorization": "Bearer \(DeskFixture.token)"])
      #expect(page.status == .seeOther)
    }
  }

  @Test func `a login opens a new session that a logout ends`() async throws {
    try await DeskFixture(DeskFixture.guarded).run { client in
      let wrong = try await client.ask("POST", "/login", body: Array("token=nonsense&then=/orders".utf8))
      #expect(wrong.status == .unauthorized)
      #expect(wrong.field("set-cookie") == nil)
      let planted = "countersign=0123456789abcdef0123456789abcdef"
      let right = try await client.ask(
        "POST", "/login", ["cookie": planted], body: Array("token=\(DeskFixture.token)&then=/orders".utf8))
      #expect(right.status == .seeOther)
      #expect(right.field("location") == "/orders")
      let field = right.field("set-cookie") ?? ""
      #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict"))
      let cookie = String(field.prefix { $0 != ";" })
      #expect(cookie != planted)
      #expect(try await client.ask("GET", "/orders", ["cookie": planted]).status == .seeOther)
      let page = try await client.ask("GET", "/orders", ["cookie": cookie])
      #expect(page.status == .ok)
      let token = try #require(page.text.firstMatch(of: /name="csrf" value="([0-9a-f]{64})"/)).1
      let out = try await client.ask("POST", "/logout", ["cookie": cookie], body: Array("csrf=\(token)".utf8))
      #expect(out.field("location") == "/login")
      #expect(try await client.ask("GET", "/orders", ["cookie": cookie]).status == .seeOther)
    }
  }

  @Test func `guessing tokens at the login is stopped`() async throws {
    let fixture = DeskFixture(DeskFixture.guarded)
    try await fixture.run { client in
      for _ in 0..<10 { _ = try await client.ask("POST", "/login", body: Array("token=guess".utf8)) }
      let right = Array("token=\(DeskFixture.token)".utf8)
      let locked = try await client.ask("POST", "/login", body: right)
      #expect(locked.status == .tooManyRequests)
      #expect(locked.field("retry-after") == "60")
      fixture.clock.advance(by: .seconds(61))
      #expect(try await client.ask("POST", "/login", body: right).status == .seeOther)
    }
  }

  @Test(arguments: [
    "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nset-cookie: x=1", "", "javascript:alert(1)",
    "/%0d%0a\u{7f}", "/\u{2028}",
  ])
  func `the login leads nowhere else`(then: String) {
    #expect(FrontOffice.own(then) == "/")
  }

  @Test func `a session ends after twelve hours`() async throws {
    let fixture = DeskFixture(DeskFixture.guarded)
    try await fixture.run { client in
      let answer = try await client.ask("POST", "/login", body: Array("token=\(DeskFixture.token)".utf8))
      let cookie = String((answer.field("set-cookie") ?? "").prefix { $0 != ";" })
      #expect(try await client.ask("GET", "/", ["cookie": cookie]).status == .ok)
      fixture.clock.advance(by: .seconds(12 * 3600 + 1))
      #expect(try await client.ask("GET", "/", ["cookie": cookie]).status == .seeOther)
    }
  }

  @Test func `a form of another site cannot decide, because the API takes only JSON`() async throws {
    let fixture = DeskFixture()
    let (_, id) = try await fixture.overdue()
    try await fixture.run { client in
      for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let answer = try await client.ask(
          "POST", "/v1/exceptions/\(id)/retry", ["content-type": type], body: Array(#"{"by":"x"}"#.utf8))
        #expect(answer.status == .unsupportedMediaType)
      }
    }
  }

  @Test(arguments: [
    ("localhost", true), ("localhost:8080", true), ("127.0.0.1:1", true), ("[::1]:80", true), ("LOCALHOST", true),
    ("desk.example", true), ("evil.example", false), ("127.0.0.1.evil.example", false), ("localhost.evil", false),
    ("", false), ("[::1", false), ("0.0.0.0:8080", false),
  ])
  func `a desk on loopback answers only to its own names`(host: String, isOwn: Bool) throws {
    var setting = DeskSetting()
    setting.allowedHosts = ["desk.example"]
    let door = DeskFixture(setting).server.responder.door
    if isOwn { try door.check(host: host) } else { #expect(throws: Problem.self) { try door.check(host: host) } }
  }

  @Test func `a desk that others can reach does not open without a token, or with a short one`() async throws {
    let open = DeskFixture(DeskSetting(host: "0.0.0.0", port: 0))
    await #expect(throws: DeskFault.self) { try await open.server.run() }
    let short = DeskFixture(DeskSetting(port: 0, token: "short"))
    await #expect(throws: DeskFault.self) { try await short.server.run() }
    #expect(DeskSetting(host: "0.0.0.0", token: DeskFixture.token).fault == nil)
  }

  @Test func `every answer but a webhook's carries the fields that protect a browser`() async throws {
    try await DeskFixture().run { client in
      for path in ["/", "/orders", "/v1/orders", "/healthz", "/nowhere", "/login", "/metrics", "/openapi.json"] {
        let answer = try await client.ask("GET", path)
        #expect(answer.field("content-security-policy")?.contains("frame-ancestors 'none'") == true, "\(path)")
        #expect(answer.field("content-security-policy")?.contains("unsafe") == false)
        #expect(answer.field("x-content-type-options") == "nosniff")
        #expect(answer.field("referrer-policy") == "no-referrer")
        #expect(answer.field("cache-control") == "no-store")
        #expect(answer.field("server") == nil)
      }
    }
  }

  @Test func `an unknown method is 405 with those there are, an unknown path 404`() async throws {
    try await DeskFixture().run { client in
      for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"] {
        let answer = try await client.ask(method, "/v1/orders")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.field("allow") == "GET, HEAD")
        #expect(answer.field("content-type") == "application/problem+json")
      }
      #expect(try await client.ask("GET", "/webhooks/shop").status == .methodNotAllowed)
      #expect(try await client.ask("GET", "/v1/nothing").status == .notFound)
      #expect(try await client.ask("GET", "/v1/orders/%FF").status == .badRequest)
      #expect(try await client.ask("GET", "/v1/orders/%zz").status == .badRequest)
    }
  }

  @Test func `a NUL reaches neither a store nor an ERP`() async throws {
    try await DeskFixture().run { client in
      #expect(try await client.ask("GET", "/v1/orders/a%00b").status == .badRequest)
      for query in ["skus=a%00b", "skus=%00", "sk%00us=MUG"] {
        let answer = try await client.ask("GET", "/v1/availability?\(query)")
        #expect(answer.status == .ok && answer.json["erps"] == nil, "\(query)")
      }
      #expect(try await client.ask("GET", "/v1/availability?skus=MUG").json["erps"] != nil)
    }
  }

  @Test func `HEAD is GET without the body`() async throws {
    try await DeskFixture().run { client in
      let head = try await client.ask("HEAD", "/healthz")
      #expect(head.status == .ok)
      #expect(head.text.isEmpty)
      #expect(head.field("content-length") == "18")
    }
  }

  @Test func `further routes are served, and cannot stand before the desk's own`() async throws {
    let routes = [
      DeskRoute("GET", "/demo/{name}", .open) { .html("hello " + ($0.parameters["name"] ?? "")) },
      DeskRoute("GET", "/healthz", .open) { _ in .html("mine") },
    ]
    try await DeskFixture(routes: routes).run { client in
      let demo = try await client.ask("GET", "/demo/a%20b")
      let health = try await client.ask("GET", "/healthz")
      #expect(demo.text == "hello a b")
      #expect(health.text != "mine")
    }
  }
}
