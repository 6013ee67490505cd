import Connector
import ConnectorTesting
import Testing

@testable import ConnectorNetSuite

@Suite struct FaultTests {
  private static let expected: [String: (kind: FaultKind, words: String)] = [
    "error-400-duplicate-externalid-transaction.json": (.duplicate, "This record already exists."),
    "error-400-idempotency-conflict.json": (.unknown, "IDEMPOTENCY_ERROR"),
    "error-400-invalid-field-value-line.json": (.refused, "[errorPath expense.items[2]]"),
    "error-400-please-enter-values.json": (.refused, "Please enter value(s) for: Subsidiary."),
    "error-400-restlet-concurrency.json": (.busy, "Request Limit Exceeded"),
    "error-400-suiteql-bad-table.json": (.refused, "[errorQueryParam q]"),
    "error-400-workflow-lock.json": (.locked, "locked by a user defined workflow"),
    "error-401-invalid-login.json": (.misconfigured, "Invalid login attempt."),
    "error-429-concurrency.json": (.busy, "Concurrent request limit exceeded."),
  ]

  @Test func `every collected error is classified, with its words`() throws {
    let names = try SharedFiles.names(in: "payloads/netsuite").filter { $0.hasPrefix("error-") }
    for name in names {
      let bytes = try #require(try SharedFiles.bytes("payloads/netsuite/" + name))
      let json = try JSONValue(parsing: bytes)
      let status = try #require(name.split(separator: "-").dropFirst().first.flatMap { Int($0) })
      let fault = NetSuiteFault(HTTPAnswer(status: status, body: (json["body"] ?? json).bytes))
      let expected = try #require(Self.expected[name], "\(name) is new")
      #expect(fault.kind == expected.kind, Comment(rawValue: name))
      #expect(fault.reason.contains(expected.words), Comment(rawValue: fault.reason))
    }
    if SharedFiles.root != nil { #expect(names.count == Self.expected.count) }
  }

  private func kind(_ reply: ScriptedTransport.Reply) throws -> FaultKind { NetSuiteFault(try reply.get()).kind }

  @Test(arguments: [
    (400, "USER_ERROR", "THIS ENTITY ALREADY EXISTS.", FaultKind.duplicate),
    (400, "USER_ERROR", "Your current role does not have permission to perform this action.", .misconfigured),
    (403, "INSUFFICIENT_PERMISSION", "x", .misconfigured), (400, "INSUFFICIENT_PERMISSION", "x", .misconfigured),
    (400, "CONCURRENCY_LIMIT_EXCEEDED", "x", .busy), (429, "WHATEVER", "x", .busy),
    (500, "UNEXPECTED_ERROR", "Error ID: abc", .unknown), (500, "USER_ERROR", "This record already exists.", .unknown),
    (400, "UNEXPECTED_ERROR", "x", .unknown), (404, "NONEXISTENT_ID", "x", .absent),
    (400, "NONEXISTENT_ID", "x", .refused), (404, "NOT_FOUND", "x", .refused), (400, "BRAND_NEW", "x", .refused),
    (408, "USER_ERROR", "x", .unknown), (302, "USER_ERROR", "x", .unknown), (503, "BUSY", "x", .unknown),
    (400, "RCRD_HAS_BEEN_CHANGED", "x", .busy), (400, "DUP_RCRD", "x", .duplicate),
  ])
  func `codes come first, then the status, then the text`(row: (Int, String, String, FaultKind)) throws {
    #expect(try kind(Fixture.error(row.0, row.1, row.2)) == row.3)
  }

  @Test(arguments: [
    "", "null", "[]", "{}", "{\"o:errorDetails\":[]}", "{\"o:errorDetails\":[7]}", "{\"o:errorDetails\":[{}]}",
    "{\"o:errorDetails\":\"x\"}", "<html>This record already exists.</html>", "{\"title\":\"Bad Request\"}",
  ])
  func `a refusal needs a well-formed error document`(body: String) throws {
    #expect(try kind(.json(400, body)) == .unknown)
    #expect(try kind(.json(404, body)) == .unknown)
    #expect(try kind(.json(429, body)) == .unknown)
  }

  @Test func `of several details the most cautious counts, and all are kept`() throws {
    let reply = ScriptedTransport.Reply.json(
      400,
      "{\"o:errorDetails\":[{\"detail\":\"one\",\"o:errorCode\":\"INVALID_CONTENT\","
        + "\"o:errorPath\":\"item.items[0].item\"},"
        + "{\"detail\":\"two\",\"o:errorCode\":\"CONCURRENCY_LIMIT_EXCEEDED\"}]}"
    )
    let fault = NetSuiteFault(try reply.get())
    #expect(fault.kind == .busy)
    #expect(fault.reason.contains("one [errorPath item.items[0].item] (INVALID_CONTENT) | two"))
  }

  @Test func `the older form with the code on top is read`() throws {
    #expect(try kind(.json(400, "{\"o:errorCode\":\"INVALID_CONTENT\",\"detail\":\"x\"}")) == .refused)
  }

  @Test func `long words are cut`() throws {
    let fault = NetSuiteFault(try Fixture.error(400, "X", String(repeating: "é", count: 5000)).get())
    #expect(fault.reason.count < 550)
  }
}
