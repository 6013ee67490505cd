import CZlib
import Foundation
import Testing

@testable import Audit

@Suite struct NastyInputTests {
  private static let erp = "external_id,recorded_at\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:05:00Z\n" }.joined()
  private static let mails = "order_id,sent_at\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:01:00Z\n" }.joined()
  private static let orders =
    "order_id,created_at,sku,qty\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:00:00Z,A,1\n" }.joined()

  private func bench(orders: [UInt8]) throws -> Workbench {
    let bench = try Workbench()
    try bench.write("storefront.csv", orders)
    try bench.write("erp.csv", Self.erp)
    try bench.write("confirm.csv", Self.mails)
    return bench
  }

  private func audit(_ orders: String, longest: Int = 16 << 20) async throws -> AuditResult {
    try await bench(orders: Array(orders.utf8)).audit {
      $0.assumptions.graceSeconds = 0
      $0.longestRecord = longest
    }.result
  }

  private func unreadable(_ result: AuditResult) throws -> [Reason] {
    try #require(result.inputs.first { $0.role == .storefront }).unreadable
  }

  @Test func `clean files are read whole`() async throws {
    let result = try await audit(Self.orders)
    #expect(result.orders.joined == 40)
    #expect(result.gap.overall?.p50 == 240_000)
    #expect(try unreadable(result).isEmpty)
    #expect(result.verdict.kind == .handoffFailure)
  }

  @Test func `a file that cannot be opened is an error in words`() async throws {
    let bench = try bench(orders: Array(Self.orders.utf8))
    let path = bench.folder + "/orders.csv"
    // A link to itself, because root may open a file that forbids it.
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    await #expect { try await bench.audit() } throws: {
      ($0 as? AuditFault)?.description == "\(path): cannot be opened: \(String(cString: strerror(ELOOP)))."
    }
  }

  @Test func `a file cut in the middle of a row loses that row, by line`() async throws {
    let result = try await audit(String(Self.orders.dropLast(20)))
    #expect(result.orders.captured == 39)
    #expect(try unreadable(result) == [Reason("fewer columns than the heading", count: 1, firstLines: [41])])
  }

  @Test func `a wrong delimiter in a row is counted, not guessed`() async throws {
    let result = try await audit(Self.orders + "2000;2026-10-01T00:00:00Z;A;1\n")
    #expect(try unreadable(result) == [Reason("fewer columns than the heading", count: 1, firstLines: [42])])
  }

  @Test func `a heading without a delimiter is an error with file and line`() async throws {
    let bench = try bench(orders: Array("order_id\n1\n".utf8))
    await #expect { try await bench.audit() } throws: { error in
      let fault = error as? AuditFault
      return fault?.line == 1 && fault?.path.hasSuffix("storefront.csv") == true
    }
  }

  @Test func `an empty file is an error that names it`() async throws {
    let bench = try bench(orders: [])
    await #expect { try await bench.audit() } throws: { ($0 as? AuditFault)?.path.hasSuffix("storefront.csv") == true }
  }

  @Test(arguments: [";", "\t", "|"]) func `any usual delimiter is found`(delimiter: String) async throws {
    #expect(try await audit(Self.orders.replacing(",", with: delimiter)).orders.joined == 40)
  }

  @Test func `line ends, marks and blank lines make no difference`() async throws {
    let windows = "\u{FEFF}sep=,\r\n" + Self.orders.replacing("\n", with: "\r\n") + "\r\n\r\n"
    let result = try await audit(windows)
    #expect(result.orders.joined == 40)
    #expect(try unreadable(result).isEmpty)
  }

  @Test func `rows of empty cells before the heading are passed over, and lines are still counted right`() async throws
  {
    let result = try await audit("\"\",\"\",\"\",\"\"\n,,,\n" + Self.orders + "x,never,A,1\n")
    #expect(result.orders.joined == 40)
    #expect(try unreadable(result) == [Reason("a timestamp that cannot be read", count: 1, firstLines: [44])])
  }

  @Test func `UTF-16 is read, whichever end comes first`() async throws {
    for isLittle in [true, false] {
      let units = Array("\u{FEFF}\(Self.orders)".utf16)
      let bytes = units.flatMap { isLittle ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      let result = try await bench(orders: bytes).audit { $0.assumptions.graceSeconds = 0 }.result
      #expect(result.orders.joined == 40)
    }
  }

  @Test func `mixed encodings give one SKU`() async throws {
    var bytes = Array("order_id,created_at,sku,qty\n".utf8)
    for number in 0..<40 {
      bytes += Array("\(1000 + number),2026-10-01T00:00:00Z,".utf8)
      bytes += number % 2 == 0 ? Array("Tür".utf8) : [0x54, 0xFC, 0x72]
      bytes += Array(",1\n".utf8)
    }
    let bench = try bench(orders: bytes)
    try bench.write("stock.csv", "sku,on_hand\nTür,39\n")
    let result = try await bench.audit { $0.assumptions.graceSeconds = 0 }.result
    #expect(result.affected.oversold.map(\.sku) == ["Tür"])
    #expect(result.affected.oversold.first?.sold == 40)
    #expect(result.inputs.first { $0.role == .storefront }?.encoding == "windows-1252")
  }

  @Test func `a line longer than any order is counted and skipped`() async throws {
    let long = "9999," + String(repeating: "x", count: 3 << 18) + ",A,1\n"
    let result = try await audit(Self.orders + long + "1000000,2026-10-01T00:00:00Z,A,1\n", longest: 1 << 16)
    #expect(result.orders.captured == 41)
    #expect(try unreadable(result).map(\.reason) == ["a record longer than any order"])
  }

  @Test func `a quote that is never closed costs its own row only`() async throws {
    let long = String(repeating: "B", count: 100)
    let filler = (0..<4000).map { "\(5000 + $0),2026-10-01T00:00:00Z,\(long),1\n" }.joined()
    let result = try await audit(Self.orders + "3,2026-10-01T00:00:00Z,\"A,1\n" + filler, longest: 1 << 16)
    #expect(result.orders.captured == 4040)
    #expect(try unreadable(result).first?.reason == "a quote that is never closed")
  }

  @Test func `a quote that is never closed near the end costs its own row only`() async throws {
    let result = try await audit(Self.orders + "3,2026-10-01T00:00:00Z,\"A,1\n4,2026-10-01T00:00:00Z,A,1\n")
    #expect(result.orders.captured == 41)
    #expect(try unreadable(result) == [Reason("a quote that is never closed", count: 1, firstLines: [42])])
  }

  @Test func `quoted delimiters, quotes and line feeds stay in their cell`() async throws {
    let rows = "1,2026-10-01T00:00:00Z,\"A,\"\"b\"\"\nc\",1\n2,2026-10-01T00:00:00Z,A,x\n"
    let result = try await audit("order_id,created_at,sku,qty\n" + rows)
    #expect(result.orders.captured == 2)
    #expect(try unreadable(result) == [Reason("a quantity that cannot be read", count: 1, firstLines: [4])])
  }

  @Test func `an order of another century costs an hour, not a century of them`() async throws {
    let strays = "1,1970-01-02T00:00:05Z,A,1\n2,2199-01-01T00:00:05Z,A,1\n"
    let result = try await audit(Self.orders + strays)
    #expect(result.orders.captured == 42)
    #expect(result.gap.byHour.map(\.label) == ["1970-01-02T00", "2026-10-01T00", "2199-01-01T00"])
  }

  @Test func `JSON nested without end is refused, not followed`() async throws {
    let bench = try bench(orders: Array(Self.orders.utf8))
    let deep = String(repeating: "[", count: 200_000)
    let order =
      #"{"id":1,"order_number":1,"created_at":"2026-10-01T00:00:00Z","line_items":[{"sku":"A","quantity":1}]}"#
    let bad = #"{"id":2,"order_number":2,"created_at":"2026-10-01T00:00:00Z","line_items":["# + deep + "}"
    try bench.write("store.jsonl", order + "\n" + bad + "\n" + order.replacing(":1,", with: ":3,") + "\n")
    let result = try await bench.audit().result
    let input = try #require(result.inputs.first { $0.path.hasSuffix("store.jsonl") })
    #expect(input.unreadable == [Reason("not JSON", count: 1, firstLines: [2])])
    #expect(result.orders.captured == 42)
  }

  @Test func `NUL bytes and formulas do no harm`() async throws {
    let rows = "=cmd|'/C calc'!A0,2026-10-01T00:00:00Z,A,1\n7\u{0},2026-10-01T00:00:00Z,A\u{0},1\n"
    let bench = try bench(orders: Array((Self.orders + rows).utf8))
    let finished = try await bench.audit { $0.assumptions.graceSeconds = 0 }
    try finished.write(to: bench.folder + "/out")
    let never = try String(contentsOfFile: bench.folder + "/out/never.csv", encoding: .utf8)
    #expect(never.contains("\n'=cmd|'/C calc'!A0,"))
    #expect(!never.contains("\n=cmd"))
  }

  @Test func `a heading that stands there twice is remarked on`() async throws {
    let twice = Self.orders.replacing("order_id,created_at,sku,qty", with: "order_id,created_at,sku,sku")
    let result = try await audit(twice)
    #expect(result.inputs.first { $0.role == .storefront }?.remarks.contains { $0.contains("twice") } == true)
    #expect(result.orders.captured == 40)
  }

  @Test func `compressed files are read, also in several members`() async throws {
    let half = Self.orders.index(Self.orders.startIndex, offsetBy: 300)
    let bytes = gzip(Array(Self.orders[..<half].utf8)) + gzip(Array(Self.orders[half...].utf8))
    let bench = try bench(orders: bytes)
    let result = try await bench.audit { $0.assumptions.graceSeconds = 0 }.result
    #expect(result.orders.joined == 40)
    #expect(result.inputs.first { $0.role == .storefront }?.isCompressed == true)
  }

  @Test func `a compressed file that hardly shrinks is read to its end`() async throws {
    var number: UInt64 = 42
    let rows = (0..<20_000).map { row in
      number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return "\(2000 + row),2026-10-01T00:00:00Z,\(String(number, radix: 16)),1\n"
    }
    let whole = Array((Self.orders + rows.joined()).utf8)
    let result = try await bench(orders: gzip(whole)).audit().result
    let input = try #require(result.inputs.first { $0.role == .storefront })
    #expect(input.isCompressed && input.used == 20_040 && input.remarks.isEmpty, "\(input)")
  }

  @Test func `a compressed file cut short is used up to there and says so`() async throws {
    let random = (0..<3000).map { "\($0 &* 2_654_435_761 % 1_000_003),2026-10-01T00:00:00Z,S\($0 % 977),1\n" }.joined()
    let whole = gzip(Array((Self.orders + random).utf8))
    let result = try await bench(orders: Array(whole.dropLast(whole.count / 2))).audit().result
    let input = try #require(result.inputs.first { $0.role == .storefront })
    #expect(input.remarks.contains { $0.contains("ends too early") })
    #expect(input.used >= 40)
  }

  @Test func `an export that nobody knows is listed with advice`() async throws {
    let bench = try bench(orders: Array(Self.orders.utf8))
    try bench.write("misc.csv", "foo,bar\n1,2\n")
    let result = try await bench.audit().result
    let input = try #require(result.inputs.first { $0.path.hasSuffix("misc.csv") })
    #expect(input.role == nil)
    #expect(input.remarks.contains { $0.contains("--map") })
  }

  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, 0, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      return []
    }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 1024)
    let count = output.count
    return input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(count)
        deflate(&stream, Z_FINISH)
        return Array(target.prefix(count - Int(stream.avail_out)))
      }
    }
  }
}
