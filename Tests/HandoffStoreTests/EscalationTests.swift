import HandoffCore
import HandoffStore
import StoreTesting
import Testing

/// Who has an exception once its deadline has passed.
@Suite struct EscalationTests {
  private func owners(_ escalationOwner: String?) async throws -> [String] {
    let store = MemoryStore()
    let bench = StoreBench(store)
    var setting = StoreBench.setting(HandoffPolicy())
    setting.escalationOwner = escalationOwner
    setting.tells = { _ in true }
    let moves = Moves(setting)
    _ = try await bench.take(StoreBench.request(try StoreBench.order()))
    var owners: [String] = []
    for seconds in [600, 600 + 4 * 3600, 600 + 8 * 3600] {
      _ = try await store.transact { try moves.sweep(at: StoreBench.at(seconds), limit: 10, in: $0) }
      let open = try #require(try await store.read { try $0.exceptions(ExceptionFilter()) }.first)
      owners.append(open.owner)
      if seconds == 600 {
        let id = open.id
        _ = try await store.transact {
          try moves.assign(exception: id, to: "kim@example.com", by: "kim", at: StoreBench.at(601), in: $0)
        }
      }
    }
    let told = try await store.read { try $0.alertQueues().map { "\($0.owner) \($0.count)" } }
    return owners + told
  }

  @Test func `what goes up goes to whoever is named for that, and that one is told`() async throws {
    let found = try await owners("boss@example.com")
    let boss = "boss@example.com"
    #expect(found == ["erp@example.com", boss, boss, boss + " 2", "erp@example.com 1", "kim@example.com 1"])
  }

  @Test func `without one it is its configured owner's again`() async throws {
    let found = try await owners(nil)
    let erp = "erp@example.com"
    #expect(found == [erp, erp, erp, erp + " 3", "kim@example.com 1"])
  }
}
