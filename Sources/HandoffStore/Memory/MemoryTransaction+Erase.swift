import HandoffCore

extension MemoryTransaction {
  func replaceBody(_ number: Int, of id: HandoffID, with body: [UInt8]) throws {
    guard let shelf = shelf(id), let place = shelf.versions.firstIndex(where: { $0.version.number == number }) else {
      return
    }
    let old = shelf.versions[place]
    shelf.versions[place] = StoredVersion(handoffID: id, version: old.version, body: body)
    onUndo { shelf.versions[place] = old }
  }

  func eraseWords(of id: HandoffID) throws {
    guard let shelf = shelf(id) else { return }
    for place in shelf.deliveries { empty(deliveryAt: place) }
    let messages = shelf.messages
    shelf.messages = messages.map { old in
      StoredMessage(
        key: old.key, handoffID: id, kind: old.kind, recipient: "", content: [], decidedAt: old.decidedAt,
        attempts: old.attempts, acceptedAt: old.acceptedAt)
    }
    onUndo { shelf.messages = messages }
    for place in exceptions.indices {
      let old = exceptions[place]
      guard old.handoffID == id, old.closedAt != nil else { continue }
      let told = old.exception
      exceptions[place] = StoredException(
        id: old.id, handoffID: id,
        exception: OpenException(
          kind: told.kind, reason: "", openedAt: told.openedAt, deadline: told.deadline, escalations: told.escalations),
        owner: old.owner, closedAt: old.closedAt, resolution: old.resolution)
      onUndo { [unowned self] in exceptions[place] = old }
    }
  }

  func eraseLoose(of storefront: StorefrontName, mentioning word: String?) throws {
    let open = Set(
      unreadable.filter { $0.closedAt == nil && $0.delivery.storefront == storefront }.map(\.delivery.receivedAt))
    for place in deliveries.indices {
      let delivery = deliveries[place]
      guard delivery.storefront == storefront, delivery.handoffID == nil, delivery.body.mentions(word) else { continue }
      if delivery.disposition != .unreadable || !open.contains(delivery.receivedAt) { empty(deliveryAt: place) }
    }
    for place in unreadable.indices {
      let old = unreadable[place]
      guard old.delivery.storefront == storefront, old.closedAt != nil, old.delivery.body.mentions(word) else {
        continue
      }
      let bare = UnreadableDelivery(
        storefront: storefront, topic: old.delivery.topic, reason: "", receivedAt: old.delivery.receivedAt,
        owner: old.delivery.owner, deadline: old.delivery.deadline, headers: "", body: [])
      unreadable[place] = StoredUnreadable(
        id: old.id, delivery: bare, bytes: 0, closedAt: old.closedAt, resolution: old.resolution)
      onUndo { [unowned self] in unreadable[place] = old }
    }
  }

  private func empty(deliveryAt place: Int) {
    let old = deliveries[place]
    deliveries[place] = StoredDelivery(
      storefront: old.storefront, dedupeID: old.dedupeID, topic: old.topic, receivedAt: old.receivedAt, headers: "",
      body: [], disposition: old.disposition, handoffID: old.handoffID)
    onUndo { [unowned self] in deliveries[place] = old }
  }
}

extension [UInt8] {
  /// Whether a word stands in the text with neither letter nor digit beside it; every text mentions nil.
  fileprivate func mentions(_ word: String?) -> Bool {
    guard let word else { return true }
    let wanted = Array(word.utf8)
    guard !wanted.isEmpty, count >= wanted.count else { return false }
    func isPart(_ index: Int) -> Bool {
      guard indices.contains(index) else { return false }
      return (48...57).contains(self[index]) || (65...90).contains(self[index]) || (97...122).contains(self[index])
    }
    for start in 0...(count - wanted.count)
    where self[start] == wanted[0] && self[start..<(start + wanted.count)].elementsEqual(wanted) {
      if !isPart(start - 1), !isPart(start + wanted.count) { return true }
    }
    return false
  }
}
