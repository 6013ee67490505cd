/// Makes text that others wrote harmless before it enters a message (F116).
///
/// Names, order numbers and product titles come from whoever filled in the checkout. What could end a line, hide
/// characters or turn the direction of the words around them is taken out; everything visible stays, emoji and
/// right-to-left scripts included.
enum ForeignText {
  /// Scalars a name may have before it is cut.
  static let nameLimit = 120
  /// Scalars a product title may have before it is cut.
  static let titleLimit = 300

  /// The text as one line without control characters, cut at a number of scalars; nil when nothing visible is left.
  static func line(_ text: String, limit: Int) -> String? {
    var result = String.UnicodeScalarView()
    var count = 0
    var pendingBlank = false
    for scalar in text.unicodeScalars {
      if isBlank(scalar) {
        pendingBlank = count > 0
      } else if !isRemoved(scalar) {
        if count >= limit { break }
        if pendingBlank {
          result.append(" ")
          pendingBlank = false
        }
        result.append(scalar)
        count += 1
      }
    }
    return result.isEmpty ? nil : String(result)
  }

  /// A customer's name for a greeting; nil when it carries an address of a page.
  ///
  /// Shops are used to send advertisements: the advertiser orders in the name of "Win now http://…" to a victim's
  /// address. A greeting without a name is the lesser harm.
  static func name(_ text: String?) -> String? {
    guard let text, let name = line(text, limit: nameLimit) else { return nil }
    let folded = name.lowercased()
    return folded.contains("://") || folded.contains("www.") ? nil : name
  }

  /// Whether a scalar is white space or ends a line.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x2028, 0x2029: true
    default: scalar.properties.generalCategory == .spaceSeparator
    }
  }

  /// Whether a scalar has no place in a message: controls, direction overrides, non-characters.
  private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF, 0xFEFF, 0xFFF9...0xFFFB: true
    default: scalar.value & 0xFFFE == 0xFFFE || scalar.properties.generalCategory == .control
    }
  }

  /// Text for HTML, inside elements and quoted attributes.
  ///
  /// It works on scalars, not on characters: `"` followed by a combining mark is one character that equals no quote,
  /// yet its bytes still end an attribute.
  static func html(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
