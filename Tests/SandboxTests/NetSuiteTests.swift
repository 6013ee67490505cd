import Testing

@testable import Sandbox

private let record = "/netsuite/services/rest/record/v1/salesOrder"
private let query = "/netsuite/services/rest/query/v1/suiteql"

private func order(_ externalId: String, sku: String = "SKU-1", quantity: Int = 2) -> JSON {
  [
    "externalId": .string(externalId), "entity": ["id": "12345"], "otherRefNum": "#1001",
    "item": ["items": [["item": ["externalId": .string(sku)], "quantity": JSON(quantity), "rate": .number("9.99")]]],
  ]
}

private func open(_ configuration: inout SandboxConfiguration) { configuration.netsuite.acceptAnonymous = true }

@Suite struct `NetSuite sales orders` {
  @Test func `a create answers 204 with the address of the order and never 201`() async throws {
    try await Running.with(open) { sandbox in
      let reply = try await sandbox.send("POST", record, json: order("CS-1"))
      #expect(reply.status == 204)
      #expect(reply.body.isEmpty)
      let location = try #require(reply.header("location"))
      #expect(location.hasSuffix("/record/v1/salesOrder/144060"))
      let entry = try #require(sandbox.entries(.erpOrderCreated).first)
      #expect(entry.ref == "CS-1")
      #expect(entry.erpId == "144060")
    }
  }

  @Test func `a repeated external id is refused in any letter case and creates nothing`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1"))
      let reply = try await sandbox.send("POST", record, json: order("cs-1"))
      #expect(reply.status == 400)
      let detail = reply.json?.at("o:errorDetails.0")
      #expect(detail?["o:errorCode"]?.string == "USER_ERROR")
      #expect(detail?["detail"]?.string == "Error while accessing a resource. This record already exists.")
      #expect(sandbox.entries(.erpOrderCreated).count == 1)
      #expect(sandbox.entries(.erpDuplicateRefused).count == 1)
    }
  }

  @Test func `twenty creates at once of one external id leave one order`() async throws {
    try await Running.with({
      open(&$0)
      $0.netsuite.concurrency = 100
    }) { sandbox in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 {
          group.addTask { try await sandbox.send("POST", record, json: order("CS-race")).status }
        }
        return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [204: 1, 400: 19])
    }
  }

  @Test func `an unknown item is refused with its place in the body`() async throws {
    try await Running.with(open) { sandbox in
      let reply = try await sandbox.send("POST", record, json: order("CS-1", sku: "NOPE"))
      #expect(reply.status == 400)
      #expect(reply.json?.at("o:errorDetails.0.o:errorCode")?.string == "INVALID_CONTENT")
      #expect(reply.json?.at("o:errorDetails.0.o:errorPath")?.string == "item.items[0].item")
      #expect(sandbox.entries(.erpOrderCreated).isEmpty)
    }
  }

  @Test func `unknown field names are dropped unless the header asks for an error`() async throws {
    try await Running.with(open) { sandbox in
      var body = order("CS-1")
      body["otherrefnum"] = "wrong case"
      let strict = [("X-NetSuite-PropertyNameValidation", "Error")]
      #expect(try await sandbox.send("POST", record, strict, json: body).status == 400)
      #expect(try await sandbox.send("POST", record, json: body).status == 204)
      let read = try await sandbox.send("GET", record + "/eid:CS-1")
      #expect(read.json?["otherRefNum"]?.string == "#1001")
      #expect(read.json?["otherrefnum"] == nil)
    }
  }

  @Test func `a read shows status and what stock gave each line`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1", sku: "SKU-RARE", quantity: 5))
      let plain = try await sandbox.send("GET", record + "/eid:cs-1")
      #expect(plain.json?.at("item.links.0.href")?.string?.hasSuffix("/salesorder/144060/item") == true)
      let read = try await sandbox.send("GET", record + "/144060?expandSubResources=true")
      #expect(read.json?.at("status.id")?.string == "B")
      #expect(read.json?.at("status.refName")?.string == "Pending Fulfillment")
      #expect(read.json?.at("item.items.0.quantityCommitted")?.int == 3)
      #expect(read.json?.at("item.items.0.quantityBackOrdered")?.int == 2)
      #expect(read.json?["total"]?.text == "49.95")
      let some = try await sandbox.send("GET", record + "/144060?fields=externalId,total")
      #expect(some.json?.members?.map(\.key) == ["links", "externalId", "total"])
    }
  }

  @Test func `a pending order commits nothing until it is approved`() async throws {
    try await Running.with({
      open(&$0)
      $0.netsuite.pendingApproval = true
    }) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1"))
      let before = try await sandbox.send("GET", record + "/eid:CS-1?expandSubResources=true")
      #expect(before.json?.at("status.id")?.string == "A")
      #expect(before.json?.at("item.items.0.quantityCommitted")?.int == 0)
      #expect(try await sandbox.send("PATCH", record + "/eid:CS-1", json: ["orderStatus": ["id": "B"]]).status == 204)
      let after = try await sandbox.send("GET", record + "/eid:CS-1?expandSubResources=true")
      #expect(after.json?.at("item.items.0.quantityCommitted")?.int == 2)
    }
  }

  @Test func `closing every line or deleting gives the stock back`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1", sku: "SKU-RARE", quantity: 3))
      let close: JSON = ["item": ["items": [["line": 1, "isClosed": true]]]]
      #expect(try await sandbox.send("PATCH", record + "/eid:CS-1", json: close).status == 204)
      #expect(sandbox.entries(.erpOrderCancelled).count == 1)
      _ = try await sandbox.send("POST", record, json: order("CS-2", sku: "SKU-RARE", quantity: 3))
      let read = try await sandbox.send("GET", record + "/eid:CS-2?expandSubResources=true")
      #expect(read.json?.at("item.items.0.quantityCommitted")?.int == 3)
      #expect(try await sandbox.send("DELETE", record + "/eid:CS-2").status == 204)
      #expect(try await sandbox.send("GET", record + "/eid:CS-2").status == 404)
    }
  }

  @Test func `an upsert overwrites what is there`() async throws {
    try await Running.with(open) { sandbox in
      #expect(try await sandbox.send("PUT", record + "/eid:CS-9", json: order("CS-9")).status == 204)
      #expect(try await sandbox.send("PUT", record + "/eid:CS-9", json: order("CS-9", quantity: 7)).status == 204)
      let read = try await sandbox.send("GET", record + "/eid:CS-9?expandSubResources=true")
      #expect(read.json?.at("item.items.0.quantity")?.int == 7)
      #expect(sandbox.entries(.erpOrderCreated).count == 1)
      #expect(sandbox.entries(.erpOrderUpdated).count == 1)
    }
  }

  @Test func `a workflow lock refuses reads and writes but SuiteQL sees the order`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1"))
      #expect(
        try await sandbox.send("PUT", "/_sandbox/netsuite/orders/144060/lock", json: ["locked": true]).status == 204)
      let read = try await sandbox.send("GET", record + "/144060")
      #expect(read.status == 400)
      let text = read.json?.at("o:errorDetails.0.detail")?.string
      #expect(text == "Error while accessing a resource. This record has been locked by a user defined workflow.")
      let found = try await sandbox.send(
        "POST", query, [("Prefer", "transient")],
        json: ["q": "SELECT id FROM transaction WHERE type = 'SalesOrd' AND externalid = ?", "params": ["CS-1"]])
      #expect(found.json?.at("items.0.id")?.string == "144060")
    }
  }

  @Test func `a call beyond the account's concurrency is refused and does nothing`() async throws {
    try await Running.with({
      open(&$0)
      $0.netsuite.concurrency = 1
    }) { sandbox in
      var faults = Faults()
      faults.latencyMs = 300
      sandbox.server.setFaults(faults, for: .netsuite)
      let replies = try await withThrowingTaskGroup(of: LoopbackReply.self) { group in
        for number in 0..<4 {
          group.addTask { try await sandbox.send("POST", record, json: order("CS-\(number)")) }
        }
        return try await group.reduce(into: [LoopbackReply]()) { $0.append($1) }
      }
      let refused = replies.filter { $0.status == 429 }
      #expect(!refused.isEmpty)
      #expect(refused.first?.json?.at("o:errorDetails.0.o:errorCode")?.string == "CONCURRENCY_LIMIT_EXCEEDED")
      #expect(sandbox.entries(.erpOrderCreated).count == replies.count - refused.count)
    }
  }
}

@Suite struct `NetSuite SuiteQL` {
  private func ask(
    _ sandbox: Running, _ text: String, _ parameters: [JSON] = [], page: String = ""
  ) async throws -> LoopbackReply {
    try await sandbox.send(
      "POST", query + page, [("Prefer", "transient")], json: ["q": .string(text), "params": .array(parameters)])
  }

  @Test func `the look-up by key answers strings and leaves null columns out`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1"))
      _ = try await sandbox.send("POST", record, json: order("CS-2"))
      let text = """
        SELECT id, tranid, externalid, otherrefnum, memo, status, BUILTIN.DF(status) AS statusname, foreigntotal,
               TO_CHAR(createddate,'YYYY-MM-DD HH24:MI:SS') AS created
        FROM transaction WHERE type = 'SalesOrd' AND externalid IN (?, ?, ?)
        """
      let reply = try await ask(sandbox, text, ["CS-1", "CS-2", "CS-3"])
      #expect(reply.status == 200)
      #expect(reply.json?["totalResults"]?.int == 2)
      let first = reply.json?.at("items.0")
      #expect(first?["id"] == "144060")
      #expect(first?["foreigntotal"] == "19.98")
      #expect(first?["statusname"] == "Sales Order : Pending Fulfillment")
      #expect(first?["memo"] == nil)
      #expect(first?["created"]?.string?.count == 19)
      let otherCase = try await ask(sandbox, "SELECT id FROM transaction WHERE externalid = 'cs-1'")
      #expect(otherCase.json?["totalResults"]?.int == 0)
    }
  }

  @Test func `the window, the purchase order number and key paging work as documented`() async throws {
    try await Running.with(open) { sandbox in
      for number in 1...5 { _ = try await sandbox.send("POST", record, json: order("CS-\(number)")) }
      let window = """
        SELECT id, externalid FROM transaction WHERE type='SalesOrd'
        AND createddate >= TO_DATE(?, 'YYYY-MM-DD HH24:MI:SS') AND createddate < TO_DATE(?, 'YYYY-MM-DD HH24:MI:SS')
        AND id > ? ORDER BY id
        """
      let bounds: [JSON] = ["2020-01-01 00:00:00", "2990-01-01 00:00:00", "144061"]
      let reply = try await ask(sandbox, window, bounds, page: "?limit=2&offset=0")
      #expect(reply.json?["items"]?.array?.compactMap { $0["id"]?.string } == ["144062", "144063"])
      #expect(reply.json?["hasMore"]?.bool == true)
      let number = try await ask(
        sandbox, "SELECT id FROM transaction WHERE type='SalesOrd' AND otherrefnum = ?", ["#1001"])
      #expect(number.json?["count"]?.int == 5)
    }
  }

  @Test func `availability and lines show commitments, quantities of sales negative`() async throws {
    try await Running.with(open) { sandbox in
      _ = try await sandbox.send("POST", record, json: order("CS-1", sku: "SKU-RARE", quantity: 2))
      let stock = try await ask(
        sandbox,
        """
        SELECT item, location, quantityonhand, quantitycommitted, quantityavailable, quantityonorder,
        quantitybackordered, lastquantityavailablechange FROM aggregateitemlocation WHERE item IN (598, 599)
        ORDER BY item, location
        """)
      #expect(stock.json?.at("items.0.quantityavailable") == "1")
      #expect(stock.json?.at("items.1.quantityavailable") == "0")
      let lines = try await ask(
        sandbox,
        """
        SELECT tl.transaction, tl.id, tl.item, tl.quantity, tl.quantitycommitted, tl.quantitybackordered, tl.isclosed
        FROM transactionline tl WHERE tl.transaction = ? AND tl.mainline='F' AND tl.taxline='F'
        """, ["144060"])
      #expect(lines.json?["count"]?.int == 1)
      #expect(lines.json?.at("items.0.quantity") == "-2")
      #expect(lines.json?.at("items.0.quantitycommitted") == "2")
    }
  }

  @Test func `what the account cannot answer is refused, not guessed`() async throws {
    try await Running.with(open) { sandbox in
      let missing = try await sandbox.send("POST", query, json: ["q": "SELECT id FROM transaction"])
      #expect(missing.status == 400)
      for text in [
        "SELECT id FROM transactiontablethatdoesnotexist", "SELECT subsidiary FROM transaction",
        "SELECT id FROM transaction WHERE id = ?", "DELETE FROM transaction", "SELECT id FROM transaction WHERE (id=1",
        "SELECT id, SUM(status) AS s FROM transaction",
      ] {
        let reply = try await ask(sandbox, text)
        #expect(reply.status == 400, "\(text)")
        #expect(reply.json?.at("o:errorDetails.0.o:errorCode")?.string == "INVALID_PARAMETER")
        #expect(reply.json?.at("o:errorDetails.0.o:errorQueryParam")?.string == "q")
      }
    }
  }

  @Test func `an index that lags hides a young order from searches but not from a read by key`() async throws {
    try await Running.with(open) { sandbox in
      var faults = Faults()
      faults.indexLagMs = 600_000
      sandbox.server.setFaults(faults, for: .netsuite)
      _ = try await sandbox.send("POST", record, json: order("CS-1"))
      let found = try await ask(sandbox, "SELECT id FROM transaction WHERE externalid = 'CS-1'")
      #expect(found.json?["count"]?.int == 0)
      #expect(try await sandbox.send("GET", record + "/eid:CS-1").status == 200)
    }
  }
}
