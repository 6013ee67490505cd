import Connector
import ConnectorTesting
import Coordinator
import HandoffCore
import HandoffStore
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Desk

@Suite struct OrderTests {
  @Test(arguments: ["1001", "%231001", "anna%40example.org", "CS-shop-1001"])
  func `an order is found by whatever a person has in hand`(text: String) async throws {
    let fixture = DeskFixture()
    let handoff = await fixture.capture()
    try await fixture.run { client in
      for text in [text, handoff?.id.text ?? ""] {
        let answer = try await client.ask("GET", "/v1/orders/\(text)")
        #expect(answer.status == .ok)
        #expect(answer.json["orderId"] == "1001")
        #expect(answer.json["timeline"]?.array?.isEmpty == false)
        #expect(answer.json["reason"]?.string?.isEmpty == false)
      }
    }
  }

  @Test func `personal data is masked unless it is asked for`() async throws {
    let fixture = DeskFixture()
    await fixture.capture()
    try await fixture.run { client in
      for path in ["/v1/orders", "/v1/orders/1001", "/orders", "/v1/exceptions", "/v1/orders/1001?content=0"] {
        #expect(try await client.ask("GET", path).text.contains("anna@example.org") == false, "\(path)")
      }
      let shown = try await client.ask("GET", "/v1/orders/1001?content=1")
      #expect(shown.json["email"] == "anna@example.org")
      #expect(shown.json["versions"]?.array?.first?["order"]?["id"] == "1001")
    }
  }

  @Test func `several orders that fit are listed, and a storefront tells them apart`() async throws {
    let fixture = DeskFixture()
    await fixture.capture("1")
    await fixture.capture("2")
    try await fixture.run { client in
      let answer = try await client.ask("GET", "/v1/orders/anna@example.org")
      #expect(answer.status.code == 300)
      #expect(answer.json["matches"]?.array?.count == 2)
      #expect(try await client.ask("GET", "/v1/orders/anna@example.org?storefront=other").status == .notFound)
    }
  }

  @Test func `a list is filtered, limited, and refuses what it does not know`() async throws {
    let fixture = DeskFixture()
    for id in ["1", "2", "3"] { await fixture.capture(id) }
    try await fixture.run { client in
      let stage = try await fixture.store.read { try $0.rows(RowFilter()).first?.handoff.stage.rawValue ?? "" }
      #expect(try await client.ask("GET", "/v1/orders?limit=2").json["orders"]?.array?.count == 2)
      #expect(try await client.ask("GET", "/v1/orders?stage=\(stage)").json["orders"]?.array?.count == 3)
      #expect(try await client.ask("GET", "/v1/orders?stage=confirmed").json["orders"]?.array?.isEmpty == true)
      #expect(try await client.ask("GET", "/v1/orders?text=2").json["orders"]?.array?.count == 1)
      #expect(try await client.ask("GET", "/v1/orders?storefront=shop").json["orders"]?.array?.count == 3)
      let first = try await client.ask("GET", "/v1/orders?limit=2").json
      let rest = try await client.ask("GET", "/v1/orders?limit=2&after=\(first["next"]?.string ?? "")").json
      let ids = [first, rest].flatMap { $0["orders"]?.array ?? [] }.map { $0["orderId"]?.string }
      #expect(ids == ["3", "2", "1"] && rest["next"] == nil)
      let bogus = try await client.ask("GET", "/v1/orders?storefront=bogus")
      #expect(bogus.json["detail"]?.string == "The storefront is none of shop.")
      for bad in [
        "storefront=bogus", "stage=lost", "limit=0", "limit=501", "limit=x", "after=x", "limit=99999999999999999999",
      ] {
        #expect(try await client.ask("GET", "/v1/orders?\(bad)").status == .badRequest, "\(bad)")
      }
    }
  }

  @Test func `an order that went through shows every side of its way`() async throws {
    let fixture = DeskFixture()
    try await fixture.run(working: true) { client in
      let placed = try await client.ask(
        "POST", "/v1/storefronts/shop/orders", ["webhook-signature": "right", "prefer": "wait=30"],
        body: DeskFixture.order())
      let id = HandoffID(placed.json["handoff"]?.string ?? "")
      let settled = try #require(await fixture.coordinator.settled(id, within: .seconds(30)))
      #expect(settled.stage.isPastDecision)
      let order = try await client.ask("GET", "/v1/orders/1001").json
      let lanes = Set((order["timeline"]?.array ?? []).compactMap { $0["lane"]?.string })
      #expect(lanes.isSuperset(of: ["storefront", "countersign", "erp"]))
      #expect(order["erpId"] == "R-1001")
      #expect(order["messages"]?.array?.count == 1)
      #expect(order["messages"]?.array?.first?["content"] == nil)
      #expect(order["messages"]?.array?.first?["recipient"] == "a***@e***")
    }
  }

  @Test func `stock shows what is in flight, what the ERP has, and what open orders want`() async throws {
    let fixture = DeskFixture()
    await fixture.capture("1")
    await fixture.capture("2")
    try await fixture.run { client in
      let bare = try await client.ask("GET", "/v1/availability").json
      #expect(bare["inFlight"]?["MUG"] == 4)
      #expect(bare["erps"] == nil)
      let level = try await client.ask("GET", "/v1/availability?skus=MUG").json["erps"]?.array?.first?["levels"]
      #expect(level?.array?.first?["available"] == 10)
      #expect(level?.array?.first?["net"] == 6)
      let demand = try await client.ask("GET", "/v1/demand").json
      #expect(demand["demand"]?.array?.first?["units"] == 4)
      #expect(demand["complete"] == true)
    }
  }

  @Test func `an ERP that cannot be asked about stock is named with its reason`() async throws {
    var erp = FakeERP()
    erp.onAvailability = { _ in .failed(reason: "timed out") }
    try await DeskFixture(erp: erp).run { client in
      let answer = try await client.ask("GET", "/v1/availability?skus=A,B")
      #expect(answer.json["erps"]?.array?.first?["failure"] == "timed out")
    }
  }
}
