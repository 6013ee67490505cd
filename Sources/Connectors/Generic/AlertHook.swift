public import Connector
import HandoffCore

/// Tells owners through one signed webhook (Standard Webhooks 1.0.0): a chat bridge or a pager takes it from there.
///
/// The event's type is `attention.needed`; `webhook-id` is the message's key, the same on every attempt. It names
/// orders by their number and holds nothing else of a customer.
public struct AlertHook: AlertSender {
  private let sender: WebhookSender
  private let console: String?

  /// Takes the address and the secrets of a webhook, and the console's address for the link in each event.
  /// - Throws: ``GenericSetupFault`` for a bad address or a missing or weak secret.
  public init(_ configuration: WebhookSender.Configuration, console: String? = nil) throws(GenericSetupFault) {
    sender = try WebhookSender(configuration)
    self.console = console
  }

  /// Everybody: whoever receives the webhook knows who is meant.
  public func canReach(_ owner: String) -> Bool { true }

  /// Delivers one event.
  public func send(_ alert: OwnerAlert) async -> MessageOutcome {
    var data: [String: JSONValue] = [
      "owner": .string(alert.owner), "count": .number(String(alert.total)),
      "kinds": .object(alert.counts.mapValues { .number(String($0)) }),
      "oldest": .array(
        alert.oldest.map { line in
          [
            "occasion": .string(line.occasion), "kind": .string(line.kind), "subject": .string(line.subject),
            "storefront": .string(line.storefront.text), "since": .string(line.since.iso8601),
            "deadline": .string(line.deadline.iso8601),
          ]
        }),
    ]
    if let console { data["console"] = .string(console) }
    let event: JSONValue = [
      "type": "attention.needed", "timestamp": .string(alert.at.iso8601), "data": .object(data),
    ]
    return await sender.deliver(id: alert.key, body: event.bytes)
  }

  /// A signed ping.
  public func probe() async -> [ProbeFinding] { await sender.probe() }
}
