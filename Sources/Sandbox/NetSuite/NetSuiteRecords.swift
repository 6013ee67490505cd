import Synchronization

/// Writing sales orders.
extension NetSuiteVendor {
  func create(_ request: SandboxRequest) -> SandboxReply {
    save(request) { state, draft throws(NetSuiteError) in
      try draft.complete()
      if let external = draft.externalId, let id = state.byExternalId[external.lowercased()] {
        tools.record(.erpDuplicateRefused, ref: external, erpId: String(id))
        throw .duplicate
      }
      return insert(&state, draft, via: "POST")
    }
  }

  /// PUT `eid:X`: inserts, or overwrites whatever is there; that is why it is no safe way to submit.
  func upsert(_ request: SandboxRequest, id: String) -> SandboxReply {
    guard id.lowercased().hasPrefix("eid:") else { return NetSuiteError.noSuchMethod.reply }
    return save(request) { state, given throws(NetSuiteError) in
      var draft = given
      draft.externalId = String(id.dropFirst(4))
      try draft.complete()
      guard let existing = state.id(id), var order = state.order(existing) else {
        return insert(&state, draft, via: "PUT")
      }
      guard !order.locked else { throw .locked }
      order.fields = draft.fields
      replaceLines(&order, draft.lines, &state)
      finish(&order, &state, .erpOrderUpdated, via: "PUT")
      return existing
    }
  }

  func patch(_ request: SandboxRequest, id: String) -> SandboxReply {
    save(request) { state, draft throws(NetSuiteError) in
      guard let existing = state.id(id), var order = state.order(existing) else { throw .noSuchRecord }
      guard !order.locked else { throw .locked }
      for field in draft.fields {
        order.fields.removeAll { $0.key == field.key }
        order.fields.append(field)
      }
      if let external = draft.externalId, external.lowercased() != order.externalId?.lowercased() {
        guard state.byExternalId[external.lowercased()] == nil else { throw .duplicate }
        if let old = order.externalId { state.byExternalId[old.lowercased()] = nil }
        order.externalId = external
      }
      if let status = draft.status { order.status = status }
      if draft.hasLines {
        let replaces = request.query("replace")?.split(separator: ",").contains("item") ?? false
        replaceLines(&order, replaces ? draft.lines : merged(order.lines, draft.lines), &state)
      } else {
        replaceLines(&order, order.lines, &state)
      }
      if !order.lines.isEmpty, order.lines.allSatisfy(\.isClosed) { order.status = "H" }
      let cancelled = order.status == "C" || order.status == "H"
      finish(&order, &state, cancelled ? .erpOrderCancelled : .erpOrderUpdated, via: "PATCH")
      return existing
    }
  }

  func delete(id: String) -> SandboxReply {
    state.withLock { state in
      guard let existing = state.id(id), var order = state.order(existing) else {
        return NetSuiteError.noSuchRecord.reply
      }
      guard !order.locked else { return NetSuiteError.locked.reply }
      releaseStock(&order, &state)
      state.remove(existing)
      tools.record(
        .erpOrderCancelled, ref: order.externalId ?? "", erpId: String(existing), detail: ["via": "DELETE"])
      return SandboxReply(status: 204)
    }
  }

  private func save(
    _ request: SandboxRequest,
    _ body: (inout NetSuiteState, NetSuiteDraft) throws(NetSuiteError) -> Int
  ) -> SandboxReply {
    guard let json = request.json() else {
      return NetSuiteError.bad("INVALID_CONTENT", "Invalid content in the request body. JSON expected.").reply
    }
    return state.withLock { state in
      do throws(NetSuiteError) {
        let draft = try NetSuiteDraft.read(json, request: request, state: state, settings: settings)
        let id = try body(&state, draft)
        return SandboxReply(status: 204, headers: [("Location", location(request, id))])
      } catch {
        if error.code != "USER_ERROR" || !error.detail.contains("already exists") {
          tools.record(
            .erpOrderRefused, ref: json["externalId"]?.text ?? "", detail: ["detail": .string(error.detail)])
        }
        return error.reply
      }
    }
  }

  private func insert(_ state: inout NetSuiteState, _ draft: NetSuiteDraft, via: String) -> Int {
    let now = tools.clock.unixSeconds
    var order = NetSuiteOrder(
      id: state.nextId, externalId: draft.externalId, fields: draft.fields, lines: [],
      status: settings.pendingApproval ? "A" : draft.status ?? "B", createdUnix: now, modifiedUnix: now,
      createdMicroseconds: tools.clock.microseconds)
    replaceLines(&order, draft.lines, &state)
    finish(&order, &state, .erpOrderCreated, via: via)
    return order.id
  }

  private func finish(_ order: inout NetSuiteOrder, _ state: inout NetSuiteState, _ kind: LedgerKind, via: String) {
    order.modifiedUnix = tools.clock.unixSeconds
    state.store(order)
    let short = order.lines.reduce(0) { $0 + $1.backOrdered }
    tools.record(
      kind, ref: order.externalId ?? "", erpId: String(order.id),
      detail: [
        "via": .string(via), "tranId": .string(order.tranId), "status": .string(order.status),
        "total": .string(Hundredths.text(order.totalHundredths)), "lines": JSON(order.lines.count),
        "backOrdered": JSON(short),
      ])
  }

  /// Gives back what the order held, takes the new lines, and commits stock again if the order is accepted.
  private func replaceLines(_ order: inout NetSuiteOrder, _ lines: [NetSuiteLine], _ state: inout NetSuiteState) {
    releaseStock(&order, &state)
    order.lines = lines
    let accepted = !["A", "C", "H"].contains(order.status)
    var next = (lines.map(\.line).max() ?? 0) + 1
    for index in order.lines.indices {
      if order.lines[index].line <= 0 {
        order.lines[index].line = next
        next += 1
      }
      order.lines[index].committed = 0
      order.lines[index].backOrdered = 0
      guard accepted, !order.lines[index].isClosed else { continue }
      let held = state.stock.commit(
        order.lines[index].item, order.lines[index].quantity, unix: tools.clock.unixSeconds)
      order.lines[index].committed = held.committed
      order.lines[index].backOrdered = held.backOrdered
    }
  }

  private func releaseStock(_ order: inout NetSuiteOrder, _ state: inout NetSuiteState) {
    for index in order.lines.indices {
      let line = order.lines[index]
      state.stock.release(
        line.item, committed: line.committed, backOrdered: line.backOrdered, unix: tools.clock.unixSeconds)
      order.lines[index].committed = 0
      order.lines[index].backOrdered = 0
    }
  }

  /// Without `?replace=item` lines are merged by `line`; one without a number is added.
  private func merged(_ old: [NetSuiteLine], _ changes: [NetSuiteLine]) -> [NetSuiteLine] {
    var lines = old
    for change in changes {
      guard let index = lines.firstIndex(where: { $0.line == change.line && change.line > 0 }) else {
        lines.append(change)
        continue
      }
      var line = lines[index]
      if change.given.contains("item") { line.item = change.item }
      if change.given.contains("quantity") { line.quantity = change.quantity }
      if change.given.contains("rate") { line.rateHundredths = change.rateHundredths }
      if change.given.contains("isClosed") { line.isClosed = change.isClosed }
      if change.given.contains("amount") {
        line.amountHundredths = change.amountHundredths
      } else if !change.given.isDisjoint(with: ["quantity", "rate", "item"]) {
        line.amountHundredths = (line.rateHundredths ?? 0).multipliedReportingOverflow(by: line.quantity).partialValue
      }
      lines[index] = line
    }
    return lines
  }

  /// Locks or unlocks an order as a workflow in the account would; for tests and the control routes.
  func setWorkflowLock(_ id: String, locked: Bool) -> Bool {
    state.withLock { state in
      guard let existing = state.id(id), var order = state.order(existing) else { return false }
      order.locked = locked
      state.store(order)
      return true
    }
  }
}
