import HandoffCore
import HandoffStore
import StoreTesting
import Testing

@Suite struct MemoryStoreTests {
  @Test(arguments: StoreConformance.all)
  func `memory keeps what a store promises`(check: StoreCheck) async throws {
    try await check.run(MemoryStore())
  }

  @Test(arguments: 1...8)
  func `random days verify at their end`(seed: Int) async throws {
    let store = MemoryStore()
    let outcome = try await RecordedDay(seed: UInt64(seed), operations: 3000).replay(on: store)
    #expect(outcome.performed > 500)
    #expect(outcome.confirmed > 20)
    try await StoreBench(store).verify()
  }

  @Test func `the same seed makes the same day, another seed another`() async throws {
    func day(_ seed: UInt64) async throws -> String {
      let store = MemoryStore()
      _ = try await RecordedDay(seed: seed, operations: 500).replay(on: store)
      return try await StoreDump.digest(of: store)
    }
    #expect(try await day(1) == (try await day(1)))
    #expect(try await day(1) != (try await day(2)))
  }

  @Test func `a transaction can run without a suspension`() throws {
    let store = MemoryStore()
    try store.transactNow { try $0.setMarker("a", to: "1") }
    #expect(try store.transactNow { try $0.marker("a") } == "1")
  }

  @Test func `the plain hash is SHA-256`() {
    func hex(_ text: String) -> String { ContentDigest(bytes: PlainSHA256.digest(Array(text.utf8))).hex }
    #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(String(repeating: "a", count: 1000)) == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
  }

  @Test func `an entry is hashed over the bytes that stored chains were made of`() {
    let entry = JournalEntry(
      handoffID: HandoffID("h1"), sequence: 12, at: Timestamp(microseconds: -1_234_567), event: "captured", detail: "",
      actor: "Łukasz", stageBefore: "", stageAfter: "captured", version: 1, recordID: "SO-1", hash: "")
    #expect(
      String(decoding: entry.hashed(after: "abc"), as: UTF8.self)
        == "abc2:h12:128:-12345678:captured0:7:Łukasz0:8:captured1:14:SO-1")
  }
}
