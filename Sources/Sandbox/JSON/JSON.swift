/// A JSON value that keeps what the wire said: member order, the digits of numbers, and nothing else.
///
/// Numbers stay text, so a 64-bit order id or a price with two decimals survives a round trip unchanged.
enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  struct Member: Sendable, Equatable {
    var key: String
    var value: JSON
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(String(value)) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(nilLiteral: ()) { self = .null }
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}

extension JSON {
  init(_ value: Int) { self = .number(String(value)) }
  init(_ value: Int64) { self = .number(String(value)) }
  init(_ value: String?) { self = value.map(JSON.string) ?? .null }
  init(strings: some Sequence<String>) { self = .array(strings.map(JSON.string)) }

  subscript(key: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      if let index = members.firstIndex(where: { $0.key == key }) {
        if let newValue { members[index].value = newValue } else { members.remove(at: index) }
      } else if let newValue {
        members.append(Member(key: key, value: newValue))
      }
      self = .object(members)
    }
  }

  /// Follows a dotted path through objects; array elements by number.
  func at(_ path: String) -> JSON? {
    var here = self
    for part in path.split(separator: ".") {
      switch here {
      case .array(let elements):
        guard let index = Int(part), elements.indices.contains(index) else { return nil }
        here = elements[index]
      default:
        guard let next = here[String(part)] else { return nil }
        here = next
      }
    }
    return here
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  var members: [Member]? { if case .object(let value) = self { value } else { nil } }
  var isNull: Bool { self == .null }

  /// The number when it is a whole one that fits, also from `1.0`.
  var int: Int? {
    guard case .number(let text) = self else { return nil }
    if let whole = Int(text) { return whole }
    guard let double = Double(text), double.rounded() == double else { return nil }
    return Int(exactly: double)
  }

  /// A string, or the digits of a number: an id may arrive as either.
  var text: String? {
    switch self {
    case .string(let value): value
    case .number(let value): value
    default: nil
    }
  }
}
