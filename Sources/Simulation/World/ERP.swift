import HandoffCore

/// One record in a simulated ERP.
struct Record {
  enum Status: String { case draft, pending, live, void }

  let id: String
  let key: String
  let order: Int
  var status: Status
  /// The content it holds, and the version the sender called it.
  var content: Int
  var version: Int
  var total: Money
  let madeAt: Int64
}

/// What an ERP answers before any connector has made sense of it.
enum ERPAnswer {
  case busy, unavailable, misconfigured, garbled, conflict, notFound, done
  case refused(String)
  /// As it stood when the answer left.
  case record(Record)
  case stock(allocated: Bool, partly: Bool, [Shortage], ask: Int32)

  /// Whether anything may have been done.
  var isTaken: Bool {
    switch self {
    case .busy, .misconfigured, .refused: false
    default: true
    }
  }
}

/// The ERPs of the world. Each request arrives here exactly as often as the network brings it.
extension World {
  /// For how long an ERP of class K honours a key: longer than policies say, by the life of a request and a margin.
  static let keyRetention: Int64 = 120_000_000

  private func gatekeeper(_ erp: Int) -> ERPAnswer? {
    if loop.now < misconfiguredUntil[erp] { return .misconfigured }
    if loop.now < downUntil[erp] || strikes(.unavailable) { return .unavailable }
    if strikes(.busy) { return .busy }
    if strikes(.misconfigured) {
      misconfiguredUntil[erp] = loop.now + 2_000_000
      return .misconfigured
    }
    return nil
  }

  /// A create as class K, U or N takes it, or a draft as class D does.
  func create(order: Int, content: Int, version: Int, key: String, node: Int) -> ERPAnswer {
    record(.createArrived, order, content, node, key)
    let erp = plan.erps[orders[order].erp]
    if let answer = gatekeeper(orders[order].erp) { return answer }
    switch erp.receiptClass {
    case .key:
      if let known = keys[key], loop.now < known.at + World.keyRetention {
        return garble(.record(records[known.record]))
      }
    case .unique:
      if orders[order].records.contains(where: { records[$0].key == key }) { return .conflict }
    case .draft, .none: break
    }
    if let reason = refuses(order, content) { return .refused(reason) }
    let made = make(order, key, content, version, isDraft: erp.receiptClass == .draft)
    if erp.receiptClass == .key { keys[key] = (made, loop.now) }
    return garble(.record(records[made]))
  }

  private func refuses(_ order: Int, _ content: Int) -> String? {
    if orders[order].poison == .refused, !isPoisonMended { return "unknown item" }
    return strikes(.orderRefused) ? "the period is closed" : nil
  }

  /// An answer nobody can read, although what was asked has been done.
  private func garble(_ answer: ERPAnswer) -> ERPAnswer { strikes(.garbled) ? .garbled : answer }

  private func make(_ order: Int, _ key: String, _ content: Int, _ version: Int, isDraft: Bool) -> Int {
    let index = records.count
    // An ERP that took a part of the lines, or other ones (F39, F47): what it holds is not what it was sent.
    let content = strikes(.contentAltered) ? dice.below(contents.count) : content
    let status: Record.Status = isDraft ? .draft : strikes(.approvalPending) ? .pending : .live
    records.append(
      Record(
        id: "R\(index + 1)", key: key, order: order, status: status, content: content, version: version,
        total: total(order, content), madeAt: loop.now))
    orders[order].records.append(index)
    record(.recordMade, order, index, content, status.rawValue)
    if status == .live { becameLive(index) }
    if status == .pending { decideLater(index) }
    return index
  }

  /// The ERP's own sum; now and then it is a cent off, as real ones are (PM-37).
  private func total(_ order: Int, _ content: Int) -> Money {
    let owed = contents[content].value.total
    let isWrong = (orders[order].poison == .totalWrong && !isPoisonMended) || strikes(.totalWrong)
    return isWrong ? Money(minorUnits: owed.minorUnits + 1, currency: owed.currency) : owed
  }

  private func moneyWord(_ index: Int) -> String {
    records[index].total == contents[records[index].content].value.total ? "" : "wrong"
  }

  private func decideLater(_ index: Int) {
    loop.after(Int64(dice.below(12_000_000))) { [self] in
      guard records[index].status == .pending else { return }
      if strikes(.approvalDenied) { voidRecord(index, byUs: false) } else { becameLive(index) }
    }
  }

  private func becameLive(_ index: Int) {
    let order = records[index].order
    records[index].status = .live
    record(.recordLive, order, index, records[index].content, moneyWord(index))
    let live = orders[order].records.filter { records[$0].status == .live }
    if live.count > 1 {
      violate(.s3, order, "live ERP records \(live.map { records[$0].id }.joined(separator: " and "))")
    }
    if strikes(.recordVoided) {
      loop.after(Int64(dice.below(10_000_000))) { [self] in
        if !isHealed, records[index].status == .live { voidRecord(index, byUs: false) }
      }
    }
  }

  func voidRecord(_ index: Int, byUs: Bool) {
    guard records[index].status != .void else { return }
    records[index].status = .void
    record(.recordVoid, records[index].order, index, byUs ? 1 : 0)
  }

  private func index(of recordID: String) -> Int? {
    guard recordID.hasPrefix("R"), let number = Int(recordID.dropFirst()), number >= 1, number <= records.count else {
      return nil
    }
    return number - 1
  }

  /// Activates a draft, or does nothing to what is past that.
  func activate(order: Int, recordID: String, content: Int, node: Int) -> ERPAnswer {
    guard let found = index(of: recordID) else { return .notFound }
    record(.changeArrived, order, found, content, "activate")
    if let answer = gatekeeper(orders[order].erp) { return answer }
    if records[found].status == .draft {
      if strikes(.approvalPending) {
        records[found].status = .pending
        decideLater(found)
      } else {
        becameLive(found)
      }
    }
    return garble(.record(records[found]))
  }

  /// Brings a record to another content; what is older than the record is not taken (a precondition on the version).
  func change(order: Int, recordID: String, content: Int, version: Int) -> ERPAnswer {
    guard let found = index(of: recordID) else { return .notFound }
    record(.changeArrived, order, found, content, "update")
    if let answer = gatekeeper(orders[order].erp) { return answer }
    if records[found].status == .void { return .refused("the record is void") }
    if version < records[found].version { return .conflict }
    if version == records[found].version { return garble(.record(records[found])) }
    if strikes(.changeRefused) { return .refused("the goods are being picked") }
    records[found].content = content
    records[found].version = version
    records[found].total = total(order, content)
    record(.recordChanged, order, found, content, moneyWord(found))
    return garble(.record(records[found]))
  }

  /// Cancels a record; repeatable.
  func cancel(order: Int, recordID: String) -> ERPAnswer {
    guard let found = index(of: recordID) else { return .notFound }
    record(.changeArrived, order, found, records[found].content, "cancel")
    if let answer = gatekeeper(orders[order].erp) { return answer }
    if records[found].status != .void, strikes(.changeRefused) { return .refused("the goods have left") }
    voidRecord(found, byUs: true)
    return garble(.done)
  }

  /// Looks an order up by record id, else by the id we gave it.
  func find(order: Int, recordID: String?, key: String) -> ERPAnswer {
    record(.asked, order, 0, 0, "look-up")
    if let answer = gatekeeper(orders[order].erp) { return answer }
    if let recordID { return index(of: recordID).map { garble(.record(records[$0])) } ?? .notFound }
    let lag = plan.erps[orders[order].erp].searchLag
    let visible = orders[order].records.filter { records[$0].key == key && records[$0].madeAt + lag <= loop.now }
    let statuses: [Record.Status] = [.live, .pending, .draft, .void]
    for status in statuses {
      if let found = visible.first(where: { records[$0].status == status }) { return garble(.record(records[found])) }
    }
    return .notFound
  }

  /// What the ERP has set aside for a record.
  func stock(order: Int, recordID: String) -> ERPAnswer {
    record(.asked, order, 0, 0, "stock")
    if let answer = gatekeeper(orders[order].erp) { return answer }
    guard let found = index(of: recordID) else { return .notFound }
    if records[found].status != .live { return .notFound }
    if strikes(.garbled) { return .garbled }
    let lines = contents[records[found].content].value.lines
    let isShort =
      loop.now < orders[order].stockAt && !(orders[order].poison == .neverInStock ? isPoisonMended : isHealed)
    orders[order].stockAsks += 1
    let ask = orders[order].stockAsks
    if !isShort { return .stock(allocated: true, partly: false, [], ask: ask) }
    let ordered = lines.reduce(0) { $0 + $1.quantity }
    let shortages = [Shortage(sku: lines.first?.sku ?? "?", ordered: ordered, allocated: 0)]
    return .stock(allocated: false, partly: orders[order].shortage == 1, shortages, ask: ask)
  }

  /// What people at the ERP put right when everything is mended: pending records are decided.
  func decidePending() {
    for index in records.indices where records[index].status == .pending { becameLive(index) }
  }

  /// A person corrects the ERP's sum of an order.
  func mendRecords(of order: Int) {
    for index in orders[order].records {
      let right = contents[records[index].content].value.total
      guard records[index].total != right else { continue }
      records[index].total = right
      record(.recordChanged, order, index, records[index].content)
    }
  }
}
