/// What lets somebody else check and repeat the findings.
extension AuditReport {
  var worstSection: HTML {
    guard !worst.late.isEmpty || !worst.never.isEmpty else { return "" }
    func rows(_ orders: [OrderFinding]) -> [[HTML]] {
      orders.map { order in
        [
          name(order.orderID), name(order.channel), "\(ReportWords.time(order.captured, zone))",
          "\(ReportWords.time(order.confirmed, zone))", "\(ReportWords.time(order.received, zone))",
          "\(order.gap.map { ReportWords.exact($0) } ?? "never")",
        ]
      }
    }
    let headings = ["order", "channel", "placed", "customer told", "in the ERP", "gap"]
    var body = HTML.none
    if !worst.never.isEmpty {
      let count = result.orders.neverReceivedButConfirmed
      body += table("Confirmed and never received: the oldest of \(Words.count(count))", headings, rows(worst.never))
    }
    if !worst.late.isEmpty {
      let count = result.affected.late.count - result.orders.neverReceivedButConfirmed
      let limit = Words.span(Double(result.assumptions.lateAfterSeconds) * 1000)
      body += table(
        "Received more than \(limit) after the confirmation: the worst of \(Words.count(count))", headings,
        rows(worst.late))
    }
    return section(
      "orders", "Orders to look at first",
      lead: "Times are in \(result.assumptions.timeZone). All of them stand in late.csv and never.csv (--out).", body)
  }

  /// Everything a reader should know about the figures: wrong clocks, re-imports, and what whoever ran the audit says.
  var clockSection: HTML {
    var sentences = result.notes
    if let recorded = result.gap.asRecorded {
      sentences.append(
        "On the times as recorded the median gap would be \(ReportWords.signed(recorded.p50)) instead of "
          + "\(ReportWords.signed(result.gap.overall?.p50 ?? 0)).")
    }
    if result.clockSkews.isEmpty {
      sentences.append(
        isJudged
          ? "No effect stands before its cause: no clock was found wrong."
          : "No clock could be compared.")
    }
    return section("clocks", "Clocks, re-imports, and what else to know", list(sentences))
  }

  var unreadableSection: HTML {
    var rows: [[HTML]] = []
    var further = 0
    for input in result.inputs {
      for reason in input.unreadable {
        guard rows.count < 60 else {
          further += reason.count
          continue
        }
        let lines = reason.firstLines.map(String.init).joined(separator: ", ")
        rows.append([
          file(input), "\(reason.reason)", number(reason.count),
          "\(lines)\(reason.count > reason.firstLines.count ? " …" : "")",
        ])
      }
    }
    let remarks = result.inputs.flatMap { input in input.remarks.map { (input, $0) } }
    var body: HTML = rows.isEmpty ? "<p>Every record could be read.</p>\n" : ""
    if !rows.isEmpty {
      body += table("Records that were not used, by file and reason", ["file", "reason", "records", "lines"], rows)
      if further > 0 { body += "<p>\(Words.count(further)) further records stand in unreadable.csv (--out).</p>\n" }
    }
    if !remarks.isEmpty {
      let items = remarks.prefix(40).map { input, remark -> HTML in "<li>\(file(input)): \(remark)</li>" }
      body += "<ul>\(items)</ul>\n"
    }
    return section("unreadable", "What could not be read", body)
  }

  private func file(_ input: InputFile) -> HTML {
    name(input.path.split(separator: "/").last.map(String.init) ?? input.path)
  }

  var methodSection: HTML {
    let created = origin.created.map { " on \(ReportWords.time($0, .utc)) UTC" } ?? ""
    return section(
      "method", "How this was computed",
      """
      \(list(definitions))\(countTable)\(fileTable)<p>Made with Countersign \(origin.version)\(created) by</p>
      <pre>\(Self.shell(origin.commandLine))</pre>

      """)
  }

  private var definitions: [String] {
    let assumptions = result.assumptions
    let grace = Words.span(Double(assumptions.graceSeconds) * 1000)
    return [
      "Gap: the ERP’s record of an order minus the customer’s confirmation. Positive: the customer was told first.",
      "Told first, at risk: the gap is over \(Words.span(Double(assumptions.toleranceMilliseconds))), or the order was "
        + "confirmed and never received.",
      "Never received: captured while the ERP’s log speaks and over \(grace) before it ends, not cancelled, and "
        + "without a record in the ERP.",
      "A peak is an hour with twice the orders of the median hour.",
      "Quantiles are exact, over all \(Words.count(result.orders.joined)) orders that have both times; nothing is "
        + "sampled. Of several receipts the earliest counts.",
      "Test orders (\(Words.count(result.orders.test))) are left out. Cancelled orders "
        + "(\(Words.count(result.orders.cancelled))) stay in every figure but the never received.",
      "Times without a zone, hours and days are in \(assumptions.timeZone).",
    ]
  }

  private var countTable: HTML {
    let orders = result.orders
    let counts: [(String, Int)] = [
      ("captured by the storefront", orders.captured), ("confirmed", orders.confirmed),
      ("received by the ERP", orders.received), ("with both times", orders.joined),
      ("never received", orders.neverReceived), ("received and never confirmed", orders.neverConfirmed),
      ("recorded twice in the ERP", orders.receivedTwice), ("too recent to be missed", orders.tooRecent),
      ("not received, outside the ERP’s log", orders.outsideReceipts),
      ("repeated in the export", orders.repeated), ("receipts of no captured order", orders.unmatchedReceipts),
      ("confirmations of no captured order", orders.unmatchedConfirmations),
    ]
    return table("Orders", ["orders", "count"], counts.map { ["\($0.0)", number($0.1)] }, style: "counts")
  }

  private var fileTable: HTML {
    let shown = result.inputs.prefix(60)
    let rows = shown.map { input -> [HTML] in
      let columns = input.columns.sorted { $0.key < $1.key }.prefix(16).map { "\($0.value.prefix(40)) = \($0.key)" }
      return [
        "\(file(input))<span>\(columns.joined(separator: ", "))</span>", "\(input.role?.words ?? "not used")",
        "\(input.format), \(input.encoding)\(input.isCompressed ? ", gzip" : "")", number(input.rows),
        number(input.used), number(input.skipped.reduce(0) { $0 + $1.count }),
        number(input.unreadable.reduce(0) { $0 + $1.count }),
      ]
    }
    let headings = ["file, and its columns", "holds", "form", "records", "used", "left out", "unreadable"]
    let further = result.inputs.count - shown.count
    return table("Files", headings, Array(rows))
      + (further > 0 ? "<p>\(further) further files stand in the JSON.</p>\n" as HTML : "")
  }

  /// A command that can be typed again.
  static func shell(_ arguments: [String]) -> String {
    let text = arguments.map { argument -> String in
      let isPlain =
        !argument.isEmpty
        && argument.utf8.allSatisfy { byte in
          UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            || "-_./=:,@+%".utf8.contains(byte)
        }
      return isPlain ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
    }
    return text.joined(separator: " ")
  }
}

extension FileRole {
  /// In words.
  var words: String {
    switch self {
    case .storefront: "storefront orders"
    case .erp: "ERP orders"
    case .confirmations: "confirmations"
    case .webhooks: "webhook deliveries"
    case .queue: "integration queue"
    case .tickets: "support tickets"
    case .marketplaceOrders: "marketplace orders"
    case .marketplaceCancellations: "marketplace cancellations"
    case .stock: "stock on hand"
    case .demand: "ERP demand"
    }
  }
}
