/// Markup that is safe by construction: what stands in a literal is ours, what is interpolated is text and is escaped.
///
/// The same rules hold for HTML, attributes in double quotes and SVG, so nobody has to know where a value will stand.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  private(set) var source: String

  init(stringLiteral value: String) { source = value }

  init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

  /// Several one after the other.
  init(_ parts: [HTML]) { source = parts.reduce(into: "") { $0 += $1.source } }

  static func + (left: HTML, right: HTML) -> HTML { HTML([left, right]) }

  static func += (left: inout HTML, right: HTML) { left.source += right.source }

  static let none: HTML = ""

  struct Interpolation: StringInterpolationProtocol {
    fileprivate(set) var source = ""

    init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: String) { source += literal }

    mutating func appendInterpolation(_ text: String) { source += VisibleText.escaped(text) }

    mutating func appendInterpolation(_ markup: HTML) { source += markup.source }

    mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { source += part.source } }

    mutating func appendInterpolation(_ number: Int) { source += String(number) }

    /// A coordinate: a tenth of a pixel is enough.
    mutating func appendInterpolation(_ number: Double) {
      source += number.isFinite && abs(number) < 1e9 ? Words.tenths(number) : "0"
    }
  }

  typealias StringInterpolation = Interpolation
}

/// Foreign text as a reader may safely see it.
enum VisibleText {
  /// No text of ours is longer; a cell of ten thousand characters must not push everything else off the page.
  static let longest = 600
  /// As much of a foreign name as a table has room for.
  static let longestName = 60

  /// Escaped for text and for attributes in quotes; what nobody can see is shown or left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count == longest {
        result += "…"
        break
      }
      count += 1
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "`": result += "&#96;"
      default: result.unicodeScalars.append(contentsOf: visible(scalar))
      }
    }
    return result
  }

  /// A name from a file, short enough for a table.
  static func name(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > longestName else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(longestName))) + "…"
  }

  /// Text without what steers terminals or turns the direction of writing; for lines of plain text.
  static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.flatMap { visible($0) }))
  }

  /// Characters without a shape of their own can hide or reverse what stands beside them.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  private static func visible(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: [" "]
    case 0..<0x20, 0x7F...0x9F: []
    default: isInvisible(scalar) ? ["\u{FFFD}"] : [scalar]
    }
  }
}
