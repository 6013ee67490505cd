/// A JSON document as foreign systems send it, with every number kept as the text it came in.
///
/// Order ids exceed 2^53 and amounts are decimal: a parser that hands out `Double` has lost both before anybody can
/// check. Objects refuse duplicate keys, because two readers of one body must not see two different orders (F16).
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as written.
  case number(String)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case members(JSONObject)

  /// An object with the members of a dictionary.
  public static func object(_ members: [String: JSONValue]) -> JSONValue { .members(JSONObject(members)) }

  /// The member of an object; nil when this is no object or has no such member.
  public subscript(_ key: String) -> JSONValue? {
    if case .members(let object) = self { object[key] } else { nil }
  }

  /// The string, when this is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The elements, when this is an array.
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The members, when this is an object.
  public var object: [String: JSONValue]? { if case .members(let object) = self { object.dictionary } else { nil } }

  /// Whether this is an object.
  public var isObject: Bool { if case .members = self { true } else { false } }

  /// The truth value, when this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// Whether this is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// An id or amount that vendors write now as a number, now as a string: its text either way.
  public var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A whole number in the range of `Int`; also accepts `3.0`, which some vendors write for 3.
  public var int: Int? {
    guard let text = scalarText else { return nil }
    if let exact = Int(text) { return exact }
    guard let point = text.firstIndex(of: ".") else { return nil }
    guard text[text.index(after: point)...].allSatisfy({ $0 == "0" }) else { return nil }
    return Int(text[..<point])
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An object; of two equal keys the last one stands.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .number(String(value)) }
}
