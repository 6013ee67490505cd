import Connector
import Mustache

/// Which third of a message a template writes.
enum TemplatePart: String, CaseIterable {
  /// One line.
  case subject
  /// The plain text.
  case text
  /// The HTML.
  case html
}

/// What template variables exist for a kind of message.
enum TemplateVocabulary {
  /// Variables that stand for one text.
  static func variables(_ kind: MessageKind) -> Set<String> {
    switch kind {
    case .acknowledgement: ["number", "customer", "shop"]
    case .confirmation: ["number", "customer", "shop", "record", "total", "moreLines", "hasAddress"]
    case .cannotFulfil: ["number", "customer", "shop", "moreLines"]
    }
  }

  /// Variables that stand for a list, with what each element has.
  static func lists(_ kind: MessageKind) -> [String: Set<String>] {
    switch kind {
    case .acknowledgement: [:]
    case .confirmation:
      ["lines": ["title", "quantity", "sku", "unitPrice"], "address": ["part"]]
    case .cannotFulfil: ["lines": ["title", "quantity", "sku"]]
    }
  }

  /// Variables that exist for some kind, so that the message can say "not here" instead of "unknown".
  static let all: Set<String> = Set(
    MessageKind.allCases.flatMap { kind in
      variables(kind).union(lists(kind).keys).union(lists(kind).values.joined())
    })
}

/// What is wrong with one template.
struct TemplateFault: Error, Hashable {
  let line: Int
  let reason: String
}

/// Turns template text into a template that cannot surprise at sending.
///
/// Allowed are `{{variable}}`, `{{#section}}`, `{{^inverted}}`, `{{/section}}` and `{{! comment }}` on one line each.
/// Partials, inheritance, transforms, other delimiters and unescaped variables are refused: the first three could
/// recurse or read what the vocabulary does not list, the last would let foreign text write HTML.
enum TemplateCompiler {
  /// Compiles a template and checks what can be checked without facts.
  static func compile(
    _ source: String, kind: MessageKind, part: TemplatePart, rule: AcknowledgementRule
  ) throws(TemplateFault) -> MustacheTemplate {
    let fixedText = try check(source, kind: kind)
    if kind == .acknowledgement {
      // The fixed text alone, so that no branch of a section escapes the rule.
      let found = part == .html ? rule.offence(inHTML: fixedText) : rule.offence(in: fixedText)
      if let found { throw TemplateFault(line: line(of: found, in: source), reason: offence(found)) }
    }
    do {
      // Values arrive escaped where they must be, by scalar; the library would escape by character.
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + source)
    } catch let error as MustacheTemplate.ParserError {
      throw TemplateFault(line: max(1, error.context.lineNumber - 1), reason: "mustache: \(error.error)")
    } catch {
      throw TemplateFault(line: 1, reason: "mustache: \(error)")
    }
  }

  /// The words for a forbidden stem.
  static func offence(_ stem: String) -> String {
    "an acknowledgement must not say '\(stem)' except in a phrase that says confirmation is pending"
  }

  /// Checks every tag and gives the text between them.
  private static func check(_ source: String, kind: MessageKind) throws(TemplateFault) -> String {
    var fixedText = ""
    var open: [String] = []
    var number = 0
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      var rest = line
      while let start = rest.firstRange(of: "{{") {
        fixedText += rest[..<start.lowerBound]
        guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
          throw TemplateFault(line: number, reason: "a tag begins with {{ and has no }} on the same line")
        }
        try check(tag: rest[start.upperBound..<end.lowerBound], at: number, kind: kind, open: &open)
        rest = rest[end.upperBound...]
      }
      fixedText += rest + "\n"
    }
    if let section = open.last { throw TemplateFault(line: number, reason: "section '\(section)' is never closed") }
    return fixedText
  }

  private static func check(
    tag: Substring, at line: Int, kind: MessageKind, open: inout [String]
  ) throws(TemplateFault) {
    guard let sigil = tag.first else { throw TemplateFault(line: line, reason: "an empty tag") }
    if sigil == "!" { return }
    let isSection = sigil == "#" || sigil == "^"
    let name = String(isSection || sigil == "/" ? tag.dropFirst() : tag).trimmingSpaces
    guard !name.isEmpty, name.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }) else {
      throw TemplateFault(
        line: line, reason: "{{\(tag)}} is not allowed: only variables, # ^ / sections and ! comments are")
    }
    if sigil == "/" {
      guard open.popLast() == name else { throw TemplateFault(line: line, reason: "{{/\(name)}} closes nothing") }
      return
    }
    let lists = TemplateVocabulary.lists(kind)
    let inside = open.compactMap { lists[$0] }.reduce(into: Set<String>()) { $0.formUnion($1) }
    let known = TemplateVocabulary.variables(kind).union(inside).union(isSection ? Set(lists.keys) : [])
    guard known.contains(name) else {
      let elsewhere = TemplateVocabulary.all.contains(name)
      let why = elsewhere ? "is not available here in a message of kind \(kind.rawValue)" : "is unknown"
      let note = elsewhere && kind == .acknowledgement ? " (no amounts and no items before the decision)" : ""
      throw TemplateFault(
        line: line, reason: "'\(name)' \(why)\(note); available: \(known.sorted().joined(separator: ", "))")
    }
    if isSection { open.append(name) }
  }

  /// The line a stem is on; 1 when the stem is spread over tags or lines.
  private static func line(of stem: String, in source: String) -> Int {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.firstIndex { PhraseFinder([stem]).first(in: PhraseFinder.fold(String($0))) != nil } ?? 0) + 1
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return start.lastIndex { $0 != " " }.map { String(start[...$0]) } ?? ""
  }
}
