import Synchronization

/// A back office behind the generic ERP contract, under `/erp`: orders by external id, real stock, plain JSON.
final class GenericERP: VendorFace {
  struct Line: Sendable {
    var sku: String
    var quantity: Int
    var committed: Int
    var backOrdered: Int
  }
  struct Order: Sendable {
    var internalId: Int
    var externalId: String
    var currency: String
    var total: String
    var lines: [Line]
    var status: String
    /// The digest of the content as the sender gave it, echoed on a read.
    var digest: String?
    var createdMicroseconds: Int64
    var createdUnix: Int
    /// The highest `Countersign-Version` taken.
    var version = 0
  }
  private struct State: Sendable {
    var orders: [Order] = []
    var byExternalId: [String: Int] = [:]
    var stock: StockRoom
  }
  /// A refusal with all its reasons.
  struct Refusal: Error {
    var status: Int
    var reasons: [String]
  }

  let settings: GenericERPSettings
  let tools: VendorTools
  private let state: Mutex<State>
  /// The id of the first order of a new ledger.
  static let firstId = 700_001
  /// The id of the first order.
  private let start: Int

  init(_ settings: GenericERPSettings, catalogue: [CatalogueItem], tools: VendorTools) {
    self.settings = settings
    self.tools = tools
    start = Self.firstId + tools.taken
    let onHand = Dictionary(catalogue.map { ($0.sku, $0.onHand) }, uniquingKeysWith: { first, _ in first })
    state = Mutex(State(stock: StockRoom(onHand)))
  }

  func failure(_ failure: VendorFailure) -> SandboxReply {
    switch failure {
    case .tooManyRequests: .json(429, ["title": "Too Many Requests", "status": 429], [("Retry-After", "1")])
    case .serverError: .json(500, ["title": "Internal Server Error", "status": 500])
    case .errorWith200: .json(200, ["error": ["code": "E_INTERNAL", "message": "something went wrong"]])
    }
  }

  func respond(to request: SandboxRequest) async -> SandboxReply {
    if let token = settings.token, request.header("authorization") != "Bearer \(token)" {
      tools.record(.authRefused, ref: "")
      return .json(401, ["title": "Unauthorized", "status": 401], [("WWW-Authenticate", "Bearer")])
    }
    guard let parts = request.parts(after: "/erp") else { return .nowhere }
    switch (request.method, parts.first, parts.count) {
    case ("POST", "orders", 1): return create(request)
    case ("GET", "orders", 1): return find(request)
    case ("GET", "availability", 1): return availability(request)
    case ("GET", "orders", 2): return one(parts[1])
    case ("PUT", "orders", 2), ("PATCH", "orders", 2): return update(request, parts[1])
    case ("DELETE", "orders", 2): return cancel(parts[1])
    case ("POST", "orders", 3) where parts[2] == "cancel": return cancel(parts[1])
    default: return .json(404, ["title": "Not Found", "status": 404])
    }
  }

  private func create(_ request: SandboxRequest) -> SandboxReply {
    guard let body = request.json() else {
      return .json(400, ["title": "Bad Request", "status": 400, "detail": "the body is not JSON"])
    }
    return state.withLock { state in
      do throws(Refusal) {
        let external = try externalId(body)
        if settings.uniqueExternalId, let index = state.byExternalId[external], state.orders.indices.contains(index) {
          tools.record(.erpDuplicateRefused, ref: external, erpId: String(state.orders[index].internalId))
          return .json(
            409, ["title": "Conflict", "status": 409, "detail": "externalId exists", "externalId": .string(external)])
        }
        var order = try read(body, externalId: external, state: state)
        order.internalId = start + state.orders.count
        commit(&order, &state)
        state.byExternalId[external] = state.orders.count
        state.orders.append(order)
        record(.erpOrderCreated, order)
        return .json(201, ["internalId": .string(String(order.internalId))])
      } catch {
        tools.record(
          .erpOrderRefused, ref: body["externalId"]?.text ?? "", detail: ["reasons": JSON(strings: error.reasons)])
        return .json(
          error.status,
          ["title": "Unprocessable Content", "status": JSON(error.status), "reasons": JSON(strings: error.reasons)])
      }
    }
  }

  private func externalId(_ body: JSON) throws(Refusal) -> String {
    guard let external = body["externalId"]?.string, !external.isEmpty, external.utf8.count <= 255,
      external.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      })
    else { throw Refusal(status: 422, reasons: ["externalId: letters, digits, _ and - only"]) }
    return external
  }

  private func read(_ body: JSON, externalId: String, state: State) throws(Refusal) -> Order {
    var reasons: [String] = []
    let currency = body["currency"]?.string ?? ""
    if currency.count != 3 { reasons.append("currency: three letters expected") }
    let total = body["total"]?.text ?? body["total"]?["amount"]?.text ?? ""
    if Hundredths.parse(total) == nil { reasons.append("total: a decimal number expected") }
    let entries = body["lines"]?.array ?? []
    if entries.isEmpty { reasons.append("lines: at least one expected") }
    var lines: [Line] = []
    var wanted: [String: Int] = [:]
    for (index, entry) in entries.enumerated() where entry["quantity"]?.int != 0 {
      let sku = entry["sku"]?.string ?? ""
      guard let shelf = state.stock.shelf(sku) else {
        reasons.append("lines[\(index)].sku: unknown item \(sku)")
        continue
      }
      guard let quantity = entry["quantity"]?.int, (1..<1_000_000_000).contains(quantity) else {
        reasons.append("lines[\(index)].quantity: a positive whole number expected")
        continue
      }
      wanted[sku, default: 0] += quantity
      if settings.refuseWhenShort, shelf.available < wanted[sku, default: 0] {
        reasons.append("lines[\(index)]: \(shelf.available) of \(sku) available, \(quantity) wanted")
      }
      lines.append(Line(sku: sku, quantity: quantity, committed: 0, backOrdered: 0))
    }
    guard reasons.isEmpty else { throw Refusal(status: 422, reasons: reasons) }
    return Order(
      internalId: 0, externalId: externalId, currency: currency, total: total, lines: lines, status: "accepted",
      digest: body["digest"]?.string, createdMicroseconds: tools.clock.microseconds,
      createdUnix: tools.clock.unixSeconds)
  }

  private func commit(_ order: inout Order, _ state: inout State) {
    for index in order.lines.indices {
      let held = state.stock.commit(
        order.lines[index].sku, order.lines[index].quantity, unix: tools.clock.unixSeconds)
      order.lines[index].committed = held.committed
      order.lines[index].backOrdered = held.backOrdered
    }
  }

  private func release(_ order: Order, _ state: inout State) {
    for line in order.lines {
      state.stock.release(
        line.sku, committed: line.committed, backOrdered: line.backOrdered, unix: tools.clock.unixSeconds)
    }
  }

  private func find(_ request: SandboxRequest) -> SandboxReply {
    guard let external = request.query("externalId") else {
      return .json(400, ["title": "Bad Request", "status": 400, "detail": "externalId is missing"])
    }
    let order = state.withLock { state in
      state.byExternalId[external].flatMap { state.orders.indices.contains($0) ? state.orders[$0] : nil }
    }
    guard let order, tools.searchable(order.createdMicroseconds) else {
      return .json(404, ["title": "Not Found", "status": 404])
    }
    return .json(200, render(order))
  }

  private func one(_ id: String) -> SandboxReply {
    state.withLock { state in
      index(id, state).map { .json(200, render(state.orders[$0])) }
        ?? .json(404, ["title": "Not Found", "status": 404])
    }
  }

  private func index(_ id: String, _ state: State) -> Int? {
    guard let number = Int(id), state.orders.indices.contains(number - start) else {
      return state.byExternalId[id]
    }
    return number - start
  }

  private func update(_ request: SandboxRequest, _ id: String) -> SandboxReply {
    guard let body = request.json() else { return .json(400, ["title": "Bad Request", "status": 400]) }
    return state.withLock { state in
      guard let index = index(id, state) else { return .json(404, ["title": "Not Found", "status": 404]) }
      let old = state.orders[index]
      guard old.status != "cancelled" else {
        return .json(422, ["title": "Unprocessable Content", "status": 422, "reasons": ["the order is cancelled"]])
      }
      let version = request.header("countersign-version").flatMap { Int($0) } ?? old.version
      guard version >= old.version else {
        return .json(
          412,
          [
            "title": "Precondition Failed", "status": 412,
            "detail": .string("version \(old.version) was taken already"),
          ])
      }
      release(old, &state)
      do throws(Refusal) {
        var order = try read(body, externalId: old.externalId, state: state)
        order.internalId = old.internalId
        order.version = version
        order.createdMicroseconds = old.createdMicroseconds
        commit(&order, &state)
        state.orders[index] = order
        record(.erpOrderUpdated, order)
        return .json(200, render(order))
      } catch {
        var restored = old
        commit(&restored, &state)
        state.orders[index] = restored
        return .json(
          422, ["title": "Unprocessable Content", "status": 422, "reasons": JSON(strings: error.reasons)])
      }
    }
  }

  private func cancel(_ id: String) -> SandboxReply {
    state.withLock { state in
      guard let index = index(id, state) else { return .json(404, ["title": "Not Found", "status": 404]) }
      if state.orders[index].status != "cancelled" {
        release(state.orders[index], &state)
        state.orders[index].status = "cancelled"
        record(.erpOrderCancelled, state.orders[index])
      }
      return SandboxReply(status: 204)
    }
  }

  private func availability(_ request: SandboxRequest) -> SandboxReply {
    let skus = (request.query("skus") ?? "").split(separator: ",").map(String.init)
    return state.withLock { state in
      let items = skus.compactMap { sku -> JSON? in
        state.stock.shelf(sku).map { shelf in
          [
            "sku": .string(sku), "available": JSON(shelf.available), "onHand": JSON(shelf.onHand),
            "committed": JSON(shelf.committed),
          ]
        }
      }
      return .json(
        200,
        [
          "asOf": .string(CivilTime(unix: tools.clock.unixSeconds).iso), "version": JSON(state.stock.version),
          "levels": .array(items),
        ])
    }
  }

  func setStock(sku: String, onHand: Int) {
    state.withLock { $0.stock.setOnHand(sku, onHand, unix: tools.clock.unixSeconds) }
  }

  private func record(_ kind: LedgerKind, _ order: Order) {
    tools.record(
      kind, ref: order.externalId, erpId: String(order.internalId),
      detail: [
        "total": .string(order.total), "currency": .string(order.currency), "lines": JSON(order.lines.count),
        "backOrdered": JSON(order.lines.reduce(0) { $0 + $1.backOrdered }),
      ])
  }

  private func render(_ order: Order) -> JSON {
    let lines = order.lines.map { line -> JSON in
      [
        "sku": .string(line.sku), "quantity": JSON(line.quantity), "committed": JSON(line.committed),
        "backOrdered": JSON(line.backOrdered),
      ]
    }
    let allocation = order.lines.map { line -> JSON in
      ["sku": .string(line.sku), "ordered": JSON(line.quantity), "allocated": JSON(line.committed)]
    }
    var body: JSON = [
      "internalId": .string(String(order.internalId)), "externalId": .string(order.externalId),
      "status": .string(order.status), "currency": .string(order.currency), "total": .string(order.total),
      "lines": .array(lines), "allocation": .array(allocation),
      "createdAt": .string(CivilTime(unix: order.createdUnix).iso),
    ]
    if let digest = order.digest { body["digest"] = .string(digest) }
    return body
  }
}
