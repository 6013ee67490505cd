import Logging

/// Everything the vendors of one sandbox share, and the vendors themselves.
final class SandboxWorld: Sendable {
  let configuration: SandboxConfiguration
  let clock: SandboxClock
  let ledger: SandboxLedger
  /// The last sequence number of the sandboxes that wrote the ledger's file before.
  let earlierEntries: Int
  let background: BackgroundWork
  let client: LoopbackClient
  let logger: Logger
  private let boxes: [SandboxVendor: FaultBox]
  let netsuite: NetSuiteVendor
  let mailbox: Mailbox
  let erp: GenericERP
  let sink: ConfirmationSink
  let shopify: ShopifyVendor
  let woo: WooVendor

  init(_ configuration: SandboxConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    let earlier = EarlierLedger(file: configuration.ledgerFile)
    let clock = SandboxClock(from: earlier.microseconds)
    let ledger = SandboxLedger(
      clock: clock, capacity: configuration.ledgerCapacity, file: configuration.ledgerFile, after: earlier)
    let boxes = Dictionary(uniqueKeysWithValues: SandboxVendor.allCases.map { ($0, FaultBox()) })
    earlierEntries = earlier.sequence
    self.clock = clock
    self.ledger = ledger
    self.boxes = boxes
    let background = BackgroundWork()
    let client = LoopbackClient()
    self.background = background
    self.client = client
    func tools(_ vendor: SandboxVendor) -> VendorTools {
      VendorTools(
        vendor: vendor, clock: clock, ledger: ledger, faults: boxes[vendor] ?? FaultBox(), background: background,
        client: client, taken: earlier.taken[vendor, default: 0])
    }
    let items = configuration.catalogue
    netsuite = NetSuiteVendor(configuration.netsuite, catalogue: items, tools: tools(.netsuite))
    mailbox = Mailbox(configuration.mailbox, tools: tools(.mailbox))
    erp = GenericERP(configuration.erp, catalogue: items, tools: tools(.erp))
    sink = ConfirmationSink(configuration.sink, tools: tools(.sink))
    shopify = ShopifyVendor(configuration.shopify, catalogue: items, tools: tools(.shopify))
    woo = WooVendor(configuration.woo, catalogue: items, tools: tools(.woo))
  }

  func faults(of vendor: SandboxVendor) -> FaultBox { boxes[vendor] ?? FaultBox() }

  func face(for request: SandboxRequest) -> (SandboxVendor, any VendorFace)? {
    let first = request.path.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
    switch SandboxVendor(rawValue: first) {
    case .netsuite: return (.netsuite, netsuite)
    case .erp: return (.erp, erp)
    case .sink: return (.sink, sink)
    case .shopify: return (.shopify, shopify)
    case .woo: return (.woo, woo)
    case .mailbox, nil: return nil
    }
  }
}

/// What a vendor may use of its sandbox.
struct VendorTools: Sendable {
  let vendor: SandboxVendor
  let clock: SandboxClock
  let ledger: SandboxLedger
  let faults: FaultBox
  let background: BackgroundWork
  let client: LoopbackClient
  /// How many of the vendor's ids earlier sandboxes with this ledger have given out.
  let taken: Int

  func record(_ kind: LedgerKind, ref: String, erpId: String = "", detail: JSON? = nil) {
    ledger.record(vendor, kind, ref: ref, erpId: erpId, detail: detail)
  }

  /// Whether a search may see a record made at a ledger time, given the vendor's index lag.
  func searchable(_ createdMicroseconds: Int64) -> Bool {
    let lag = Int64(max(0, faults.faults.indexLagMs)) &* 1_000
    return lag == 0 || clock.microseconds - createdMicroseconds >= lag
  }
}
