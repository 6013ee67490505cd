import Foundation

/// Writes an export in large pieces.
final class ExportWriter {
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private static let size = 1 << 20

  init(folder: String, name: String) throws {
    let path = folder + "/" + name
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw AuditFault(path, "cannot be written.") }
    self.handle = handle
    buffer.reserveCapacity(Self.size + 4096)
  }

  func line(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    buffer.append(0x0A)
    if buffer.count >= Self.size { try flush() }
  }

  private func flush() throws {
    try handle.write(contentsOf: Data(buffer))
    buffer.removeAll(keepingCapacity: true)
  }

  func close() throws {
    try handle.write(contentsOf: Data(buffer))
    try handle.close()
  }
}

/// Records that are written later than they are thought of, by time.
struct Agenda<Item> {
  private var heap: [(time: Int64, order: Int, item: Item)] = []
  private var added = 0

  mutating func add(_ item: Item, at time: Int64) {
    heap.append((time, added, item))
    added += 1
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The earliest item up to an instant; nil when there is none.
  mutating func next(until limit: Int64) -> (time: Int64, item: Item)? {
    guard let first = heap.first, first.time <= limit else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) { least = child }
      if least == parent { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return (first.time, first.item)
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
  }
}
