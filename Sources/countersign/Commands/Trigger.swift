import ArgumentParser
import Connector
import HandoffCore
import Transport

/// `countersign trigger`: sends one signed sample order to a running coordinator, as the storefront would.
struct Trigger: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a signed sample order to a running coordinator, as the storefront would.",
    discussion: """
      In front of the sandbox, a Shopify or WooCommerce order is placed in the simulated shop, which sends the webhook \
      itself. Anywhere else, and with --id, the order exists in the webhook only: a shop that is asked about it later \
      (a hold, WooCommerce's release) does not know it.

      Ends with 0 when the order was taken, or with --wait decided; 1 when an exception is open; 3 when it was not \
      taken; 4 when --wait ended and it was not decided.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "The storefront's name in the configuration.")
  var storefront: String

  @Option(help: "The stock keeping unit of the sample line.")
  var sku = "SKU-1"

  @Option(help: "Where the sample customer's mail goes.")
  var email = "sample@example.com"

  @Option(help: "The order id, digits only; a new one by default. The same id again is a repeated delivery.")
  var id: String?

  @Option(
    help: """
      Seconds to wait for the decision, at most 60 (generic storefront only); exit 1 when an exception is open \
      instead, 4 when nothing is decided by then.
      """)
  var wait = 0

  @Flag(name: .customLong("dry-run"), help: "Show what would be sent.")
  var dryRun = false

  func validate() throws {
    if let id, id.isEmpty || id.count > 18 || !id.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw ValidationError("--id: one to eighteen digits.")
    }
    guard (0...60).contains(wait) else { throw ValidationError("--wait: 0 to 60 seconds.") }
  }

  func run() async throws {
    let settings = try options.load(isWired: false)
    guard let target = settings.storefronts.first(where: { $0.name.text == storefront }) else {
      let known = settings.storefronts.map(\.name.text).joined(separator: ", ")
      throw CommandFault("There is no storefront \"\(storefront)\" in \(options.config) (known: \(known)).")
    }
    if wait > 0, !target.isGeneric {
      throw ValidationError(
        "--wait works with a generic storefront only: others hear nothing of the decision in the answer. Leave it out, "
          + "and see `countersign order explain`.")
    }
    if id == nil, let shop = SandboxShopOrder(target, sku: sku, email: email), try await shop.place(dryRun: dryRun) {
      return
    }
    let now = SystemTime().now
    let orderID = id ?? String(now.microseconds / 1000)
    let event = SampleEvent.order(for: target, id: orderID, sku: sku, email: email, at: now)
    let url = "http://\(settings.http.host):\(settings.http.port)" + event.path
    var call = HTTPCall("POST", url, headers: event.headers, body: event.body)
    if wait > 0 {
      call.headers.append(HTTPField("Prefer", "wait=\(wait)"))
      call.deadline = .seconds(wait + 30)
    }
    if dryRun {
      print("POST \(url)")
      for field in call.headers { print("\(field.name): \(field.value)") }
      print("\n" + String(decoding: event.body, as: UTF8.self))
      return
    }
    let transport = AHCTransport()
    let start = ContinuousClock.now
    let answer: HTTPAnswer
    do throws(ExchangeFailure) { answer = try await transport.send(call) } catch {
      await transport.shutdown()
      throw CommandFault("\(url) gave no answer (\(error.reason)). Is `countersign serve` running there?")
    }
    let waited = start.duration(to: .now)
    await transport.shutdown()
    try report(answer, on: orderID, at: target, after: waited)
  }

  /// Says what became of the order, and ends the command as it stands.
  private func report(
    _ answer: HTTPAnswer, on orderID: String, at target: StorefrontSettings, after waited: Duration
  ) throws {
    print("order \(orderID): \(answer.status) \(answer.text)")
    if !(200..<300).contains(answer.status) { throw ExitStatus.failed }
    if let kind = answer.json?["exception"]?.string {
      print("An exception is open (\(kind)): countersign order explain \(orderID)")
      throw ExitStatus.found
    }
    if wait > 0, answer.status == 202 {
      print("\(Self.undecided(asked: wait, after: waited)): countersign order explain \(orderID)")
      throw ExitStatus.undecided
    }
    if case .storefront = target.confirmation?.kind {
      print("The shop does not know this order, so its release will end in message_refused; see `trigger --help`.")
    }
  }

  /// Why a wait of so many seconds ended without a decision; nothing but a stop of the server ends one before its time.
  static func undecided(asked wait: Int, after waited: Duration) -> String {
    waited < .milliseconds(wait * 1000 - 100)
      ? "The server stopped before it was decided" : "Not decided within \(wait) s"
  }
}
