import Connector
import ConnectorTesting
import HandoffCore
import Synchronization
import Testing

@testable import ConnectorNetSuite

/// Holds back the token until as many requests wait for it as the test started.
private final class SlowTokens: HTTPTransport {
  private let tokens = Mutex(0)
  var tokenCount: Int { tokens.withLock { $0 } }

  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    guard call.url.hasSuffix(Fixture.tokenPath) else { return HTTPAnswer(status: 404) }
    tokens.withLock { $0 += 1 }
    for _ in 0..<2000 { await Task.yield() }
    return try Fixture.token().get()
  }
}

@Suite struct SessionTests {
  private func session(
    _ transport: any HTTPTransport, _ clock: any WallClock, tokenBased: Bool = false
  ) throws -> NetSuiteSession {
    let numbers = Mutex(0)
    return try NetSuiteSession(
      Fixture.configuration(tokenBased: tokenBased), transport: transport, clock: clock,
      nonce: {
        numbers.withLock {
          $0 += 1
          return "nonce\($0)"
        }
      })
  }

  private func lookUp(_ erp: NetSuiteERP) async -> LookupOutcome { await erp.findReceipt(Fixture.submission()) }

  @Test func `one token serves until its end less the margin`() async throws {
    let clock = StillClock(Fixture.start)
    let transport = Fixture.script(Array(repeating: Fixture.absent, count: 4))
    let erp = try Fixture.erp(transport, clock: clock)
    _ = await lookUp(erp)
    clock.advance(by: .seconds(3539))
    _ = await lookUp(erp)
    #expect(transport.tokenCalls.count == 1)
    clock.advance(by: .seconds(1))
    #expect(await lookUp(erp) == .notFound)
    #expect(transport.tokenCalls.count == 2)
    #expect(transport.orderCalls.allSatisfy { $0.headers["Authorization"] == "Bearer tok" })
  }

  @Test(arguments: [("\"3600\"", 3539), ("120", 59), ("10", 4), ("\"soon\"", 239), ("-5", 0), ("1e99", 239)])
  func `the lifetime is read from a number, a string or neither`(text: String, stillGood: Int) async throws {
    let clock = StillClock(Fixture.start)
    let transport = ScriptedTransport { call in
      call.url.hasSuffix(Fixture.tokenPath) ? Fixture.token(expires: text) : Fixture.absent
    }
    let erp = try Fixture.erp(transport, clock: clock)
    _ = await lookUp(erp)
    clock.advance(by: .seconds(stillGood))
    _ = await lookUp(erp)
    #expect(transport.tokenCalls.count == 1)
    clock.advance(by: .seconds(2))
    _ = await lookUp(erp)
    #expect(transport.tokenCalls.count == 2)
  }

  @Test func `however many ask at once, one token request leaves`() async throws {
    let transport = SlowTokens()
    let session = try session(transport, StillClock(Fixture.start))
    let granted = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 {
        group.addTask {
          if case .granted = await session.ticket(method: "GET", url: "https://x/y") { true } else { false }
        }
      }
      return await group.reduce(into: 0) { count, isGranted in count += isGranted ? 1 : 0 }
    }
    #expect(granted == 50)
    #expect(transport.tokenCount == 1)
  }

  @Test func `a refused token is replaced once and the request goes again`() async throws {
    let clock = StillClock(Fixture.start)
    let tokens = Replies([Fixture.token("old"), Fixture.token("new")])
    let orders = Replies([Fixture.absent, Fixture.invalidLogin, Fixture.absent])
    let transport = ScriptedTransport { $0.url.hasSuffix(Fixture.tokenPath) ? tokens.next() : orders.next() }
    let erp = try Fixture.erp(transport, clock: clock)
    #expect(await lookUp(erp) == .notFound)
    #expect(await lookUp(erp) == .notFound)
    #expect(transport.orderCalls.map { $0.headers["Authorization"] } == ["Bearer old", "Bearer old", "Bearer new"])
  }

  @Test func `after two refusals of fresh tokens nothing is sent until the pause has passed`() async throws {
    let clock = StillClock(Fixture.start)
    let transport = ScriptedTransport { call in
      call.url.hasSuffix(Fixture.tokenPath) ? Fixture.token() : Fixture.invalidLogin
    }
    let erp = try Fixture.erp(transport, clock: clock)
    for _ in 0..<10 {
      guard case .misconfigured(let reason) = await lookUp(erp) else {
        Issue.record("A refused sign-in is a matter of set-up.")
        return
      }
      #expect(reason.contains("Invalid login attempt."))
    }
    #expect(transport.orderCalls.count == 2)
    clock.advance(by: .seconds(1799))
    _ = await erp.submit(Fixture.submission())
    #expect(transport.orderCalls.count == 2)
    clock.advance(by: .seconds(1))
    _ = await lookUp(erp)
    _ = await lookUp(erp)
    // One try after the pause, and its refusal closes the door at once.
    #expect(transport.orderCalls.count == 3)
  }

  @Test func `a good answer after the pause opens the door again`() async throws {
    let clock = StillClock(Fixture.start)
    let orders = Replies([Fixture.invalidLogin, Fixture.invalidLogin, Fixture.absent, Fixture.absent])
    let transport = ScriptedTransport { $0.url.hasSuffix(Fixture.tokenPath) ? Fixture.token() : orders.next() }
    let erp = try Fixture.erp(transport, clock: clock)
    for _ in 0..<3 { _ = await lookUp(erp) }
    clock.advance(by: .seconds(1800))
    #expect(await lookUp(erp) == .notFound)
    #expect(await lookUp(erp) == .notFound)
  }

  @Test func `many requests at once never reach the five refusals that lock a user`() async throws {
    let clock = StillClock(Fixture.start)
    for tokenBased in [true, false] {
      let orders = Replies([Fixture.absent])
      let transport = ScriptedTransport { call in
        if call.url.hasSuffix(Fixture.tokenPath) { return Fixture.token() }
        if case .success(let answer) = orders.next() { return .success(answer) }
        return Fixture.invalidLogin
      }
      let erp = try Fixture.erp(transport, clock: clock, Fixture.configuration(tokenBased: tokenBased))
      #expect(await lookUp(erp) == .notFound)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<3 { group.addTask { for _ in 0..<20 { _ = await lookUp(erp) } } }
      }
      #expect(transport.orderCalls.count - 1 <= NetSuiteSession.limit)
    }
  }

  @Test func `while a sign-in is in doubt only one request tries it`() async throws {
    let session = try session(ScriptedTransport([Fixture.token(), Fixture.token()]), StillClock(Fixture.start))
    guard case .granted(let first) = await session.ticket(method: "GET", url: "https://x/y") else {
      Issue.record("The first request is granted.")
      return
    }
    await session.rejected(first, words: "no")
    guard case .granted(let trial) = await session.ticket(method: "GET", url: "https://x/y") else {
      Issue.record("One request may try again.")
      return
    }
    guard case .busy = await session.ticket(method: "GET", url: "https://x/y") else {
      Issue.record("A second request waits its turn.")
      return
    }
    await session.unanswered(trial)
    guard case .granted = await session.ticket(method: "GET", url: "https://x/y") else {
      Issue.record("A trial without answer lets the next one try.")
      return
    }
  }

  @Test func `a refused assertion is a matter of set-up, and is not repeated for ever`() async throws {
    let transport = ScriptedTransport { _ in .json(400, "{\"error\":\"invalid_grant\"}") }
    let erp = try Fixture.erp(transport)
    for _ in 0..<10 {
      guard case .misconfigured(let reason) = await erp.submit(Fixture.submission()) else {
        Issue.record("invalid_grant is a matter of set-up.")
        return
      }
      #expect(reason.contains("invalid_grant"))
    }
    #expect(transport.calls.count == 2)
  }

  @Test func `where there is no token endpoint the address is named, and asking is no refused sign-in`() async throws {
    let transport = ScriptedTransport { _ in Fixture.page(404) }
    let erp = try Fixture.erp(transport)
    for resuming in [false, true, true, true, true, true] {
      guard case .misconfigured(let reason) = await erp.submit(Fixture.submission(resuming: resuming)) else {
        Issue.record("A wrong address is a matter of set-up.")
        return
      }
      #expect(reason.contains("https://") && reason.contains("404") && !reason.contains("lock"))
    }
    #expect(transport.orderCalls.isEmpty)
  }

  @Test(arguments: [
    ScriptedTransport.Reply.failure(.noAnswer("reset")), .failure(.notSent("refused")), Fixture.page(503),
    Fixture.page(403), .json(200, "{}"), .json(200, "{\"access_token\":\"a\\r\\nX: y\"}"), .json(200, "[]"),
    .json(429, "{}"),
  ])
  func `without a token the order has certainly not been sent`(reply: ScriptedTransport.Reply) async throws {
    let transport = ScriptedTransport { _ in reply }
    guard case .busy = await (try Fixture.erp(transport)).submit(Fixture.submission()) else {
      Issue.record("A failed token request leaves nothing done.")
      return
    }
    #expect(transport.orderCalls.isEmpty)
  }

  @Test func `token-based requests are signed anew each time and never repeated after a refusal`() async throws {
    let session = try session(ScriptedTransport([]), StillClock(Fixture.start), tokenBased: true)
    guard case .granted(let one) = await session.ticket(method: "GET", url: "https://x/y"),
      case .granted(let two) = await session.ticket(method: "GET", url: "https://x/y")
    else {
      Issue.record("Both are granted.")
      return
    }
    #expect(
      one.authorization.contains("oauth_nonce=\"nonce1\"") && two.authorization.contains("oauth_nonce=\"nonce2\""))
    #expect(one.authorization.hasPrefix("OAuth realm=\"1234567_SB1\", ") && one.isFresh)
  }
}
