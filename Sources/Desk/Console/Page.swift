import Connector
import HandoffCore
import HandoffStore
import Mustache

/// Text inside HTML, escaped scalar by scalar.
///
/// The template library's own escaping goes by grapheme: a quotation mark followed by a combining accent is one
/// character, equals no entry of its table, and leaves an attribute unescaped.
struct PageText: MustacheContentType {
  func escapeText(_ text: String) -> String { PageText.escape(text) }

  static func escape(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      // Bidirectional overrides could make an order number read as another.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\0": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

/// The pages' templates, read once.
enum Templates {
  static let all: [String: String] = [
    "layout": layout, "overview": overview, "orders": orders, "order": order, "exceptions": exceptions,
    "unreadable": unreadable, "unreadableDelivery": unreadableDelivery, "unreadableActions": unreadableActions,
    "login": login, "problem": problem, "actions": actions,
  ]

  static let library: MustacheLibrary = {
    MustacheContentTypes.register(PageText(), named: "PAGE")
    var library = MustacheLibrary()
    for (name, text) in all {
      if let template = try? MustacheTemplate(string: "{{% CONTENT_TYPE:PAGE}}" + text) {
        library.register(template, named: name)
      }
    }
    return library
  }()
}

extension FrontOffice {
  /// Puts a template with its values into the frame every page has.
  func page(
    _ name: String, _ title: String, _ values: [String: Any], session: Session?, current: String, status: Int = 200
  ) throws(Problem) -> DeskAnswer {
    var values = values
    values["formToken"] = session?.formToken ?? ""
    let library = Templates.library
    guard let content = library.render(values, withTemplate: name) else {
      throw Problem(.internalFault, "A page could not be written.")
    }
    var links = [
      DeskLink("Overview", path: "/"), DeskLink("Orders", path: "/orders"),
      DeskLink("Exceptions", path: "/exceptions"), DeskLink("Unreadable", path: "/unreadable"),
    ]
    links += setting.links
    let frame: [String: Any] = [
      "title": title, "consoleTitle": setting.consoleTitle, "content": content,
      "formToken": session?.formToken ?? "", "mayLogOut": door.needsLogin && session != nil,
      "style": Assets.stylePath, "script": Assets.scriptPath, "hasNavigation": session != nil,
      "links": links.map { link -> [String: Any] in
        ["name": link.title, "path": link.path, "isCurrent": link.path == current]
      },
    ]
    guard let text = library.render(frame, withTemplate: "layout") else {
      throw Problem(.internalFault, "A page could not be written.")
    }
    return .html(text, status: status)
  }

  /// A problem as a page, for whoever asked with a browser.
  func problemPage(_ problem: Problem) -> DeskAnswer? {
    let values: [String: Any] = [
      "title": problem.kind.title, "detail": problem.detail, "advice": problem.kind.advice,
      "status": problem.kind.status,
    ]
    guard
      var answer = try? page(
        "problem", problem.kind.title, values, session: nil, current: "", status: problem.kind.status)
    else { return nil }
    answer.headers += problem.headers
    return answer
  }

  /// A text for a section of a template: an empty one is no text, which the template library takes for one.
  static func section(_ text: String) -> Any { text.isEmpty ? false : text }

  /// A stage with the colour it is shown in.
  static func badge(_ stage: Stage) -> [String: Any] {
    ["text": Words.event(stage.rawValue), "tone": tone(stage).rawValue, "name": stage.rawValue]
  }

  private static func tone(_ stage: Stage) -> StageTone {
    switch stage {
    case .confirmed: .good
    case .captured, .submitting, .recorded, .receipted, .updating, .decided: .moving
    case .unresolved, .held, .cancelling, .declining: .unsure
    case .refused: .bad
    case .cancelled, .declined, .returned, .observed: .quiet
    }
  }
}

/// The colours of stages.
enum StageTone: String {
  case good, moving, unsure, bad, quiet
}

/// Style sheet, script and picture: the only things a page loads.
enum Assets {
  static let stylePath = "/assets/console.css?" + version(style)
  static let scriptPath = "/assets/console.js?" + version(script)

  static let routes = [
    asset("console.css", "text/css; charset=utf-8", style),
    asset("console.js", "text/javascript; charset=utf-8", script),
    asset("mark.svg", "image/svg+xml", mark),
  ]

  private static func asset(_ name: String, _ type: String, _ text: String) -> DeskRoute {
    DeskRoute("GET", "/assets/" + name, .open) { _ in
      DeskAnswer(
        type: type, body: Array(text.utf8), headers: [HTTPField("cache-control", "public, max-age=86400")])
    }
  }

  /// Changes with the content, so that a new release is not read with an old style sheet (FNV-1a).
  private static func version(_ text: String) -> String {
    var hash: UInt32 = 0x811c_9dc5
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return String(hash, radix: 36)
  }

  static let mark = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2457d6"/>
    <path d="M7 17l5 5 8-11" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"
    stroke-linejoin="round"/><path d="M16 20l2 2 8-11" fill="none" stroke="#b9ccff" stroke-width="3"
    stroke-linecap="round" stroke-linejoin="round"/></svg>
    """
}
