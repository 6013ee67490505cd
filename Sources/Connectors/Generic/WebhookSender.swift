public import Connector
import HandoffCore
import Signing

/// Tells another system, signed as Standard Webhooks says, that an order is pending, confirmed or cannot be fulfilled.
///
/// The body is frozen when the decision is made and holds no personal data; only the timestamp and the signature are
/// made at sending. `webhook-id` is the message key, the same on every attempt, so that a receiver that remembers ids
/// acts once (S4). Source: Standard Webhooks 1.0.0.
public struct WebhookSender: ConfirmationSender {
  /// Where the events go, and how they are signed.
  public struct Configuration: Sendable {
    /// The receiver's address.
    public var url: String
    /// Signing secrets; each of them signs, so that the receiver can rotate at its own pace.
    public var secrets: [String]
    /// The longest one delivery may take.
    public var deadline: Duration = .seconds(20)
    /// Carries the events.
    public var transport: any HTTPTransport
    /// The clock for `webhook-timestamp`.
    public var clock: any WallClock

    /// The least a sender needs.
    public init(url: String, secrets: [String], transport: any HTTPTransport, clock: any WallClock) {
      self.url = url
      self.secrets = secrets
      self.transport = transport
      self.clock = clock
    }
  }

  private let configuration: Configuration
  private let url: String
  private let keys: [[UInt8]]

  /// Takes a configuration.
  /// - Throws: ``GenericSetupFault`` for a bad address or a missing or weak secret.
  public init(_ configuration: Configuration) throws(GenericSetupFault) {
    guard WebAddress.base(configuration.url) != nil else {
      throw GenericSetupFault("url", "an http:// or https:// address is needed")
    }
    self.configuration = configuration
    url = configuration.url
    keys = try signingKeys(configuration.secrets, key: "secret")
  }

  /// Writes the event: `order.pending`, `order.confirmed` or `order.cannot_fulfil`.
  /// - Throws: ``CompositionFailure`` for a confirmation without an ERP record, and for a key that cannot be signed.
  public func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage {
    // The signed content is joined with dots, so an id with a dot could be read in two ways.
    guard !facts.messageKey.isEmpty, facts.messageKey.utf8.count <= 256,
      facts.messageKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ".") })
    else { throw CompositionFailure("The message key cannot be a webhook-id: \(facts.messageKey.prefix(80))") }
    var data: [String: JSONValue] = [
      "orderId": .string(facts.key.orderID), "storefront": .string(facts.key.storefront.text),
      "number": .string(facts.order.number), "handoffId": .string(facts.handoffID.text),
      "total": .string(facts.order.total.decimalText), "currency": .string(facts.order.currency.text),
    ]
    if let record = facts.recordID { data["erpId"] = .string(record) }
    if let number = facts.recordNumber { data["erpNumber"] = .string(number) }
    let type: String
    switch facts.kind {
    case .acknowledgement: type = "order.pending"
    case .confirmation:
      guard facts.recordID != nil else { throw CompositionFailure("A confirmation needs the ERP's record id.") }
      type = "order.confirmed"
    case .cannotFulfil: type = "order.cannot_fulfil"
    }
    let event: JSONValue = [
      "type": .string(type), "timestamp": .string(facts.decidedAt.iso8601), "data": .object(data),
    ]
    return FrozenMessage(key: facts.messageKey, kind: facts.kind, recipient: url, content: event.bytes)
  }

  /// Delivers the frozen event; anything but a clear yes or no is sent again under the same id.
  public func send(_ message: FrozenMessage) async -> MessageOutcome {
    await deliver(id: message.key, body: message.content)
  }

  func deliver(id: String, body: [UInt8]) async -> MessageOutcome {
    let now = configuration.clock.now.microseconds / 1_000_000
    let fields = [
      HTTPField("Content-Type", "application/json"), HTTPField("webhook-id", id),
      HTTPField("webhook-timestamp", String(now)),
      HTTPField("webhook-signature", StandardWebhooks.sign(id: id, timestamp: now, body: body, keys: keys)),
    ]
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await configuration.transport.send(
        HTTPCall("POST", url, headers: fields, body: body, deadline: configuration.deadline))
    } catch {
      return .deferred(reason: error.reason)
    }
    switch answer.status {
    case 200..<300: return .accepted
    case 300..<400:
      return .misconfigured(reason: "A redirect is never followed; configure the final address. " + Words.of(answer))
    case 401, 403, 404, 405: return .misconfigured(reason: Words.of(answer))
    case 410: return .misconfigured(reason: "The receiver says this address is gone for good. " + Words.of(answer))
    case 408, 409, 425, 429, 500...: return .deferred(reason: Words.of(answer))
    case 400..<500: return .refused(reason: Words.of(answer))
    default: return .deferred(reason: Words.of(answer))
    }
  }

  /// Sends one signed event of type `ping`, which a receiver answers 2xx like every type it does not know.
  public func probe() async -> [ProbeFinding] {
    let now = configuration.clock.now
    let event: JSONValue = ["type": "ping", "timestamp": .string(now.iso8601), "data": [:]]
    let check = "signed ping to \(url)"
    switch await deliver(id: "ping_\(now.microseconds)", body: event.bytes) {
    case .accepted: return [ProbeFinding(check, isHealthy: true, finding: "accepted")]
    case .deferred(let reason), .refused(let reason), .misconfigured(let reason):
      return [ProbeFinding(check, isHealthy: false, finding: reason)]
    }
  }
}
