import ArgumentParser
import Connector
import Coordinator
import HandoffCore
import Signing
import Transport

/// `countersign doctor`: tries the whole path and says in words what is wrong.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Try webhook, ERP and mail, and say in words what is wrong; exit 1 when anything is.",
    discussion: """
      ✔ was tried and is right, ✘ was tried and is wrong, ! could not be tried or has a limit that you should know.
      Without --write nothing is created anywhere. With --write a sample order is created in each ERP under an \
      external id that begins with CS-doctor, read back, and cancelled: use it against a test account. What the ERP \
      would not let us take back is not done: at Tryton the sample stops at the quotation.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Create, read back and cancel a sample order in each ERP.")
  var write = false

  @Option(help: "The stock keeping unit of the sample order.")
  var sku = "SKU-1"

  func run() async throws {
    let settings = try options.load()
    let transport = AHCTransport()
    let history = await StorefrontHistory.read(of: settings)
    let assembly = Assembly(settings: settings, transport: transport, history: history)
    let setting: CoordinatorSetting
    do { setting = try assembly.coordinatorSetting() } catch {
      await transport.shutdown()
      print("✘ configuration: \(error)")
      throw ExitStatus.found
    }
    for warning in settings.warnings { print("! configuration: \(warning)") }
    for storefront in settings.storefronts {
      let isOpen = storefront.policy.mode == .gate && storefront.policy.watermark == .distantPast
      let isUnset = isOpen && history.started.contains(storefront.name) && history.firstStarts[storefront.name] == nil
      print("\(isUnset ? "!" : "✔") storefront \(storefront.name): \(storefront.watermark(history))")
    }
    var isHealthy = true
    func show(_ subject: String, _ findings: [ProbeFinding]) {
      for finding in findings {
        let mark = finding.isNotice ? "!" : finding.isHealthy ? "✔" : "✘"
        print("\(mark) \(subject): \(finding.check): \(finding.finding)")
        isHealthy = isHealthy && finding.isHealthy
      }
    }
    for storefront in settings.storefronts {
      show("storefront \(storefront.name)", [await reach(storefront, settings, transport, assembly.time.now)])
    }
    for (name, storefront) in setting.storefronts.sorted(by: { $0.key.text < $1.key.text }) {
      show("storefront \(name)", await storefront.source.probe())
      if let sender = storefront.sender { show("messages of \(name)", await sender.probe()) }
    }
    if let alerts = setting.alerts { show("alerts", await alerts.probe()) }
    for (name, erp) in setting.erps.sorted(by: { $0.key.text < $1.key.text }) {
      show("erp \(name)", await erp.probe())
      if write { show("erp \(name)", await roundTrip(erp, at: assembly.time.now)) }
    }
    await transport.shutdown()
    if !isHealthy { throw ExitStatus.found }
  }

  /// Whether the running coordinator answers at its address and accepts this configuration's signature.
  private func reach(
    _ storefront: StorefrontSettings, _ settings: Settings, _ transport: AHCTransport, _ now: Timestamp
  ) async -> ProbeFinding {
    let base = "http://\(settings.http.host):\(settings.http.port)"
    let check = "a signed event reaches the coordinator"
    let event = SampleEvent.probe(for: storefront, at: now)
    let call = HTTPCall("POST", base + event.path, headers: event.headers, body: event.body, deadline: .seconds(5))
    do throws(ExchangeFailure) {
      let answer = try await transport.send(call)
      switch answer.status {
      case 200..<300:
        return ProbeFinding(check, isHealthy: true, finding: "\(base + event.path) answered \(answer.status)")
      case 401:
        return ProbeFinding(
          check, isHealthy: false,
          finding: "the signature was refused: the running coordinator has another webhookSecret than this file")
      case 404:
        return ProbeFinding(
          check, isHealthy: false, finding: "the running coordinator has no storefront of this name; restart it")
      default:
        return ProbeFinding(check, isHealthy: false, finding: "answered \(answer.status): \(answer.text.prefix(200))")
      }
    } catch {
      return ProbeFinding(
        check, isHealthy: false, finding: "\(base) does not answer (\(error.reason)); start `countersign serve`")
    }
  }

  /// Create, read back, cancel.
  private func roundTrip(_ erp: any ERPConnector, at now: Timestamp) async -> [ProbeFinding] {
    let id = "doctor-\(now.microseconds / 1000)"
    let order = SampleEvent.canonical(id: id, sku: sku, email: "doctor@example.com", at: now)
    return await erp.rehearse(
      Submission(
        handoffID: HandoffID(id), key: OrderKey(storefront: StorefrontName("doctor"), orderID: id),
        externalID: ExternalID("CS-" + id), order: order, version: 1,
        digest: ContentDigest(bytes: sha256(order.canonicalForm))))
  }
}
