import Foundation
import HandoffCore
import HandoffStore
import StoreSQLite

/// What a database knows of the configured storefronts before a coordinator is made over it.
struct StorefrontHistory {
  /// Those that have been started on this database.
  private(set) var started: Set<StorefrontName> = []
  /// When each was first started; nil too for one that had orders before this was recorded.
  private(set) var firstStarts: [StorefrontName: Timestamp] = [:]
  /// Those that have been started in mode `gate`: their orders may still have to be told and released.
  private(set) var gated: Set<StorefrontName> = []

  /// Nothing is known.
  init() {}

  init(of storefronts: [StorefrontSettings], in store: any StoreReading) throws {
    for name in storefronts.map(\.name) {
      if let start = try store.marker(Self.startMarker(name)) {
        started.insert(name)
        firstStarts[name] = Timestamp(iso8601: start)
      }
      if try store.marker(Self.gateMarker(name)) != nil { gated.insert(name) }
    }
  }

  /// Reads it from a database that may be in use; nothing is known where there is none, or it cannot be read.
  static func read(of settings: Settings) async -> StorefrontHistory {
    guard FileManager.default.fileExists(atPath: settings.database),
      let store = try? SQLiteStore(path: settings.database, role: .reader)
    else { return StorefrontHistory() }
    let storefronts = settings.storefronts
    return (try? await store.read { try StorefrontHistory(of: storefronts, in: $0) }) ?? StorefrontHistory()
  }

  /// Keeps what this start adds, and reads the whole: durable before any order can be taken in.
  static func begin(
    _ settings: Settings, on store: any HandoffStore, at now: Timestamp
  ) async throws -> StorefrontHistory {
    let storefronts = settings.storefronts
    let known = try await store.read { store in
      try storefronts.allSatisfy { storefront in
        let isMarked = try store.marker(startMarker(storefront.name)) != nil
        let isGated = try storefront.policy.mode != .gate || store.marker(gateMarker(storefront.name)) != nil
        return isMarked && isGated
      }
    }
    if !known {
      try await store.transact { transaction in
        for storefront in storefronts { try note(storefront, at: now, in: transaction) }
      }
    }
    return try await store.read { try StorefrontHistory(of: storefronts, in: $0) }
  }

  private static func note(
    _ storefront: StorefrontSettings, at now: Timestamp, in transaction: any StoreTransaction
  ) throws {
    let name = storefront.name
    var isGated = storefront.policy.mode == .gate
    if try transaction.marker(startMarker(name)) == nil {
      // Storefronts give whole seconds: an order placed within this one is a new order. A database that was used before
      // there was this record says no instant: one of today would hide orders whose webhook is just being repeated.
      let second = Timestamp(microseconds: now.microseconds / 1_000_000 * 1_000_000)
      let isUsed = try hasOrder(of: name, in: transaction) { _ in true }
      try transaction.setMarker(startMarker(name), to: isUsed ? "before this was recorded" : second.iso8601)
      if !isGated, isUsed { isGated = try hasOrder(of: name, in: transaction) { $0 != .observed } }
    }
    if isGated, try transaction.marker(gateMarker(name)) == nil {
      try transaction.setMarker(gateMarker(name), to: now.iso8601)
    }
  }

  private static func hasOrder(
    of name: StorefrontName, in store: any StoreReading, where fits: (Stage) -> Bool
  ) throws -> Bool {
    for (stage, count) in try store.counts() where count > 0 && fits(stage) {
      var filter = RowFilter()
      filter.storefront = name
      filter.stage = stage
      filter.limit = 1
      if try !store.rows(filter).isEmpty { return true }
    }
    return false
  }

  private static func startMarker(_ name: StorefrontName) -> String { "first-start:" + name.text }
  private static func gateMarker(_ name: StorefrontName) -> String { "gated:" + name.text }
}

extension Settings {
  /// With the first start of each storefront as its watermark, where the file sets none (S4c).
  func watermarked(by history: StorefrontHistory) -> Settings {
    var settings = self
    for index in storefronts.indices where storefronts[index].policy.watermark == .distantPast {
      guard let start = history.firstStarts[storefronts[index].name] else { continue }
      settings.storefronts[index].policy.watermark = start
    }
    return settings
  }
}
