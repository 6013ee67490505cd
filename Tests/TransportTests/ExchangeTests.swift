import Connector
import Testing

@testable import Transport

/// What a test looks at: an answer, or which side of "sent" a failure is on.
enum Seen: Equatable {
  case answer(Int, String)
  case notSent
  case noAnswer
}

extension AHCTransport {
  func see(_ call: HTTPCall) async -> Seen {
    do throws(ExchangeFailure) {
      let answer = try await send(call)
      return .answer(answer.status, answer.text)
    } catch {
      switch error {
      case .notSent: return .notSent
      case .noAnswer: return .noAnswer
      }
    }
  }
}

@Suite struct ExchangeTests {
  private let transport = AHCTransport()

  private func post(_ url: String, _ body: String = "{}", deadline: Duration = .seconds(20)) -> HTTPCall {
    HTTPCall("POST", url, headers: [HTTPField("X-Mark", "a b")], body: Array(body.utf8), deadline: deadline)
  }

  @Test func `a request arrives as written and its answer comes back whole`() async throws {
    let server = try await RawServer { _, _ in .ok("{\"id\":1}") }
    let seen = await transport.see(post(server.url("/orders?a=b%20c"), "{\"x\":2}"))
    #expect(seen == .answer(200, "{\"id\":1}"))
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("POST /orders?a=b%20c HTTP/1.1\r\n"))
    #expect(request.lowercased().contains("x-mark: a b\r\n"))
    #expect(request.hasSuffix("\r\n\r\n{\"x\":2}"))
  }

  @Test func `a refused connection is not sent`() async throws {
    let port = try await RawServer.unusedPort()
    #expect(await transport.see(post("http://127.0.0.1:\(port)/")) == .notSent)
    #expect(await transport.see(post("http://localhost:\(port)/")) == .notSent)
  }

  @Test func `a name without address is not sent`() async {
    var limits = AHCTransport.Configuration()
    limits.connectTimeout = .seconds(3)
    #expect(await AHCTransport(limits).see(post("http://no-such-host.invalid/")) == .notSent)
  }

  @Test func `a failed TLS handshake is not sent`() async throws {
    let server = try await RawServer { _, _ in .silence }
    let plain = try await PlainTalker()
    let seen = await transport.see(post("https://127.0.0.1:\(plain.port)/"))
    #expect(seen == .notSent)
    #expect(server.requests.isEmpty)
  }

  @Test func `a connection closed before the answer is no answer and is not repeated`() async throws {
    let server = try await RawServer { _, _ in .close }
    for method in ["POST", "GET", "PUT", "DELETE"] {
      let seen = await transport.see(HTTPCall(method, server.url("/\(method)")))
      #expect(seen == .noAnswer)
    }
    #expect(server.requests.count == 4)
  }

  @Test func `a body cut short is no answer`() async throws {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"id\":\r\n"
    let server = try await RawServer { number, _ in .writeAndClose(number == 1 ? short : chunked) }
    #expect(await transport.see(post(server.url())) == .noAnswer)
    #expect(await transport.see(post(server.url())) == .noAnswer)
    #expect(server.requests.count == 2)
  }

  @Test func `an answer that is no HTTP is no answer`() async throws {
    let server = try await RawServer { _, _ in .writeAndClose("<html>hello</html>") }
    #expect(await transport.see(post(server.url())) == .noAnswer)
  }

  @Test func `silence beyond the deadline is no answer`() async throws {
    let server = try await RawServer { _, _ in .silence }
    #expect(await transport.see(post(server.url(), deadline: .milliseconds(200))) == .noAnswer)
    #expect(server.requests.count == 1)
  }

  @Test func `the deadline lasts until the end of the body`() async throws {
    let server = try await RawServer { _, _ in .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"id\"") }
    #expect(await transport.see(post(server.url(), deadline: .milliseconds(200))) == .noAnswer)
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `a redirect is an answer and is not followed`(status: Int) async throws {
    let server = try await RawServer { _, _ in
      .write("HTTP/1.1 \(status) Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
    }
    #expect(await transport.see(post(server.url())) == .answer(status, ""))
    #expect(await transport.see(HTTPCall("GET", server.url())) == .answer(status, ""))
    #expect(server.requests.count == 2)
  }

  @Test func `a body beyond the limit is no answer, announced or not`() async throws {
    var limits = AHCTransport.Configuration()
    limits.bodyLimit = 10
    let small = AHCTransport(limits)
    let server = try await RawServer { number, _ in
      switch number {
      case 1: .ok("0123456789")
      case 2: .ok("01234567890")
      default: .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n")
      }
    }
    #expect(await small.see(post(server.url())) == .answer(200, "0123456789"))
    #expect(await small.see(post(server.url())) == .noAnswer)
    #expect(await small.see(post(server.url())) == .noAnswer)
    #expect(server.requests.count == 3)
  }

  @Test func `a cancelled task is no answer`() async throws {
    let server = try await RawServer { _, _ in .silence }
    let call = post(server.url())
    let task = Task { [transport] in await transport.see(call) }
    for await _ in server.arrivals { break }
    task.cancel()
    #expect(await task.value == .noAnswer)
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    ("GET", "ftp://127.0.0.1/"), ("GET", "http+unix://%2Ftmp%2Fsocket/"), ("GET", "not a url"), ("GET", "http://"),
    ("GET", "http://user:secret@127.0.0.1:1/"), ("GET", "http://user@127.0.0.1:1/"),
    ("GET / HTTP/1.1\r\nX:", "http://h/"),
    ("", "http://127.0.0.1:1/"),
  ])
  func `a request that cannot be written is not sent`(method: String, url: String) async {
    #expect(await transport.see(HTTPCall(method, url)) == .notSent)
  }

  @Test func `a header that would start another line is not sent`() async throws {
    let server = try await RawServer { _, _ in .ok("{}") }
    let call = HTTPCall("GET", server.url(), headers: [HTTPField("X-Mark", "a\r\nX-Other: b")])
    #expect(await transport.see(call) == .notSent)
    #expect(server.requests.isEmpty)
  }

  @Test func `after shutdown nothing is sent`() async throws {
    let server = try await RawServer { _, _ in .ok("{}") }
    let mine = AHCTransport()
    #expect(await mine.see(post(server.url())) == .answer(200, "{}"))
    await mine.shutdown()
    #expect(await mine.see(post(server.url())) == .notSent)
    #expect(server.requests.count == 1)
  }
}
