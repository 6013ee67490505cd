/// What to do about a file that nobody knows: its headings, and a `--map` to start from.
struct Advice {
  let path: String
  let sample: Sample
  /// What the other files hold.
  let known: Set<FileRole>
  /// What the storefront's order numbers look like.
  let numbers: [KeyProfile]

  private static let shownHeadings = 12
  /// Parts of headings that speak of an order's number, in the languages of the shops we met.
  private static let orderWords = [
    "order", "bestell", "auftrag", "commande", "pedido", "ordine", "reference", "referenz", "number", "nummer",
  ]

  /// One sentence for the file's remarks.
  var text: String {
    let headings = sample.headings.filter { !$0.isEmpty }
    guard !headings.isEmpty, headings.allSatisfy(Self.isText) else {
      return "is no text that anybody knows; export it as CSV or JSON, or say what it holds with --map"
    }
    let shown = headings.prefix(Self.shownHeadings).map { PersonalData.masked(String($0.prefix(60))) }
    let further = headings.count - shown.count
    let list = shown.joined(separator: ", ") + (further > 0 ? " and \(further) more" : "")
    let roles = FileRole.allCases.map(\.rawValue).joined(separator: ", ")
    // In brackets, so that what was masked is not masked once more with all words beside it.
    return "nobody knows these headings (\(list)); say what it holds, for instance --map '\(mapping)'"
      + (role == nil ? " with one of \(roles) for ROLE" : "")
  }

  private static func isText(_ heading: String) -> Bool {
    heading.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{FFFD}"
        && !VisibleText.isInvisible(scalar)
    }
  }

  /// What the file's name says, or what is missing most.
  private var role: FileRole? {
    Survey.hinted(path).first ?? [.storefront, .erp, .confirmations].first { !known.contains($0) }
  }

  private var mapping: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let file = name.contains(":") || name.contains("'") ? "*" : name
    let time = timeColumn
    let columns = [(orderColumn(besides: time), "order"), (time, "created")].map { column, field in
      let heading = column.flatMap { Self.writable(sample.headings[$0]) }
      return "\(heading ?? "COLUMN")=\(field)"
    }
    return "\(file):\(role?.rawValue ?? "ROLE"),\(columns.joined(separator: ","))"
  }

  /// A heading as it can stand in a `--map`: headings are compared by their letters and digits alone.
  private static func writable(_ heading: String) -> String? {
    guard PersonalData.masked(heading) == heading, !ExportFormat.normalized(heading).isEmpty else { return nil }
    let plain = heading.map { ",='".contains($0) ? " " : $0 }
    return String(plain).split(separator: " ").joined(separator: " ")
  }

  /// The first column of times; one with a time of day rather than of dates alone.
  private var timeColumn: Int? {
    let columns = sample.headings.indices.filter { column in
      let cells = sample.cells(column).prefix(100)
      // Numbers of ten digits could be Unix time and order numbers alike.
      return !cells.isEmpty && cells.allSatisfy { cell in cell.contains { !Self.isDigit($0) } && Self.isTime(cell) }
    }
    return columns.first { sample.cells($0).first?.contains(UInt8(ascii: ":")) == true } ?? columns.first
  }

  private static func isTime(_ cell: [UInt8]) -> Bool {
    DayOrder.allCases.contains { TimeReader(zone: .utc, dateOrder: $0).instant(cell) != nil }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  /// The likeliest column of order numbers: with numbers as the storefront's, named so, or at least with a number of
  /// its own on most rows.
  private func orderColumn(besides time: Int?) -> Int? {
    let columns = sample.headings.indices.filter { column in
      let cells = sample.cells(column).prefix(100)
      return column != time && !cells.isEmpty
        && cells.allSatisfy { cell in
          cell.count <= 60 && cell.contains(where: Self.isDigit) && !cell.contains(UInt8(ascii: "@"))
            && !Self.isDate(cell)
        }
    }
    let fits = columns.map { column in
      let profile = KeyProfile(samples: JoinPlan.trimmed(sample.cells(column)))
      return (column, fit: numbers.map { $0.fit(profile) }.max() ?? 0)
    }
    if let best = fits.filter({ $0.fit > 0.5 }).max(by: { $0.fit < $1.fit }) { return best.0 }
    let named = Self.orderWords.lazy.compactMap { word in
      columns.first { ExportFormat.normalized(sample.headings[$0]).contains(word) }
    }.first
    return named ?? columns.first { Set(sample.cells($0)).count * 2 > sample.rows.count }
  }

  private static func isDate(_ cell: [UInt8]) -> Bool { cell.contains { !isDigit($0) } && isTime(cell) }
}
