import ArgumentParser
import Simulation

/// The simulator's command line.
@main struct CountersignSim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "countersign-sim",
    abstract: "Runs the coordinator in a faulty world, seed by seed, and judges what came of it.",
    subcommands: [RunCommand.self, ReplayCommand.self, CanariesCommand.self])
}
