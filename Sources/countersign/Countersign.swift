import ArgumentParser

@main
struct Countersign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "countersign", abstract: "Order handoff coordinator.")
}
