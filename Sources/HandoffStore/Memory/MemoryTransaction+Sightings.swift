import HandoffCore

extension MemoryTransaction {
  func sighting(of id: HandoffID) throws -> Sighting? { shelf(id)?.sighting }

  func unseen(_ filter: UnseenFilter) throws -> [HandoffRow] {
    func isWanted(_ shelf: Shelf) -> Bool {
      guard let handoff = shelf.row?.value.handoff, handoff.stage == .observed, handoff.erp == filter.erp,
        shelf.sighting == nil, handoff.capturedAt >= filter.from, handoff.capturedAt < filter.until
      else { return false }
      guard let after = filter.after else { return true }
      return (handoff.capturedAt, handoff.id.text) > (after.capturedAt, after.id.text)
    }
    let found = order.backwards.map(\.shelf).filter(isWanted).compactMap(\.row?.value)
    let sorted = found.sorted {
      ($0.handoff.capturedAt, $0.handoff.id.text) < ($1.handoff.capturedAt, $1.handoff.id.text)
    }
    return Array(sorted.prefix(max(0, filter.limit)))
  }

  func insert(_ sighting: Sighting) throws {
    let shelf = madeShelf(sighting.handoffID)
    guard shelf.sighting == nil else {
      throw StoreFailure.conflict("handoff \(sighting.handoffID) was seen in its ERP before")
    }
    shelf.sighting = sighting
    onUndo { shelf.sighting = nil }
  }
}
