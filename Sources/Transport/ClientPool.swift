import AsyncHTTPClient
import Connector
import NIOCore
import Synchronization

/// The HTTP clients of one transport: a single one for any destination, one per checked address under `publicOnly`.
///
/// The client can be told to connect to another address than the name resolves to, but only per client; pinning a
/// connection to the address that was checked therefore takes a client of its own. TLS still verifies the name.
final class ClientPool: Sendable {
  private struct Key: Hashable {
    let host: String
    let address: IPAddress
  }

  private struct State {
    var pinned: [Key: HTTPClient] = [:]
    var checked: [String: (address: IPAddress, until: NIODeadline)] = [:]
    var isShutDown = false
  }

  /// More pairs of name and address than any configuration has; a bound on what a hostile name server can make us keep.
  private static let pinnedLimit = 512

  private let configuration: AHCTransport.Configuration
  private let resolver: AddressResolver
  private let rule: @Sendable (IPAddress) -> Bool
  /// How long a name is taken for what it resolved to.
  private let checkedFor: TimeAmount
  private let open: HTTPClient
  private let state = Mutex(State())

  init(
    _ configuration: AHCTransport.Configuration, resolver: AddressResolver, checkedFor: TimeAmount,
    rule: @escaping @Sendable (IPAddress) -> Bool
  ) {
    self.configuration = configuration
    self.resolver = resolver
    self.rule = rule
    self.checkedFor = checkedFor
    open = Self.client(configuration, overrides: [:])
  }

  deinit {
    let clients = state.withLock { state in
      defer { state.isShutDown = true }
      return state.isShutDown ? [] : [open] + Array(state.pinned.values)
    }
    guard !clients.isEmpty else { return }
    Task { for client in clients { try? await client.shutdown() } }
  }

  func shutdown() async {
    let clients = state.withLock { state in
      defer { state.isShutDown = true }
      return state.isShutDown ? [] : [open] + Array(state.pinned.values)
    }
    for client in clients { try? await client.shutdown() }
  }

  /// The client for a request, after the check of its destination.
  func client(for request: HTTPClient.Request, deadline: NIODeadline) async throws(ExchangeFailure) -> HTTPClient {
    switch configuration.destinations {
    case .any: return open
    case .publicOnly:
      if let literal = IPAddress(request.host.filter { $0 != "[" && $0 != "]" }) {
        guard rule(literal) else { throw .notSent("\(literal.text) is not a public address.") }
        return open
      }
      let address = try await checkedAddress(of: request.host, deadline: deadline)
      return try pinned(Key(host: request.host, address: address))
    }
  }

  private func checkedAddress(of host: String, deadline: NIODeadline) async throws(ExchangeFailure) -> IPAddress {
    let now = NIODeadline.now()
    let known = state.withLock { $0.checked[host] }
    if let known, known.until > now { return known.address }
    let all: [IPAddress]
    do {
      all = try await resolver.resolve(host, min(deadline, now + configuration.connectTimeout.timeAmount))
    } catch {
      throw .notSent("\(error)")
    }
    let allowed = all.filter(rule)
    guard let first = allowed.first else { throw .notSent("\(host.prefix(100)) has no public address.") }
    let address = known.map { allowed.contains($0.address) ? $0.address : first } ?? first
    state.withLock { state in
      if state.checked.count >= Self.pinnedLimit { state.checked.removeAll() }
      state.checked[host] = (address, now + checkedFor)
    }
    return address
  }

  private func pinned(_ key: Key) throws(ExchangeFailure) -> HTTPClient {
    let outcome: Result<HTTPClient, ExchangeFailure> = state.withLock { state in
      if state.isShutDown { return .failure(.notSent("The transport is shut down.")) }
      if let client = state.pinned[key] { return .success(client) }
      guard state.pinned.count < Self.pinnedLimit else { return .failure(.notSent("Too many different destinations.")) }
      let client = Self.client(configuration, overrides: [key.host: key.address.text])
      state.pinned[key] = client
      return .success(client)
    }
    return try outcome.get()
  }

  private static func client(_ configuration: AHCTransport.Configuration, overrides: [String: String]) -> HTTPClient {
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: configuration.connectTimeout.timeAmount),
      connectionPool: HTTPClient.Configuration.ConnectionPool(
        idleTimeout: configuration.idleTimeout.timeAmount,
        concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, configuration.connectionsPerHost)))
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    settings.dnsOverride = overrides
    return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: settings)
  }
}
