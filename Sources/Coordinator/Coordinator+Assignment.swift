import Connector
import HandoffCore
public import HandoffStore

extension Coordinator {
  /// Gives an open exception to another owner.
  /// - Returns: the exception as it now stands; nil when there is none or it is closed.
  public func assign(exception id: Int64, to owner: String, by name: String) async throws -> StoredException? {
    let now = time.now
    return try await store.transact { [moves] in
      try moves.assign(exception: id, to: owner, by: name, at: now, in: $0)
    }
  }
}
