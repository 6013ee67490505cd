import Connector

/// libFuzzer's own way to change bytes.
@_silgen_name("LLVMFuzzerMutate")
func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int) -> Int

/// Half of the changes go to the tree of a JSON document inside the input: changed bytes are rarely JSON any more, and
/// then nothing behind the parser is reached. What libFuzzer links by this name it calls for every new input.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
  var dice = Dice(seed: UInt64(seed))
  if dice.roll(2) == 0 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    if let changed = TreeMutation.changed(bytes, &dice), changed.count <= limit {
      for (index, byte) in changed.enumerated() { data[index] = byte }
      return changed.count
    }
  }
  return mutateBytes(data, size, limit)
}

/// Numbers that a seed decides (SplitMix64).
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number from 0 and below a limit; 0 for a limit below 2.
  mutating func roll(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return limit < 2 ? 0 : Int(truncatingIfNeeded: (mixed ^ (mixed >> 31)) >> 1) % limit
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }
}

/// Changes one place of a JSON document and leaves it one.
enum TreeMutation {
  private static let edges: [JSONValue] = [
    .null, true, false, .object([:]), .array([]), "", 0, 1, -1, 1_000_000, 1_000_001, .number("9223372036854775807"),
    .number("-9223372036854775808"), .number("-9223372036854775808.5"), .number("9223372036854775807.5"),
    .number("1e400"), .number("1.0E7"), .number("-0"), .number("0.005"), "92233720368547758.07", "12.50",
    "-92233720368547758.07", "1e9", "9999-12-31T23:59:59-18:00", "0000-01-01T00:00:00+18:00", "2026-11-23T10:00:00Z",
    "USD", "JPY", "KWD", "\u{202E}", "e\u{301}", "\u{301}", "77", "gid://shopify/Order/1001",
    .string(String(repeating: "x", count: 4096)), .string(String(repeating: "é", count: 300)),
  ]

  /// The input with its last document changed, or with that of a random part; nil when it has none.
  static func changed(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8]? {
    let starts = bytes.indices.filter { index in
      (bytes[index] == 0x7B || bytes[index] == 0x5B) && (index == 0 || bytes[index - 1] == 0x0A)
    }
    guard !starts.isEmpty else { return nil }
    let start = dice.pick(starts)
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
    guard let tree = try? JSONValue(parsing: Array(bytes[start..<end])) else { return nil }
    var parts: [JSONValue] = []
    gather(tree, &parts)
    return bytes[..<start] + change(tree, parts, &dice).bytes + bytes[end...]
  }

  private static func gather(_ value: JSONValue, _ parts: inout [JSONValue]) {
    parts.append(value)
    for child in value.array ?? [] { gather(child, &parts) }
    for child in (value.object ?? [:]).values { gather(child, &parts) }
  }

  private static func change(_ value: JSONValue, _ parts: [JSONValue], _ dice: inout Dice) -> JSONValue {
    switch value {
    case .members(let object) where !object.members.isEmpty && dice.roll(4) != 0:
      var members = object.dictionary
      let key = dice.pick(members.keys.sorted())
      switch dice.roll(8) {
      case 0: members[key] = nil
      case 1: members[dice.pick(members.keys.sorted())] = members[key]
      default: members[key] = members[key].map { change($0, parts, &dice) }
      }
      return .object(members)
    case .array(var values) where !values.isEmpty && dice.roll(4) != 0:
      let index = dice.roll(values.count)
      switch dice.roll(8) {
      case 0: values.remove(at: index)
      case 1: values.append(values[index])
      default: values[index] = change(values[index], parts, &dice)
      }
      return .array(values)
    default: return dice.roll(3) == 0 ? dice.pick(parts) : dice.pick(edges)
    }
  }
}
