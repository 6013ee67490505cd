/// What the pipeline learnt about a file.
struct ChunkReport: Sendable {
  /// Records given up before anyone could look into them, with their lines after the heading, counted from 1.
  var lost: [(reason: String, line: Int)] = []
  var damage: String?
  var isCompressed = false
  var encoding = FileBytes.Encoding.utf8
  /// Whether the file ends without a line end, or inside a JSON value.
  var endsOpen = false
  /// Lists of objects beside that of the records, each by the whole way to it.
  var otherLists: [String] = []
}

/// The scanner that fits a file.
enum RecordScanner: Sendable {
  case delimited(CSVScanner)
  case json(JSONScanner)

  func scan(_ chunk: borrowing Chunk, into taker: inout some RecordTaker) {
    switch self {
    case .delimited(let scanner): scanner.scan(chunk, into: &taker)
    case .json(let scanner): scanner.scan(chunk, into: &taker)
    }
  }
}

/// Reads a file: one thread cuts it into chunks and merges what came of them in order, others take chunks apart.
struct ChunkPipeline {
  private let path: String
  private let form: RecordForm
  private let heading: Int
  private let options: AuditOptions
  private let scanner: RecordScanner
  /// Chunks under way at once; bounds memory.
  private static let width = 3

  init(file: SurveyedFile, options: AuditOptions) {
    self.options = options
    path = file.input.path
    form = file.sample.form
    heading = file.sample.headingBytes
    if case .delimited(let delimiter) = form {
      var slots = [Int](repeating: -1, count: file.sample.headings.count)
      for (field, column) in file.binding.columns where column < slots.count { slots[column] = Int(field.rawValue) }
      scanner = .delimited(CSVScanner(delimiter: delimiter, slots: slots, width: file.sample.headings.count))
    } else {
      let paths = file.binding.paths.map { (path: $0.value, field: $0.key) }
      // What stands around the list will have been left out, all but the list's own bracket.
      scanner = .json(JSONScanner(paths: JSONPaths(paths), form: form))
    }
  }

  func run<Batch: Sendable>(
    _ tell: (Int64) -> Void, parse: @escaping @Sendable (Chunk, RecordScanner) -> Batch,
    merge: (Batch, _ skippedLines: Int, _ lineFeeds: Int) -> Void
  ) async throws -> ChunkReport {
    var source = try ChunkSource(path: path, form: form, heading: heading, options: options)
    let scanner = scanner
    var left = heading
    /// Line feeds before each chunk, without those that were given up.
    var starts = [0]
    await withTaskGroup(of: (Int, Batch, Int, Int).self) { group in
      var underWay = 0
      var ready: [Int: (Batch, Int, Int)] = [:]
      while true {
        while underWay < Self.width, var chunk = source.next() {
          // After a record that was given up, and behind a long heading, it goes on in the middle of the list.
          let isWithin = !source.lost.isEmpty || source.isPastHeading
          if isWithin { left = 0 }
          let part = min(left, chunk.bytes.count)
          chunk.isFirst = !isWithin && (left > 0 ? part == left : chunk.sequence == 0)
          if part > 0 { chunk.bytes.removeFirst(part) }
          left -= part
          group.addTask { [chunk] in
            let lineFeeds = chunk.bytes.withUnsafeBufferPointer { bytes in
              var count = 0
              for byte in bytes { count &+= byte == 0x0A ? 1 : 0 }
              return count
            }
            return (chunk.sequence, parse(chunk, scanner), chunk.skippedLines, lineFeeds)
          }
          underWay += 1
        }
        guard let (sequence, batch, skipped, lineFeeds) = await group.next() else { break }
        underWay -= 1
        ready[sequence] = (batch, skipped, lineFeeds)
        while let (batch, skipped, lineFeeds) = ready.removeValue(forKey: starts.count - 1) {
          merge(batch, skipped, lineFeeds)
          starts.append(starts[starts.count - 1] + lineFeeds)
        }
        tell(source.file.consumed)
      }
    }
    let lost = source.lost.map { record in
      (record.reason, starts[min(record.sequence, starts.count - 1)] + record.skippedLines + 1)
    }
    return ChunkReport(
      lost: lost, damage: source.file.damage, isCompressed: source.file.isCompressed,
      encoding: source.file.encoding, endsOpen: source.endsOpen,
      otherLists: Set(source.otherLists.map { JSONPlace.text($0) ?? "another" }).sorted())
  }
}
