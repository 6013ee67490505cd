import Foundation
import Testing

@testable import Audit

/// The OCEL 2.0 log against the rules of its schema, and against the findings.
@Suite struct ObjectCentricLogTests {
  private struct Log: Decodable {
    struct Kind: Decodable {
      struct Attribute: Decodable {
        let name: String
        let type: String
      }
      let name: String
      let attributes: [Attribute]
    }
    struct Value: Decodable {
      let name: String
      let time: String?
      let value: String
    }
    struct Relation: Decodable {
      let objectId: String
      let qualifier: String
    }
    struct Element: Decodable {
      let id: String
      let type: String
      let time: String?
      let attributes: [Value]?
      let relationships: [Relation]?
    }
    let objectTypes: [Kind]
    let eventTypes: [Kind]
    let objects: [Element]
    let events: [Element]
  }

  private func log(_ finished: FinishedAudit, _ bench: Workbench) throws -> Log {
    let path = bench.folder + "/log.json"
    try finished.writeOCEL(to: path)
    return try JSONDecoder().decode(Log.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func planted(_ world: World) async throws -> (FinishedAudit, Log) {
    let bench = try Workbench()
    try AuditGenerator(orders: 2000, seed: 5, world: world, folder: bench.folder).run()
    let finished = try await bench.audit()
    return (finished, try log(finished, bench))
  }

  private func expectRules(_ log: Log) throws {
    let kinds: Set = ["string", "time", "integer", "float", "boolean"]
    #expect((log.objectTypes + log.eventTypes).flatMap(\.attributes).allSatisfy { kinds.contains($0.type) })
    let ids = Set(log.objects.map(\.id))
    #expect(ids.count == log.objects.count)
    #expect(Set(log.events.map(\.id)).count == log.events.count)
    for (elements, types) in [(log.objects, log.objectTypes), (log.events, log.eventTypes)] {
      let declared = Dictionary(types.map { ($0.name, $0.attributes) }) { first, _ in first }
      #expect(declared.count == types.count)
      for element in elements {
        let attributes = try #require(declared[element.type])
        for value in element.attributes ?? [] {
          let kind = try #require(attributes.first { $0.name == value.name }).type
          #expect(kind != "boolean" || ["true", "false"].contains(value.value))
        }
        #expect((element.relationships ?? []).allSatisfy { ids.contains($0.objectId) && !$0.qualifier.isEmpty })
      }
    }
    let instant = try NSRegularExpression(
      pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$")
    let times = log.events.map { $0.time ?? "" } + log.objects.flatMap { ($0.attributes ?? []).map { $0.time ?? "" } }
    for time in times {
      #expect(instant.firstMatch(in: time, range: NSRange(0..<time.utf16.count)) != nil, "\(time)")
    }
    #expect(log.events.allSatisfy { !($0.relationships ?? []).isEmpty })
  }

  @Test(arguments: World.allCases) func `the log keeps the rules of OCEL 2.0 and tells what was found`(
    world: World
  )
    async throws
  {
    let (finished, log) = try await planted(world)
    try expectRules(log)
    let counts = Dictionary(log.events.map { ($0.type, 1) }, uniquingKeysWith: +)
    #expect(counts["order placed"] == finished.result.orders.captured)
    #expect(counts["customer told"] == finished.result.orders.confirmed)
    #expect(counts["order recorded in ERP"] == finished.result.orders.received)
    let objects = Dictionary(log.objects.map { ($0.type, 1) }, uniquingKeysWith: +)
    #expect(objects["order"] == finished.result.orders.captured)
    #expect(objects["confirmation"] == finished.result.orders.confirmed)
    #expect(objects["erp order"] == finished.result.orders.received)
    #expect((objects["ticket"] ?? 0) > 0 && objects["ticket"] == counts["ticket opened"])
    #expect((objects["marketplace order"] ?? 0) > 0 && (objects["sku"] ?? 0) > 0)
  }

  @Test func `hostile texts stay texts, and orders that masking makes alike stay apart`() async throws {
    let bench = try Workbench()
    try HostileTextTests.fill(
      bench, with: HostileTextTests.hostile + ["jane@example.com", "john@example.org", "Tür", "TÜR"])
    let log = try log(try await bench.audit { $0.assumptions.graceSeconds = 0 }, bench)
    try expectRules(log)
    let text = try String(contentsOfFile: bench.folder + "/log.json", encoding: .utf8)
    #expect(!text.contains("<"))
    #expect(log.objects.contains { $0.id.hasPrefix("order <script>") })
    #expect(log.objects.count { $0.id.hasPrefix("order j***@*** ~") } >= 2)
  }

  @Test func `line items stand at their own order`() async throws {
    let bench = try Workbench()
    try bench.write(
      "storefront.csv",
      "order_id,created_at,sku,qty\n1,2026-10-01T00:00:00Z,A,1\n2,2026-10-01T00:00:00Z,B,1\n"
        + "2,2026-10-01T00:00:00Z,C,1\n3,2026-10-01T00:00:00Z,,1\n")
    let log = try log(try await bench.audit(), bench)
    let contents = log.objects.filter { $0.type == "order" }.map { ($0.relationships ?? []).map(\.objectId) }
    #expect(contents == [["sku A"], ["sku B", "sku C"], []])
  }
}
