/// The records of one chunk of a log that refers to orders: receipts, confirmations, deliveries.
struct LogBatch: Sendable {
  var chunk: Chunk
  var arena = TextArena()
  var keys: [Int64] = []
  var times: [Int64] = []
  /// The text of keys that are no numbers; their position in ``keys``.
  var keyTexts: [(position: Int32, text: TextReference)] = []
  var rejections = Rejections()
  var rows = 0
  /// Records that are no such event: other mails, failed deliveries.
  var others = 0
  var ambiguousTimes = 0
  var extent = TimeExtent()
}

/// Reads logs.
struct LogTaker: RecordTaker {
  var batch: LogBatch
  private var times: TimeReader
  private let keyReader: KeyReader
  private let role: FileRole
  private let hasConfirmationLabels: Bool

  init(chunk: Chunk, context: ReadingContext) {
    batch = LogBatch(chunk: chunk)
    let expected = chunk.bytes.count / 48
    batch.keys.reserveCapacity(expected)
    batch.times.reserveCapacity(expected)
    times = context.times
    keyReader = context.keyReader
    role = context.role
    hasConfirmationLabels = context.binding.hasConfirmationLabels
  }

  mutating func reject(_ reason: Rejection, line: Int) {
    batch.rows += 1
    batch.rejections.add(reason, line: line)
  }

  mutating func take(_ record: borrowing Record) {
    batch.rows += 1
    if isOther(record) {
      batch.others += 1
      return
    }
    let keyBytes = record[.orderID]
    guard let key = keyReader.key(keyBytes) else { return batch.rejections.add(.noOrder, line: record.line) }
    let timeBytes = record[.time]
    guard let time = times.read(timeBytes) ?? times.read(record[.secondTime]) else {
      return batch.rejections.add(
        timeBytes.isEmpty && record[.secondTime].isEmpty ? .noTime : .badTime, line: record.line)
    }
    if key < 0 {
      let position = Int32(truncatingIfNeeded: batch.keys.count)
      batch.keyTexts.append((position, batch.arena.reference(.orderID, of: record)))
    }
    batch.keys.append(key)
    batch.times.append(time)
  }

  /// The batch with what was learnt about its times.
  consuming func finished() -> LogBatch {
    batch.ambiguousTimes = times.ambiguous
    batch.extent = TimeExtent(batch.times, times.grain)
    return batch
  }

  @inline(__always)
  private func isOther(_ record: borrowing Record) -> Bool {
    switch role {
    case .confirmations:
      if hasConfirmationLabels, !Self.isConfirmation(record[.label]) { return true }
      let kind = record[.kind]
      return !kind.isEmpty && !Self.isSending(kind)
    case .webhooks, .queue:
      let status = record[.status]
      return !status.isEmpty && !Self.isSuccess(status)
    default: return false
    }
  }

  static func isConfirmation(_ label: Bytes) -> Bool { Word.contains(label, "confirm") }

  /// Events that mean that the message left; opens, clicks, bounces and complaints do not.
  static func isSending(_ kind: Bytes) -> Bool {
    let words: [StaticString] = ["sent", "deliver", "process", "accept", "received email", "send", "queued"]
    return words.contains { Word.contains(kind, $0) } && !Word.contains(kind, "undeliver")
      && !Word.contains(kind, "not ")
  }

  static func isSuccess(_ status: Bytes) -> Bool {
    if let code = Quantity.read(status) { return (200..<300).contains(code) }
    let words: [StaticString] = [
      "success", "succeeded", "delivered", "ok", "done", "completed", "processed", "acked", "finished", "complete",
    ]
    return words.contains { Word.isEqual(status, $0) }
  }
}
