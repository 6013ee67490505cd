/// Files that are no text at all, by their first bytes: people export them by mistake.
enum ForeignForm {
  private static let starts: [(bytes: [UInt8], remark: String)] = [
    ([0x50, 0x4B, 0x03, 0x04], "is a spreadsheet or a ZIP archive: save it as CSV, or unpack it"),
    ([0xD0, 0xCF, 0x11, 0xE0], "is a spreadsheet: save it as CSV"),
    (Array("%PDF".utf8), "is a PDF: export it as CSV"),
    (Array("SQLite format 3".utf8), "is a database: export its tables as CSV"),
    ([0x28, 0xB5, 0x2F, 0xFD], "is compressed with zstd: unpack it, or use gzip"),
    (Array("BZh".utf8), "is compressed with bzip2: unpack it, or use gzip"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "is compressed with xz: unpack it, or use gzip"),
  ]

  /// What a file is instead of an export, and how to mend it; nil when it may be one.
  static func remark(_ path: String) throws -> String? {
    var head: [UInt8] = []
    let file = try FileBytes(path: path)
    while head.count < 512, file.append(to: &head, wanted: 512) {}
    if let known = starts.first(where: { head.starts(with: $0.bytes) }) { return known.remark }
    let text = String(decoding: head.drop { $0 <= 0x20 }.prefix(64), as: UTF8.self).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
      return "is a web page: the download probably needed a login, export it again"
    }
    return text.hasPrefix("<?xml") ? "is XML: export it as CSV or JSON" : nil
  }
}
