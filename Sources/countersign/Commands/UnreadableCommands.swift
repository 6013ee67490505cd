import ArgumentParser
import Connector
import Foundation

/// `countersign unreadable`, also called `quarantine`: deliveries that could not be understood.
struct UnreadableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unreadable", abstract: "Deliveries that are authentic and were not understood, each with its owner.",
    subcommands: [List.self, Show.self, Replay.self, Close.self], aliases: ["quarantine"])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Open ones; exit 1 when there are any.")
    @OptionGroup var desk: DeskOptions
    @Option(help: "Only those of this owner.") var owner: String?
    @Flag(help: "Closed ones too.") var all = false

    func run() async throws {
      let records = try await UnreadableCommand.list(desk, owner: owner, all: all)
      switch desk.output {
      case .json: print(JSONValue.array(records).text)
      case .ids: for record in records { print(record.cell("id")) }
      case .table:
        var table = TextTable(["id", "storefront", "topic", "arrived", "owner", "deadline", "reason"])
        for record in records {
          let deadline = record.cell("deadline") + (record["overdue"]?.bool == true ? " OVERDUE" : "")
          let isOpen = record["closedAt"]?.isNull ?? true
          table.add([
            record.cell("id"), record.cell("storefront"), record.cell("topic"), record.cell("receivedAt"),
            record.cell("owner"), isOpen ? deadline : "closed", record.cell(isOpen ? "reason" : "resolution"),
          ])
        }
        print(table.text)
      }
      if records.contains(where: { $0["closedAt"]?.isNull ?? true }) { throw ExitStatus.found }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One of them with its headers and its body.")
    @OptionGroup var desk: DeskOptions
    @Argument(help: "Its id.") var id: Int

    func run() async throws {
      let record = try await desk.client().get("/v1/unreadable/\(id)")
      if desk.output == .json { return print(record.text) }
      if desk.output == .ids { return print(record.cell("id")) }
      let state = record["closedAt"]?.isNull ?? true ? "" : ", " + record.cell("resolution")
      print("unreadable \(record.cell("id")) of \(record.cell("storefront")): \(record.cell("topic"))\(state)")
      print("arrived \(record.cell("receivedAt")), \(record.cell("owner")) until \(record.cell("deadline"))")
      print(TextTable.clean(record.cell("reason")))
      for header in record["headers"]?.array ?? [] { print("  " + TextTable.clean(header.string ?? "")) }
      let body = record["body"]?.string ?? record["bodyBase64"]?.string.map { "base64: " + $0 } ?? ""
      for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
        print(TextTable.clean(String(line)))
      }
    }
  }

  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read them again, after their cause was mended; exit 1 when one still cannot be.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: ExceptionCommand.Decider
    @Argument(help: "Their ids.") var ids: [Int] = []
    @Flag(help: "Every open one, at most 500.") var all = false

    func validate() throws {
      if ids.isEmpty != all { throw ValidationError("Name ids, or --all.") }
      try decider.checkName()
    }

    func run() async throws {
      var wanted = ids.map { String($0) }
      if all { wanted = try await UnreadableCommand.list(desk, owner: nil, all: false).map { $0.cell("id") } }
      var isWhole = true
      for id in wanted {
        let path = "/v1/unreadable/\(id)/replay"
        if decider.dryRun {
          print("POST \(path)")
          continue
        }
        let answer = try await desk.client().post(path, ["by": .string(decider.name)])
        isWhole = isWhole && answer.cell("outcome") == "understood"
        let text = "\(id) \(answer.cell("outcome")): \(answer.cell("reason")) \(answer.cell("handoff"))"
        print(desk.output == .json ? answer.text : TextTable.clean(text))
      }
      if !isWhole { throw ExitStatus.found }
    }
  }

  struct Close: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Close one for which nothing is owed.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: ExceptionCommand.Decider
    @Argument(help: "Its id.") var id: Int
    @Option(help: "Why; it is kept with your name.") var reason: String

    func validate() throws { try decider.checkName() }

    func run() async throws {
      let path = "/v1/unreadable/\(id)/close"
      let body: JSONValue = ["by": .string(decider.name), "reason": .string(reason)]
      if decider.dryRun { return print("POST \(path)\n\(body.text)") }
      let answer = try await desk.client().post(path, body)
      print(desk.output == .json ? answer.text : TextTable.clean(answer.cell("resolution")))
    }
  }

  private static func list(_ desk: DeskOptions, owner: String?, all: Bool) async throws -> [JSONValue] {
    var path = "/v1/unreadable?limit=500"
    if all { path += "&all=1" }
    if let owner { path += "&owner=\(DeskClient.escaped(owner))" }
    return try await desk.client().get(path)["unreadable"]?.array ?? []
  }
}
