import Connector
import Sandbox
import Synchronization

/// What really happened, read from the vendors' ledgers alone: the coordinator is not asked about itself.
final class LedgerView: Sendable {
  struct Reading {
    var placed = 0
    var inERP = 0
    var confirmed = 0
    var early = 0
    var twiceInERP = 0
    var twiceMailed = 0
    var medianWait = 0.0
    var naiveInERP = 0
    var naiveTwice = 0
    var naiveGap = 0.0
    var naiveWorstGap = 0.0
    var sold: [String: Int] = [:]
  }

  private struct State {
    var sequence = 0
    var placedAt: [String: Int64] = [:]
    var lines: [String: [(sku: String, quantity: Int)]] = [:]
    var erp: [String: Int] = [:]
    var confirmations: [String: Int] = [:]
    var waits: [Double] = []
    var naive: [String: Int] = [:]
    var naiveGaps: [Double] = []
    var reading = Reading()
  }

  private let state = Mutex(State())

  /// Remembers what an order asked for; the ledger itself keeps no lines.
  func note(_ order: SandboxOrder) {
    state.withLock { state in
      state.lines[String(order.id)] = order.lines.compactMap { line in line.sku.map { ($0, line.quantity) } }
    }
  }

  /// Reads on from where it stopped.
  func update(from ledger: SandboxLedger) {
    let from = state.withLock { $0.sequence }
    let entries = ledger.entries(after: from)
    guard !entries.isEmpty else { return }
    state.withLock { state in
      for entry in entries { LedgerView.take(entry, into: &state) }
    }
  }

  private static func take(_ entry: LedgerEntry, into state: inout State) {
    state.sequence = entry.sequence
    switch (entry.vendor, entry.kind) {
    case (.shopify, .shopOrderPlaced):
      state.placedAt[entry.ref] = entry.microseconds
      state.reading.placed += 1
    case (.netsuite, .erpOrderCreated):
      let order = entry.ref.split(separator: "-").last.map(String.init) ?? entry.ref
      let count = (state.erp[order] ?? 0) + 1
      state.erp[order] = count
      if count == 1 { state.reading.inERP += 1 } else { state.reading.twiceInERP += 1 }
    case (.erp, .erpOrderCreated):
      takeNaive(entry, into: &state)
    case (.mailbox, .mailAccepted): takeMail(entry, into: &state)
    default: break
    }
  }

  /// The naive flow's customer is told at the instant the order is placed.
  private static func takeNaive(_ entry: LedgerEntry, into state: inout State) {
    let order = entry.ref.split(separator: "-").last.map(String.init) ?? entry.ref
    let count = (state.naive[order] ?? 0) + 1
    state.naive[order] = count
    guard count == 1 else {
      state.reading.naiveTwice += 1
      return
    }
    state.reading.naiveInERP += 1
    guard let placed = state.placedAt[order] else { return }
    let gap = Double(entry.microseconds - placed) / 1_000_000
    state.reading.naiveWorstGap = max(state.reading.naiveWorstGap, gap)
    state.naiveGaps.append(gap)
    if state.naiveGaps.count > 4000 { state.naiveGaps.removeFirst(2000) }
  }

  private static func takeMail(_ entry: LedgerEntry, into state: inout State) {
    let order = entry.ref.split(separator: "/").last.map(String.init) ?? entry.ref
    let count = (state.confirmations[order] ?? 0) + 1
    state.confirmations[order] = count
    guard count == 1 else {
      state.reading.twiceMailed += 1
      return
    }
    state.reading.confirmed += 1
    if state.erp[order] == nil { state.reading.early += 1 }
    if let placed = state.placedAt[order] {
      state.waits.append(Double(entry.microseconds - placed) / 1_000_000)
      if state.waits.count > 4000 { state.waits.removeFirst(2000) }
    }
    for line in state.lines[order] ?? [] { state.reading.sold[line.sku, default: 0] += line.quantity }
  }

  var reading: Reading {
    state.withLock { state in
      var reading = state.reading
      reading.medianWait = LedgerView.median(state.waits)
      reading.naiveGap = LedgerView.median(state.naiveGaps)
      return reading
    }
  }

  private static func median(_ seconds: [Double]) -> Double {
    let sorted = seconds.suffix(2000).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
