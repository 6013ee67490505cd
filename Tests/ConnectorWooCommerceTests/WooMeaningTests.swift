import Connector
import ConnectorTesting
import ConnectorWooCommerce
import HandoffCore
import Testing

@Suite struct WooMeaningTests {
  private func isNotice(_ change: [String: JSONValue?]) throws -> Bool {
    if case .notice = try Fixtures.read(Fixtures.order(change)) { return true }
    return false
  }

  @Test func `baskets and unfinished checkouts are no orders`() throws {
    for status: JSONValue in ["checkout-draft", "auto-draft", "draft"] { #expect(try isNotice(["status": status])) }
    for status: JSONValue in ["pending", "failed"] {
      #expect(try isNotice(["status": status, "date_paid": .null, "date_paid_gmt": .null]))
    }
  }

  @Test func `an order that falls back to pending or failed has a void payment`() throws {
    let unpaid: [String: JSONValue?] = ["date_paid": .null, "date_paid_gmt": .null]
    let cases: [[String: JSONValue?]] = [
      ["status": "failed"], ["status": "pending"],
      ["status": "failed", "date_paid_gmt": .null, "date_paid": .null, "transaction_id": "ch_1"],
      unpaid.merging(["status": "failed", "payment_method": "bacs"]) { $1 },
      unpaid.merging(["status": "pending", "meta_data": Fixtures.meta(["_countersign_state": "waiting"])]) { $1 },
    ]
    for change in cases {
      let order = try Fixtures.capture(Fixtures.order(change)).order
      #expect(order.payment == .voided)
      #expect(!order.isCancelled)
    }
  }

  @Test func `each status has its payment and its cancellation`() throws {
    let unpaid: [String: JSONValue?] = ["date_paid": .null, "date_paid_gmt": .null]
    let rows: [([String: JSONValue?], PaymentState, Bool)] = [
      (["status": "on-hold"], .paid, false), (["status": "processing"], .paid, false),
      (["status": "completed"], .paid, false), (["status": "cancelled"], .paid, true),
      (["status": "trash"], .paid, true), (["status": "refunded"], .refunded, true),
      (["status": "refunded", "date_completed_gmt": "2026-11-24T10:00:00"], .refunded, false),
      (["refunds": [["id": 1, "total": "-5.00"]]], .refunded, false), (unpaid, .pending, false),
      (unpaid.merging(["transaction_id": "ch_1"]) { $1 }, .authorized, false),
      (["payment_method": "cod"], .pending, false),
      (["payment_method": "bacs", "status": "processing"], .pending, false),
      (
        unpaid.merging(["total": "0.00", "total_tax": "0", "shipping_total": "0", "line_items": []]) { $1 }, .paid,
        false
      ),
    ]
    for (change, payment, cancelled) in rows {
      let order = try Fixtures.capture(Fixtures.order(change)).order
      #expect(order.payment == payment, "\(change)")
      #expect(order.isCancelled == cancelled, "\(change)")
    }
  }

  @Test func `a shop's own status counts once it is explained`() throws {
    let order = Fixtures.order(["status": "awaiting-erp"])
    guard case .unreadable = try Fixtures.read(order) else {
      Issue.record("an unknown status was taken")
      return
    }
    #expect(try Fixtures.capture(order) { $0.customStatuses = ["awaiting-erp": .waiting] }.order.payment == .paid)
    #expect(try Fixtures.capture(order) { $0.waitingStatus = "awaiting-erp" }.order.payment == .paid)
    #expect(try Fixtures.capture(order) { $0.customStatuses = ["awaiting-erp": .cancelled] }.order.isCancelled)
  }

  @Test(arguments: ["stripe", "cod", "bacs", "ppcp"], [true, false])
  func `our own release leaves the digest as it was`(method: String, paidBefore: Bool) throws {
    let payment: [String: JSONValue?] =
      paidBefore ? [:] : ["date_paid": .null, "date_paid_gmt": .null, "transaction_id": "ch_1"]
    let before = try Fixtures.capture(
      Fixtures.order(payment.merging(["payment_method": .string(method)]) { $1 }))
    // What the shop makes of our change: the status, the clock, date_paid of its own accord, and our mark.
    let after = try Fixtures.capture(
      Fixtures.order([
        "payment_method": .string(method), "status": "processing", "date_modified_gmt": "2026-11-23T10:05:00",
        "transaction_id": paidBefore ? "" : "ch_1", "date_paid_gmt": "2026-11-23T10:05:00",
        "meta_data": Fixtures.meta([
          "_countersign_state": "confirmed", "_countersign_payment": before.order.payment.rawValue,
        ]),
      ]))
    #expect(before.order.canonicalForm == after.order.canonicalForm)
    #expect(before.dedupeID != after.dedupeID)
  }

  @Test func `a refund or a failed payment shows in spite of the mark`() throws {
    let mark = Fixtures.meta(["_countersign_state": "confirmed", "_countersign_payment": "pending"])
    #expect(try Fixtures.capture(Fixtures.order(["meta_data": mark])).order.payment == .pending)
    let refund: JSONValue = [["id": 1, "total": "-1.00"]]
    #expect(try Fixtures.capture(Fixtures.order(["meta_data": mark, "refunds": refund])).order.payment == .refunded)
    #expect(try Fixtures.capture(Fixtures.order(["meta_data": mark, "status": "failed"])).order.payment == .voided)
  }
}

@Suite struct WooMoneyTests {
  @Test func `units times price less discount is the line's total to the cent, whatever the division leaves`() throws {
    var numbers = SeededNumbers(state: 5)
    for _ in 0..<500 {
      let quantity = Int.random(in: 1...13, using: &numbers)
      let before = Int64.random(in: 0...100_000, using: &numbers)
      let total = Int64.random(in: 0...100_000, using: &numbers)
      let euro = try #require(CurrencyCode("EUR"))
      func text(_ cents: Int64) -> String { Money(minorUnits: cents, currency: euro).decimalText }
      let order = try Fixtures.capture(
        Fixtures.order([
          "line_items": [Fixtures.line(1, quantity: quantity, subtotal: text(before), total: text(total))],
          "total": .string(text(total + 1135)),
        ])
      ).order
      #expect(order.explained == order.total.minorUnits)
      #expect((order.lines[0].discount?.minorUnits ?? 1) > 0)
      #expect(order.lines[0].unitPrice.minorUnits * Int64(quantity) >= max(before, total))
      #expect(order.discount == order.lines[0].discount)
    }
  }

  @Test func `fees are lines of their own, negative ones too`() throws {
    let order = try Fixtures.capture(
      Fixtures.order([
        "fee_lines": [
          ["id": 9, "name": "Wrapping", "total": "2.50"], ["id": 10, "name": "Loyalty", "total": "-5.00"],
        ],
        "total": "26.85",
      ])
    ) { $0.feeSKU = "FEE" }.order
    #expect(order.lines.suffix(2).map(\.id) == ["fee-9", "fee-10"])
    #expect(order.lines.suffix(2).map(\.unitPrice.minorUnits) == [250, -500])
    #expect(order.lines.suffix(2).allSatisfy { $0.sku == "FEE" && !$0.requiresShipping })
    #expect(order.explained == order.total.minorUnits)
  }

  @Test func `coupons are in the line totals already and are not taken off twice`() throws {
    let order = try Fixtures.capture(
      Fixtures.order([
        "line_items": [Fixtures.line(1, quantity: 2, subtotal: "20.00", total: "15.00")], "discount_total": "5.00",
        "coupon_lines": [["id": 3, "code": "five", "discount": "5.00"]], "total": "26.35",
      ])
    ).order
    #expect(order.lines.map(\.discount?.decimalText) == ["5.00"])
    #expect(order.discount?.decimalText == "5.00")
    #expect(order.explained == 2635)
  }

  @Test func `gift cards that a plugin lists are part of what the customer owes`() throws {
    let order = try Fixtures.capture(
      Fixtures.order(["total": "19.35", "gift_cards": [["id": 4, "code": "ABCD-EFGH", "amount": "10.00"]]])
    ).order
    #expect(order.total.decimalText == "29.35")
    #expect(order.storedValue.map(\.amount.decimalText) == ["10.00"])
    #expect(order.storedValue.map(\.reference) == ["4"])
    guard
      case .unreadable = try Fixtures.read(
        Fixtures.order(["total": "19.35", "gift_cards": [["id": 4, "amount": "9.00"]]]))
    else {
      Issue.record("a card that does not explain the difference was taken")
      return
    }
  }

  @Test func `half a minor unit per part is tolerated, more is not, and yen have no decimals`() throws {
    for total: JSONValue in ["29.33", "29.37"] { _ = try Fixtures.capture(Fixtures.order(["total": total])) }
    for total: JSONValue in ["29.32", "29.38"] {
      guard case .unreadable = try Fixtures.read(Fixtures.order(["total": total])) else {
        Issue.record("\(total)")
        continue
      }
    }
    let yen = try Fixtures.capture(
      Fixtures.order([
        "currency": "JPY", "line_items": [Fixtures.line(1, quantity: 3, subtotal: "1000", total: "1000")],
        "total": "1110", "shipping_total": "100", "total_tax": "10",
      ])
    ).order
    #expect(yen.total.minorUnits == 1110)
    #expect(yen.explained == 1110)
  }
}
