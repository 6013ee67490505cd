import Foundation
import Testing

@testable import Audit

/// A shop's exports as somebody wrote them by hand: 48 orders over two days, every time chosen.
struct HandWritten {
  /// Seconds of the capture after 5 March 2026, 08:00 UTC.
  var captured: (Int) -> Int = { $0 * 2111 }
  /// Seconds after the capture; nil when it never came.
  var received: (Int) -> Int? = { 14 + $0 * 7 % 31 }
  var confirmed: (Int) -> Int? = { 17 + $0 * 7 % 31 }
  /// How each file writes a time.
  var storefrontTime: (CivilTime) -> String = iso
  var erpTime: (CivilTime) -> String = iso
  var mailTime: (CivilTime) -> String = iso
  var orders = 48

  static func iso(_ time: CivilTime) -> String { "\(time.dateText)T\(time.timeText)Z" }
  static func minutes(_ time: CivilTime) -> String { "\(time.dateText) \(time.timeText.prefix(5))" }
  static func cutSeconds(_ time: CivilTime) -> String { "\(time.dateText) \(time.timeText.prefix(5)):00" }
  static func dates(_ time: CivilTime) -> String { time.dateText }
  static func dayFirst(_ time: CivilTime) -> String {
    "\(two(time.day))/\(two(time.month))/\(time.year) \(time.timeText)"
  }
  static func monthFirst(_ time: CivilTime) -> String {
    "\(two(time.month))/\(two(time.day))/\(time.year) \(time.timeText)"
  }
  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

  func time(_ order: Int, _ after: Int = 0) -> CivilTime {
    CivilTime(milliseconds: 1_772_697_600_000 + Int64(captured(order) + after) * 1000)
  }

  func write(to bench: Workbench) throws {
    let all = 0..<orders
    let shop = all.map { "\(1001 + $0),\(storefrontTime(time($0))),web\n" }
    let erp = all.compactMap { order in received(order).map { "\(1001 + order),\(erpTime(time(order, $0)))\n" } }
    let mails = all.compactMap { order in confirmed(order).map { "\(1001 + order),\(mailTime(time(order, $0)))\n" } }
    try bench.write("storefront.csv", "order_id,created_at,channel\n" + shop.joined())
    try bench.write("erp.csv", "external_id,recorded_at\n" + erp.joined())
    try bench.write("confirm.csv", "order_id,sent_at\n" + mails.joined())
  }

  func audit(_ change: (inout AuditOptions) throws -> Void = { _ in }) async throws -> FinishedAudit {
    let bench = try Workbench()
    try write(to: bench)
    return try await bench.audit(change)
  }

  /// A shop that tells its customers seconds after the order, and the ERP after them.
  static func broken() -> HandWritten {
    var shop = HandWritten()
    shop.confirmed = { 1 + $0 % 3 }
    return shop
  }
}

@Suite struct ResolutionTests {
  @Test(arguments: [HandWritten.minutes, HandWritten.cutSeconds])
  func `a healthy shop stays healthy when the ERP cuts its seconds off`(
    time: @escaping (CivilTime) -> String
  ) async throws {
    var shop = HandWritten()
    shop.erpTime = time
    let finished = try await shop.audit()
    let result = finished.result
    #expect(result.verdict.kind == .healthy, "\(result.verdict)")
    #expect(result.clockSkews.isEmpty && result.gap.confirmedFirst == 0)
    #expect(result.gap.undecided >= 40)
    #expect(result.verdict.doubts.contains { $0.contains("erp.csv has times in whole minutes, without seconds") })
    #expect(result.inputs.first { $0.role == .erp }?.timeResolutionSeconds == 60)
    #expect(result.inputs.first { $0.role == .erp }?.remarks == ["has times in whole minutes, without seconds"])
    #expect(AuditSummary(result).text.split(separator: "\n").dropFirst().first?.contains("without seconds") == true)
    #expect(Exposure(result).parts.reduce(0) { $0 + $1.count } == 48)
  }

  @Test func `a broken shop is still seen through whole minutes, and the share is the least it can be`() async throws {
    var shop = HandWritten.broken()
    let exact = try await shop.audit().result
    shop.erpTime = HandWritten.minutes
    let result = try await shop.audit().result
    #expect(exact.gap.confirmedFirst == 48 && exact.verdict.scope == .everywhere)
    #expect(result.verdict.kind == .handoffFailure && result.verdict.scope == .everywhere, "\(result.verdict)")
    #expect((3...30).contains(result.gap.confirmedFirst))
    #expect(result.gap.confirmedFirst + result.gap.undecided == 48)
    #expect(result.verdict.sentence.contains("at least"))
    #expect(result.clockSkews.isEmpty)
  }

  @Test func `confirmations in whole minutes prove nothing within their minute`() async throws {
    var shop = HandWritten()
    shop.mailTime = HandWritten.minutes
    let result = try await shop.audit().result
    #expect(result.gap.confirmedFirst == 0 && result.clockSkews.isEmpty, "\(result.verdict)")
    #expect(result.verdict.kind == .healthy)
    shop.received = { 100 + $0 * 7 % 31 }
    #expect(try await shop.audit().result.verdict.kind == .handoffFailure)
  }

  @Test func `two files without seconds cannot say who was first within a minute`() async throws {
    var shop = HandWritten.broken()
    shop.erpTime = HandWritten.minutes
    shop.mailTime = HandWritten.minutes
    let result = try await shop.audit().result
    #expect(result.verdict.kind == .cannotBeJudged, "\(result.verdict)")
    #expect(result.verdict.sentence.contains("erp.csv and confirm.csv"))
    #expect(result.verdict.toExport.count == 2)
    shop.received = { 1200 + $0 * 7 % 31 }
    #expect(try await shop.audit().result.verdict.kind == .handoffFailure)
  }

  @Test func `a clock that is really behind is moved by what is proven, seconds or not`() async throws {
    var shop = HandWritten()
    shop.received = { 14 + $0 * 7 % 31 - 420 }
    let exact = try await shop.audit().result
    shop.erpTime = HandWritten.minutes
    let blurred = try await shop.audit().result
    #expect(exact.verdict.kind == .healthy && blurred.verdict.kind == .healthy, "\(blurred.verdict)")
    for result in [exact, blurred] {
      let skew = try #require(result.clockSkews.first)
      #expect(skew.isCertain && abs(skew.offsetSeconds + 406) < 16, "\(skew)")
    }
  }

  @Test func `a few round times are no reason to think the seconds away`() {
    let round = TimeGrain(hour: 12, minute: 5, second: 0, milliseconds: 0)
    #expect(TimeExtent([0, 60_000], round).resolution == 1000)
    #expect(TimeExtent(Array(repeating: 300_000, count: 40), round).resolution == 1000)
    #expect(TimeExtent((0..<40).map { Int64($0) * 60_000 }, round).resolution == 60_000)
    var mixed = (0..<40).map { Int64($0) * 60_000 }
    for place in [0, 10, 20, 30] { mixed[place] += 7001 }
    #expect(TimeExtent(mixed, round.union([.seconds, .milliseconds])).resolution == 60_000)
    #expect(TimeExtent((0..<40).map { Int64($0) * 61_000 }, round.union(.seconds)).resolution == 1000)
    #expect(TimeExtent([0, 60_000], [.minutes, .writtenTime]).resolution == 60_000)
    #expect(TimeExtent([0], []).resolution == 86_400_000)
  }
}

@Suite struct DayOrderTests {
  @Test func `dates without a time of day are not judged`() async throws {
    for path in [\HandWritten.erpTime, \.mailTime, \.storefrontTime] {
      var shop = HandWritten()
      shop[keyPath: path] = HandWritten.dates
      let result = try await shop.audit().result
      #expect(result.verdict.kind == .cannotBeJudged, "\(result.verdict)")
      #expect(result.verdict.sentence.contains("without a time of day") && result.clockSkews.isEmpty)
      #expect(result.verdict.toExport.first?.contains("date and time") == true && result.verdict.doubts.isEmpty)
    }
  }

  @Test func `a date that can be read both ways is read by the time of the other logs, and it says so`() async throws {
    for time in [HandWritten.dayFirst, HandWritten.monthFirst] {
      var shop = HandWritten()
      shop.erpTime = time
      let result = try await shop.audit().result
      #expect(result.verdict.kind == .healthy, "\(result.verdict)")
      #expect(result.gap.overall?.p50 == -3000)
      let remarks = try #require(result.inputs.first { $0.role == .erp }).remarks
      #expect(remarks.contains { $0.contains("can be read both ways; it was read with the") }, "\(remarks)")
    }
  }

  @Test func `another column of the file decides`() async throws {
    var shop = HandWritten()
    shop.erpTime = HandWritten.dayFirst
    shop.storefrontTime = HandWritten.dayFirst
    shop.mailTime = HandWritten.dayFirst
    let bench = try Workbench()
    try shop.write(to: bench)
    for (name, heading) in [("storefront.csv", "created_at"), ("erp.csv", "recorded_at"), ("confirm.csv", "sent_at")] {
      let text = try String(contentsOfFile: bench.folder + "/" + name, encoding: .utf8)
      let rows = text.split(separator: "\n").enumerated().map { $1 + ($0 == 0 ? ",due" : ",28/03/2026") + "\n" }
      try bench.write(name, rows.joined())
      #expect(text.contains(heading))
    }
    let result = try await bench.audit().result
    #expect(result.verdict.kind == .healthy, "\(result.verdict)")
    for input in result.inputs { #expect(input.remarks.contains { $0.contains("as the column due shows") }) }
  }

  @Test func `dates that fit both ways everywhere are not judged, and it says how to say it`() async throws {
    var shop = HandWritten.broken()
    shop.storefrontTime = HandWritten.dayFirst
    shop.erpTime = HandWritten.dayFirst
    shop.mailTime = HandWritten.dayFirst
    let result = try await shop.audit().result
    #expect(result.verdict.kind == .cannotBeJudged, "\(result.verdict)")
    #expect(result.verdict.sentence.contains("day and month"))
    #expect(result.verdict.doubts.contains { $0.contains("--map 'erp.csv:dates=day-first'") })
    #expect(result.inputs.allSatisfy { $0.isDayOrderOpen } && result.period == nil)
    #expect(result.verdict.doubts.count == 3, "\(result.verdict.doubts)")
  }

  @Test func `what somebody says about the order of day and month is taken`() throws {
    var shop = HandWritten()
    shop.erpTime = HandWritten.dayFirst
    let bench = try Workbench()
    try shop.write(to: bench)
    for given in [DayOrder.dayFirst, .monthFirst] {
      let look = try Survey.look(
        at: bench.folder + "/erp.csv", mappings: [try Mapping("erp.csv:dates=\(given.rawValue)")])
      guard case .known(let file) = look else {
        Issue.record("not recognised: \(look)")
        continue
      }
      var files = [file]
      DayOrders(zone: .utc).settle(&files)
      #expect(files[0].dateOrder == given && !files[0].input.isDayOrderOpen)
    }
  }

  @Test func `no clock is days wrong`() async throws {
    var shop = HandWritten()
    shop.received = { 14 + $0 * 7 % 31 - 5 * 86_400 }
    let result = try await shop.audit().result
    #expect(result.verdict.kind == .cannotBeJudged, "\(result.verdict)")
    #expect(result.clockSkews.allSatisfy { !$0.isCertain })
    #expect(result.verdict.sentence.contains("no clock is so wrong"))
  }

  @Test func `a log beside the verdict whose dates stay open is left out and named`() async throws {
    var shop = HandWritten()
    shop.captured = { $0 * 86_400 / 4 }
    let bench = try Workbench()
    try shop.write(to: bench)
    let rows = (0..<48).map { "h\($0),orders/create,\(1001 + $0),0\($0 % 9 + 1)/0\($0 % 7 + 1)/2026 10:00:07,200\n" }
    try bench.write("webhooks.csv", "webhook_id,topic,order_id,delivered_at,response_code\n" + rows.joined())
    let result = try await bench.audit().result
    let input = try #require(result.inputs.first { $0.path.hasSuffix("webhooks.csv") })
    #expect(input.role == nil && input.remarks.contains { $0.contains("dates=day-first") }, "\(input)")
    #expect(result.hops.isEmpty && result.verdict.kind == .healthy)
  }
}

@Suite struct ZoneShiftTests {
  @Test(arguments: [3600, -3600, 7200, 19_800, -14_400])
  func `whole hours between two systems are remarked on beside the verdict`(shift: Int) async throws {
    var shop = HandWritten.broken()
    shop.received = { 14 + $0 * 7 % 31 + shift }
    let result = try await shop.audit().result
    let doubt = try #require(result.verdict.doubts.first { $0.contains("wrong time zone") }, "\(result.verdict)")
    #expect(doubt.contains(shift > 0 ? "after" : "before") && doubt.contains("zone="))
    #expect(doubt.contains(shift.magnitude % 3600 == 0 ? "lie \(shift.magnitude / 3600) h " : "lie 5 h 30 min "))
    let page = try await shop.audit().html(ReportOrigin(version: "1", commandLine: []))
    let header = page.components(separatedBy: "</header>")[0]
    #expect(header.contains("wrong time zone"))
    // One thing is said of it, not two that contradict each other.
    #expect(!result.notes.contains { $0.contains("waits for a timer") })
  }

  @Test func `minutes between two systems are no zone`() async throws {
    var shop = HandWritten()
    shop.received = { 1260 + $0 * 7 % 31 }
    #expect(try await shop.audit().result.verdict.doubts.isEmpty)
  }
}
