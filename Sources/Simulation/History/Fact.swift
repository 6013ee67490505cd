package import HandoffCore

/// What can happen in a simulated world; what `first`, `second` and `text` of a ``Fact`` mean stands beside each.
package enum FactKind: UInt8, Sendable, CaseIterable {
  // The storefront.
  /// The customer placed the order; first: its content.
  case placed
  /// The customer changed it; first: the new content.
  case edited
  /// The storefront cancelled it; first: the content that says so.
  case cancelled
  /// The payment became void; first: the content that says so.
  case voided
  /// A delivery reached a node; first: its content.
  case delivered
  /// A 2xx left a node; first: the content it answered, second: 1 when it was no order.
  case acknowledged
  /// Another answer left a node; first: the content, text: which.
  case rejected
  /// A listing was answered; first: the number of orders in it.
  case listed

  // The store, at commit.
  /// A journal entry; first: stages before and after, second: version, text: event.
  case journal
  /// A content was stored; first: the content, second: version.
  case versionStored
  /// A delivery was stored; first: its disposition, second: 1 when it has no order.
  case deliveryStored
  /// An exception was opened; first: its kind, text: owner.
  case exceptionOpened
  /// An exception changed hands; second: escalations, text: owner.
  case exceptionMoved
  /// An exception was closed.
  case exceptionClosed
  /// The units in flight were written; first: their sum, second: the mark of their SKUs.
  case inFlight

  // The ERP.
  /// A create arrived; first: the content, second: the node, text: the key.
  case createArrived
  /// The ERP made a record; first: record, second: content, text: its status.
  case recordMade
  /// A record became live; first: record, second: content.
  case recordLive
  /// A record took another content; first: record, second: content.
  case recordChanged
  /// Somebody at the ERP opened an accepted record again; first: record, second: content.
  case recordReopened
  /// A record was voided; first: record, second: 1 when by us.
  case recordVoid
  /// An update or cancel arrived; first: record, second: content, text: which.
  case changeArrived
  /// The ERP was only asked; text: what.
  case asked
  /// A definite yes of the ERP reached the node; second: the content it holds.
  case receiptTold
  /// A definite word that the record is void reached the node.
  case voidTold
  /// A definite answer to a create reached the node; first: 1 for yes; text: which.
  case createAnswered
  /// An answer about stock reached the node; first: 0 all, 1 partly, 2 none, and four times
  /// the number of the question, in the order they came to the ERP; second: content of the record.
  case stockAnswered

  // The customer and the storefront's shipping.
  /// The carrier took a message; first: its kind, second: the content it names, text: its key.
  case mailTaken
  /// The storefront holds its shipping.
  case held
  /// The storefront ships.
  case released

  // People and machines.
  /// A person decided; text: what.
  case personDecided
  /// A process started; first: its number.
  case nodeStarted
  /// A process died; first: its number, text: where.
  case nodeDied
  /// A process was stopped in its tracks; first: its number.
  case nodeStopped
  /// A stopped process went on; first: its number.
  case nodeContinued
  /// A process was asked to end and ended; first: its number.
  case nodeEnded
  /// The clock of a process was moved; second: by so many milliseconds.
  case clockMoved
  /// The configuration changed; text: how.
  case policyChanged
  /// From here on nothing fails any more.
  case healed
}

/// One thing that happened, at its place in the one order of everything.
package struct Fact: Sendable {
  /// Simulated microseconds since the beginning.
  package let at: Int64
  /// What happened.
  package let kind: FactKind
  /// The order's index in the world; -1 for none.
  package let order: Int32
  /// See ``FactKind``.
  package let first: Int32
  /// See ``FactKind``.
  package let second: Int32
  /// See ``FactKind``.
  package let text: FactText

  /// The stages before and after, of a journal entry.
  package var stages: (before: Stage?, after: Stage?) {
    let all = Fact.all
    let (before, after) = (Int(first) >> 8, Int(first) & 255)
    return (before < all.count ? all[before] : nil, after < all.count ? all[after] : nil)
  }

  private static let all = Stage.allCases
}

/// Everything that happened in one world, in order: what the oracles judge, and what a replay prints.
package struct History: Sendable {
  /// The facts; a fact's place is its position. Their texts live as long as the history does.
  package private(set) var facts: [Fact] = []
  /// Where their texts lie.
  let texts = TextShelf()
  /// A hash over all facts so far.
  package private(set) var digest: UInt64 = 0x6a09_e667_f3bc_c908

  mutating func append(_ fact: Fact) {
    facts.append(fact)
    var word = UInt64(bitPattern: fact.at) &* 0x9e37_79b9_7f4a_7c15
    word ^= UInt64(fact.kind.rawValue) << 56 ^ UInt64(UInt32(bitPattern: fact.order)) << 24
    word ^= UInt64(UInt32(bitPattern: fact.first)) << 32 ^ UInt64(UInt32(bitPattern: fact.second))
    var text: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in fact.text.bytes { text = (text ^ UInt64(byte)) &* 0x100_0000_01b3 }
    digest = Fingerprint.mix(digest ^ word) &+ text
  }

  /// The facts of each order, in order.
  func byOrder(_ orders: Int) -> FactsByOrder { FactsByOrder(facts, orders) }
}

/// The facts of a history, order by order, in one array.
struct FactsByOrder {
  private let facts: [Fact]
  private let starts: [Int]

  fileprivate init(_ history: [Fact], _ orders: Int) {
    var starts = [Int](repeating: 0, count: orders + 1)
    func isWanted(_ fact: Fact) -> Bool { fact.order >= 0 && Int(fact.order) < orders }
    for fact in history where isWanted(fact) { starts[Int(fact.order) + 1] += 1 }
    for order in 0..<orders { starts[order + 1] += starts[order] }
    var next = starts
    var places = [Int](repeating: 0, count: starts[orders])
    for (place, fact) in history.enumerated() where isWanted(fact) {
      places[next[Int(fact.order)]] = place
      next[Int(fact.order)] += 1
    }
    facts = places.map { history[$0] }
    self.starts = starts
  }

  subscript(order: Int) -> ArraySlice<Fact> { facts[starts[order]..<starts[order + 1]] }
}
