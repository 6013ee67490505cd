import HandoffCore
import HandoffStore

extension OpenAPI {
  /// The shapes of answers and bodies.
  static var schemas: String {
    [
      object("Problem", ["type", "title", "detail", "instance"], numbers: ["status"]),
      object("ProblemKind", ["type", "title", "advice"], numbers: ["status"]),
      object("Status", ["status"]),
      object("WebhookAnswer", [], optional: ["handoff": string]),
      object(
        "OrderAnswer", [],
        optional: [
          "handoff": string, "orderId": string, "stage": stage, "confirmed": boolean, "delivery": disposition,
          "version": integer, "erpId": string, "exception": exceptionKind,
        ]),
      object("OrderSummary", [], other: summary),
      object("OrderList", [], other: ["orders": list("OrderSummary")], optional: ["next": string]),
      object("Matches", [], other: ["matches": list("OrderSummary")]),
      object("Order", [], other: summary.merging(whole) { $1 }),
      object(
        "OrderDetails", ["pattern", "mode", "digest", "chainHead"], numbers: ["attempts", "lookups", "journalEntries"],
        other: [
          "mayExist": boolean, "submittedVersion": maybeInteger, "firstSubmittedAt": maybeString,
          "lastSubmittedAt": maybeString, "receiptVersion": maybeInteger, "validation": maybeString,
          "decision": maybeString, "decidedVersion": maybeInteger, "acknowledged": boolean,
          "cancelRequested": boolean,
        ]),
      object(
        "Version", ["digest", "updatedAt", "total", "currency"], numbers: ["number"],
        optional: ["order": #"{"type":["object","null"]}"#]),
      object("TimelineEvent", ["at", "lane", "event", "detail", "actor", "stage"]),
      object(
        "JournalEntry",
        ["at", "event", "detail", "actor", "stageBefore", "stageAfter", "erpId", "hash"],
        numbers: ["sequence", "version"]),
      object("Delivery", ["topic", "receivedAt"], other: ["id": maybeString, "disposition": disposition]),
      object(
        "Task", ["id", "effect", "lane", "due", "disposition"], numbers: ["attempt"],
        other: ["leasedUntil": maybeString]),
      object(
        "Message", ["key", "kind", "recipient", "decidedAt"], numbers: ["attempts"],
        other: ["acceptedAt": maybeString], optional: ["content": string]),
      exceptionSchemas, unreadableSchemas, stockSchemas,
    ].joined(separator: ",\n")
  }

  private static var exceptionSchemas: String {
    [
      object(
        "Exception", ["id", "handoff", "reason", "owner", "openedAt", "deadline", "resolution"],
        numbers: ["escalations"],
        other: ["kind": exceptionKind, "overdue": boolean, "closedAt": maybeString],
        optional: [
          "storefront": string, "orderId": string, "number": string, "stage": stage, "revision": integer,
          "decisions": #"{"type":"array","items":{"type":"string"}}"#,
        ]),
      object(
        "ExceptionList", [], numbers: ["total"],
        other: ["exceptions": list("Exception"), "unreadable": reference("UnreadableCount")],
        optional: ["next": string]),
      object("UnreadableCount", [], numbers: ["open", "overdue"]),
      object("Decision", ["by"], optional: ["revision": integer]),
      object(
        "Resolution", ["by"],
        other: [
          "decision": choice([
            "retry", "create-again", "adopt", "accept-shortage", "accept-void-payment", "decline", "cancel",
            "hand-back",
          ])
        ], optional: ["revision": integer, "recordId": string]),
      object("Assignment", ["by", "owner"]),
    ].joined(separator: ",\n")
  }

  private static var unreadableSchemas: String {
    let common = ["storefront", "topic", "reason", "receivedAt", "owner", "deadline", "resolution"]
    let state = ["overdue": boolean, "closedAt": maybeString]
    return [
      object("UnreadableList", [], other: ["unreadable": list("Unreadable")]),
      object("Unreadable", common, numbers: ["id", "bytes"], other: state),
      object(
        "UnreadableDelivery", common, numbers: ["id", "bytes"],
        other: state.merging(["headers": #"{"type":"array","items":{"type":"string"}}"#]) { $1 },
        optional: ["body": string, "bodyBase64": string]),
      object("Closing", ["by", "reason"]),
      object(
        "Replay", ["reason"],
        other: [
          "outcome": choice(["understood", "unreadable", "rejected", "closed"]), "handoff": maybeString,
          "stage": maybeString,
        ]),
    ].joined(separator: ",\n")
  }

  private static var stockSchemas: String {
    [
      object(
        "Availability", [], other: ["inFlight": #"{"type":"object","additionalProperties":{"type":"integer"}}"#],
        optional: ["erps": list("Levels")]),
      object("Levels", ["erp"], optional: ["levels": list("Level"), "failure": string]),
      object("Level", ["sku"], numbers: ["available", "inFlight", "net"]),
      object("Demand", [], numbers: ["orders"], other: ["demand": list("DemandLine"), "complete": boolean]),
      object("DemandLine", ["sku"], numbers: ["units", "orders"]),
      object(
        "Transition", ["handoff", "storefront", "orderId", "event", "at"],
        other: ["number": maybeString, "stage": stage, "erpId": maybeString, "exception": maybeString]),
    ].joined(separator: ",\n")
  }

  private static var summary: [String: String] {
    [
      "handoff": string, "storefront": string, "orderId": string, "number": string, "email": maybeString,
      "externalId": string, "erp": string, "erpId": maybeString, "erpNumber": maybeString, "stage": stage,
      "confirmed": boolean, "version": integer, "total": string, "currency": string, "capturedAt": string,
      "stageSince": string, "deadline": maybeString, "exception": maybeString, "revision": integer,
    ]
  }

  private static var whole: [String: String] {
    [
      "reason": string, "explanation": #"{"type":"array","items":{"type":"string"}}"#,
      "details": reference("OrderDetails"), "versions": list("Version"), "timeline": list("TimelineEvent"),
      "journal": list("JournalEntry"), "deliveries": list("Delivery"), "tasks": list("Task"),
      "messages": list("Message"), "exceptions": list("Exception"),
    ]
  }

  private static let string = #"{"type":"string"}"#
  private static let integer = #"{"type":"integer"}"#
  private static let boolean = #"{"type":"boolean"}"#
  private static let maybeString = #"{"type":["string","null"]}"#
  private static let maybeInteger = #"{"type":["integer","null"]}"#
  private static let stage = choice(Stage.allCases.map(\.rawValue))
  private static let exceptionKind = choice(ExceptionKind.allCases.map(\.rawValue))
  private static let disposition = choice(DeliveryDisposition.allCases.map(\.rawValue))

  private static func choice(_ names: [String]) -> String {
    #"{"type":"string","enum":["# + names.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
  }

  private static func reference(_ name: String) -> String { ##"{"$ref":"#/components/schemas/\##(name)"}"## }

  private static func list(_ name: String) -> String { #"{"type":"array","items":\#(reference(name))}"# }

  /// A closed object: required strings, required numbers, required others, and what may be absent.
  private static func object(
    _ name: String, _ strings: [String], numbers: [String] = [], other: [String: String] = [:],
    optional: [String: String] = [:]
  ) -> String {
    var required = other
    for key in strings { required[key] = string }
    for key in numbers { required[key] = integer }
    let names = required.keys.sorted().map { "\"\($0)\"" }.joined(separator: ",")
    let all = required.merging(optional) { $1 }.sorted { $0.key < $1.key }
    let properties = all.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    return #""\#(name)":{"type":"object","required":[\#(names)],"properties":{\#(properties)},"#
      + #""additionalProperties":false}"#
  }
}
