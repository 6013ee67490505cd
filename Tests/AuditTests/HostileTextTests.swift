import Foundation
import Testing

@testable import Audit

/// Exports whose every column holds what would run, hide or reverse something where it is shown.
@Suite struct HostileTextTests {
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</style><b>",
    "a&b&lt;c",
    "</title></svg><svg onload=alert(1)>", "{{constructor}}", "javascript:alert(1)", "gpj.\u{202E}exe\u{200B}\u{2066}x",
    "=HYPERLINK(\"http://x.example\",\"y\")", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1+9)",
    "\t=1+1", "\r=1+1", "＝1+1",
    String(repeating: "<i>", count: 3400), "]]><!--", "\u{1B}[31mred", "x\u{0}y",
  ]

  private static let files: [(name: String, heading: String, row: String)] = [
    ("storefront.csv", "order_id,created_at,channel,sku,qty,status", "1,2026-10-01T00:00:00Z,web,A,1,paid"),
    ("erp.csv", "external_id,recorded_at,status", "1,2026-10-01T02:00:00Z,open"),
    ("confirm.csv", "order_id,sent_at,template,event", "1,2026-10-01T00:01:00Z,order_confirmation,delivered"),
    (
      "webhooks.csv", "webhook_id,topic,order_id,delivered_at,response_code",
      "w,orders/create,1,2026-10-01T00:00:02Z,200"
    ),
    ("queue.csv", "job_id,queue,order_id,processed_at,status", "j,erp,1,2026-10-01T01:00:00Z,done"),
    ("tickets.csv", "ticket_id,opened_at,order_id,subject", "t,2026-10-01T00:30:00Z,1,where is 1"),
    (
      "marketplace.csv", "amazon-order-id,purchase-date,sku,quantity,order-status,sales-channel",
      "1,2026-10-01T00:00:00Z,A,1,Shipped,Amazon"
    ),
    (
      "cancellations.csv", "order_id,cancelled_at,ordered_at,sku,reason,marketplace",
      "1,2026-10-01T02:00:00Z,2026-10-01T00:10:00Z,A,out of stock,ebay"
    ),
    ("stock.csv", "sku,on_hand", "A,1"), ("demand.csv", "sku,week,demand", "A,2026-09-28,900"),
  ]

  private static func quoted(_ cell: String) -> String { "\"" + cell.replacing("\"", with: "\"\"") + "\"" }

  /// Forty clean rows, then for each column and each text a row that has it there, and two that have it wherever
  /// it can join.
  static func fill(_ bench: Workbench, with texts: [String]) throws {
    for file in files {
      let cells = file.row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      var lines = [file.heading]
      let headings = file.heading.split(separator: ",").map(String.init)
      let key = headings.firstIndex { ["order_id", "external_id", "amazon-order-id"].contains($0) }
      for number in 0..<40 {
        var row = cells
        if let key { row[key] = String(1000 + number) }
        lines.append(row.joined(separator: ","))
      }
      for text in texts {
        for column in headings.indices {
          var row = cells.map(quoted)
          row[column] = quoted(text)
          lines.append(row.joined(separator: ","))
        }
        // One that was received late, and one that never was.
        for tail in ["", " lost"] where tail.isEmpty || file.name != "erp.csv" {
          var row = cells.map(quoted)
          if let key { row[key] = quoted(text + tail) }
          for (column, heading) in headings.enumerated() where ["sku", "channel", "marketplace"].contains(heading) {
            row[column] = quoted(text)
          }
          lines.append(row.joined(separator: ","))
        }
      }
      try bench.write(file.name, lines.joined(separator: "\n") + "\n")
    }
  }

  private func audited() async throws -> (Workbench, FinishedAudit) {
    let bench = try Workbench()
    try Self.fill(bench, with: Self.hostile)
    try bench.write("<img src=x onerror=alert(2)>.csv", "foo,<script>alert(3)</script>\n1,2\n")
    let finished = try await bench.audit {
      $0.assumptions.graceSeconds = 0
      $0.assumptions.isUnmasked = true
    }
    return (bench, finished)
  }

  private let origin = ReportOrigin(version: "1.0", commandLine: ["countersign", "audit", "</pre><script>x</script>"])

  @Test func `nothing from any column is alive in the report`() async throws {
    let (_, finished) = try await audited()
    let page = finished.html(origin)
    #expect(finished.result.affected.never.count >= Self.hostile.count - 1)
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("&lt;/pre&gt;&lt;script&gt;"))
    for fault in MarkupCheck(page).faults { Issue.record("\(fault)") }
  }

  @Test func `what has no shape or turns the direction of writing is not in the report`() async throws {
    let (_, finished) = try await audited()
    let page = finished.html(origin)
    #expect(!page.unicodeScalars.contains { VisibleText.isInvisible($0) })
    #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
    #expect(page.contains("gpj.\u{FFFD}exe"))
  }

  @Test func `headings are texts like any other`() async throws {
    let bench = try Workbench()
    let heading = "\"><script>alert(1)</script>"
    let rows = (0..<40).map { "\($0),2026-10-01T00:00:00Z,A\n" }.joined()
    try bench.write("storefront.csv", "order_id,created_at,\(Self.quoted(heading))\n" + rows)
    let finished = try await bench.audit {
      $0.mappings = [try Mapping("storefront.csv:storefront,\(heading)=sku")]
    }
    #expect(finished.result.inputs.first?.columns.isEmpty == false)
    for fault in MarkupCheck(finished.html(origin)).faults { Issue.record("\(fault)") }
  }

  @Test func `a cell of ten thousand characters does not fill the page`() async throws {
    let (_, finished) = try await audited()
    let page = finished.html(origin)
    #expect(page.utf8.count < 300_000)
    #expect(!page.contains(String(repeating: "&lt;i&gt;", count: 250)))
  }

  @Test func `no cell of any CSV file begins like a formula`() async throws {
    let (bench, finished) = try await audited()
    try finished.write(to: bench.folder + "/out")
    let formula = "=+-@\t\r\n＝＋－＠".unicodeScalars
    var cells = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder + "/out") where name.hasSuffix(".csv")
    {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: bench.folder + "/out/" + name))
      for row in DelimitedText.rows(Array(bytes)[...], delimiter: 0x2C, limit: .max).rows {
        for cell in row.map({ String(decoding: $0, as: UTF8.self) }) {
          cells += 1
          guard let first = cell.unicodeScalars.first, formula.contains(first) else { continue }
          #expect(Double(cell) != nil, "\(name): \(cell)")
        }
      }
    }
    #expect(cells > 1000)
  }

  @Test func `nothing steers a terminal`() async throws {
    let (_, finished) = try await audited()
    let text = AuditSummary(finished.result).text
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || VisibleText.isInvisible($0) })
  }

  @Test func `an escape cannot be undone by what stands around it`() {
    let text = "\"'<>&`"
    let markup: HTML = "<a title=\"\(text)\">\(text)</a>"
    let safe = "&quot;&#39;&lt;&gt;&amp;&#96;"
    #expect(markup.source == "<a title=\"\(safe)\">\(safe)</a>")
  }
}

/// Takes a page apart and names what must not be in it.
private struct MarkupCheck {
  private(set) var faults: [String] = []

  private static let elements: Set<String> = [
    "!doctype", "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "article", "p",
    "h1", "h2", "h3", "ul", "li", "dl", "div", "dt", "dd", "b", "i", "span", "small", "code", "pre", "bdi", "figure",
    "figcaption", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "desc", "rect",
    "line", "circle", "text", "path",
  ]
  private static let attributes: Set<String> = [
    "lang", "charset", "name", "content", "http-equiv", "class", "id", "aria-labelledby", "aria-label", "aria-hidden",
    "scope", "role", "viewbox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "d", "width", "height",
    "text-anchor", "html",
  ]

  init(_ page: String) {
    let bytes = Array(page.utf8)
    var index = 0
    while let start = bytes[index...].firstIndex(of: 0x3C) {
      var end = start
      var isQuoted = false
      while end < bytes.count, isQuoted || bytes[end] != 0x3E {
        if bytes[end] == 0x22 { isQuoted.toggle() }
        end += 1
      }
      check(String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self))
      index = min(end + 1, bytes.count)
    }
  }

  private mutating func check(_ tag: String) {
    // Whatever stands between quotes is a value and cannot end it.
    let parts = tag.dropFirst().split(separator: "\"", omittingEmptySubsequences: false)
    let outside = parts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: " ")
    let words = outside.split(whereSeparator: { " \n/".contains($0) }).map { $0.lowercased() }
    guard let element = words.first, Self.elements.contains(element) else {
      faults.append("an element that is not ours: \(tag.prefix(80))")
      return
    }
    for word in words.dropFirst() where !Self.attributes.contains(word.replacing("=", with: "")) {
      faults.append("an attribute that is not ours: \(word) in \(tag.prefix(80))")
    }
  }
}
