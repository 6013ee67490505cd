import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A mail server that answers from a script, on a socket of its own; for the faults no real server shows on demand.
final class FaultySMTPServer: Sendable {
  /// What it does at one point of the conversation.
  enum Move: Sendable {
    case say(String)
    case hangUp
    case silence
  }

  /// A point of the conversation.
  enum Cue: Hashable, Sendable {
    case greeting
    case command(String)
    case content
  }

  private struct State {
    var connections = 0
    var contents: [[UInt8]] = []
    var commands: [String] = []
  }

  let port: Int
  private let listener: Int32
  private let moves: [Cue: Move]
  private let state = Mutex(State())

  /// Listens on a free port and answers every connection from the script, as a plain server otherwise.
  init(_ moves: [Cue: Move] = [:]) throws {
    self.moves = moves
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, raw, &size) == 0
      }
    }
    guard listener >= 0, bound else { throw Missing() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in accept() }
  }

  var url: String { "smtp://127.0.0.1:\(port)" }
  var connections: Int { state.withLock { $0.connections } }
  /// Every message whose last dot arrived.
  var contents: [[UInt8]] { state.withLock { $0.contents } }
  var commands: [String] { state.withLock { $0.commands } }

  /// Stops listening; call it at the end of a test.
  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func accept() {
    while true {
      let peer = Glibc.accept(listener, nil, nil)
      if peer < 0 { break }
      state.withLock { $0.connections += 1 }
      Thread.detachNewThread { [self] in
        converse(peer)
        Glibc.close(peer)
      }
    }
    Glibc.close(listener)
  }

  private func converse(_ peer: Int32) {
    var unread: [UInt8] = []
    guard act(peer, .greeting, else: "220 test ready") else { return }
    while let line = line(peer, &unread) {
      state.withLock { $0.commands.append(line) }
      let verb = String(line.prefix { $0 != " " && $0 != ":" }).uppercased()
      let usual = ["EHLO": "250-test\r\n250 8BITMIME", "DATA": "354 go on", "QUIT": "221 bye"][verb] ?? "250 fine"
      guard act(peer, .command(verb), else: usual) else { return }
      if verb == "QUIT" { return }
      if verb == "DATA", !refuses(.command("DATA")) {
        var content: [UInt8] = []
        while let line = self.line(peer, &unread), line != "." { content += Array((line + "\r\n").utf8) }
        state.withLock { $0.contents.append(content) }
        guard act(peer, .content, else: "250 taken") else { return }
      }
    }
  }

  private func refuses(_ cue: Cue) -> Bool { moves[cue] != nil }

  /// Makes a move; false when the conversation is over.
  private func act(_ peer: Int32, _ cue: Cue, else usual: String) -> Bool {
    switch moves[cue] ?? .say(usual) {
    case .say(let words):
      let bytes = Array((words + "\r\n").utf8)
      return send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    case .hangUp: return false
    case .silence:
      var unread: [UInt8] = []
      while line(peer, &unread) != nil {}
      return false
    }
  }

  private func line(_ peer: Int32, _ unread: inout [UInt8]) -> String? {
    while true {
      if let end = unread.firstIndex(of: 0x0A) {
        let line = unread[..<end].filter { $0 != 0x0D }
        unread.removeSubrange(...end)
        return String(decoding: line, as: UTF8.self)
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(peer, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      unread += buffer.prefix(count)
    }
  }
}
