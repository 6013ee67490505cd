import Foundation
import Testing

/// What strangers give to `countersign audit` by mistake: each is an error that names file and line and how to mend it,
/// or is counted and listed.
@Suite struct AuditBadInputTests {
  private static let orders =
    "order_id,created_at,sku,qty\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:00:00Z,A,1\n" }.joined()
  /// Four minutes after the mail and more, by no rule, so that no clock is to blame.
  private static let erp =
    "external_id,recorded_at\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:\(10 + $0):00Z\n" }.joined()
  private static let mails = "order_id,sent_at\n" + (0..<40).map { "\(1000 + $0),2026-10-01T00:01:00Z\n" }.joined()

  private func folder(_ name: String, _ bytes: some Sequence<UInt8>) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: true)
    var files = ["storefront.csv": Data(Self.orders.utf8), "erp.csv": Data(Self.erp.utf8)]
    files["confirm.csv"] = Data(Self.mails.utf8)
    if name.hasPrefix("storefront") { files["storefront.csv"] = nil }
    files[name] = Data(bytes)
    for (name, data) in files { try data.write(to: URL(fileURLWithPath: folder.path + "/in/" + name)) }
    return folder
  }

  private func audit(_ name: String, _ bytes: some Sequence<UInt8>) async throws -> CommandRun {
    try await CommandRun("audit", "in", "--grace", "0", in: folder(name, bytes))
  }

  @Test(
    arguments: [
      ("storefront.csv", "", ": is empty; export it again"),
      ("erp.csv", "", ": is empty; export it again"),
      ("storefront.csv", "\0\0\0\0 \n", ":1: holds nothing but blanks and NUL bytes"),
      ("storefront.csv", "order_id~created_at\n1~2026\n", ":1: its first line is no heading"),
      ("storefront.json", "[{\"id\":1,\"created", ":1: holds no whole JSON record; is it cut off?"),
      ("storefront.json", "{\"id\":", ":1: is neither JSON records, one on each line, nor an array"),
    ])
  func `a file that cannot be used is an error with its name, its line and the way out`(
    name: String, text: String, message: String
  ) async throws {
    let run = try await audit(name, Array(text.utf8))
    #expect(run.status == 2)
    #expect(run.out.isEmpty)
    #expect(run.err.hasPrefix("in/\(name)\(message)"), "\(run.err)")
    #expect(run.err.contains("xport it again"))
  }

  @Test(
    arguments: [
      ("storefront.xlsx", [0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 7, count: 99), "save it as CSV"),
      ("storefront.csv", Array("<!DOCTYPE html><html>Please log in, friend".utf8), "is a web page"),
      ("storefront.csv", (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 167 % 251) }, "--map"),
    ])
  func `what is no export is named with the way out`(name: String, bytes: [UInt8], message: String) async throws {
    let run = try await audit(name, bytes)
    #expect(run.status == 2)
    #expect(run.err.hasPrefix("in: holds no storefront orders"), "\(run.err)")
    #expect(run.err.contains("in/\(name): ") && run.err.contains(message))
  }

  @Test func `a spreadsheet beside the exports is listed, not passed over`() async throws {
    let run = try await audit("stock.xlsx", [0x50, 0x4B, 0x03, 0x04, 0, 0])
    #expect(run.status == 1)
    #expect(run.out.contains("stock.xlsx: not used"))
    #expect(run.out.contains("  is a spreadsheet or a ZIP archive: save it as CSV"))
  }

  @Test(
    arguments: [
      ("9,2026-10-01T00:00:00Z,\"A,1\n", "a quote that is never closed 1, line 42"),
      ("9;2026-10-01T00:00:00Z;A;1\n", "fewer columns than the heading 1, line 42"),
      ("9,2026-10-0", "fewer columns than the heading 1, line 42"),
      ("9,soon,A,1\n8,later,A,1\n", "a timestamp that cannot be read 2, lines 42, 43"),
      ("9,2026-10-01T00:00:00Z,A,many\n", "a quantity that cannot be read 1, line 42"),
      (",2026-10-01T00:00:00Z,A,1\n", "no order number 1, line 42"),
    ])
  func `a row that cannot be used is counted with reason and line`(row: String, listed: String) async throws {
    let run = try await audit("storefront.csv", Array((Self.orders + row).utf8))
    #expect(run.status == 1)
    #expect(run.out.contains(listed), "\(run.out)")
    #expect(run.out.contains("could not be read"))
  }

  @Test func `mixed encodings, NUL bytes and headings that stand there twice are read and remarked on`() async throws {
    let latin = Array(Self.orders.utf8) + Array("9,2026-10-01T00:00:00Z,T".utf8) + [0xFC] + Array("r\0,1\n".utf8)
    let run = try await audit("storefront.csv", latin)
    #expect(run.status == 1)
    #expect(run.out.contains("some text is no UTF-8 and was read as Windows-1252"))
    let wide = Array("\u{FEFF}\(Self.orders)".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try await audit("storefront.csv", wide).out.contains("40 captured"))
    let twice = try await audit("storefront.csv", Array(Self.orders.replacing("sku,qty", with: "sku,sku").utf8))
    #expect(twice.out.contains("the heading sku stands there twice; the first one was used"))
  }

  @Test func `a heading alone is no proof that orders were lost`() async throws {
    let run = try await audit("erp.csv", Array("external_id,recorded_at\n".utf8))
    #expect(run.status == 2)
    #expect(run.out.hasPrefix("This cannot be judged"))
    #expect(run.out.contains("has a heading and no record"))
    let other = try await audit("erp.csv", Array(Self.erp.replacing("\n10", with: "\n77").utf8))
    #expect(other.status == 2)
    #expect(other.out.contains("most of its orders are not among the storefront's"))
  }

  @Test func `a folder, a pipe, a device and what is not there are errors in words`() async throws {
    let folder = try folder("storefront.csv", Array(Self.orders.utf8))
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    for (path, message) in [
      ("nowhere.csv", "nowhere.csv: is not there."), ("pipe", "pipe: is no file: "),
      ("/dev/null", "/dev/null: is no file: "),
    ] {
      let run = try await CommandRun("audit", path, in: folder)
      #expect(run.status == 2)
      #expect(run.err.hasPrefix(message), "\(run.err)")
    }
    try FileManager.default.createDirectory(atPath: folder.path + "/bare", withIntermediateDirectories: true)
    let bare = try await CommandRun("audit", "bare", in: folder)
    #expect(bare.status == 2 && bare.err.hasPrefix("bare: holds no file with an ending of .csv"))
  }

  @Test func `compressed files that are cut off say so`() async throws {
    // gzip of "order_id,created_at\n", stored, without its end.
    let text = Array("order_id,created_at\n1,2026-10-01T00:00:00Z\n".utf8)
    let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let length = UInt16(500)
    let block = [0x01, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
    let cut = try await audit("storefront.csv.gz", head + block + text)
    #expect(cut.out.contains("the compressed stream ends too early; what came before was used"))
    let bare = try await audit("storefront.csv.gz", head.prefix(8))
    #expect(bare.status == 2)
    #expect(
      bare.err.hasPrefix("in/storefront.csv.gz: is compressed and cut off or damaged before its first line; copy"))
  }

  @Test func `a line of 64 MB is counted with its line, and what follows is read with its own`() async throws {
    let folder = try folder("storefront.csv", Array((Self.orders + "9,2026-10-01T00:00:00Z,").utf8))
    let path = folder.path + "/in/storefront.csv"
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    let block = Data(repeating: 0x78, count: 1 << 20)
    for _ in 0..<64 { try handle.write(contentsOf: block) }
    try handle.write(contentsOf: Data(",1\n8,2026-10-01T00:00:00Z,A,1\n7,soon,A,1\n".utf8))
    try handle.close()
    let run = try await CommandRun("audit", "in", "--grace", "0", in: folder)
    #expect(run.status == 1)
    #expect(run.out.contains("41 captured"))
    #expect(run.out.contains("a record longer than any order 1, line 42"), "\(run.out)")
    #expect(run.out.contains("a timestamp that cannot be read 1, line 44"))
  }
}
