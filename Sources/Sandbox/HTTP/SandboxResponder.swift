import Hummingbird
import NIOCore

/// What the responder needs of a connection: the channel, so that a fault can cut it.
struct SandboxContext: InitializableFromSource {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Takes every request of the sandbox's HTTP port to its vendor, and applies the vendor's faults around it.
struct SandboxResponder: HTTPResponder {
  typealias Context = SandboxContext
  private typealias Field = HTTPFields.Element
  let world: SandboxWorld
  static let largestBody = 16 * 1024 * 1024

  func respond(to request: Request, context: SandboxContext) async throws -> Response {
    let received = try await received(request)
    if received.path == "/_sandbox/ledger" { return ledger(received) }
    if received.path.hasPrefix("/_sandbox") || received.path.hasPrefix("/mailbox") {
      return response(await world.control(received))
    }
    guard let (vendor, face) = world.face(for: received) else { return response(.nowhere) }
    guard let reply = await answer(received, vendor, face) else {
      // The client must see a dead connection, not an answer: close first, then let the write fail.
      try? await context.channel.close()
      return Response(status: .internalServerError)
    }
    return response(reply)
  }

  /// The reply, or nil when the connection is to die without one.
  private func answer(
    _ request: SandboxRequest, _ vendor: SandboxVendor, _ face: any VendorFace
  ) async -> SandboxReply? {
    let plan = world.faults(of: vendor).plan(
      method: request.method, path: request.path, unixSeconds: world.clock.unixSeconds)
    if plan.maintenance { return Self.maintenancePage }
    if plan.action == .lostRequest { return nil }
    guard face.admit() else { return face.failure(.tooManyRequests) }
    defer { face.leave() }
    if plan.delayMs > 0 { try? await Task.sleep(for: .milliseconds(plan.delayMs)) }
    switch plan.action {
    case .tooManyRequests: return face.failure(.tooManyRequests)
    case .badGateway: return Self.gatewayPage
    case .errorBodyWith200: return face.failure(.errorWith200)
    case .lateCommit:
      world.background.submit {
        try? await Task.sleep(for: .milliseconds(plan.lateCommitMs))
        _ = await face.respond(to: request)
      }
      return nil
    default: break
    }
    var reply = await face.respond(to: request)
    switch plan.action {
    case .lostReplyAfterCommit: return nil
    case .serverErrorAfterCommit: return face.failure(.serverError)
    case .badGatewayAfterCommit: return Self.gatewayPage
    case .truncatedJSON: reply.body = Array(reply.body.prefix(reply.body.count / 2))
    case .duplicateProcessing:
      world.background.submit {
        try? await Task.sleep(for: .milliseconds(plan.duplicateDelayMs))
        _ = await face.respond(to: request)
      }
    default: break
    }
    return reply
  }

  static let maintenancePage = SandboxReply.text(
    503, "<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1></body></html>\n", type: "text/html; charset=utf-8")
  static let gatewayPage = SandboxReply.text(
    502, "<html><head><title>502 Bad Gateway</title></head><body><center>502 Bad Gateway</center></body></html>\n",
    type: "text/html")

  private func received(_ request: Request) async throws -> SandboxRequest {
    let target = request.head.path ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var headers: [String: String] = [:]
    for field in request.headers {
      let name = field.name.canonicalName
      headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
    }
    let body = try await request.body.collect(upTo: Self.largestBody)
    return SandboxRequest(
      method: request.method.rawValue, path: parts.first.map(String.init) ?? "/",
      rawQuery: parts.count > 1 ? String(parts[1]) : "", host: request.head.authority ?? "", headers: headers,
      body: Array(buffer: body))
  }

  /// The ledger as JSON lines up to what it held when asked, streamed in blocks.
  private func ledger(_ request: SandboxRequest) -> Response {
    let ledger = world.ledger
    let last = ledger.count
    let vendor = request.query("vendor").flatMap { SandboxVendor(rawValue: $0) }
    if request.query("vendor") != nil, vendor == nil { return response(.text(400, "no such vendor\n")) }
    let after = request.query("after").flatMap { Int($0) } ?? 0
    let limit = request.query("limit").flatMap { Int($0) } ?? .max
    var fields = HTTPFields()
    fields[.contentType] = "application/x-ndjson"
    if let name = Field.Name("X-Sandbox-Last-Sequence") { fields[name] = String(last) }
    return Response(
      status: .ok, headers: fields,
      body: .init { writer in
        var cursor = after
        var left = limit
        while cursor < last, left > 0 {
          let entries = ledger.entries(after: cursor, vendor: vendor, limit: min(left, 2048))
          guard let newest = entries.last?.sequence else { break }
          var buffer = ByteBuffer()
          for entry in entries where entry.sequence <= last {
            buffer.writeBytes(entry.line())
            buffer.writeInteger(UInt8(0x0A))
          }
          try await writer.write(buffer)
          cursor = newest
          left -= entries.count
        }
        try await writer.finish(nil)
      })
  }

  private func response(_ reply: SandboxReply) -> Response {
    var fields = HTTPFields()
    for (name, value) in reply.headers {
      if let name = Field.Name(name) { fields.append(Field(name: name, value: value)) }
    }
    let bodiless = reply.status == 204
    return Response(
      status: .init(code: reply.status), headers: fields,
      body: bodiless ? .init() : .init(byteBuffer: ByteBuffer(bytes: reply.body)))
  }
}
