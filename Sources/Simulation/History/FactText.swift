/// The text of a fact: bytes that lie with the history it was written into, and live as long as that.
///
/// The oracles walk over every fact a dozen times; with a `String` in it each step of each walk would count references.
package struct FactText: Sendable {
  private nonisolated(unsafe) let start: UnsafePointer<UInt8>
  private let count: Int32

  fileprivate init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = Int32(truncatingIfNeeded: count)
  }

  /// No text.
  static let none: FactText = ""

  package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: Int(count)) }

  /// A text that lasts as long as the closure.
  static func within<Value>(_ text: String, _ body: (FactText) -> Value) -> Value {
    var text = text
    return text.withUTF8 { bytes in
      body(bytes.baseAddress.map { FactText(start: $0, count: bytes.count) } ?? .none)
    }
  }

  /// Whether the text begins with a literal.
  func hasPrefix(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    return length <= count && FactText(start: start, count: length) == FactText(stringLiteral: literal)
  }

  /// The bytes before the first blank, and those behind it.
  package var firstWord: (word: FactText, rest: FactText) {
    guard let blank = bytes.firstIndex(of: UInt8(ascii: " ")) else { return (self, .none) }
    return (FactText(start: start, count: blank), FactText(start: start + blank + 1, count: Int(count) - blank - 1))
  }
}

extension FactText: Equatable {
  package static func == (left: FactText, right: FactText) -> Bool {
    if left.count != right.count { return false }
    if left.start == right.start { return true }
    for place in 0..<Int(left.count) where left.start[place] != right.start[place] { return false }
    return true
  }
}

extension FactText: ExpressibleByStringLiteral {
  package init(stringLiteral literal: StaticString) {
    self.init(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
  }
}

extension FactText: CustomStringConvertible {
  package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// Where the texts of a history lie, until the last copy of the history is gone.
final class TextShelf: Sendable {
  private nonisolated(unsafe) var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
  private nonisolated(unsafe) var used = 0
  private static let block = 1 << 15

  deinit { for block in blocks { block.deallocate() } }

  private func room(for count: Int) -> UnsafeMutablePointer<UInt8>? {
    if blocks.last.map({ $0.count - used < count }) ?? true {
      blocks.append(.allocate(capacity: max(count, Self.block)))
      used = 0
    }
    defer { used += count }
    return blocks.last?.baseAddress.map { $0 + used }
  }

  /// Keeps one or two words, with a blank between.
  func keep(_ first: String, _ second: String? = nil) -> FactText {
    let (one, two) = (first.utf8.count, second?.utf8.count ?? 0)
    let count = one + (second == nil ? 0 : 1 + two)
    guard count > 0, let start = room(for: count) else { return .none }
    Self.copy(first, to: start)
    if let second {
      start[one] = UInt8(ascii: " ")
      Self.copy(second, to: start + one + 1)
    }
    return FactText(start: start, count: count)
  }

  private static func copy(_ text: String, to place: UnsafeMutablePointer<UInt8>) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      for index in bytes.indices { place[index] = bytes[index] }
    }
    if isDone == nil { for (index, byte) in text.utf8.enumerated() { place[index] = byte } }
  }
}
