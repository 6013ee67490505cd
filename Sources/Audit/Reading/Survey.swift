/// A file that was looked at: what it is, and which columns stand for what.
struct SurveyedFile: Sendable {
  var input: InputFile
  var sample: Sample
  var format: ExportFormat
  var role: FileRole
  var binding: Binding
  var dateOrder: DayOrder
  /// What somebody says about the order of day and month; nil leaves it to ``DayOrders``.
  var givenDayOrder: DayOrder?
  /// Columns that may refer to the storefront's order, the likeliest first.
  var references: [Int]
  var keyShape = KeyShape.plain
  var otherKeyShape: KeyShape?

  /// Whether its records stand inside one JSON value.
  var isJSON: Bool { if case .json = sample.form { true } else { false } }
}

/// What `--map` says about a file.
public struct Mapping: Sendable, Equatable {
  /// The end of the file's path, or `*`.
  public let file: String
  /// What it holds; nil to leave that to recognition.
  public let role: FileRole?
  /// Headings by field.
  public let columns: [Field: String]

  /// Reads `orders.csv:storefront,Placed on=created,No=order`; nil parts are what is wrong with it.
  public init(_ text: String) throws(MappingFault) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw MappingFault(
        "--map \(text): write FILE:ROLE,COLUMN=FIELD,… for example orders.csv:storefront,Placed on=created")
    }
    var role: FileRole?
    var columns: [Field: String] = [:]
    for part in parts[1].split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      if sides.count == 1 {
        guard let named = FileRole(rawValue: sides[0]) else {
          let known = FileRole.allCases.map(\.rawValue).joined(separator: ", ")
          throw MappingFault("--map \(text): there is no role \(sides[0]); known are \(known)")
        }
        role = named
      } else {
        guard let field = Field(name: sides[1]) else {
          let known = Field.allCases.map(\.name).joined(separator: ", ")
          throw MappingFault("--map \(text): there is no field \(sides[1]); known are \(known)")
        }
        columns[field] = sides[0]
      }
    }
    file = parts[0]
    self.role = role
    self.columns = columns
  }
}

/// What is wrong with a `--map`.
public struct MappingFault: Error, CustomStringConvertible, Sendable {
  /// What, and how to write it.
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Recognises files.
enum Survey {
  static func look(at path: String, mappings: [Mapping]) throws -> SurveyedFile? {
    let sample = try Sample(path: path)
    let mapping = mappings.first { $0.file == "*" || path.hasSuffix($0.file) }
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
    try bind(&file, headings, mapping)
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
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    var best: (score: Int, format: ExportFormat)?
    for format in ExportFormat.all where role == nil || format.role == role {
      guard var score = format.score(headings) else { continue }
      if hints[format.role]?.contains(where: { name.contains($0) }) == true { score += 5 }
      if score > best?.score ?? Int.min { best = (score, format) }
    }
    return best?.format
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
    for (field, column) in columns { use(column, for: field, in: &file) }
    file.binding.hasLines = columns[.sku] != nil
    if columns[.orderID] == nil { file.binding.keyField = .orderName }
    if let label = columns[.label] {
      file.binding.hasConfirmationLabels = file.sample.cells(label).contains { cell in
        cell.withUnsafeBufferPointer { LogTaker.isConfirmation($0) }
      }
    }
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
