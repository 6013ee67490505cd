import ArgumentParser
import Foundation
import StoreSQLite

/// `countersign backup`: a consistent copy of the database, taken while it is in use.
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Copy the database while it is in use.")

  @OptionGroup var options: ConfigurationOptions

  @Argument(help: "Where the copy goes; it must not exist yet.")
  var target: String

  func run() async throws {
    let settings = try options.load(isWired: false)
    guard !FileManager.default.fileExists(atPath: target) else {
      throw CommandFault("\(target) exists already; name a new file.")
    }
    do {
      try await SQLiteStore(path: settings.database, role: .reader).backup(to: target)
    } catch { throw CommandFault("\(error)") }
    print("\(settings.database) copied to \(target)")
  }
}
