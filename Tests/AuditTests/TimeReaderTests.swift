import Testing

@testable import Audit

@Suite struct TimeReaderTests {
  private func read(_ text: String, zone: String = "UTC", order: DayOrder = .monthFirst) throws -> String? {
    let zone = try #require(ZoneRules(named: zone))
    return TimeReader(zone: zone, dateOrder: order).instant(Array(text.utf8))?.iso8601
  }

  @Test(arguments: [
    "2026-10-01T00:00:06.669Z", "2026-10-01 02:00:06.669 +0200", "2026-10-01T02:00:06.669+02:00", "1790812806669",
    "1790812806.669", "1790812806669000", "2026-10-01 00:00:06.669 UTC", "2026-10-01T00:00:06.6690259Z",
    "2026/10/01 00:00:06.669",
  ]) func `an instant with milliseconds is read`(text: String) throws {
    #expect(try read(text) == "2026-10-01T00:00:06.669Z")
  }

  @Test(arguments: [
    "10/01/2026 02:05:00 PM", "10/1/2026 2:05 pm", "10/01/26 14:05", "Oct-01-26 14:05:00", "Oct 1, 2026 2:05:00 PM",
    "1-Oct-2026 14:05", "Thu, 01 Oct 2026 14:05:00 +0000", "Thu, 1 Oct 2026 16:05:00 +0200 (CEST)",
    "01.10.2026 14:05", "Oct-01-26 07:05:00 PDT", "2026-10-01T14:05:00Z", "2026-10-01 14:05", "1790863500",
  ]) func `a vendor's way of writing is read`(text: String) throws {
    #expect(try read(text) == "2026-10-01T14:05:00Z")
  }

  @Test(arguments: [
    "", "never", "2026-13-01T00:00:00Z", "2026-02-30", "2026-10-01T24:00:00Z", "2026-10-01T00:61:00Z", "10/32/2026",
    "2026-10-01T00:00:00X", "12345", "2026-10-01T00:00:00+99:00", "1/2", "Foo 1, 2026", "2026-10-01T00:00:0aZ",
  ]) func `what is no instant is refused`(text: String) throws {
    #expect(try read(text) == nil)
  }

  @Test func `a date with the day first is read when told so`() throws {
    #expect(try read("01/10/2026 14:05", order: .dayFirst) == "2026-10-01T14:05:00Z")
  }

  @Test func `a local time is read in the zone that was named`() throws {
    #expect(try read("2026-07-01 12:00", zone: "Europe/Berlin") == "2026-07-01T10:00:00Z")
    #expect(try read("2026-12-01 12:00", zone: "Europe/Berlin") == "2026-12-01T11:00:00Z")
    #expect(try read("2026-12-01 12:00Z", zone: "Europe/Berlin") == "2026-12-01T12:00:00Z")
  }

  @Test func `a local time that happens twice is the earlier one and is counted`() throws {
    var reader = TimeReader(zone: try #require(ZoneRules(named: "America/New_York")))
    let twice = Array("2026-11-01 01:30:00".utf8)
    let once = Array("2026-11-01 03:30:00".utf8)
    let first = twice.withUnsafeBufferPointer { reader.read($0) }
    #expect(first.map(Instant.init(milliseconds:))?.iso8601 == "2026-11-01T05:30:00Z")
    #expect(reader.ambiguous == 1)
    _ = once.withUnsafeBufferPointer { reader.read($0) }
    #expect(reader.ambiguous == 1)
  }

  @Test func `a local time that the clocks skip is just after the change`() throws {
    #expect(try read("2026-03-08 02:30:00", zone: "America/New_York") == "2026-03-08T07:30:00Z")
  }
}
