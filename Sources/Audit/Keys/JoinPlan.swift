/// Settles which column of each log refers to which key of the storefront, by comparing samples of their values.
struct JoinPlan: Sendable {
  /// The key the orders are sorted out by.
  var primary: Field = .orderID
  /// Whether some log refers to the other key.
  var needsOther = false
  /// For each file, by path: the key its references are of.
  var fields: [String: Field] = [:]

  static let joining: Set<FileRole> = [
    .erp, .confirmations, .webhooks, .queue, .tickets, .marketplaceOrders, .marketplaceCancellations,
  ]
  private static let keys: [Field] = [.orderID, .orderName]

  /// - Parameter keepsNumbers: whether the number people see is to be read even where nothing refers to it.
  init(_ files: inout [SurveyedFile], keepsNumbers: Bool) {
    let profiles = Self.profiles(files)
    var weights: [Field: Int64] = [:]
    for position in files.indices where Self.joining.contains(files[position].role) {
      guard let choice = Self.choice(files[position], profiles) else { continue }
      Survey.use(choice.column, for: .orderID, in: &files[position])
      files[position].keyShape = choice.shape
      fields[files[position].input.path] = choice.field
      if files[position].role == .erp || files[position].role == .confirmations {
        weights[choice.field, default: 0] += max(1, files[position].input.bytes)
      }
    }
    let canUseID = profiles[.orderID] != nil
    primary = weights[.orderName, default: 0] > weights[.orderID, default: 0] || !canUseID ? .orderName : .orderID
    let other: Field = primary == .orderID ? .orderName : .orderID
    // People write whichever number they see into tickets.
    let hasTickets = files.contains { $0.role == .tickets }
    needsOther = (fields.values.contains(other) || hasTickets) && profiles[other] != nil
    for position in files.indices where files[position].role == .storefront {
      prepare(&files[position], other, keepsNumbers)
    }
  }

  /// What the storefront's numbers look like, by kind.
  static func profiles(_ files: [SurveyedFile]) -> [Field: [KeyProfile]] {
    var profiles: [Field: [KeyProfile]] = [:]
    for file in files where file.role == .storefront {
      for field in keys {
        if let samples = samples(file, field) { profiles[field, default: []].append(KeyProfile(samples: samples)) }
      }
    }
    return profiles
  }

  private func prepare(_ file: inout SurveyedFile, _ other: Field, _ keepsNumbers: Bool) {
    let hasPrimary = file.binding.has(primary)
    file.binding.keyField = hasPrimary ? primary : other
    file.keyShape = KeyShape(samples: Self.samples(file, file.binding.keyField) ?? [])
    file.keepsNumbers = keepsNumbers && file.binding.keyField == .orderID && file.binding.has(.orderName)
    if needsOther || file.keepsNumbers {
      file.otherKeyShape = KeyShape(samples: Self.samples(file, hasPrimary ? other : primary) ?? [])
    }
  }

  private static func samples(_ file: SurveyedFile, _ field: Field) -> [[UInt8]]? {
    guard let column = column(file, field) else { return nil }
    var rows = file.sample.rows
    // Line items of a bulk export have ids of their own.
    if let parent = Self.column(file, .parent) { rows = rows.filter { parent >= $0.count || $0[parent].isEmpty } }
    return trimmed(rows.compactMap { column < $0.count ? $0[column] : nil })
  }

  private static func column(_ file: SurveyedFile, _ field: Field) -> Int? {
    file.binding.columns[field] ?? file.binding.paths[field].flatMap { file.sample.headings.firstIndex(of: $0) }
  }

  static func trimmed(_ cells: [[UInt8]]) -> [[UInt8]] {
    cells.map { cell in cell.withUnsafeBufferPointer { Array($0[KeyReader.trimmed($0)]) } }.filter { !$0.isEmpty }
  }

  private static func choice(
    _ file: SurveyedFile, _ profiles: [Field: [KeyProfile]]
  ) -> (column: Int, field: Field, shape: KeyShape)? {
    var best: (column: Int, field: Field, shape: KeyShape, fit: Double)?
    for column in file.references {
      let profile = KeyProfile(samples: trimmed(file.sample.cells(column)))
      for field in keys {
        for known in profiles[field] ?? [] {
          let fit = known.fit(profile)
          if fit > (best?.fit ?? -1) { best = (column, field, profile.shape, fit) }
        }
      }
    }
    return best.map { ($0.column, $0.field, $0.shape) }
  }
}
