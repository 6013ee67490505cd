import Connector
import ConnectorTryton
import Foundation
import HandoffCore
import Synchronization
import Transport

/// A Tryton that runs on this machine (`scripts/tryton-up`), told by two environment variables.
struct RealTryton {
  let configuration: TrytonERP.Configuration

  struct Missing: Error {}

  /// The server; nil (with a message) when there is none and need not be one.
  static func connect() throws -> RealTryton? {
    let environment = ProcessInfo.processInfo.environment
    guard let url = environment["COUNTERSIGN_TRYTON_URL"], let path = environment["COUNTERSIGN_TRYTON_IDS"] else {
      if environment["CI"] != nil { throw Missing() }
      print("skipped: COUNTERSIGN_TRYTON_URL and COUNTERSIGN_TRYTON_IDS are not set; scripts/tryton-up starts a Tryton")
      return nil
    }
    let ids = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: path))))
    func id(_ key: String) throws -> Int {
      guard let id = ids[key]?.int else { throw Missing() }
      return id
    }
    var configuration = TrytonERP.Configuration(
      baseURL: url, key: ids["rest_key"]?.string ?? "", company: try id("company"), party: try id("party"),
      invoiceAddress: try id("invoice_address"), shipmentAddress: try id("invoice_address"),
      warehouse: try id("warehouse"),
      webShop: try id("web_shop"), deadline: .seconds(60))
    configuration.shippingProduct = "SHIP"
    configuration.discountProduct = "SHIP"
    configuration.taxProduct = "SHIP"
    return RealTryton(configuration: configuration)
  }

  /// A connector over the network, or over a transport that wraps it.
  func erp(
    _ transport: any HTTPTransport = AHCTransport(), change: (inout TrytonERP.Configuration) -> Void = { _ in }
  ) -> TrytonERP {
    var changed = configuration
    change(&changed)
    return TrytonERP(changed, transport: transport, clock: SystemClock())
  }

  /// A submission of an order that no earlier run has made.
  func submission(_ name: String, _ lines: [(String, Int)], resuming: Bool = false) -> Submission {
    let id = "\(name)-\(UInt64.random(in: 0...UInt64.max))"
    return Sample.submission(Sample.order(id, lines), resuming: resuming)
  }
}

/// The machine's clock, since a real Tryton reckons stock as of today.
struct SystemClock: WallClock {
  var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}

/// Performs every request, and loses the answer of the n-th: the peer did the work, we do not know.
final class LosingTransport: HTTPTransport {
  private let inner = AHCTransport()
  private let lost: Int
  private let count = Atomic(0)

  init(answer lost: Int) { self.lost = lost }

  /// Requests performed.
  var performed: Int { count.load(ordering: .relaxed) }

  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    let number = count.add(1, ordering: .relaxed).newValue
    guard number <= lost else { throw .notSent("The process is gone.") }
    let answer = try await inner.send(call)
    guard number != lost else { throw .noAnswer("The answer is lost.") }
    return answer
  }
}

/// Lets something happen just before the first write of a record leaves.
final class OvertakenTransport: HTTPTransport {
  private let inner = AHCTransport()
  private let meanwhile: @Sendable () async -> Void
  private let wasHeld = Atomic(false)

  init(_ meanwhile: @escaping @Sendable () async -> Void) { self.meanwhile = meanwhile }

  func send(_ call: HTTPCall) async throws(ExchangeFailure) -> HTTPAnswer {
    if call.method == "PUT", !wasHeld.exchange(true, ordering: .relaxed) { await meanwhile() }
    return try await inner.send(call)
  }
}
