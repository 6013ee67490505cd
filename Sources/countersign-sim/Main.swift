import ArgumentParser
// Linked in place of the C library's allocator; see its header.
import CJemalloc
import Simulation

/// The simulator's command line.
@main struct CountersignSim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "countersign-sim",
    abstract: "Runs the coordinator in a faulty world, seed by seed, and judges what came of it.",
    subcommands: [RunCommand.self, ReplayCommand.self, CanariesCommand.self])
}
