import NIOCore

/// Collects one HTTP/1.1 answer at a time from a connection.
final class LoopbackReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private var received: [UInt8] = []
  private var pending: EventLoopPromise<LoopbackReply>?
  private var headRequest = false
  private var inactive = false

  func expect(_ promise: EventLoopPromise<LoopbackReply>, headRequest: Bool) {
    guard !inactive else { return promise.fail(LoopbackFailure.closed) }
    received.removeAll(keepingCapacity: true)
    pending = promise
    self.headRequest = headRequest
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    finish(atEnd: false)
  }

  func channelInactive(context: ChannelHandlerContext) {
    inactive = true
    finish(atEnd: true)
    pending?.fail(LoopbackFailure.closed)
    pending = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    pending?.fail(error)
    pending = nil
    context.close(promise: nil)
  }

  private func finish(atEnd: Bool) {
    guard let promise = pending else { return }
    switch LoopbackAnswer.read(received, atEnd: atEnd, headRequest: headRequest) {
    case .incomplete: return
    case .malformed: promise.fail(LoopbackFailure.malformed)
    case .complete(let reply): promise.succeed(reply)
    }
    pending = nil
  }
}

/// Reading of an answer's bytes (RFC 9112): status line, fields, then a body by length, by chunks, or to the end.
enum LoopbackAnswer {
  case incomplete
  case malformed
  case complete(LoopbackReply)

  static func read(_ bytes: [UInt8], atEnd: Bool, headRequest: Bool = false) -> LoopbackAnswer {
    guard let end = find(Array("\r\n\r\n".utf8), in: bytes, from: 0) else { return .incomplete }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    let first = (lines.first ?? "").split(separator: " ", maxSplits: 2)
    guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else { return .malformed }
    var reply = LoopbackReply(status: status, headers: [], body: [])
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return .malformed }
      reply.headers.append((parts[0].lowercased(), parts[1].trimmed))
    }
    let rest = Array(bytes[(end + 4)...])
    if headRequest || status == 204 || status == 304 || status < 200 { return .complete(reply) }
    if reply.header("transfer-encoding")?.lowercased() == "chunked" { return chunked(rest, reply) }
    if let length = reply.header("content-length").flatMap({ Int($0) }) {
      guard rest.count >= length, length >= 0 else { return .incomplete }
      reply.body = Array(rest.prefix(length))
      return .complete(reply)
    }
    guard atEnd else { return .incomplete }
    reply.body = rest
    return .complete(reply)
  }

  private static func chunked(_ bytes: [UInt8], _ head: LoopbackReply) -> LoopbackAnswer {
    var reply = head
    var position = 0
    while let lineEnd = find([0x0D, 0x0A], in: bytes, from: position) {
      let text = String(decoding: bytes[position..<lineEnd], as: UTF8.self)
      let size = Int(text.prefix { $0 != ";" }.trimmed, radix: 16)
      guard let size, size >= 0, size < 1 << 30 else { return .malformed }
      if size == 0 { return .complete(reply) }
      let start = lineEnd + 2
      guard start + size + 2 <= bytes.count else { return .incomplete }
      reply.body.append(contentsOf: bytes[start..<(start + size)])
      position = start + size + 2
    }
    return .incomplete
  }

  private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = needle.first, bytes.count >= needle.count else { return nil }
    var index = start
    while index + needle.count <= bytes.count {
      if bytes[index] == first, bytes[index..<(index + needle.count)].elementsEqual(needle) { return index }
      index += 1
    }
    return nil
  }
}

extension StringProtocol {
  /// Without spaces and tabs at either end.
  var trimmed: String {
    var view = self[...]
    while let first = view.first, first == " " || first == "\t" { view = view.dropFirst() }
    while let last = view.last, last == " " || last == "\t" { view = view.dropLast() }
    return String(view)
  }
}
