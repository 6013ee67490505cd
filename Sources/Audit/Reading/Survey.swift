/// A file that was looked at: what it is, and which columns stand for what.
struct SurveyedFile: Sendable {
  var input: InputFile
  var sample: Sample
  var format: ExportFormat
  var role: FileRole
  var binding: Binding
  var dateOrder: DayOrder
  /// The zone of its times that carry none; nil for that of the whole audit.
  var zone: ZoneRules?
  /// What somebody says about the order of day and month; nil leaves it to ``DayOrders``.
  var givenDayOrder: DayOrder?
  /// Columns that may refer to the storefront's order, the likeliest first.
  var references: [Int]
  var keyShape = KeyShape.plain
  var otherKeyShape: KeyShape?
  /// Whether the number people see is kept beside the key.
  var keepsNumbers = false

  /// Whether its records stand inside one JSON value.
  var isJSON: Bool { if case .json = sample.form { true } else { false } }
}

/// A file after a look at it.
enum Look {
  case known(SurveyedFile)
  /// Records under headings that nobody knows.
  case unknown(Sample)
  /// Text without headings, or something else altogether.
  case noExport(AuditFault)
}

/// Recognises files.
enum Survey {
  static func look(at path: String, mappings: [Mapping]) throws -> Look {
    if let remark = try ForeignForm.remark(path) { return .noExport(AuditFault(path, remark)) }
    let mapping = Mapping.merged(mappings, for: path)
    let sample: Sample
    do { sample = try Sample(path: path) } catch let fault as NoExport {
      // Whoever names a file wants it read.
      if mappings.contains(where: { $0.names(path) }) { throw fault.fault }
      return .noExport(fault.fault)
    }
    return try recognised(path, sample, mapping).map(Look.known) ?? .unknown(sample)
  }

  private static func recognised(_ path: String, _ sample: Sample, _ mapping: Mapping?) throws -> SurveyedFile? {
    var headings: [String: Int] = [:]
    var remarks: [String] = []
    for (index, heading) in sample.headings.enumerated() {
      let name = ExportFormat.normalized(heading)
      if headings[name] == nil {
        headings[name] = index
      } else if case .delimited = sample.form {
        remarks.append("the heading \(heading) stands there twice; the first one was used")
      }
    }
    var format = recognise(Set(headings.keys), path: path, role: mapping?.role)
    let isGuess = mapping?.role == nil && format?.role == .storefront
    if isGuess, isPartOfOrder(sample.form, headings) { format = nil }
    if format == nil, let mapping, let role = mapping.role {
      format = ExportFormat(name: "mapped", role: role, signature: [], fields: [])
    }
    guard let format else { return nil }
    var file = SurveyedFile(
      input: InputFile(path: path, role: mapping?.role ?? format.role, format: format.name), sample: sample,
      format: format, role: mapping?.role ?? format.role, binding: Binding(), dateOrder: .monthFirst, references: [])
    file.input.remarks = remarks
    file.zone = mapping?.zone ?? (format.isUTC ? .utc : nil)
    try bind(&file, headings, mapping)
    if let zone = mapping?.zone { file.input.remarks.append("its times without a zone are read in \(zone.name)") }
    if let dates = mapping?.dates {
      file.givenDayOrder = dates
      file.input.remarks.append("its dates are read \(dates.rawValue)")
    }
    if !sample.isUTF8 {
      file.input.encoding = "windows-1252"
      file.input.remarks.append("some text is no UTF-8 and was read as Windows-1252")
    }
    return file
  }

  /// A payment, refund or edit as an API gives it: it has an id of its own and that of its order.
  private static func isPartOfOrder(_ form: RecordForm, _ headings: [String: Int]) -> Bool {
    if case .delimited = form { return false }
    return ["id", "order_id"].allSatisfy { headings[ExportFormat.normalized($0)] != nil }
  }

  /// The format that fits best; the file's name decides between equals.
  static func recognise(_ headings: Set<String>, path: String, role: FileRole?) -> ExportFormat? {
    let hinted = hinted(path)
    var best: (score: Int, format: ExportFormat)?
    for format in ExportFormat.all where role == nil || format.role == role {
      guard var score = format.score(headings) else { continue }
      if hinted.contains(format.role) { score += 5 }
      if score > best?.score ?? Int.min { best = (score, format) }
    }
    return best?.format
  }

  /// What a file's name says it holds.
  static func hinted(_ path: String) -> [FileRole] {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    return FileRole.allCases.filter { hints[$0]?.contains { name.contains($0) } == true }
  }

  private static let hints: [FileRole: [String]] = [
    .storefront: ["storefront", "shop", "woo", "store"],
    .erp: ["erp", "netsuite", "tryton", "sales-order", "salesorder"],
    .confirmations: ["confirm", "mail", "sendgrid", "postmark", "klaviyo", "message", "smtp"],
    .webhooks: ["webhook", "deliver"], .queue: ["queue", "integration", "middleware", "jobs"],
    .tickets: ["ticket", "support", "zendesk", "gorgias"],
    .marketplaceOrders: ["amazon", "walmart", "ebay", "marketplace"],
    .marketplaceCancellations: ["cancel", "return"], .stock: ["stock", "inventory", "snapshot"],
    .demand: ["demand", "forecast", "plan"],
  ]

  private static func bind(_ file: inout SurveyedFile, _ headings: [String: Int], _ mapping: Mapping?) throws {
    var columns: [Field: Int] = [:]
    for (field, names) in file.format.fields {
      let found = names.compactMap { headings[ExportFormat.normalized($0)] }
      if field == .orderID { file.references = found }
      if let first = found.first { columns[field] = first }
    }
    for (field, heading) in mapping?.columns ?? [:] {
      guard let column = headings[ExportFormat.normalized(heading)] else {
        let known = file.sample.headings.prefix(40).map { PersonalData.masked(String($0.prefix(60))) }
        throw AuditFault(
          file.input.path, line: 1,
          "has no column \(heading) for \(field.name); it has \(known.joined(separator: ", ")).")
      }
      columns[field] = column
      if field == .orderID { file.references = [column] }
    }
    // Only a storefront has an id and a number of its own; in a log either is the reference to it.
    if file.role != .storefront, columns[.orderID] == nil,
      let number = columns.removeValue(forKey: .orderName)
    {
      columns[.orderID] = number
      file.references = [number]
    }
    if file.format.name == "mapped" { try require(columns, in: file) }
    for (field, column) in columns { use(column, for: field, in: &file) }
    file.binding.hasLines = columns[.sku] != nil
    if columns[.orderID] == nil { file.binding.keyField = .orderName }
    if let label = columns[.label] {
      file.binding.hasConfirmationLabels = file.sample.cells(label).contains { cell in
        cell.withUnsafeBufferPointer { LogTaker.isConfirmation($0) }
      }
    }
  }

  /// A mapping that leaves out what nothing can be read without would leave out every record.
  private static func require(_ columns: [Field: Int], in file: SurveyedFile) throws {
    let needed: [(field: Field, word: String)] =
      switch file.role {
      case .stock: [(.sku, "sku"), (.count, "onhand")]
      case .demand: [(.sku, "sku"), (.day, "week"), (.count, "units")]
      case .tickets: [(.time, "created")]
      default: [(.orderID, "order"), (.time, "created")]
      }
    let missing = needed.filter { columns[$0.field] == nil && ($0.field != .orderID || columns[.orderName] == nil) }
    guard !missing.isEmpty else { return }
    let known = file.sample.headings.prefix(40).map { PersonalData.masked(String($0.prefix(60))) }
    let words = missing.map(\.word).joined(separator: " and ")
    let additions = missing.map { "COLUMN=" + $0.word }.joined(separator: ",")
    throw AuditFault(
      file.input.path, line: 1,
      "is read as \(file.role.rawValue), and nobody knows its column for \(words); add \(additions) to its --map. "
        + "It has \(known.joined(separator: ", ")).")
  }

  static func use(_ column: Int, for field: Field, in file: inout SurveyedFile) {
    file.input.columns[field.name] = file.sample.headings[column]
    if case .delimited = file.sample.form {
      file.binding.columns[field] = column
    } else {
      file.binding.paths[field] = file.sample.headings[column]
    }
  }
}
