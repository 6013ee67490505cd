import Foundation

/// Where earlier sandboxes that wrote the same ledger file stopped.
///
/// Whoever kept a database meanwhile, as a coordinator does, takes a second order with the number of a first one for
/// the first one delivered again. So ids, sequence and time go on; what the vendors held is gone.
struct EarlierLedger: Sendable {
  /// The last sequence number; 0 when there is no earlier ledger.
  private(set) var sequence = 0
  /// The time of the last entry.
  private(set) var microseconds: Int64 = 0
  /// How many ids of each vendor are used up, counted from its first one.
  private(set) var taken: [SandboxVendor: Int] = [:]

  /// Nothing was written before.
  init() {}

  /// Reads a ledger's file. A line that is no entry, such as the last one of a sandbox that was killed, is passed over.
  init(file: String?) {
    guard let file, let handle = FileHandle(forReadingAtPath: file) else { return }
    defer { try? handle.close() }
    var rest: [UInt8] = []
    while let block = try? handle.read(upToCount: 1 << 20), !block.isEmpty {
      rest.append(contentsOf: block)
      guard let end = rest.lastIndex(of: 0x0A) else { continue }
      for line in rest[..<end].split(separator: 0x0A) { note(line) }
      rest.removeSubrange(...end)
    }
    note(rest[...])
  }

  private mutating func note(_ line: ArraySlice<UInt8>) {
    guard let entry = try? JSON(parsing: line),
      let vendor = entry["vendor"]?.string.flatMap(SandboxVendor.init(rawValue:)),
      let kind = entry["kind"]?.string.flatMap(LedgerKind.init(rawValue:))
    else { return }
    sequence = max(sequence, Self.plausible(entry["seq"]?.int))
    microseconds = max(microseconds, Int64(Self.plausible(entry["at_us"]?.int)))
    let id = entry["erpId"]?.string ?? ""
    let count: Int?
    switch (vendor, kind) {
    case (.shopify, .shopOrderPlaced): count = Self.count(id.dropFirst(), from: ShopifyState.Shop.firstNumber)
    case (.woo, .shopOrderPlaced): count = Self.count((entry["ref"]?.string ?? "")[...], from: WooVendor.firstId)
    case (.erp, .erpOrderCreated): count = Self.count(id[...], from: GenericERP.firstId)
    case (.netsuite, .erpOrderCreated): count = Self.count(id[...], from: NetSuiteState.firstId)
    default: count = nil
    }
    if let count { taken[vendor] = max(taken[vendor, default: 0], count) }
  }

  /// A file that somebody has edited must not lead beyond the range of what is counted on from here.
  private static func plausible(_ number: Int?) -> Int {
    guard let number, (0..<1_000_000_000_000_000).contains(number) else { return 0 }
    return number
  }

  /// How many ids there are up to this one; nil for one that no sandbox gives out.
  private static func count(_ id: Substring, from first: Int) -> Int? {
    guard let number = Int(id), (first..<900_000_000).contains(number) else { return nil }
    return number - first + 1
  }
}
