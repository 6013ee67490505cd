import Foundation
import HandoffStore
import Testing

@testable import StoreSQLite

/// What a commit rests on; the power cuts of `scripts/torture` try it on a disk that forgets.
@Suite struct DurabilityTests {
  @Test func `the connection that commits syncs each commit (T-1)`() async throws {
    let folder = try Folder()
    let store = try SQLiteStore(path: folder.file)
    let level = try await store.transact { transaction in
      try (transaction as? SQLiteTransaction)?.first(SQL("PRAGMA synchronous"), []) { $0[0] as Int64 }
    }
    #expect(level == 2, "FULL; GRDB sets NORMAL when it turns the log on")
  }

  @Test func `a log that an unclean end left is written once more, byte for byte (T-2)`() throws {
    let folder = try Folder()
    let log = folder.path + "/test.db-wal"
    let content = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try content.write(to: URL(filePath: log))
    let before = Date(timeIntervalSince1970: 1_000_000)
    try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: log)
    try LogRewrite.makeDurable(log)
    #expect(FileManager.default.contents(atPath: log) == content)
    let after = try FileManager.default.attributesOfItem(atPath: log)[.modificationDate] as? Date
    #expect(try #require(after) > before)
  }

  @Test func `no log is no fault; one that cannot be written stops the start`() throws {
    let folder = try Folder()
    try LogRewrite.makeDurable(folder.path + "/none-wal")
    try FileManager.default.createDirectory(atPath: folder.file + "-wal", withIntermediateDirectories: false)
    #expect(throws: StoreFailure.self) { try LogRewrite.makeDurable(folder.file + "-wal") }
    #expect(throws: StoreFailure.self) { _ = try SQLiteStore(path: folder.file) }
  }
}
