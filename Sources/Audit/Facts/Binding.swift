/// Which columns of a file stand for what, as settled by the survey.
struct Binding: Sendable {
  /// Column positions by field, for delimited text.
  var columns: [Field: Int] = [:]
  /// Paths by field, for JSON.
  var paths: [Field: String] = [:]
  /// Whether orders are identified by id or by number.
  var keyField: Field = .orderID
  /// Whether line items can be read.
  var hasLines = false
  /// Whether confirmations can be told from other messages by template or subject.
  var hasConfirmationLabels = false

  func has(_ field: Field) -> Bool { columns[field] != nil || paths[field] != nil }
}

/// What a reader needs to know about a file.
struct ReadingContext: Sendable {
  var role: FileRole
  var binding: Binding
  var times: TimeReader
  var keyReader: KeyReader
  var otherKeyReader: KeyReader?
}
