/// The reading of all files into facts: storefronts first, because everything else refers to their orders.
struct AuditReading {
  private let options: AuditOptions
  private let plan: JoinPlan
  private var files: [SurveyedFile]
  private let total: Int64
  private var consumed: Int64 = 0
  private(set) var facts = AuditFacts()
  private(set) var inputs: [InputFile] = []
  private var index = KeyIndex()
  private var otherIndex: KeyIndex?

  init(options: AuditOptions, plan: JoinPlan, files: [SurveyedFile]) {
    self.options = options
    self.plan = plan
    self.files = files
    // Samples have served their purpose.
    for position in self.files.indices { self.files[position].sample.rows = [] }
    total = files.reduce(0) { $0 + $1.input.bytes }
  }

  mutating func run(progress: @Sendable (AuditProgress) -> Void) async throws {
    let order: [FileRole] = [
      .storefront, .erp, .confirmations, .webhooks, .queue, .tickets, .marketplaceOrders, .marketplaceCancellations,
      .stock, .demand,
    ]
    reserve()
    for role in order {
      for file in files where file.role == role {
        try await read(file, progress)
        // An empty export of the ERP or of the mails proves nothing about any order.
        if inputs.last?.rows != 0 || ![.erp, .confirmations].contains(role) { facts.roles.insert(role) }
      }
      if role == .storefront { indexOrders() }
    }
    index = KeyIndex()
    otherIndex = nil
  }

  private mutating func reserve() {
    let rows = files.filter { $0.role == .storefront }.reduce(0.0) { sum, file in
      let isCompressed = file.input.path.hasSuffix(".gz")
      return sum + Double(file.input.bytes) * (isCompressed ? 6 : 1) / file.sample.recordBytes
    }
    facts.orders.reserve(Int(min(rows * 1.03 + 1024, 4e9)), hasOtherKeys: plan.needsOther)
  }

  private mutating func indexOrders() {
    var repeats: [UInt32] = []
    index = KeyIndex(facts.orders.keys, repeats: &repeats)
    for order in repeats { facts.orders.flags[Int(order)].insert(.repeated) }
    facts.repeatedRecords += repeats.count
    if plan.needsOther {
      var ignored: [UInt32] = []
      otherIndex = KeyIndex(facts.orders.otherKeys, repeats: &ignored)
    }
  }

  private func context(_ file: SurveyedFile) -> ReadingContext {
    ReadingContext(
      role: file.role, binding: file.binding,
      times: TimeReader(zone: file.zone ?? options.zone, dateOrder: file.dateOrder),
      keyReader: KeyReader(shape: file.keyShape), otherKeyReader: file.otherKeyShape.map { KeyReader(shape: $0) })
  }

  private mutating func read(_ file: SurveyedFile, _ progress: @Sendable (AuditProgress) -> Void) async throws {
    var state = FileProgress()
    state.firstOrder = facts.orders.count
    state.lines = file.sample.headingLines
    let context = context(file)
    var report = ChunkReport()
    let (base, total) = (consumed, total)
    func tell(_ bytes: Int64) {
      progress(AuditProgress(path: file.input.path, bytes: base + bytes, total: total))
    }
    switch file.role {
    case .storefront:
      facts.begin(file.keyShape)
      if file.keepsNumbers, let shape = file.otherKeyShape {
        state.keepsNumbers = true
        facts.orders.numbers.begin(at: facts.orders.count, shape)
      }
      let channel = file.format.channel.map { facts.catalog.channel(Array($0.utf8)) }
      report = try await ChunkPipeline(file: file, options: options).run(tell) { chunk, scan in
        var taker = StorefrontTaker(chunk: chunk, context: context)
        scan.scan(chunk, into: &taker)
        return taker.finished()
      } merge: { batch, skipped, lineFeeds in
        state.lines += skipped
        facts.append(batch, input: &state, defaultChannel: channel)
        state.add(batch)
        state.lines += lineFeeds
      }
    case .erp, .confirmations, .webhooks, .queue:
      report = try await readLog(file, context, &state, tell)
    default:
      report = try await ChunkPipeline(file: file, options: options).run(tell) { chunk, scan in
        var taker = RowTaker(context: context)
        scan.scan(chunk, into: &taker)
        return taker.finished()
      } merge: { batch, skipped, lineFeeds in
        state.lines += skipped
        take(batch, file, &state)
        state.lines += lineFeeds
      }
    }
    consumed += file.input.bytes
    close(file, state, report)
  }

  private mutating func readLog(
    _ file: SurveyedFile, _ context: ReadingContext, _ state: inout FileProgress, _ tell: (Int64) -> Void
  ) async throws -> ChunkReport {
    let columns: [FileRole: WritableKeyPath<OrderTable, DelayColumn>] = [
      .erp: \.received, .confirmations: \.confirmed, .webhooks: \.delivered, .queue: \.queued,
    ]
    guard let column = columns[file.role] else { return ChunkReport() }
    let isOther = plan.fields[file.input.path].map { $0 != plan.primary } ?? false
    let index = isOther ? otherIndex ?? self.index : self.index
    var found: [Int32] = []
    return try await ChunkPipeline(file: file, options: options).run(tell) { chunk, scan in
      var taker = LogTaker(chunk: chunk, context: context)
      scan.scan(chunk, into: &taker)
      return taker.finished()
    } merge: { batch, skipped, lineFeeds in
      state.lines += skipped
      let outcome = facts.orders.apply(
        batch, to: column, index: index, isOther: isOther && otherIndex != nil, isReceipt: file.role == .erp,
        found: &found)
      state.add(batch, unmatched: batch.keys.count - outcome)
      state.lines += lineFeeds
    }
  }

  /// Whatever was learnt about a file becomes part of the result.
  private mutating func close(_ file: SurveyedFile, _ state: FileProgress, _ report: ChunkReport) {
    var input = file.input
    input.isCompressed = report.isCompressed
    if report.encoding != .utf8 { input.encoding = report.encoding.rawValue }
    input.rows = state.rows + report.lost.count
    let lost = Dictionary(grouping: report.lost, by: \.reason).map { reason, records in
      Reason(
        reason, count: records.count,
        firstLines: records.prefix(Rejections.named).map { $0.line + file.sample.headingLines })
    }
    input.unreadable = (state.rejections.reasons + lost).sorted { $0.count > $1.count }
    let skipped: [(String, Int)] = [
      ("test order", state.tests), ("repeats the order above", state.repeats), ("another kind of record", state.others),
      ("matches no captured order", state.unmatched),
    ]
    input.skipped = skipped.filter { $0.1 > 0 }.map { Reason($0.0, count: $0.1) }
    input.used = max(
      0,
      input.rows - input.unreadable.reduce(0) { $0 + $1.count } - state.tests - state.repeats
        - state.others - state.unmatched)
    if input.rows == 0 { input.remarks.append("has a heading and no record; was the period or the filter wrong?") }
    if let damage = report.damage { input.remarks.append(damage) }
    if report.endsOpen, file.isJSON || state.rejections.last == state.lines {
      input.remarks.append("is truncated: its last line breaks off; export or copy it again")
    }
    if !report.otherLists.isEmpty, case .json(let place) = file.sample.form {
      let names = report.otherLists.map { "\"\($0)\"" }.joined(separator: ", ")
      let name = JSONPlace.text(place.path) ?? ""
      let list = name.isEmpty ? "its records" : "\"\(name)\""
      input.remarks.append("\(names) beside \(list) was not read; what is to be used needs a file of its own")
    }
    if let coarse = Doubts.coarse(state.extent, file.role) { input.remarks.append(coarse) }
    if state.ambiguousTimes > 0 {
      input.remarks.append(
        "\(state.ambiguousTimes) local times happen twice or never in \((file.zone ?? options.zone).name); the "
          + "earlier was taken")
    }
    if input.rows > 0, state.unmatched * 2 > input.rows, file.role != .storefront {
      input.remarks.append("most of its orders are not among the storefront's: is it the same shop and period?")
    }
    facts.note(state.extent, of: file.role)
    if state.extent.count > 0 {
      input.firstTime = Instant(milliseconds: state.extent.first)
      input.lastTime = Instant(milliseconds: state.extent.last)
      input.timeResolutionSeconds = Double(state.extent.resolution) / 1000
    }
    facts.tests += state.tests
    facts.repeatedRecords += state.repeats
    if file.role == .erp { facts.unmatchedReceipts += state.unmatched }
    if file.role == .confirmations { facts.unmatchedConfirmations += state.unmatched }
    inputs.append(input)
  }
}

extension AuditReading {
  /// Takes the rows of tickets, marketplace records, stock or demand.
  private mutating func take(_ batch: RowBatch, _ file: SurveyedFile, _ state: inout FileProgress) {
    var rejections = batch.rejections
    for row in batch.rows {
      let fault: Rejection?
      switch file.role {
      case .tickets: fault = ticket(row)
      case .marketplaceOrders: fault = marketplaceOrder(row, file)
      case .marketplaceCancellations: fault = cancellation(row, file)
      case .stock: fault = stock(row)
      default: fault = demand(row)
      }
      if let fault { rejections.add(fault, line: row.line) }
    }
    state.rows += batch.count
    state.rejections.add(rejections, base: state.lines)
    state.extent.add(batch.extent)
  }

  private mutating func ticket(_ row: RowBatch.Row) -> Rejection? {
    guard let opened = row.time else { return .badTime }
    facts.ticketRows += 1
    let order = row.key.flatMap { self.order($0, before: opened) } ?? order(in: row.texts, before: opened)
    let id = ForeignText.string(row.texts[.ticketID] ?? [])
    if let order { facts.tickets.append(Ticket(id: id, opened: opened, order: order)) }
    return nil
  }

  /// An order by either of its keys, captured before the ticket was opened.
  private func order(_ key: Int64, before instant: Int64) -> Int? {
    let found = index.find(key, in: facts.orders.keys) ?? otherIndex?.find(key, in: facts.orders.otherKeys)
    guard let found, facts.orders.captured[found] <= instant else { return nil }
    return found
  }

  /// Order numbers that people write into subjects: four digits and more, or any with a `#` before them.
  private func order(in texts: [Field: [UInt8]], before instant: Int64) -> Int? {
    for field in [Field.text, .label, .orderName] {
      let text = texts[field] ?? []
      var index = 0
      while index < text.count {
        let start = index
        var number: Int64 = 0
        while index < text.count, text[index] &- 48 < 10, index - start < 18 {
          number = number * 10 + Int64(text[index] &- 48)
          index += 1
        }
        let isMarked = start > 0 && text[start - 1] == 0x23
        if index - start >= 4 || (isMarked && index > start), let found = order(number, before: instant) {
          return found
        }
        index += 1
      }
    }
    return nil
  }

  private func marketplace(_ row: RowBatch.Row, _ file: SurveyedFile) -> [UInt8] {
    if let own = file.format.channel { return Array(own.utf8) }
    let name = row.texts[.channel] ?? Array("marketplace".utf8)
    let text = ForeignText.string(name).lowercased()
    for known in ["amazon", "walmart", "ebay"] where text.contains(known) { return Array(known.utf8) }
    return Array(text.utf8)
  }

  private static func isForWantOfStock(_ reason: [UInt8]) -> Bool {
    let words: [StaticString] = [
      "no inventory", "noinventory", "out of stock", "out_of_stock", "outofstock", "no stock", "stock", "inventory",
    ]
    return reason.withUnsafeBufferPointer { bytes in words.contains { Word.contains(bytes, $0) } }
  }

  private mutating func marketplaceOrder(_ row: RowBatch.Row, _ file: SurveyedFile) -> Rejection? {
    guard let time = row.time else { return .badTime }
    guard let key = row.key else { return .noOrder }
    let status = row.texts[.status] ?? []
    let isCancelled = status.withUnsafeBufferPointer { Word.contains($0, "cancel") }
    let sku = facts.catalog.skus.intern(row.texts[.sku] ?? [])
    let market = facts.marketplaces.channel(marketplace(row, file))
    facts.marketplaceOrders.append(
      MarketplaceOrder(time: time, key: key, sku: sku, marketplace: market, isCancelled: isCancelled))
    if isCancelled, let reason = row.texts[.reason], Self.isForWantOfStock(reason) {
      facts.cancellations.append(
        Cancellation(
          orderID: ForeignText.string(row.texts[.orderID] ?? []), key: key, marketplace: market, cancelled: time,
          ordered: time, sku: sku, isForWantOfStock: true))
    }
    return nil
  }

  private mutating func cancellation(_ row: RowBatch.Row, _ file: SurveyedFile) -> Rejection? {
    guard let time = row.time else { return .badTime }
    guard let key = row.key else { return .noOrder }
    let reason = row.texts[.reason] ?? []
    facts.cancellations.append(
      Cancellation(
        orderID: ForeignText.string(row.texts[.orderID] ?? []), key: key,
        marketplace: facts.marketplaces.channel(marketplace(row, file)), cancelled: time, ordered: row.secondTime,
        sku: facts.catalog.skus.intern(row.texts[.sku] ?? []), isForWantOfStock: Self.isForWantOfStock(reason)))
    return nil
  }

  private mutating func stock(_ row: RowBatch.Row) -> Rejection? {
    guard let sku = row.texts[.sku] else { return .noSKU }
    guard let units = row.units else { return .badQuantity }
    facts.stock[facts.catalog.skus.intern(sku)] = units
    return nil
  }

  private mutating func demand(_ row: RowBatch.Row) -> Rejection? {
    guard let sku = row.texts[.sku] else { return .noSKU }
    guard let units = row.units else { return .badQuantity }
    guard let day = row.day else { return .badTime }
    let days = Int(day / CivilTime.millisecondsPerDay)
    facts.demand.append(DemandFigure(sku: facts.catalog.skus.intern(sku), week: Week.monday(days), units: units))
    return nil
  }
}

extension FileProgress {
  mutating func add(_ batch: StorefrontBatch) {
    rejections.add(batch.rejections, base: lines)
    rows += batch.rows
    tests += batch.tests
    repeats += batch.repeats
    endsInDropped = batch.endsInDropped
    ambiguousTimes += batch.ambiguousTimes
    extent.add(batch.extent)
  }

  mutating func add(_ batch: LogBatch, unmatched: Int) {
    rejections.add(batch.rejections, base: lines)
    rows += batch.rows
    others += batch.others
    self.unmatched += unmatched
    ambiguousTimes += batch.ambiguousTimes
    extent.add(batch.extent)
  }
}
