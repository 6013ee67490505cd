import HandoffCore
import Synchronization

/// The orders read last from their stored documents: under load a task is claimed for each step of an order, and its
/// document is the same each time.
///
/// Nothing can go out of date here, because a document is found by all its bytes.
final class ReadOrders: Sendable {
  private final class Entry: Sendable {
    let document: [UInt8]
    let order: Order

    init(_ document: [UInt8], _ order: Order) {
      self.document = document
      self.order = order
    }
  }

  /// With orders of two kilobytes, two generations are some four megabytes.
  private static let generation = 512

  private struct State {
    var young: [UInt64: Entry] = [:]
    var old: [UInt64: Entry] = [:]

    mutating func keep(_ entry: Entry, _ mark: UInt64) {
      if young.count >= generation {
        old = young
        young = [:]
      }
      young[mark] = entry
    }
  }

  private let state = Mutex(State())

  /// The order in a document, read by `decode` unless it was among the last.
  func order(in document: [UInt8], decode: ([UInt8]) throws -> Order) rethrows -> Order {
    let mark = Self.mark(of: document)
    let known = state.withLock { state -> Order? in
      if let entry = state.young[mark] { return entry.document == document ? entry.order : nil }
      guard let entry = state.old[mark], entry.document == document else { return nil }
      state.keep(entry, mark)
      return entry.order
    }
    if let known { return known }
    let entry = Entry(document, try decode(document))
    state.withLock { $0.keep(entry, mark) }
    return entry.order
  }

  /// The document of an order that is taken in, kept for whoever has to read it next.
  ///
  /// The first submission goes out with the order as it was taken in, not as it was read again; so may what follows.
  func document(of order: Order, encode: (Order) -> [UInt8]) -> [UInt8] {
    let document = encode(order)
    let entry = Entry(document, order)
    state.withLock { $0.keep(entry, Self.mark(of: document)) }
    return document
  }

  /// Any spread will do: of two documents with one mark the later one is kept.
  private static func mark(of document: [UInt8]) -> UInt64 {
    var hash = UInt64(document.count)
    document.withUnsafeBytes { bytes in
      var offset = 0
      while offset + 8 <= bytes.count {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 29
        offset += 8
      }
    }
    return hash
  }
}
