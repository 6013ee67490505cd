public import Connector
public import Coordinator
import Hummingbird
public import Logging
public import ServiceLifecycle

/// The desk could not be opened.
public struct DeskFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and how to mend it.
  public let description: String
}

/// The HTTP face of a coordinator: webhooks, API, metrics and pages, on one port.
///
/// Limits on header fields are the HTTP library's (80 KiB, 1,000 fields; beyond them it answers 400 and
/// closes). HTTP/1.1 only; TLS belongs to a proxy in front.
public struct DeskServer: Service {
  private let setting: DeskSetting
  private let logger: Logger
  private let onReady: (@Sendable (Int) async -> Void)?
  private let pace: Pace
  let responder: DeskResponder

  /// Makes a desk; nothing listens before ``run()``.
  /// - Parameters:
  ///   - clock: stamps deliveries and judges deadlines on pages.
  ///   - onReady: told the bound port once requests are answered.
  ///   - extraRoutes: further routes; a path of the desk's own is found first.
  public init(
    _ setting: DeskSetting, coordinator: Coordinator, clock: any WallClock, logger: Logger,
    onReady: (@Sendable (Int) async -> Void)? = nil, extraRoutes: [DeskRoute] = []
  ) {
    self.setting = setting
    self.logger = logger
    self.onReady = onReady
    let door = Door(setting, clock: clock, meter: coordinator.meter, logger: logger)
    let office = FrontOffice(setting: setting, coordinator: coordinator, clock: clock, door: door, logger: logger)
    pace = office.pace
    responder = DeskResponder(
      setting: setting, table: RouteTable(office.routes + extraRoutes), door: door, logger: logger,
      page: { office.problemPage($0) })
  }

  /// Serves until a graceful shutdown; requests under way are answered first.
  /// - Throws: ``DeskFault`` when the setting would let strangers in; what the system says when the port is taken.
  public func run() async throws {
    if let fault = setting.fault { throw DeskFault(description: fault) }
    let application = application
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      group.addTask { [pace] in await pace.run() }
      try await group.next()
      group.cancelAll()
    }
  }

  var application: Application<DeskResponder> {
    Application(
      responder: responder,
      // A connection on which nothing is asked or answered is closed; a held answer is not idle.
      server: .http1(configuration: .init(idleTimeout: .seconds(90))),
      configuration: ApplicationConfiguration(address: .hostname(setting.host, port: setting.port), backlog: 1024),
      onServerRunning: { [onReady] channel in await onReady?(channel.localAddress?.port ?? 0) },
      logger: logger)
  }
}
