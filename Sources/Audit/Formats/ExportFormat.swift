/// A kind of export, recognised by its headings.
///
/// Headings are compared by letters and digits alone, in lower case: `Created at` and `created_at` are one.
struct ExportFormat: Sendable {
  let name: String
  let role: FileRole
  /// Sets of headings of which one each must be there.
  let signature: [[String]]
  /// What each field may be called, the likeliest first.
  let fields: [(field: Field, headings: [String])]
  /// The channel of orders that name none.
  var channel: String?
  /// Zones that the vendor writes times in when it writes no zone; nil when that depends on the account.
  var isUTC = false

  static func normalized(_ heading: some StringProtocol) -> String {
    var kept: [UInt8] = []
    for byte in heading.utf8 {
      let lowered: UInt8 = byte &- 0x41 < 26 ? byte | 0x20 : byte
      if lowered &- 0x61 < 26 || lowered &- 0x30 < 10 || lowered >= 0x80 { kept.append(lowered) }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// How well headings fit: nil when the signature is not complete.
  func score(_ headings: Set<String>) -> Int? {
    for alternatives in signature where !alternatives.contains(where: { headings.contains(Self.normalized($0)) }) {
      return nil
    }
    let fitting = fields.filter { $0.headings.contains { headings.contains(Self.normalized($0)) } }.count
    return signature.count * 4 + fitting
  }

  static let all: [ExportFormat] =
    storefronts + erps + messages + integrations + support + marketplaces + inventories
}
