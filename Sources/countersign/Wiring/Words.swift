import HandoffStore

extension StoreFailure: CustomStringConvertible {
  /// The store's own words.
  var description: String {
    switch self {
    case .unavailable(let words), .corrupt(let words), .conflict(let words): words
    }
  }
}
