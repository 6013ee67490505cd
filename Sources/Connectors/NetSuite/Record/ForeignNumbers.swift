/// Decimal text without an exponent; nil when it is no number or out of any sensible range.
///
/// NetSuite writes amounts as floating-point literals, `8197.0` and, from ten million on, `1.0E7`.
func plainDecimal(_ text: String) -> String? {
  guard text.utf8.count <= 40 else { return nil }
  let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
  let halves =
    parts.count == 2 ? parts : text.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false)
  guard let mantissa = halves.first, isDecimal(mantissa) else { return nil }
  guard halves.count == 2 else { return text }
  let exponentText = halves[1].hasPrefix("+") ? halves[1].dropFirst() : halves[1]
  guard let exponent = Int(exponentText), (-20...20).contains(exponent) else { return nil }
  let isNegative = mantissa.hasPrefix("-")
  let digits = mantissa.drop { $0 == "-" }
  let whole = String(digits.prefix { $0 != "." })
  let fraction = String(digits.dropFirst(whole.count + 1))
  let all = whole + fraction
  let point = whole.count + exponent
  let sign = isNegative ? "-" : ""
  if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + all }
  if point >= all.count { return sign + all + String(repeating: "0", count: point - all.count) }
  return sign + all.prefix(point) + "." + all.dropFirst(point)
}

private func isDecimal(_ text: Substring) -> Bool {
  let digits = text.hasPrefix("-") ? text.dropFirst() : text
  guard digits.contains(where: \.isNumber), digits.filter({ $0 == "." }).count <= 1 else { return false }
  return digits.utf8.allSatisfy { $0 == UInt8(ascii: ".") || ($0 >= 48 && $0 <= 57) }
}

/// A whole number of units; nil when there is a remainder.
func exactUnits(_ text: String) -> Int? {
  guard let (whole, hasRest) = split(text), !hasRest else { return nil }
  return whole
}

/// Units that are there completely: rounded towards zero.
func wholeUnits(_ text: String) -> Int? { split(text)?.whole }

/// Units of which at least a part is concerned: rounded away from zero.
func startedUnits(_ text: String) -> Int? {
  guard let (whole, hasRest) = split(text) else { return nil }
  guard hasRest else { return whole }
  return text.hasPrefix("-") ? whole.saturatingAdd(-1) : whole.saturatingAdd(1)
}

private func split(_ text: String) -> (whole: Int, hasRest: Bool)? {
  guard let plain = plainDecimal(text) else { return nil }
  let whole = plain.prefix { $0 != "." }
  let rest = plain.dropFirst(whole.count + 1)
  let digits = whole.isEmpty || whole == "-" ? "0" : String(whole)
  guard let number = Int(digits) else { return nil }
  return (number, rest.contains { $0 != "0" })
}

extension Int {
  /// The sum, held at the ends of the range: foreign numbers must not trap.
  func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
