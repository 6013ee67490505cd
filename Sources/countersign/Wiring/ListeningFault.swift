import Foundation
import NIOCore

/// What to say when an address cannot be listened on.
enum ListeningFault {
  /// The fault in words; nil when the error is about something else.
  static func fault(_ error: any Error, host: String, port: Int) -> CommandFault? {
    guard let error = error as? IOError else { return nil }
    switch error.errnoCode {
    case EADDRINUSE:
      return CommandFault("Port \(port) on \(host) is taken by another program. End that one, or choose another port.")
    case EACCES:
      return CommandFault("Port \(port) on \(host) needs more rights. Choose one above 1023 and put a proxy in front.")
    case EADDRNOTAVAIL:
      return CommandFault("\(host) is no address of this machine, so nothing can listen there.")
    default: return nil
    }
  }
}
