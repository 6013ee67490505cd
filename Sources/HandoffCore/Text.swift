extension String {
  /// The text with U+FFFD in place of NUL, which no database column holds: SQLite would end the text there, and
  /// PostgreSQL refuses it. Vendors' words are kept verbatim otherwise.
  public var withoutNUL: String {
    let hasNUL = utf8.withContiguousStorageIfAvailable { bytes in bytes.contains(0) } ?? utf8.contains(0)
    guard hasNUL else { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars { text.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
    return String(text)
  }
}
