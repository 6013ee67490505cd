import ArgumentParser
// Linked in place of the C library's allocator; see its header.
import CJemalloc
import Foundation

/// What the commands end with (DESIGN section 6).
enum ExitStatus {
  /// Something was found: a gap, an exception, a fault in a file.
  static let found = ExitCode(1)
  /// The command was used wrongly.
  static let usage: Int32 = 2
  /// Something could not be reached or done.
  static let failed = ExitCode(3)
  /// What was waited for has not been decided; it may be later.
  static let undecided = ExitCode(4)
}

/// Runs the command line; its own exit codes stand in for the parser's.
@main
enum Main {
  static func main() async {
    do {
      var command = try Countersign.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch let fault as CommandFault {
      complain(fault.description)
      exit(ExitStatus.failed.rawValue)
    } catch let faults as ConfigFaults {
      complain(faults.description)
      exit(ExitStatus.found.rawValue)
    } catch {
      let code = Countersign.exitCode(for: error)
      let text = Countersign.fullMessage(for: error)
      if code.isSuccess {
        print(text)
        exit(0)
      }
      complain(text)
      exit(code == .validationFailure ? ExitStatus.usage : ExitStatus.failed.rawValue)
    }
  }

  private static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Something could not be reached or done; the text says what and how to mend it.
struct CommandFault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The command line.
struct Countersign: AsyncParsableCommand {
  /// As in CHANGELOG.md; what stands under "Unreleased" there belongs to the next one.
  static let version = "0.1.0-dev"

  static let configuration = CommandConfiguration(
    commandName: "countersign",
    abstract: "No customer is told \"confirmed\" before the ERP has countersigned the order.", version: version,
    subcommands: [
      Demo.self, AuditCommand.self, Serve.self, OrderCommand.self, ExceptionCommand.self, UnreadableCommand.self,
      Trigger.self, Tail.self,
      Doctor.self, SubscribeCommand.self, Config.self,
      SandboxCommand.self, Verify.self, Backup.self,
    ])
}

/// Where the configuration comes from: file, environment, flags, the later over the earlier.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "The configuration file.")
  var config = "countersign.yaml"

  @Option(name: .customLong("set"), help: "One setting over the file's, as path=value; may be repeated.")
  var settings: [String] = []

  func validate() throws {
    for setting in settings where !setting.contains("=") || setting.hasPrefix("=") {
      throw ValidationError("--set \(setting): write path=value, for example http.port=8081")
    }
  }

  /// Reads the configuration.
  /// - Parameter extra: settings from flags of the command itself, each named like the end of its path: `--port` for
  ///   `http.port`.
  /// - Parameter isWired: whether the connectors are asked about their settings too.
  func load(extra: [String: String] = [:], isWired: Bool = true) throws -> Settings {
    var flags: [String: String] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      flags[String(parts.first ?? "")] = String(parts.last ?? "")
    }
    var shorthands: [String: String] = [:]
    for (path, value) in extra {
      flags[path] = value
      shorthands[path] = "--" + (path.split(separator: ".").last ?? "")
    }
    return try Settings.load(
      file: config, environment: ProcessInfo.processInfo.environment, flags: flags, shorthands: shorthands,
      isWired: isWired)
  }
}
