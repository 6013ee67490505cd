import Foundation
import Synchronization

/// The append-only list of what really happened in all vendors of one sandbox.
///
/// Entries are packed in chunks of 4,096 (a fixed record plus their text in one buffer, roughly 150 bytes an entry);
/// beyond `capacity` the oldest chunk is forgotten, never the order. A million entries take about 150 MB.
public final class SandboxLedger: Sendable {
  private let clock: SandboxClock
  private let state: Mutex<LedgerState>

  init(clock: SandboxClock, capacity: Int, file: String?, after earlier: EarlierLedger = EarlierLedger()) {
    self.clock = clock
    state = Mutex(
      LedgerState(capacity: capacity, file: file.flatMap(LedgerFile.init(path:)), after: earlier.sequence))
  }

  /// Records an effect now and says its sequence number. Call it while holding the vendor's own lock, so that the
  /// ledger's order is the order of effects.
  @discardableResult
  func record(
    _ vendor: SandboxVendor, _ kind: LedgerKind, ref: String, erpId: String = "", detail: JSON? = nil
  ) -> Int {
    let text = detail?.bytes() ?? []
    return state.withLock { $0.append(at: clock.microseconds, vendor, kind, ref, erpId, text) }
  }

  /// How many entries were ever written, those of earlier sandboxes in the file included; equals the last sequence
  /// number.
  public var count: Int { state.withLock { $0.count } }

  /// Entries after a sequence number, oldest first, at most `limit` of them; optionally of one vendor only.
  public func entries(after sequence: Int = 0, vendor: SandboxVendor? = nil, limit: Int = .max) -> [LedgerEntry] {
    state.withLock { $0.entries(after: sequence, vendor: vendor, limit: limit) }
  }

  /// Every entry of a kind, oldest first.
  public func entries(of kind: LedgerKind) -> [LedgerEntry] {
    entries().filter { $0.kind == kind }
  }
}

private struct LedgerRecord {
  var microseconds: Int64
  var vendor: UInt8
  var kind: UInt8
  var start: UInt32
  var refLength: UInt32
  var idLength: UInt32
  var detailLength: UInt32
}

private struct LedgerChunk {
  static let size = 4096
  var records: [LedgerRecord] = []
  var text: [UInt8] = []

  func part(_ start: Int, _ length: Int) -> String {
    guard start >= 0, length >= 0, start + length <= text.count else { return "" }
    return String(decoding: text[start..<(start + length)], as: UTF8.self)
  }
}

private struct LedgerState {
  let capacity: Int
  let file: LedgerFile?
  var chunks: [LedgerChunk] = []
  var forgotten = 0
  var count = 0

  init(capacity: Int, file: LedgerFile?, after sequence: Int) {
    self.capacity = max(capacity, LedgerChunk.size)
    self.file = file
    // Entries of an earlier sandbox are in the file alone.
    forgotten = sequence
    count = sequence
  }

  mutating func append(
    at time: Int64, _ vendor: SandboxVendor, _ kind: LedgerKind, _ ref: String, _ id: String, _ detail: [UInt8]
  ) -> Int {
    if chunks.last.map({ $0.records.count >= LedgerChunk.size }) ?? true {
      chunks.append(LedgerChunk())
      if count - forgotten > capacity, chunks.count > 1 {
        forgotten += chunks[0].records.count
        chunks.remove(at: 0)
      }
    }
    let last = chunks.count - 1
    let start = chunks[last].text.count
    chunks[last].text.append(contentsOf: ref.utf8)
    chunks[last].text.append(contentsOf: id.utf8)
    chunks[last].text.append(contentsOf: detail)
    let record = LedgerRecord(
      microseconds: time, vendor: UInt8(clamping: LedgerNames.index(of: vendor)),
      kind: UInt8(clamping: LedgerNames.index(of: kind)), start: UInt32(clamping: start),
      refLength: UInt32(clamping: ref.utf8.count), idLength: UInt32(clamping: id.utf8.count),
      detailLength: UInt32(clamping: detail.count))
    chunks[last].records.append(record)
    count += 1
    if let file, let entry = entry(chunks[last], record, sequence: count) { file.write(entry.line()) }
    return count
  }

  func entry(_ chunk: LedgerChunk, _ record: LedgerRecord, sequence: Int) -> LedgerEntry? {
    guard let vendor = LedgerNames.vendor(Int(record.vendor)), let kind = LedgerNames.kind(Int(record.kind)) else {
      return nil
    }
    let start = Int(record.start)
    let afterRef = start + Int(record.refLength)
    let afterId = afterRef + Int(record.idLength)
    return LedgerEntry(
      sequence: sequence, microseconds: record.microseconds, vendor: vendor, kind: kind,
      ref: chunk.part(start, Int(record.refLength)), erpId: chunk.part(afterRef, Int(record.idLength)),
      detail: chunk.part(afterId, Int(record.detailLength)))
  }

  func entries(after sequence: Int, vendor: SandboxVendor?, limit: Int) -> [LedgerEntry] {
    var found: [LedgerEntry] = []
    let wanted = vendor.map { UInt8(clamping: LedgerNames.index(of: $0)) }
    var first = forgotten
    for chunk in chunks {
      defer { first += chunk.records.count }
      if first + chunk.records.count <= sequence { continue }
      for (index, record) in chunk.records.enumerated() where first + index + 1 > sequence {
        if let wanted, record.vendor != wanted { continue }
        if found.count >= limit { return found }
        if let entry = entry(chunk, record, sequence: first + index + 1) { found.append(entry) }
      }
    }
    return found
  }
}

/// Small numbers for vendors and kinds, so that a record needs one byte for each.
private enum LedgerNames {
  static let vendors = Array(SandboxVendor.allCases)
  static let kinds = Array(LedgerKind.allCases)
  static let vendorIndex = Dictionary(uniqueKeysWithValues: vendors.enumerated().map { ($1, $0) })
  static let kindIndex = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })

  static func index(of vendor: SandboxVendor) -> Int { vendorIndex[vendor] ?? 255 }
  static func index(of kind: LedgerKind) -> Int { kindIndex[kind] ?? 255 }
  static func vendor(_ index: Int) -> SandboxVendor? { vendors.indices.contains(index) ? vendors[index] : nil }
  static func kind(_ index: Int) -> LedgerKind? { kinds.indices.contains(index) ? kinds[index] : nil }
}

/// The ledger's copy on disk: one JSON line an entry, appended, readable with `tail -f`. Only the next sandbox
/// reads it back, to go on after it.
private struct LedgerFile: Sendable {
  let handle: FileHandle

  init?(path: String) {
    if !FileManager.default.fileExists(atPath: path) {
      guard FileManager.default.createFile(atPath: path, contents: nil) else { return nil }
    }
    guard let handle = FileHandle(forUpdatingAtPath: path) else { return nil }
    self.handle = handle
    guard let end = try? handle.seekToEnd(), end > 0 else { return }
    // A sandbox that was killed may have left half a line; the next entry must not be lost in it.
    try? handle.seek(toOffset: end - 1)
    let last = try? handle.read(upToCount: 1)
    _ = try? handle.seekToEnd()
    if last?.first != 0x0A { try? handle.write(contentsOf: Data([0x0A])) }
  }

  func write(_ line: [UInt8]) {
    try? handle.write(contentsOf: Data(line + [0x0A]))
  }
}
