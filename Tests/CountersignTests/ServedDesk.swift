import Connector
import ConnectorTesting
import Coordinator
import Desk
import Foundation
import HandoffCore
import HandoffStore
import Logging
import StoreSQLite
import Synchronization

@testable import countersign

/// A coordinator as the configuration wires it, with its desk on loopback and a database in a folder; its ERP and its
/// carrier answer from a script.
struct ServedDesk {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let token = "a-token-of-enough-characters"

  let folder: ScratchFolder
  let port: Int
  let coordinator: Coordinator
  let store: SQLiteStore

  var url: String { "http://127.0.0.1:\(port)" }

  static func configuration(port: Int = 8080, erp: String = "http://127.0.0.1:9", mode: String = "gate") -> String {
    """
    store: { sqlite: ./countersign.db }
    http: { host: 127.0.0.1, port: \(port), token: \(token) }
    storefronts:
      web: { kind: generic, webhookSecret: \(secret), erp: office, inventory: { validate: false } }
    erps:
      office: { kind: generic, url: "\(erp)" }
    confirmation: { kind: webhook, url: "\(erp)/sink", secret: \(secret) }
    rollout: { web: { mode: \(mode) } }
    owners: { default: ops@example.com, erp: erp-team@example.com }

    """
  }

  /// Serves while a body runs.
  /// - Parameters:
  ///   - refusing: the ends of the references that the ERP refuses.
  ///   - unreachable: the ends of those that never reach it.
  static func run(
    refusing: Set<String> = [], unreachable: Set<String> = [],
    _ body: @escaping @Sendable (ServedDesk) async throws -> Void
  ) async throws {
    let folder = try ScratchFolder()
    let settings = try Settings.parse(configuration(), file: "t.yaml", environment: [:], flags: [:])
    let store = try SQLiteStore(path: folder.path + "/countersign.db")
    let logger = Logger(label: "commands") { _ in SwiftLogNoOpLogHandler() }
    let transport = ScriptedTransport { call in
      answer(call, refusing: refusing, unreachable: unreachable)
    }
    let assembly = Assembly(settings: settings, transport: transport)
    let coordinator = try assembly.coordinator(store: store, logger: logger)
    var http = settings.http
    http.port = 0
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let desk = DeskServer(
      http.desk(figures: { store.figures }), coordinator: coordinator, clock: assembly.time, logger: logger,
      onReady: { continuation.yield($0) }, extraRoutes: contract)
    let serving = Task { try await desk.run() }
    let working = Task { await coordinator.run() }
    defer { serving.cancel() }
    for await port in ports {
      try folder.write(configuration(port: port, erp: "http://127.0.0.1:\(port)/erp"))
      let result: Result<Void, any Error>
      do {
        try await body(ServedDesk(folder: folder, port: port, coordinator: coordinator, store: store))
        result = .success(())
      } catch { result = .failure(error) }
      coordinator.stop()
      await working.value
      return try result.get()
    }
  }

  /// The generic ERP contract as far as these tests need it.
  private static func answer(
    _ call: HTTPCall, refusing: Set<String>, unreachable: Set<String>
  ) -> ScriptedTransport.Reply {
    guard call.method == "POST", call.url.hasSuffix("/orders") else { return .json(200, "{}") }
    let id = (try? JSONValue(parsing: call.body))?["externalId"]?.string ?? ""
    if unreachable.contains(where: { id.hasSuffix($0) }) { return .failure(.notSent("nobody is there")) }
    if refusing.contains(where: { id.hasSuffix($0) }) { return .json(422, #"{"reasons":["No such item."]}"#) }
    return .json(201, "{\"internalId\":\"R-\(id)\"}")
  }

  /// The same contract over HTTP, for a command that looks at the ERP itself.
  private static let contract: [DeskRoute] = [
    DeskRoute("GET", "/erp/orders", .open) { _ in .json([:], status: 404) },
    DeskRoute("GET", "/erp/availability", .open) { _ in .json(["levels": []]) },
    DeskRoute("POST", "/erp/sink", .open) { _ in .json([:]) },
  ]

  /// Takes an order in as its storefront would send it, and waits until nothing more happens to it by itself.
  @discardableResult func capture(_ id: String) async throws -> Handoff? {
    let settings = try Settings.parse(Self.configuration(), file: "t.yaml", environment: [:], flags: [:])
    guard let storefront = settings.storefronts.first else { return nil }
    let now = SystemTime().now
    let event = SampleEvent.order(for: storefront, id: id, sku: "SKU-1", email: "sample@example.com", at: now)
    let delivery = WebhookDelivery(headers: event.headers, body: event.body, receivedAt: now)
    guard case .taken(_, let handoff) = await coordinator.receive(delivery, at: storefront.name) else { return nil }
    var latest: Handoff? = handoff
    for _ in 0..<1000 {
      latest = try await store.read { try $0.row(handoff.id)?.handoff }
      if latest?.stage == .confirmed || latest?.exception != nil { break }
      await pause()
    }
    return latest
  }
}

/// A moment for another process or thread.
func pause() async { try? await Task.sleep(for: .milliseconds(5)) }
