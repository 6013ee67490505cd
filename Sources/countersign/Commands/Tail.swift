import ArgumentParser
import Connector
import Foundation
import Glibc

/// `countersign tail`: the live stream of what happens to orders.
struct Tail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Follow what happens to orders, as it is committed.")

  @OptionGroup var desk: DeskOptions

  func run() async throws {
    let client = try desk.client()
    guard let url = URL(string: client.base), let host = url.host, url.scheme == "http" else {
      throw CommandFault("tail speaks plain HTTP; give --url http://HOST:PORT.")
    }
    let stream = try EventStream(host: host, port: url.port ?? 80)
    var request = "GET /v1/stream HTTP/1.1\r\nHost: \(host):\(url.port ?? 80)\r\nAccept: text/event-stream\r\n"
    if let token = client.token { request += "Authorization: Bearer \(token)\r\n" }
    try stream.send(request + "\r\n")
    while let line = stream.nextLine() {
      guard line.hasPrefix("data:") else {
        if line.hasPrefix("HTTP/1.1 "), !line.hasPrefix("HTTP/1.1 200") {
          throw CommandFault("The coordinator answered \(line.dropFirst(9)).")
        }
        continue
      }
      show(String(line.dropFirst(5)))
    }
    throw CommandFault("The stream ended: the coordinator has stopped.")
  }

  private func show(_ data: String) {
    guard desk.output == .table, let event = try? JSONValue(parsing: data.trimmingCharacters(in: .whitespaces)) else {
      return print(TextTable.clean(data))
    }
    let subject = [event.cell("number"), event.cell("orderId"), event.cell("handoff")].first { !$0.isEmpty } ?? ""
    print(
      TextTable.clean("\(event.cell("at"))  \(subject)  \(event.cell("event")) -> \(event.cell("stage"))"))
    fflush(nil)
  }
}

/// Lines of a connection, as they come; a buffering client would show them when the stream ends.
private final class EventStream {
  private let socket: Int32
  private var buffer: [UInt8] = []

  init(host: String, port: Int) throws {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else {
      throw CommandFault("\(host) has no address.")
    }
    defer { freeaddrinfo(first) }
    socket = Glibc.socket(first.pointee.ai_family, first.pointee.ai_socktype, first.pointee.ai_protocol)
    guard socket >= 0, connect(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
      throw CommandFault("\(host):\(port) does not answer. Is `countersign serve` running there?")
    }
  }

  deinit { close(socket) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(socket, bytes, bytes.count) == bytes.count else { throw CommandFault("The request could not be sent.") }
  }

  func nextLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      var chunk = [UInt8](repeating: 0, count: 8192)
      let count = read(socket, &chunk, chunk.count)
      guard count > 0, buffer.count < 1 << 20 else { return nil }
      buffer.append(contentsOf: chunk[..<count])
    }
  }
}
