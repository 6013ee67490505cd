import ArgumentParser
import Connector
import Desk
import Foundation

/// `countersign exception`: what waits for a person.
struct ExceptionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exception", abstract: "What waits for a person, and what was decided.",
    subcommands: [List.self, Assign.self, Resolve.self, Retry.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open exceptions, the nearest deadline first; exit 1 when there are any.")
    @OptionGroup var desk: DeskOptions
    @Option(help: "Only those of this owner.") var owner: String?
    @Flag(help: "Closed ones too, after the open ones, newest first.") var all = false
    @Option(help: "At most this many; all of them unless given.") var limit: Int?

    func run() async throws {
      var path = "/v1/exceptions?all=\(all ? 1 : 0)"
      if let owner { path += "&owner=\(DeskClient.escaped(owner))" }
      let (exceptions, answer) = try await desk.client().list(path, "exceptions", by: "id", limit: limit)
      switch desk.output {
      case .json: print(JSONValue.array(exceptions).text)
      case .ids: for exception in exceptions { print(exception.cell("id")) }
      case .table: print(table(exceptions).text)
      }
      let total = answer["total"]?.int ?? exceptions.count
      if limit != nil, exceptions.count < total { remark("\(exceptions.count) of \(total), \(order)") }
      let unreadable = answer["unreadable"]?["open"]?.int ?? 0
      if unreadable > 0 { mention(unreadable, overdue: answer["unreadable"]?["overdue"]?.int ?? 0) }
      if unreadable > 0 || exceptions.contains(where: { $0["closedAt"]?.isNull ?? true }) { throw ExitStatus.found }
    }

    /// What a list that is cut begins with, and how to see others.
    private var order: String {
      let first = all ? "open ones and the nearest deadline first" : "those with the nearest deadline first"
      return first + "; without --limit all are listed"
    }

    /// Whether each is open is a column only where closed ones are listed too.
    private func table(_ exceptions: [JSONValue]) -> TextTable {
      let state = all ? ["state"] : []
      var table = TextTable(
        ["id", "kind", "order", "owner", "deadline", "gone up"] + state + ["may be decided", "reason"])
      for exception in exceptions {
        let decisions = (exception["decisions"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        let raised = exception["escalations"]?.int ?? 0
        let isOpen = exception["closedAt"]?.isNull ?? true
        var row = ["id", "kind", "number", "owner", "deadline"].map(exception.cell)
        row.append(raised == 0 ? "" : "\(raised)x")
        if all { row.append(isOpen ? "open" : exception.cell("resolution")) }
        table.add(row + [decisions, exception.cell("reason")])
      }
      return table
    }

    /// Deliveries that belong to no order yet wait for a person too.
    private func mention(_ open: Int, overdue: Int) {
      let late = overdue == 0 ? "" : ", \(overdue) of them overdue"
      let what = open == 1 ? "1 unreadable delivery waits" : "\(open) unreadable deliveries wait"
      remark("\(what) too\(late): countersign unreadable list")
    }

    /// Below a table; programs read the exceptions alone.
    private func remark(_ text: String) {
      if desk.output == .table { return print("\n" + text) }
      FileHandle.standardError.write(Data((text + "\n").utf8))
    }
  }

  /// Who decides, and whether it is only shown.
  struct Decider: ParsableArguments {
    @Option(help: "Your name; it stands in the journal. By default that of $USER.")
    var by: String?

    @Flag(name: .customLong("dry-run"), help: "Show what would be asked for, and change nothing.")
    var dryRun = false

    var name: String { by ?? ProcessInfo.processInfo.environment["USER"] ?? "" }

    /// Asked for by each command after its own arguments: a missing name must not hide what is wrong with those.
    func checkName() throws {
      if !name.isEmpty { return }
      let reason = by == nil ? " (USER is not set)" : ""
      throw ValidationError("--by: a decision needs the name of who took it\(reason), for example --by Ada")
    }

    func carryOut(
      _ desk: DeskOptions, _ path: String, _ members: [String: JSONValue],
      done: (JSONValue) -> String = { "\($0.cell("number")) \($0.cell("stage"))" }
    ) async throws {
      let body = JSONValue.object(members.merging(["by": .string(name)]) { $1 })
      if dryRun { return print("POST \(path)\n\(body.text)") }
      let answer: JSONValue
      do { answer = try await desk.client().post(path, body) } catch let fault as CommandFault {
        // The coordinator speaks of its own members; here they are flags.
        throw CommandFault(fault.description.replacing("`recordId`", with: "--record-id"))
      }
      if desk.output == .json { return print(answer.text) }
      print(TextTable.clean("done: \(done(answer)), by \(name)\(by == nil ? " (from $USER; --by names another)" : "")"))
    }
  }

  struct Assign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give an exception to somebody else.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: Decider
    @Argument(help: "The exception's id.") var id: Int
    @Argument(help: "The new owner.") var owner: String

    func validate() throws { try decider.checkName() }

    func run() async throws {
      try await decider.carryOut(desk, "/v1/exceptions/\(id)/assign", ["owner": .string(owner)]) { _ in
        "exception \(id) belongs to \(owner)"
      }
    }
  }

  struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Decide about an exception.",
      discussion: "The decisions:\n\n"
        + DecisionWords.table.map { "\($0.name): \($0.effect)" }.joined(separator: "\n\n")
        + "\n\nNothing is ever cancelled, refunded or captured at the storefront. The runbook has a table of what each "
        + "does to the ERP's record, the customer, the storefront's order and its hold.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: Decider
    @Argument(help: "The exception's id.") var id: Int
    @Argument(help: "The decision.") var decision: String
    @Option(name: .customLong("record-id"), help: "The ERP's record id, for adopt.") var recordID: String?

    func validate() throws {
      let names = DecisionWords.table.map(\.name)
      if !names.contains(decision) {
        throw ValidationError("\"\(decision)\" is no decision; the decisions are \(names.joined(separator: ", "))")
      }
      if decision == "adopt", recordID == nil {
        throw ValidationError("--record-id: adopt needs the ERP's id of the record, for example --record-id 4711")
      }
      if decision != "adopt", recordID != nil { throw ValidationError("--record-id: only adopt takes a record.") }
      try decider.checkName()
    }

    func run() async throws {
      var members: [String: JSONValue] = ["decision": .string(decision)]
      if let recordID { members["recordId"] = .string(recordID) }
      try await decider.carryOut(desk, "/v1/exceptions/\(id)/resolve", members)
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Try again from where it stopped.")
    @OptionGroup var desk: DeskOptions
    @OptionGroup var decider: Decider
    @Argument(help: "The exception's id.") var id: Int

    func validate() throws { try decider.checkName() }

    func run() async throws { try await decider.carryOut(desk, "/v1/exceptions/\(id)/retry", [:]) }
  }
}
