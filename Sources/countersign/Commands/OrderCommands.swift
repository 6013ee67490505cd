import ArgumentParser
import Connector

/// `countersign order`: one order across all systems.
struct OrderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Look orders up in a running coordinator; erase the personal data of one.",
    subcommands: [Show.self, List.self, Explain.self, Erase.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One order by number, e-mail address, ERP id, external id or storefront id.")
    @OptionGroup var desk: DeskOptions
    @Argument(help: "Whatever you have in hand.") var text: String

    func run() async throws {
      guard let report = try await OrderCommand.find(text, desk) else { return }
      if desk.output == .json { return print(report.text) }
      if desk.output == .ids { return print(report.cell("handoff")) }
      print("order \(report.cell("number")) (\(report.cell("orderId"))) of \(report.cell("storefront"))")
      let record = report.cell("erpId")
      let held = record.isEmpty ? "no ERP record" : "ERP record \(record)"
      print("stage \(report.cell("stage")), \(held) in \(report.cell("erp"))")
      print("total \(report.cell("total")) \(report.cell("currency")), external id \(report.cell("externalId"))\n")
      var table = TextTable(["when", "where", "what", "stage", "detail"])
      for event in report["timeline"]?.array ?? [] {
        table.add([
          event.cell("at"), event.cell("lane"), event.cell("event"), event.cell("stage"), event.cell("detail"),
        ])
      }
      print(table.text)
    }
  }

  struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Why an order is where it is, what it waits for, who owns it, and what comes next.")
    @OptionGroup var desk: DeskOptions
    @Argument(help: "Number, e-mail address, ERP id, external id or storefront id.") var text: String

    func run() async throws {
      guard let report = try await OrderCommand.find(text, desk) else { return }
      if desk.output == .json { return print(report.text) }
      print("order \(report.cell("number")) of \(report.cell("storefront")): \(report.cell("stage"))")
      for sentence in report["explanation"]?.array ?? [] { print("  " + TextTable.clean(sentence.string ?? "")) }
    }
  }

  struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erase the personal data of an order that has come to its end; figures and history stay.",
      discussion: "It cannot be taken back. ERP, storefront, mail server and backups keep what they have.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: ExceptionCommand.Decider
    @Argument(help: "Number, e-mail address, ERP id, external id or storefront id; it must fit one order only.")
    var text: String

    func run() async throws {
      guard let report = try await OrderCommand.find(text, desk) else { throw ExitStatus.found }
      let path = "/v1/orders/\(DeskClient.escaped(report.cell("handoff")))/erase"
      let body: JSONValue = ["by": .string(decider.name)]
      if decider.dryRun { return print("POST \(path)\n\(body.text)") }
      let answer = try await desk.client().post(path, body)
      if desk.output == .json { return print(answer.text) }
      let isRepeated = report["timeline"]?.array?.last?["event"] == "personal_data_erased"
      print(
        "order \(answer.cell("number")): personal data erased"
          + (isRepeated ? " before; nothing has happened since" : ""))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The newest orders.")
    @OptionGroup var desk: DeskOptions
    @Option(help: "Only those in this stage.") var stage: String?
    @Option(help: "Only those of this storefront.") var storefront: String?
    @Option(help: "At most this many.") var limit = 50

    func run() async throws {
      var query: [String] = []
      if let stage { query.append("stage=\(DeskClient.escaped(stage))") }
      if let storefront { query.append("storefront=\(DeskClient.escaped(storefront))") }
      let path = "/v1/orders" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
      OrderCommand.show(try await desk.client().list(path, "orders", by: "handoff", limit: limit).elements, desk.output)
    }
  }

  /// The one order a text stands for; several are listed instead. A number is found with and without its `#`: people
  /// say `1001` where the storefront writes `#1001`, and the other way round.
  private static func find(_ text: String, _ desk: DeskOptions) async throws -> JSONValue? {
    let client = try desk.client()
    var forms = [text]
    if text.hasPrefix("#") { forms.append(String(text.dropFirst())) } else { forms.append("#" + text) }
    var found: [JSONValue] = []
    var isList = false
    var first: DeskReply?
    for form in forms where !form.isEmpty && !form.contains("@") || form == text {
      let reply = try await client.look("/v1/orders/" + DeskClient.escaped(form))
      first = first ?? reply
      if reply.status == 404 { continue }
      let answer = try reply.wanted()
      isList = isList || answer["matches"] != nil
      for order in answer["matches"]?.array ?? [answer]
      where !found.contains(where: { $0.cell("handoff") == order.cell("handoff") }) { found.append(order) }
    }
    if let order = found.first, found.count == 1, !isList { return order }
    // Nothing at all: the words of the answer to what was typed.
    if found.isEmpty { return try first?.wanted() }
    show(found, desk.output)
    return nil
  }

  private static func show(_ orders: [JSONValue], _ output: OutputForm) {
    switch output {
    case .json: print(JSONValue.array(orders).text)
    case .ids: for order in orders { print(order.cell("handoff")) }
    case .table:
      var table = TextTable(["number", "storefront", "stage", "ERP id", "total", "since", "exception", "handoff"])
      for order in orders {
        table.add([
          order.cell("number"), order.cell("storefront"), order.cell("stage"), order.cell("erpId"),
          "\(order.cell("total")) \(order.cell("currency"))", order.cell("stageSince"), order.cell("exception"),
          order.cell("handoff"),
        ])
      }
      print(table.text)
    }
  }
}
