import Foundation
import NIOCore

/// What to say when an address cannot be listened on.
enum ListeningFault {
  /// The fault in words; nil when the error is about something else.
  /// - Parameter option: the option that chooses the port, where there are several.
  static func fault(_ error: any Error, host: String, port: Int, option: String? = nil) -> CommandFault? {
    guard let error = error as? IOError else { return nil }
    switch error.errnoCode {
    case EADDRINUSE:
      let means = option.map { " with \($0)" } ?? ""
      return CommandFault(
        "Port \(port) on \(host) is taken by another program. End that one, or choose another port\(means).")
    case EACCES:
      return CommandFault("Port \(port) on \(host) needs more rights. Choose one above 1023 and put a proxy in front.")
    case EADDRNOTAVAIL:
      return CommandFault("\(host) is no address of this machine, so nothing can listen there.")
    default: return nil
    }
  }
}
