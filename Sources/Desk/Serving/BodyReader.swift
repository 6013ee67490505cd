import Connector
import Hummingbird

/// Reads what a client sends, within a length and a time; no client holds more of the desk than that.
///
/// A body that is too long, or that is not read because the request was turned away before, is dropped as it comes, so
/// that the client can read its answer and go on. One that does not end then is cut: answered, and the connection
/// closed. No thread waits for a slow client; a silent one is ended by the server's idle timeout.
struct BodyReader: Sendable {
  let limit: Int
  let time: Duration

  init(_ setting: DeskSetting) {
    limit = setting.maxBodyBytes
    time = setting.maxBodyTime
  }

  /// The whole body.
  func collect<Chunks: AsyncSequence>(
    _ chunks: Chunks
  ) async throws -> [UInt8] where Chunks.Element == ByteBuffer {
    var body: [UInt8] = []
    let isWhole = try await read(chunks) { chunk, count in
      if count <= limit { body.append(contentsOf: chunk.readableBytesView) }
      return count <= limit
    }
    guard isWhole else { throw tooLarge(isCut: false) }
    return body
  }

  /// Drops a body; false when it did not end in time.
  func drop<Chunks: AsyncSequence>(_ chunks: Chunks) async -> Bool where Chunks.Element == ByteBuffer {
    do {
      _ = try await read(chunks) { _, _ in true }
      return true
    } catch { return false }
  }

  /// Reads to the end; false when a chunk was not taken.
  private func read<Chunks: AsyncSequence>(
    _ chunks: Chunks, _ take: (ByteBuffer, Int) -> Bool
  ) async throws -> Bool where Chunks.Element == ByteBuffer {
    let end = ContinuousClock.now + time
    var count = 0
    var isWhole = true
    for try await chunk in chunks {
      guard ContinuousClock.now < end else {
        throw Problem(.tooSlow, "The body did not come within \(time).", isCut: true)
      }
      count += chunk.readableBytes
      isWhole = take(chunk, count) && isWhole
      // As much again is dropped politely, and no more.
      if count / 2 > limit { throw tooLarge(isCut: true) }
    }
    return isWhole
  }

  /// Throws for what need not be read to be refused.
  func check(_ headers: [HTTPField]) throws(Problem) {
    if let coding = headers["content-encoding"], !coding.isEmpty, coding.lowercased() != "identity" {
      // Nobody we know compresses its webhooks, and what a body inflates to is known only when it is too late (F17).
      throw Problem(
        .wrongMediaType, "Compressed bodies are not read: send it without Content-Encoding.",
        headers: [HTTPField("accept-encoding", "identity")])
    }
    if let length = headers["content-length"].flatMap(Int.init), length > limit {
      throw tooLarge(isCut: length / 2 > limit)
    }
  }

  private func tooLarge(isCut: Bool) -> Problem {
    Problem(.bodyTooLarge, "At most \(limit) bytes are read.", isCut: isCut)
  }

  private static let length = HTTPFields.Element.Name("content-length")
  private static let coding = HTTPFields.Element.Name("transfer-encoding")

  /// Whether a request comes with a body.
  static func isExpected(_ headers: HTTPFields) -> Bool {
    if let length, let text = headers[length] { return text != "0" }
    return coding.map { headers.contains($0) } ?? false
  }
}

/// Ends a connection after its answer has been written.
struct ConnectionCut: Error {}
