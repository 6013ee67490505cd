/// Stock on hand and committed, by item and place.
///
/// A value: whoever owns the orders owns the stock, under the same lock, so a commitment and its order appear together.
struct StockRoom: Sendable {
  struct Shelf: Sendable {
    var onHand: Int
    var committed = 0
    var backOrdered = 0
    var changedUnix = 0
    var available: Int { max(0, onHand - committed) }
  }

  private(set) var shelves: [String: Shelf] = [:]
  /// Counts every change; an availability answer names it.
  private(set) var version = 0

  init(_ onHand: [String: Int]) { shelves = onHand.mapValues { Shelf(onHand: $0) } }

  func shelf(_ item: String) -> Shelf? { shelves[item] }

  /// Commits as much as there is; the rest is back-ordered.
  mutating func commit(_ item: String, _ quantity: Int, unix: Int) -> (committed: Int, backOrdered: Int) {
    guard var shelf = shelves[item], quantity > 0 else { return (0, 0) }
    let taken = min(shelf.available, quantity)
    shelf.committed += taken
    shelf.backOrdered += quantity - taken
    shelf.changedUnix = unix
    shelves[item] = shelf
    version += 1
    return (taken, quantity - taken)
  }

  mutating func release(_ item: String, committed: Int, backOrdered: Int, unix: Int) {
    guard var shelf = shelves[item] else { return }
    shelf.committed = max(0, shelf.committed - committed)
    shelf.backOrdered = max(0, shelf.backOrdered - backOrdered)
    shelf.changedUnix = unix
    shelves[item] = shelf
    version += 1
  }

  mutating func setOnHand(_ item: String, _ quantity: Int, unix: Int) {
    shelves[item, default: Shelf(onHand: 0)].onHand = max(0, quantity)
    shelves[item]?.changedUnix = unix
    version += 1
  }
}
