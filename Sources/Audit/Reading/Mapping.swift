/// What `--map` says about a file.
public struct Mapping: Sendable, Equatable {
  /// The end of the file's path; `*` for all, `*.csv` for all that end so.
  public let file: String
  /// What it holds; nil to leave that to recognition.
  public private(set) var role: FileRole?
  /// Headings by field.
  public private(set) var columns: [Field: String] = [:]
  /// The zone of its times that carry none; nil for that of the whole audit.
  public private(set) var zone: ZoneRules?
  /// How its dates in numbers are meant; nil to leave that to its values.
  public private(set) var dates: DayOrder?

  /// Reads `orders.csv:storefront,Placed on=created,No=order,zone=Europe/Berlin,dates=day-first`; of what follows the
  /// colon any part may be left out, but not all.
  public init(_ text: String) throws(MappingFault) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw MappingFault(
        text, "write FILE:ROLE,COLUMN=FIELD,… for example orders.csv:storefront,Placed on=created,zone=Europe/Berlin")
    }
    file = parts[0]
    for part in parts[1].split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
      try add(sides.first ?? "", sides.count > 1 ? sides.last : nil, text)
    }
    if role == nil, columns.isEmpty, zone == nil, dates == nil {
      throw MappingFault(
        text, "says nothing about the file; write a role, COLUMN=FIELD, zone= or dates= after the colon")
    }
  }

  private mutating func add(_ left: String, _ right: String?, _ text: String) throws(MappingFault) {
    guard let right else {
      guard let named = FileRole(rawValue: left) else {
        let known = FileRole.allCases.map(\.rawValue).joined(separator: ", ")
        throw MappingFault(text, "there is no role \(left); known are \(known)")
      }
      role = named
      return
    }
    // A heading may be called "zone" or "dates" too: what stands on the right decides.
    if let field = Field(name: right), !left.isEmpty {
      columns[field] = left
    } else if left == "zone" {
      guard let rules = ZoneRules(named: right) else {
        throw MappingFault(text, "there is no time zone \(right); write one as zone=Europe/Berlin")
      }
      zone = rules
    } else if left == "dates" {
      guard let order = DayOrder(rawValue: right) else {
        let known = DayOrder.allCases.map { "dates=" + $0.rawValue }.joined(separator: " or ")
        throw MappingFault(text, "dates are not \(right); write \(known)")
      }
      dates = order
    } else {
      let known = Field.allCases.map(\.name).joined(separator: ", ")
      throw MappingFault(
        text, left.isEmpty ? "no heading stands before =\(right)" : "there is no field \(right); known are \(known)")
    }
  }

  private static func trimmed(_ part: Substring) -> String {
    String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// Whether it speaks of a file.
  func fits(_ path: String) -> Bool { path.hasSuffix(isGeneral ? String(file.dropFirst()) : file) }

  /// Whether it speaks of this file and no other.
  func names(_ path: String) -> Bool { !isGeneral && fits(path) }

  /// `*` and `*.csv` are of many files.
  private var isGeneral: Bool { file.hasPrefix("*") }

  /// What all that fit a file say together: what names the file goes before `*`, and the first before the others.
  static func merged(_ mappings: [Mapping], for path: String) -> Mapping? {
    let fitting = mappings.filter { $0.fits(path) }
    let ordered = fitting.filter { !$0.isGeneral } + fitting.filter(\.isGeneral)
    guard var result = ordered.first else { return nil }
    for other in ordered.dropFirst() {
      result.role = result.role ?? other.role
      result.columns.merge(other.columns) { own, _ in own }
      result.zone = result.zone ?? other.zone
      result.dates = result.dates ?? other.dates
    }
    return result
  }
}

/// What is wrong with a `--map`.
public struct MappingFault: Error, CustomStringConvertible, Sendable {
  /// What, and how to write it.
  public let description: String
  init(_ mapping: String, _ problem: String) { description = "--map \(mapping): \(problem)" }
}
