import Connector
import Testing

@testable import Transport

@Suite struct ConnectionTests {
  private func call(_ server: RawServer, _ mark: String, deadline: Duration = .seconds(20)) -> HTTPCall {
    HTTPCall("POST", server.url("/\(mark)"), body: Array(mark.utf8), deadline: deadline)
  }

  @Test func `one connection serves request after request`() async throws {
    let server = try await RawServer { number, _ in .ok("\(number)") }
    let transport = AHCTransport()
    for number in 1...20 {
      #expect(await transport.see(call(server, "n\(number)")) == .answer(200, "\(number)"))
    }
    // On a machine that stood still for longer than a connection may idle, another one is right.
    #expect(server.connections < 5)
  }

  @Test func `a kept connection that dies under a request is no answer, and the request came once`() async throws {
    let server = try await RawServer { number, _ in number % 2 == 0 ? .close : .ok("{}") }
    let transport = AHCTransport()
    for round in 0..<5 {
      #expect(await transport.see(call(server, "first\(round)")) == .answer(200, "{}"))
      #expect(await transport.see(call(server, "second\(round)")) == .noAnswer)
    }
    #expect(server.requests.count == 10)
  }

  @Test func `a connection the peer closed after its answer never makes a request arrive twice`() async throws {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    let server = try await RawServer { _, _ in .writeAndClose(ok) }
    let transport = AHCTransport()
    var answered = 0
    for number in 0..<50 {
      switch await transport.see(call(server, "m\(number)")) {
      case .answer(200, "{}"): answered += 1
      case .noAnswer: break
      case let other: Issue.record("\(other)")
      }
    }
    let marks = server.requests.compactMap { $0.split(separator: " ").dropFirst().first }
    #expect(Set(marks).count == marks.count)
    #expect(marks.count >= answered)
  }

  @Test func `a request that waits in vain for a connection is not sent`() async throws {
    let server = try await RawServer { _, _ in .silence }
    var limits = AHCTransport.Configuration()
    limits.connectionsPerHost = 1
    limits.connectTimeout = .milliseconds(300)
    let transport = AHCTransport(limits)
    let first = call(server, "holds")
    let holder = Task { await transport.see(first) }
    for await _ in server.arrivals { break }
    #expect(await transport.see(call(server, "waits")) == .notSent)
    holder.cancel()
    #expect(await holder.value == .noAnswer)
    #expect(server.requests.count == 1)
  }

  @Test func `many at once share few connections and each gets its own answer`() async throws {
    let server = try await RawServer { _, request in .ok(String(request.split(separator: " ")[1])) }
    var limits = AHCTransport.Configuration()
    limits.connectionsPerHost = 4
    let transport = AHCTransport(limits)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<400 {
        let one = call(server, "t\(number)")
        group.addTask { await transport.see(one) == .answer(200, "/t\(number)") }
      }
      for await right in group { #expect(right) }
    }
    #expect(server.requests.count == 400)
    #expect(server.connections <= 4)
  }
}
