import Foundation
import Testing

@testable import Sandbox

private func order(_ externalId: String, sku: String = "SKU-1", quantity: Int = 1) -> JSON {
  [
    "externalId": .string(externalId), "currency": "EUR", "total": "19.90",
    "lines": [["sku": .string(sku), "quantity": JSON(quantity)]],
  ]
}

@Suite struct `generic ERP` {
  @Test func `the contract's answers`() async throws {
    try await Running.with { sandbox in
      let created = try await sandbox.send("POST", "/erp/orders", json: order("CS-main-1"))
      #expect(created.status == 201)
      let id = try #require(created.json?["internalId"]?.string)
      #expect(try await sandbox.send("POST", "/erp/orders", json: order("CS-main-1")).status == 409)
      let found = try await sandbox.send("GET", "/erp/orders?externalId=CS-main-1")
      #expect(found.status == 200)
      #expect(found.json?["internalId"]?.string == id)
      #expect(try await sandbox.send("GET", "/erp/orders?externalId=CS-main-2").status == 404)
      let refused = try await sandbox.send("POST", "/erp/orders", json: order("CS-main-2", sku: "NOPE"))
      #expect(refused.status == 422)
      #expect(refused.json?["reasons"]?.array?.count == 1)
      #expect(sandbox.entries(.erpOrderCreated).map(\.ref) == ["CS-main-1"])
      #expect(sandbox.entries(.erpDuplicateRefused).count == 1)
    }
  }

  @Test func `stock is taken, refused when short, and given back`() async throws {
    try await Running.with { sandbox in
      #expect(
        try await sandbox.send("POST", "/erp/orders", json: order("A", sku: "SKU-RARE", quantity: 2)).status == 201)
      #expect(
        try await sandbox.send("POST", "/erp/orders", json: order("B", sku: "SKU-RARE", quantity: 2)).status == 422)
      let stock = try await sandbox.send("GET", "/erp/availability?skus=SKU-RARE,SKU-1,NOPE")
      #expect(stock.json?["levels"]?.array?.count == 2)
      #expect(stock.json?.at("levels.0.available")?.int == 1)
      #expect(try await sandbox.send("DELETE", "/erp/orders/A").status == 204)
      #expect(
        try await sandbox.send("POST", "/erp/orders", json: order("B", sku: "SKU-RARE", quantity: 3)).status == 201)
      #expect(try await sandbox.send("PUT", "/_sandbox/erp/stock", json: ["SKU-RARE": 10]).status == 204)
      #expect(
        try await sandbox.send("PUT", "/erp/orders/B", json: order("B", sku: "SKU-RARE", quantity: 9)).status == 200)
      let after = try await sandbox.send("GET", "/erp/availability?skus=SKU-RARE")
      #expect(after.json?.at("levels.0.available")?.int == 1)
      for (version, status) in [("3", 200), ("2", 412), ("3", 200)] {
        let change = order("B", sku: "SKU-RARE", quantity: 9)
        let reply = try await sandbox.send("PUT", "/erp/orders/B", [("Countersign-Version", version)], json: change)
        #expect(reply.status == status)
      }
    }
  }
}

@Suite struct `faults around a vendor` {
  @Test(arguments: [
    ("{\"lostReply\": 1}", "there is no fault \"lostReply\"; the faults are badGateway, "),
    ("{\"slow\": \"much\"}", "slow: a value of type Double is needed"), ("[", "the body is"),
  ])
  func `a misspelt fault is told in words`(body: String, words: String) {
    do {
      _ = try JSONDecoder().decode(Faults.self, from: Data(body.utf8))
      Issue.record("it was taken")
    } catch {
      let text = Faults.words(error)
      #expect(text.contains(words) || body == "[", "\(text)")
      #expect(!text.contains("DecodingError") && !text.contains("CodingKeys"))
    }
  }

  @Test func `each scripted fault leaves the effect it names`() async throws {
    try await Running.with { sandbox in
      let script = """
        {"script":["lostReplyAfterCommit","lostRequest","tooManyRequests","serverErrorAfterCommit","badGateway",
        "badGatewayAfterCommit","errorBodyWith200","truncatedJSON","none"],"method":"POST"}
        """
      let answer1 = try await sandbox.send("PUT", "/_sandbox/erp/faults", text: script).status
      #expect(answer1 == 200)
      var seen: [String] = []
      for number in 1...9 {
        do {
          let reply = try await sandbox.send("POST", "/erp/orders", json: order("F-\(number)"))
          seen.append("\(reply.status)\(reply.json == nil ? "!" : "")")
        } catch {
          seen.append("lost")
        }
      }
      #expect(seen == ["lost", "lost", "429", "500", "502!", "502!", "200", "201!", "201"])
      #expect(sandbox.entries(.erpOrderCreated).map(\.ref) == ["F-1", "F-4", "F-6", "F-8", "F-9"])
    }
  }

  @Test func `a repeating proxy and a late commit do the work after the answer`() async throws {
    try await Running.with { sandbox in
      var faults = Faults()
      faults.script = [.duplicateProcessing, .lateCommit]
      faults.lateCommitMs = 20
      faults.duplicateDelayMs = 5
      sandbox.server.setFaults(faults, for: .erp)
      let answer2 = try await sandbox.send("POST", "/erp/orders", json: order("D-1")).status
      #expect(answer2 == 201)
      await #expect(throws: (any Error).self) { try await sandbox.send("POST", "/erp/orders", json: order("D-2")) }
      let answer3 = try await sandbox.wait(for: 1, .erpDuplicateRefused).first?.ref
      #expect(answer3 == "D-1")
      let answer4 = try await sandbox.wait(for: 2, .erpOrderCreated).last?.ref
      #expect(answer4 == "D-2")
    }
  }

  @Test func `a nightly window answers with a page and an unknown fault is refused`() async throws {
    try await Running.with { sandbox in
      var faults = Faults()
      faults.nightlyWindow = [0, 1440]
      sandbox.server.setFaults(faults, for: .erp)
      let reply = try await sandbox.send("POST", "/erp/orders", json: order("N-1"))
      #expect(reply.status == 503)
      #expect(reply.header("content-type")?.hasPrefix("text/html") == true)
      #expect(try await sandbox.send("PUT", "/_sandbox/erp/faults", text: "{\"lostReply\":1}").status == 400)
      #expect(try await sandbox.send("DELETE", "/_sandbox/erp/faults").status == 200)
      #expect(try await sandbox.send("POST", "/erp/orders", json: order("N-1")).status == 201)
    }
  }

  @Test func `the same seed gives the same faults`() {
    var faults = Faults()
    faults.lostReplyAfterCommit = 0.3
    faults.badGateway = 0.2
    faults.seed = 42
    let runs = (0..<2).map { _ in
      let box = FaultBox()
      box.set(faults)
      return (0..<200).map { _ in box.plan(method: "POST", path: "/", unixSeconds: 0).action }
    }
    #expect(runs[0] == runs[1])
    #expect(Set(runs[0]) == [.none, .lostReplyAfterCommit, .badGateway])
  }
}

@Suite struct `confirmation sink` {
  @Test func `only a signed event counts, and a repeated id counts once`() async throws {
    try await Running.with { sandbox in
      let body = "{\"type\":\"order.confirmed\",\"data\":{\"orderId\":\"1001\",\"erpId\":\"144060\"}}"
      let stamp = String(sandbox.server.world.clock.unixSeconds)
      let key = try #require(Authentic.fromBase64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
      let signature = Authentic.base64(Authentic.hmacSHA256(key: key, "msg_1.\(stamp).\(body)".utf8))
      let headers = [
        ("webhook-id", "msg_1"), ("webhook-timestamp", stamp), ("webhook-signature", "v1a,AAAA v1,\(signature)"),
      ]
      #expect(try await sandbox.send("POST", "/sink/confirm", headers, text: body).status == 204)
      #expect(try await sandbox.send("POST", "/sink/confirm", headers, text: body).status == 204)
      #expect(try await sandbox.send("POST", "/sink/confirm", headers, text: body + " ").status == 401)
      sandbox.server.advanceClock(seconds: 400)
      #expect(try await sandbox.send("POST", "/sink/confirm", headers, text: body).status == 401)
      let entry = try #require(sandbox.entries(.sinkConfirmed).first)
      #expect(entry.ref == "1001")
      #expect(entry.erpId == "144060")
      #expect(sandbox.entries(.sinkConfirmed).count == 1)
      #expect(sandbox.entries(.sinkRepeated).count == 1)
      #expect(sandbox.entries(.sinkRefused).count == 2)
    }
  }
}
