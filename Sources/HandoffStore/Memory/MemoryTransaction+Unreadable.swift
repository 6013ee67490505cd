import HandoffCore

extension MemoryTransaction {
  func unreadable(_ filter: UnreadableFilter) throws -> [StoredUnreadable] {
    let found = unreadable.filter { record in
      if filter.onlyOpen, record.closedAt != nil { return false }
      return filter.owner == nil || record.delivery.owner == filter.owner
    }
    let sorted = found.sorted { left, right in
      if (left.closedAt == nil) != (right.closedAt == nil) { return left.closedAt == nil }
      return left.id > right.id
    }
    return sorted.prefix(max(0, filter.limit)).map(\.withoutBody)
  }

  func unreadable(_ id: Int64) throws -> StoredUnreadable? {
    guard id >= 1, id <= Int64(unreadable.count) else { return nil }
    return unreadable[Int(id) - 1]
  }

  func unreadableCount(now: Timestamp) throws -> UnreadableCount {
    let open = unreadable.filter { $0.closedAt == nil }
    return UnreadableCount(
      all: unreadable.count, open: open.count, overdue: open.count { $0.delivery.deadline <= now })
  }

  func insert(_ record: UnreadableDelivery) throws {
    unreadable.append(
      StoredUnreadable(
        id: Int64(unreadable.count) + 1, delivery: record, bytes: record.body.count, closedAt: nil,
        resolution: ""))
    onUndo { [unowned self] in unreadable.removeLast() }
  }

  func closeUnreadable(_ id: Int64, at: Timestamp, resolution: String) throws {
    guard let old = try unreadable(id), old.closedAt == nil else { return }
    unreadable[Int(id) - 1] = StoredUnreadable(
      id: id, delivery: old.delivery, bytes: old.bytes, closedAt: at, resolution: resolution)
    onUndo { [unowned self] in unreadable[Int(id) - 1] = old }
  }
}

extension StoredUnreadable {
  var withoutBody: StoredUnreadable {
    let bare = UnreadableDelivery(
      storefront: delivery.storefront, topic: delivery.topic, reason: delivery.reason, receivedAt: delivery.receivedAt,
      owner: delivery.owner, deadline: delivery.deadline, headers: delivery.headers, body: [])
    return StoredUnreadable(id: id, delivery: bare, bytes: bytes, closedAt: closedAt, resolution: resolution)
  }
}
