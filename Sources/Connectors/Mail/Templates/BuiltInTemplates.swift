import Connector

/// The texts that come with the program.
enum BuiltInTemplates {
  /// Each language's texts, named as their files would be.
  private static let languages: [String: [String: String]] = [
    "en": EnglishTemplates.texts, "de": GermanTemplates.texts, "fr": FrenchTemplates.texts,
    "es": SpanishTemplates.texts,
  ]

  /// All of them, by place.
  static let sources: [MailTemplates.Key: TemplateSource] = {
    var sources: [MailTemplates.Key: TemplateSource] = [:]
    for (language, texts) in languages {
      for kind in MessageKind.allCases {
        for part in TemplatePart.allCases {
          let name = "\(kind.rawValue).\(part.rawValue)"
          guard let text = texts[name] else { continue }
          let key = MailTemplates.Key(storefront: nil, language: language, kind: kind, part: part)
          sources[key] = TemplateSource(origin: "built-in \(language)/\(name)", text: text)
        }
      }
    }
    return sources
  }()
}
