import Connector
public import HandoffCore
import Mustache

/// A message as words, before it becomes bytes.
struct RenderedMail: Hashable {
  let language: String
  let subject: String
  let text: String
  let html: String
}

/// The texts of all messages: ours, and a folder's on top, every one compiled and tried before the first order.
public struct MailTemplates: Sendable {
  /// Where a text belongs.
  struct Key: Hashable {
    /// Nil for all storefronts.
    var storefront: StorefrontName?
    /// In small letters.
    var language: String
    var kind: MessageKind
    var part: TemplatePart
  }

  private struct Compiled: Sendable {
    let origin: String
    let template: MustacheTemplate
  }

  private var compiled: [Key: Compiled] = [:]
  private let rule: AcknowledgementRule
  private let defaultLanguage: String

  /// Loads the built-in texts and, above them, those of a folder.
  ///
  /// The folder holds `all/<language>/<kind>.<part>.mustache` and `storefronts/<name>/<language>/…`. Every template is
  /// compiled and rendered with sample facts, with and without the optional ones.
  /// - Parameters:
  ///   - folder: The folder; nil for the built-in texts alone.
  ///   - storefronts: The configured storefronts; a folder for any other is a fault, because it would never be used.
  ///   - defaultLanguage: What a customer gets whose language has no texts.
  ///   - confirmationWords: Words meaning "confirmed" by language, for languages the rule does not list.
  /// - Throws: ``MailTemplateFaults`` with every fault found, each with file and line.
  public static func load(
    folder: String? = nil, storefronts: [StorefrontName] = [], defaultLanguage: String = "en",
    confirmationWords: [String: [String]] = [:]
  ) throws(MailTemplateFaults) -> MailTemplates {
    var sources = BuiltInTemplates.sources
    var faults: [String] = []
    if let folder {
      let found = TemplateFolder.read(folder, storefronts: storefronts)
      faults += found.faults
      sources.merge(found.sources) { _, override in override }
    }
    let language = defaultLanguage.lowercased()
    let words = Dictionary(confirmationWords.map { ($0.key.lowercased(), $0.value) }) { $0 + $1 }
    var templates = MailTemplates(rule: AcknowledgementRule(additional: words), defaultLanguage: language)
    faults += templates.compile(sources)
    faults += templates.missingParts()
    if !templates.hasTexts(in: language) { faults.append("there are no texts in the default language '\(language)'") }
    if faults.isEmpty { faults += templates.trial(storefronts: storefronts) }
    guard faults.isEmpty else { throw MailTemplateFaults(faults.sorted()) }
    return templates
  }

  private init(rule: AcknowledgementRule, defaultLanguage: String) {
    self.rule = rule
    self.defaultLanguage = defaultLanguage
  }

  /// Writes the words of a message in the nearest language that has all of them.
  func render(_ facts: MessageFacts, shop: String) throws(CompositionFailure) -> RenderedMail {
    let chain = MailTemplates.chain(facts.order.language, default: defaultLanguage)
    for language in chain {
      guard let subject = find(facts, language, .subject), let text = find(facts, language, .text),
        let html = find(facts, language, .html)
      else { continue }
      return try render(facts, shop: shop, language: language, subject: subject, text: text, html: html)
    }
    throw CompositionFailure(
      "There is no text for \(facts.kind.rawValue) in \(chain.joined(separator: ", ")). Add one to the template folder."
    )
  }

  /// The languages to try: the customer's, its shorter forms, the default, English.
  static func chain(_ language: String?, default fallback: String) -> [String] {
    var chain: [String] = []
    let wanted = (language ?? "").lowercased().replacing("_", with: "-")
    let isTag = wanted.utf8.count <= 35 && wanted.utf8.allSatisfy { $0 == 0x2D || isLetterOrDigit($0) }
    var subtags = isTag ? wanted.split(separator: "-") : []
    while !subtags.isEmpty {
      chain.append(subtags.joined(separator: "-"))
      subtags.removeLast()
    }
    for language in [fallback, "en"] where !chain.contains(language) { chain.append(language) }
    return chain
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private func find(_ facts: MessageFacts, _ language: String, _ part: TemplatePart) -> Compiled? {
    var key = Key(storefront: facts.key.storefront, language: language, kind: facts.kind, part: part)
    if let own = compiled[key] { return own }
    key.storefront = nil
    return compiled[key]
  }

  private func render(
    _ facts: MessageFacts, shop: String, language: String, subject: Compiled, text: Compiled, html: Compiled
  ) throws(CompositionFailure) -> RenderedMail {
    var values = TemplateFacts(facts, shop: shop)
    guard let number = values["number"] else {
      throw CompositionFailure("The order has no number to show the customer. Mend the order in the storefront.")
    }
    if facts.kind == .acknowledgement {
      if let name = values["customer"], rule.offence(in: name) != nil { values = values.without("customer") }
      if let stem = rule.offence(in: number) {
        throw CompositionFailure("The order's number contains '\(stem)', which reads as a confirmation.")
      }
    }
    let line = subject.template.render(values.object(for: .subject))
    guard let subjectLine = ForeignText.line(line, limit: 200) else {
      throw CompositionFailure("The subject came out empty: \(subject.origin).")
    }
    let mail = RenderedMail(
      language: language, subject: subjectLine, text: text.template.render(values.object(for: .text)),
      html: html.template.render(values.object(for: .html)))
    guard !mail.text.allSatisfy(\.isWhitespace), !mail.html.allSatisfy(\.isWhitespace) else {
      throw CompositionFailure("The message came out empty: \(text.origin) or \(html.origin).")
    }
    if facts.kind == .acknowledgement, let stem = offence(in: mail) {
      throw CompositionFailure(TemplateCompiler.offence(stem) + ": \(text.origin) and its neighbours.")
    }
    return mail
  }

  /// A stem in a shop's name that would spoil every acknowledgement.
  func offence(inShopName shop: String) -> String? { rule.offence(in: shop) }

  private func offence(in mail: RenderedMail) -> String? {
    rule.offence(in: mail.subject) ?? rule.offence(in: mail.text) ?? rule.offence(inHTML: mail.html)
  }
}

extension MailTemplates {
  /// Compiles all sources; answers the faults.
  private mutating func compile(_ sources: [Key: TemplateSource]) -> [String] {
    var faults: [String] = []
    for (key, source) in sources {
      if key.kind == .acknowledgement, !rule.covers(key.language) {
        faults.append(
          "\(source.origin): no words for 'confirmed' are known in '\(key.language)', so an acknowledgement in it "
            + "cannot be checked; add them to the confirmation words")
      }
      do {
        let template = try TemplateCompiler.compile(source.text, kind: key.kind, part: key.part, rule: rule)
        compiled[key] = Compiled(origin: source.origin, template: template)
      } catch {
        faults.append("\(source.origin):\(error.line): \(error.reason)")
      }
    }
    return faults
  }

  /// Names texts of a language that come without their other parts: they would never be used.
  private func missingParts() -> [String] {
    var faults: Set<String> = []
    for key in compiled.keys {
      for part in TemplatePart.allCases {
        var own = key
        own.part = part
        var shared = own
        shared.storefront = nil
        guard compiled[own] == nil, compiled[shared] == nil, let origin = compiled[key]?.origin else { continue }
        faults.insert("\(origin): its language has no \(key.kind.rawValue).\(part.rawValue).mustache to go with it")
      }
    }
    return Array(faults)
  }

  private func hasTexts(in language: String) -> Bool {
    MessageKind.allCases.allSatisfy { kind in
      compiled[Key(storefront: nil, language: language, kind: kind, part: .text)] != nil
    }
  }

  /// Renders every text with sample facts; answers the faults.
  private func trial(storefronts: [StorefrontName]) -> [String] {
    var faults: Set<String> = []
    let languages = Set(compiled.keys.map(\.language))
    for storefront in Set(storefronts + [StorefrontName("sample")]) {
      for language in languages {
        for facts in SampleFacts.all(storefront: storefront, language: language) {
          do {
            _ = try render(facts, shop: "Sample Shop")
          } catch {
            faults.insert("storefront \(storefront.text), language \(language): \(error.reason)")
          }
        }
      }
    }
    return Array(faults)
  }
}

/// Everything wrong with the texts, found before the first order is taken.
public struct MailTemplateFaults: Error, Hashable, Sendable, CustomStringConvertible {
  /// One fault a line, each with the file and where possible the line.
  public let faults: [String]
  /// Gathers faults.
  init(_ faults: [String]) { self.faults = faults }
  /// All faults, one a line.
  public var description: String { faults.joined(separator: "\n") }
}
