import HandoffCore
import HandoffStore

/// The rows written last, as the writer's connection knows them: an order is read back two or three times within
/// milliseconds of being written.
///
/// It holds what the present transaction sees. Whoever undoes a transaction empties it, and so does a commit by another
/// connection (people may mend rows by SQL).
final class RowCache {
  private static let capacity = 4096
  private var rows: [HandoffID: HandoffRow] = [:]
  private var ring: [HandoffID] = []
  private var oldest = 0
  /// SQLite's `data_version`: it changes when another connection has committed.
  private var dataVersion: Int64?

  subscript(id: HandoffID) -> HandoffRow? { rows[id] }

  func keep(_ row: HandoffRow) {
    guard rows.updateValue(row, forKey: row.handoff.id) == nil else { return }
    if ring.count < RowCache.capacity {
      ring.append(row.handoff.id)
    } else {
      rows[ring[oldest]] = nil
      ring[oldest] = row.handoff.id
      oldest = (oldest + 1) % RowCache.capacity
    }
  }

  func empty() {
    rows.removeAll(keepingCapacity: true)
    ring.removeAll(keepingCapacity: true)
    oldest = 0
  }

  func begin(dataVersion: Int64?) {
    if dataVersion != self.dataVersion { empty() }
    self.dataVersion = dataVersion
  }
}
