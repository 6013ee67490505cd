import HandoffCore

/// A place in the list of exceptions, behind which a further page begins.
///
/// It stands where its exception stood when it was listed: one that is closed or gets another deadline between two
/// pages hides no other. It may come again itself, further on.
public struct ExceptionPlace: Hashable, Sendable {
  /// Whether it lies among the closed ones, which come last.
  public let isClosed: Bool
  /// What counts first there: the microseconds of the deadline; of closed ones the id, downwards.
  public let rank: Int64
  /// The exception's id.
  public let id: Int64

  /// The place of an exception as it was read.
  public init(of record: StoredException) {
    isClosed = record.closedAt != nil
    rank = isClosed ? -record.id : record.exception.deadline.microseconds
    id = record.id
  }

  /// Reads what ``text`` wrote; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "open" || parts[0] == "closed", let rank = Int64(parts[1]),
      let id = Int64(parts[2])
    else { return nil }
    isClosed = parts[0] == "closed"
    self.rank = rank
    self.id = id
  }

  /// The place as a word for programs, which need not understand it.
  public var text: String { "\(isClosed ? "closed" : "open")_\(rank)_\(id)" }

  /// Whether another place comes behind this one.
  func isBefore(_ other: ExceptionPlace) -> Bool {
    if isClosed != other.isClosed { return other.isClosed }
    return (rank, id) < (other.rank, other.id)
  }
}
