/// What others said, as far as a log may keep it: logs go where no order may go.
enum LogText {
  private static let longest = 200

  /// The words before anything that looks like a body, without addresses.
  ///
  /// A vendor's error can quote the order it is about; where somebody must read all of it, it stands in the exception.
  static func words(_ text: String) -> String {
    let words = text.prefix { !"{[<".contains($0) }.prefix(longest)
    let parts = words.split(separator: " ", omittingEmptySubsequences: false)
    return parts.map { $0.contains("@") ? "(address)" : String($0) }.joined(separator: " ")
  }
}
