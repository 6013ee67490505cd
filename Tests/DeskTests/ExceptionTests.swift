import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

@Suite struct ExceptionTests {
  @Test func `an exception says what it is, whose it is and what may be decided`() async throws {
    let fixture = DeskFixture()
    let (handoff, id) = try await fixture.overdue()
    try await fixture.run { client in
      let list = try await client.ask("GET", "/v1/exceptions").json["exceptions"]?.array ?? []
      #expect(list.count == 1)
      #expect(list.first?["id"]?.string == id)
      #expect(list.first?["kind"] == "receipt_overdue")
      #expect(list.first?["owner"] == "ops@example.com")
      #expect(list.first?["handoff"]?.string == handoff?.id.text)
      #expect(list.first?["decisions"]?.array?.isEmpty == false)
      #expect(try await client.ask("GET", "/v1/exceptions?owner=nobody").json["exceptions"]?.array?.isEmpty == true)
    }
  }

  @Test func `pages of exceptions leave none out, whatever is decided between them`() async throws {
    let fixture = try await crowded()
    try await fixture.run { client in
      let exact = try await client.ask("GET", "/v1/exceptions?limit=204").json
      #expect(exact["exceptions"]?.array?.count == 204 && exact["next"] == nil, "the last page has none")
      var ids: [String] = []
      var path: String? = "/v1/exceptions?limit=100"
      while let page = path {
        let answer = try await client.ask("GET", page).json
        #expect(answer["exceptions"]?.array?.isEmpty == false)
        let page = (answer["exceptions"]?.array ?? []).compactMap { $0["id"]?.string }
        path = answer["next"]?.string.map { "/v1/exceptions?limit=100&after=" + $0 }
        // The one the next page begins behind.
        let decided = JSONValue.object(["decision": "hand-back", "by": "Ann"])
        if let last = page.last, path != nil {
          #expect(try await client.post("/v1/exceptions/\(last)/resolve", decided).status == .ok)
        }
        ids += page
      }
      #expect(ids.count == 204 && Set(ids).count == 204)
      var all: [String] = []
      path = "/v1/exceptions?limit=50&all=1"
      while let page = path {
        let answer = try await client.ask("GET", page).json
        path = answer["next"]?.string.map { "/v1/exceptions?limit=50&all=1&after=" + $0 }
        all += (answer["exceptions"]?.array ?? []).map { $0["id"]?.string ?? "" }
      }
      #expect(all.count == 204 && Set(all).count == 204 && Set(all.suffix(2)) == [ids[199], ids[99]])
      for wrong in ["x", "open_1", "open_1_x", "1_2_3", "open_1_99999999999999999999", "open_1_2_3"] {
        let answer = try await client.ask("GET", "/v1/exceptions?after=" + wrong)
        #expect(answer.status == .badRequest && answer.json["detail"]?.string?.contains("`next`") == true, "\(wrong)")
      }
    }
  }

  /// 204 open exceptions, more than a page shows: #1150 has the nearest deadline, #1999 the furthest, and is Sam's.
  private func crowded() async throws -> DeskFixture {
    let fixture = DeskFixture()
    var ids: [Int: HandoffID] = [:]
    for number in Array(1001...1203) + [1999] { ids[number] = await fixture.capture("\(number)")?.id }
    fixture.clock.advance(by: .seconds(3600))
    let now = fixture.clock.now
    let (near, far) = (try #require(ids[1150]), try #require(ids[1999]))
    try await fixture.store.transact { [moves = fixture.coordinator.moves] in
      _ = try moves.sweep(at: now, limit: 1000, in: $0)
      try $0.reassign(exceptionOf: near, owner: "ops@example.com", deadline: now + .seconds(60), escalations: 0)
      try $0.reassign(exceptionOf: far, owner: "sam@example.com", deadline: now + .seconds(90_000), escalations: 0)
    }
    return fixture
  }

  @Test func `the page filters and counts owners over everything open, and says when it is cut`() async throws {
    let fixture = try await crowded()
    try await fixture.run { client in
      let page = try await client.ask("GET", "/exceptions").text
      let numbers = page.matches(of: /<h2><a href="[^"]*">([^<]*)<\/a>/).map { String($0.1) }
      #expect(numbers.count == 200)
      #expect(numbers.first == "#1150")
      #expect(page.contains("200 of 204, those with the nearest deadline first"))
      #expect(page.firstMatch(of: /ops@example\.com\s*<b>203<\/b>/) != nil)
      #expect(page.firstMatch(of: /sam@example\.com\s*<b>1<\/b>/) != nil)
      let sams = try await client.ask("GET", "/exceptions?owner=sam%40example.com").text
      #expect(sams.contains(">#1999</a>"))
      #expect(!sams.contains("Nothing waits") && !sams.contains("those with the nearest deadline first"))
      #expect(sams.firstMatch(of: /ops@example\.com\s*<b>203<\/b>/) != nil)
      let ours = try await client.ask("GET", "/exceptions?owner=ops%40example.com").text
      #expect(ours.contains("200 of 203, those with the nearest deadline first"))
      let next = try #require(ours.firstMatch(of: /href="(\/exceptions\?after=[^"]*)"/)?.1)
      let rest = try await client.ask("GET", String(next).replacing("&amp;", with: "&")).text
      #expect(rest.contains("3 of 203, those that come next") && !rest.contains("after="))
      let none = try await client.ask("GET", "/exceptions?owner=nobody").text
      #expect(none.contains("Nothing waits for this owner."))
      #expect(try await client.ask("GET", "/live/figures").json["exceptions"] == "204")
    }
  }

  @Test func `the API lists the nearest deadline first and says how many there are in all`() async throws {
    let fixture = try await crowded()
    try await fixture.run { client in
      func list(_ query: String) async throws -> (numbers: [String], total: Int?) {
        let answer = try await client.ask("GET", "/v1/exceptions?" + query).json
        return ((answer["exceptions"]?.array ?? []).map { $0["number"]?.string ?? "" }, answer["total"]?.int)
      }
      let first = try await list("limit=1")
      #expect(first.numbers == ["#1150"])
      #expect(first.total == 204)
      let whole = try await list("limit=500")
      #expect(whole.numbers.count == 204)
      #expect(whole.numbers.last == "#1999")
      let sams = try await list("limit=1&owner=sam%40example.com")
      #expect(sams.numbers == ["#1999"])
      #expect(sams.total == 1)
      #expect(try await list("owner=nobody").total == 0)
    }
  }

  @Test func `a decision carries a name, is carried out once, and then conflicts`() async throws {
    let fixture = DeskFixture()
    let (handoff, id) = try await fixture.overdue()
    try await fixture.run { client in
      let path = "/v1/exceptions/\(id)/resolve"
      #expect(try await client.post(path, ["decision": "hand-back"]).status == .badRequest)
      #expect(try await client.post(path, ["decision": "explode", "by": "Ann"]).status == .badRequest)
      #expect(try await client.post(path, ["decision": "adopt", "by": "Ann"]).status == .badRequest)
      let first = try await client.post(path, ["decision": "cancel", "by": "Ann"])
      #expect(first.status == .ok, "\(first.text)")
      let again = try await client.post(path, ["decision": "cancel", "by": "Ann"])
      #expect(again.status == .conflict)
      #expect(again.field("content-type") == "application/problem+json")
      #expect(
        again.json["detail"]?.string == "Exception \(id) was closed by Ann. As for its order, it has none open now.")
      let journal = try await fixture.store.read { try $0.journal(of: HandoffID(handoff?.id.text ?? "")) }
      #expect(journal.contains { $0.actor == "Ann" })
    }
  }

  @Test func `of unreadable deliveries an owner is told of their own`() async throws {
    let fixture = DeskFixture()
    let now = fixture.clock.now
    _ = try await fixture.store.transact { [moves = fixture.coordinator.moves] in
      try moves.keep(
        storefront: StorefrontName("shop"), topic: "order.created", dedupeID: "w1", headers: "", body: [1],
        receivedAt: now - .seconds(90_000), unreadable: "no JSON", in: $0)
    }
    try await fixture.run { client in
      func counts(_ query: String) async throws -> JSONValue? {
        try await client.ask("GET", "/v1/exceptions" + query).json["unreadable"]
      }
      let (all, ours, anns) = (
        try await counts(""), try await counts("?owner=ops%40example.com"), try await counts("?owner=ann")
      )
      #expect(all == ["open": 1, "overdue": 1])
      #expect(ours == all)
      #expect(anns == ["open": 0, "overdue": 0])
    }
  }

  @Test func `a decision on what has moved on since is a conflict`() async throws {
    let fixture = DeskFixture()
    let (_, id) = try await fixture.overdue()
    try await fixture.run { client in
      let answer = try await client.post(
        "/v1/exceptions/\(id)/resolve", ["decision": "hand-back", "by": "Ann", "revision": 0])
      #expect(answer.status == .conflict)
      #expect(answer.json["type"] == "/problems/conflict")
    }
  }

  @Test func `a decision the rules refuse is 409 with the rule's reason`() async throws {
    let fixture = DeskFixture()
    let (_, id) = try await fixture.overdue()
    try await fixture.run { client in
      let answer = try await client.post(
        "/v1/exceptions/\(id)/resolve", ["decision": "accept-shortage", "by": "Ann"])
      #expect(answer.status == .conflict)
      #expect(answer.json["type"] == "/problems/refused")
      #expect(answer.json["detail"]?.string?.contains("no shortage") == true)
    }
  }

  @Test func `an exception can be given to somebody else, and the journal says by whom`() async throws {
    let fixture = DeskFixture()
    let (handoff, id) = try await fixture.overdue()
    try await fixture.run { client in
      let path = "/v1/exceptions/\(id)/assign"
      let answer = try await client.post(path, ["owner": "bea@example.com", "by": "Ann"])
      #expect(answer.status == .ok)
      #expect(answer.json["owner"] == "bea@example.com")
      let journal = try await fixture.store.read { try $0.journal(of: HandoffID(handoff?.id.text ?? "")) }
      #expect(journal.last?.event == "exception_assigned")
      #expect(journal.last?.actor == "Ann")
      let row = try await fixture.store.read { try $0.row(HandoffID(handoff?.id.text ?? "")) }
      #expect(row?.entries == journal.count)
      #expect(row?.chainHead == journal.last?.hash)
      #expect(try await client.post(path, ["owner": "", "by": "Ann"]).status == .badRequest)
      #expect(try await client.post(path, ["owner": "a\nb", "by": "Ann"]).status == .badRequest)
    }
  }

  @Test(arguments: ["0", "999", "-1", "x", "99999999999999999999"])
  func `a number that is no exception is 404`(id: String) async throws {
    try await DeskFixture().run { client in
      let answer = try await client.post("/v1/exceptions/\(id)/retry", ["by": "Ann"])
      #expect(answer.status == .notFound)
    }
  }

  @Test func `the page decides with the form token of its session and not without`() async throws {
    let fixture = DeskFixture()
    let (_, id) = try await fixture.overdue()
    try await fixture.run { client in
      let page = try await client.ask("GET", "/exceptions")
      let cookie = String((page.field("set-cookie") ?? "").prefix { $0 != ";" })
      let token = try #require(page.text.firstMatch(of: /name="csrf" value="([0-9a-f]{64})"/)).1
      let revision = try #require(page.text.firstMatch(of: /name="revision" value="(\d+)"/)).1
      let form = "by=Ann&decision=hand-back&revision=\(revision)&back=%2Fexceptions"
      let path = "/exceptions/\(id)/decide"
      let bare = try await client.ask("POST", path, ["cookie": cookie], body: Array(form.utf8))
      #expect(bare.status == .forbidden)
      let foreign = Array((form + "&csrf=" + token).utf8)
      #expect(try await client.ask("POST", path, body: foreign).status == .forbidden)
      let done = try await client.ask("POST", path, ["cookie": cookie], body: foreign)
      #expect(done.status == .seeOther)
      #expect(done.field("location") == "/exceptions?done=hand-back")
    }
  }
}
