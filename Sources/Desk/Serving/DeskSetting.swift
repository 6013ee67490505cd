/// How the desk is reached and who may use it.
public struct DeskSetting: Sendable {
  /// The address to listen on; anything but loopback needs a ``token``.
  public var host: String
  /// The port; 0 lets the system choose.
  public var port: Int
  /// What a person or a program must know to read or change anything; nil only on loopback.
  public var token: String?
  /// The longest body that is read; longer ones are answered with 413.
  public var maxBodyBytes = 8 * 1024 * 1024
  /// The longest a client may take to send a body; slower ones are answered with 408 and cut off (F18).
  public var maxBodyTime: Duration = .seconds(30)
  /// What the pages are headed with.
  public var consoleTitle = "Countersign"
  /// Host names besides loopback that pages and API answer to when bound to loopback, for instance a reverse proxy's.
  public var allowedHosts: Set<String> = []
  /// Whether browsers reach the desk over TLS; its cookies are then never sent without it.
  public var isBehindTLS = false
  /// Further entries of the pages' navigation.
  public var links: [DeskLink] = []
  /// Figures of other parts for `/metrics`, asked at every scrape; must be quick.
  public var figures: @Sendable () -> [DeskFigure] = { [] }

  /// The fewest characters of a token: guessing must be hopeless, because right tokens are never locked out.
  public static let shortestToken = 16

  /// A desk on loopback.
  public init(host: String = "127.0.0.1", port: Int = 8080, token: String? = nil) {
    self.host = host
    self.port = port
    self.token = token
  }

  /// What is wrong with the setting, and how to mend it; nil when nothing is.
  public var fault: String? {
    if let token, token.utf8.count < DeskSetting.shortestToken {
      return "The token is shorter than \(DeskSetting.shortestToken) characters; `openssl rand -hex 32` makes one."
    }
    if token == nil, !isLoopback {
      return "The desk listens on \(host), which others can reach: set a token, or listen on 127.0.0.1."
    }
    if maxBodyBytes < 1024 { return "The longest body must be at least 1024 bytes." }
    return nil
  }

  /// Whether only this machine can reach it.
  var isLoopback: Bool { host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.") }
}

/// An entry of the pages' navigation.
public struct DeskLink: Hashable, Sendable {
  /// What it says.
  public let title: String
  /// Where it leads, from the root.
  public let path: String
  /// Names an entry.
  public init(_ title: String, path: String) {
    self.title = title
    self.path = path
  }
}

/// A figure of another part, for `/metrics`.
public struct DeskFigure: Hashable, Sendable {
  /// Its name, without prefix: lower-case letters and `_`.
  public let name: String
  /// What it counts.
  public let explanation: String
  /// Its value.
  public let value: Int
  /// Whether it only ever grows.
  public let isCounter: Bool
  /// Makes a figure.
  public init(_ name: String, _ explanation: String, value: Int, isCounter: Bool) {
    self.name = name
    self.explanation = explanation
    self.value = value
    self.isCounter = isCounter
  }
}
