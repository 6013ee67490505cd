/// The exports of the generated shop, with the headings their vendors document.
struct GeneratedFiles {
  private let shopify: ExportWriter
  private let netsuite: ExportWriter
  private let sendgrid: ExportWriter
  private let webhooks: ExportWriter
  private let queue: ExportWriter
  private let zendesk: ExportWriter
  private let amazon: ExportWriter
  private let cancellations: ExportWriter
  private let folder: String
  private let isDirty: Bool

  private enum Event {
    case receipt(PlantedOrder)
    case message(PlantedOrder, event: String, category: String)
    case delivery(PlantedOrder, code: Int)
    case job(PlantedOrder)
  }

  private var agenda = Agenda<Event>()
  private var internalID = 0
  private var ticketID = 0
  private var amazonID = 0
  /// An order whose row is exported once more later on.
  private var again: (order: PlantedOrder, at: Int64)?

  init(folder: String, isDirty: Bool) throws {
    self.folder = folder
    self.isDirty = isDirty
    shopify = try ExportWriter(folder: folder, name: "shopify-orders.csv")
    netsuite = try ExportWriter(folder: folder, name: "netsuite-sales-orders.csv")
    sendgrid = try ExportWriter(folder: folder, name: "sendgrid-events.csv")
    webhooks = try ExportWriter(folder: folder, name: "webhook-deliveries.csv")
    queue = try ExportWriter(folder: folder, name: "integration-queue.csv")
    zendesk = try ExportWriter(folder: folder, name: "zendesk-tickets.csv")
    amazon = try ExportWriter(folder: folder, name: "amazon-orders.txt")
    cancellations = try ExportWriter(folder: folder, name: "amazon-cancellations.txt")
    try shopify.line(ShopifyRow.heading)
    try netsuite.line("Internal ID,Document Number,Date Created,Status,Name,PO/Check Number,External ID,Amount")
    try sendgrid.line("event,timestamp,sg_message_id,category,email,order_id,response")
    try webhooks.line("webhook_id,topic,order_id,triggered_at,delivered_at,response_code")
    try queue.line("job_id,queue,order_id,enqueued_at,processed_at,status")
    try zendesk.line("Id,Requester,Subject,Created at,Status,Tags")
    try amazon.line(
      "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
        + "sales-channel\tproduct-name\tsku\tquantity")
    try cancellations.line("amazon-order-id\torder-date\tcancel-date\tsku\tquantity\tcancel-reason")
  }

  // MARK: what happens at once

  mutating func capture(_ order: PlantedOrder, _ random: inout SeededRandom) throws {
    for row in ShopifyRow.rows(order, note: isDirty && random.chance(0.02) ? "gift,\n\"\"wrap\"\" it" : "") {
      try shopify.line(row)
    }
    if let last = again, last.at <= order.captured {
      for row in ShopifyRow.rows(last.order, note: "") { try shopify.line(row) }
      again = nil
    }
  }

  mutating func ticket(_ order: PlantedOrder, at instant: Int64) throws {
    ticketID += 1
    let time = Self.text(instant).replacing("T", with: " ").replacing("Z", with: "")
    try zendesk.line(
      "\(ticketID),Customer \(ticketID % 977),Where is my order \(order.name)?,\(time) UTC,open,shipping")
  }

  mutating func amazonOrder(at instant: Int64, sku: String, status: String, _ random: inout SeededRandom) throws {
    let time = Self.text(instant).replacing("Z", with: "+00:00")
    try amazon.line(
      "\(nextAmazonID(&random))\t\t\(time)\t\(time)\t\(status)\tMerchant\tAmazon.com\tProduct\t\(sku)\t1")
  }

  mutating func amazonCancellation(
    at instant: Int64, sku: String, _ reason: String, _ random: inout SeededRandom
  ) throws {
    let id = nextAmazonID(&random)
    let time = Self.text(instant).replacing("Z", with: "+00:00")
    try amazon.line("\(id)\t\t\(time)\t\(time)\tCancelled\tMerchant\tAmazon.com\tProduct\t\(sku)\t1")
    let cancelled = Self.text(instant + 7200).replacing("Z", with: "+00:00")
    try cancellations.line("\(id)\t\(time)\t\(cancelled)\t\(sku)\t1\t\(reason)")
  }

  private mutating func nextAmazonID(_ random: inout SeededRandom) -> String {
    amazonID += 1
    let tail = String(10_000_000 + amazonID % 90_000_000)
    return "11\(amazonID % 5)-\(1_000_000 + random.below(8_999_999))-\(tail.prefix(7))"
  }

  // MARK: what happens later

  mutating func schedule(_ order: PlantedOrder, _ random: inout SeededRandom, duplicates: inout Int) {
    if let delivered = order.delivered {
      if random.chance(0.002) { agenda.add(.delivery(order, code: 503), at: delivered) }
      agenda.add(.delivery(order, code: 200), at: delivered)
    }
    if let queued = order.queued { agenda.add(.job(order), at: queued) }
    if let received = order.received {
      agenda.add(.receipt(order), at: received)
      if !order.isReimported, random.chance(0.003) {
        var second = order
        second.received = received + random.seconds(30...330)
        agenda.add(.receipt(second), at: second.received ?? received)
        duplicates += 1
      }
    }
    if let confirmed = order.confirmed {
      agenda.add(.message(order, event: "delivered", category: "order_confirmation"), at: confirmed)
      if random.chance(0.1) {
        agenda.add(
          .message(order, event: "open", category: "order_confirmation"), at: confirmed + random.seconds(60...9000))
      }
      if random.chance(0.1) {
        agenda.add(.message(order, event: "delivered", category: "shipping_update"), at: confirmed + 86_400)
      }
    }
  }

  mutating func flush(until limit: Int64) throws {
    while let (time, event) = agenda.next(until: limit) {
      switch event {
      case .receipt(let order):
        internalID += 1
        try netsuite.line(
          "\(internalID),SO\(100_000 + internalID),\(Self.american(time)),Pending Fulfillment,Customer,\(order.name),"
            + "CS-main-\(order.id),\(10 + order.id % 190).00")
      case .message(let order, let event, let category):
        try sendgrid.line(
          "\(event),\(time),sg\(order.id).\(time),\(category),customer\(order.id % 9973)@example.com,\(order.id),250 OK"
        )
      case .delivery(let order, let code):
        try webhooks.line(
          "wh-\(order.id),orders/create,\(order.id),\(Self.text(order.captured)),\(Self.text(time)),\(code)")
      case .job(let order):
        let since = order.delivered ?? order.captured
        try queue.line("job-\(order.id),erp-export,\(order.id),\(Self.text(since)),\(Self.text(time)),done")
      }
    }
  }

  // MARK: dirt

  /// One of the things that real exports have wrong with them.
  mutating func soil(_ order: PlantedOrder, _ random: inout SeededRandom, _ truth: inout Truth) throws {
    func unreadable(_ file: String, _ reason: Rejection) {
      truth.unreadable[file, default: [:]][reason.text, default: 0] += 1
    }
    switch random.below(7) {
    case 0:
      try shopify.line("#X\(order.id),cut@example.com,paid")
      unreadable("shopify-orders.csv", .fewColumns)
    case 1:
      var row = ShopifyRow.rows(order, note: "")[0]
      row = row.replacing(ShopifyRow.time(order.captured), with: "yesterday").replacing(order.name + ",", with: "#Y1,")
      try shopify.line(row.replacing(String(order.id), with: "1\(order.id)"))
      unreadable("shopify-orders.csv", .badTime)
    case 2:
      try netsuite.line("9,SO9,someday,Closed,Customer,\(order.name),CS-main-\(order.id),1.00")
      unreadable("netsuite-sales-orders.csv", .badTime)
    case 3:
      try netsuite.line("9,SO9,\(Self.american(order.captured)),Closed,Phone customer,,,1.00")
      unreadable("netsuite-sales-orders.csv", .noOrder)
    case 4:
      try sendgrid.line("bounce,\(order.captured),sg,order_confirmation,=HYPERLINK(1),\(order.id),550 \u{0}")
    case 5:
      if again == nil {
        again = (order, order.captured + 3600)
        truth.repeated += 1
      }
    default: try shopify.line("")
    }
  }

  // MARK: what is known at the end

  mutating func stock(_ rows: [(sku: String, onHand: Int)]) throws {
    let writer = try ExportWriter(folder: folder, name: "stock-snapshot.csv")
    try writer.line("sku,on_hand")
    for row in rows { try writer.line("\(row.sku),\(row.onHand)") }
    try writer.close()
  }

  mutating func demand(_ cells: [TruthTally.DemandCell: Int64]) throws {
    let writer = try ExportWriter(folder: folder, name: "erp-demand.csv")
    try writer.line("sku,week,demand")
    for (cell, units) in cells.sorted(by: { ($0.key.week, $0.key.sku) < ($1.key.week, $1.key.sku) }) {
      let week = CivilTime(milliseconds: Int64(cell.week) * CivilTime.millisecondsPerDay).dateText
      try writer.line("\(GeneratedShop.sku(cell.sku)),\(week),\(units)")
    }
    try writer.close()
  }

  func close() throws {
    if let again { for row in ShopifyRow.rows(again.order, note: "") { try shopify.line(row) } }
    try shopify.close()
    try netsuite.close()
    try sendgrid.close()
    try webhooks.close()
    try queue.close()
    try zendesk.close()
    try amazon.close()
    try cancellations.close()
  }

  static func text(_ second: Int64) -> String { Instant(milliseconds: second * 1000).iso8601 }

  /// `10/5/2026 2:05:09 pm`, as NetSuite writes it for an American user.
  private static func american(_ second: Int64) -> String {
    let civil = CivilTime(milliseconds: second * 1000)
    let of = civil.millisecondOfDay / 1000
    let (hour, minute, rest) = (of / 3600, of / 60 % 60, of % 60)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(civil.month)/\(civil.day)/\(civil.year) \((hour + 11) % 12 + 1):\(two(minute)):\(two(rest)) "
      + (hour < 12 ? "am" : "pm")
  }
}

/// Rows of Shopify's order export: order columns on the first row only.
enum ShopifyRow {
  static let heading =
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    + "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    + "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    + "Lineitem fulfillment status,Billing Name,Notes,Cancelled at,Payment Method,Vendor,Id,Tags,Source"

  static func rows(_ order: PlantedOrder, note: String) -> [String] {
    order.lines.enumerated().map { number, line in
      let item = "\(line.quantity),Product \(line.sku),19.90,,\(GeneratedShop.sku(line.sku)),true,true,pending"
      if number > 0 { return "\(order.name),customer@example.com,,,,,,,,,,,,,,,\(item),,,,,Acme,,," }
      let created = time(order.captured)
      let cancelled = order.isCancelled ? time(order.captured + 3600) : ""
      let notes = note.isEmpty ? "" : "\"\(note)\""
      return
        "\(order.name),customer@example.com,paid,\(created),unfulfilled,,no,USD,19.90,4.90,1.00,25.80,,0.00,Standard,"
        + "\(created),\(item),=cmd|' /C calc'!A0,\(notes),\(cancelled),Shopify Payments,Acme,\(order.id),,web"
    }
  }

  static func time(_ second: Int64) -> String {
    let civil = CivilTime(milliseconds: second * 1000)
    return "\(civil.dateText) \(civil.timeText) +0000"
  }
}
