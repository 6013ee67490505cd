/// One exception is asked about at a time, the gravest; what it covers is kept and asked about next.
///
/// Nothing that waits for a person is lost because something else came later: a release that the storefront refused
/// comes back when the refused edit that covered it is taken after all.
extension Handoff {
  /// Whether an exception of a kind is open, in view or covered by a graver or later one.
  public func hasOpen(_ kind: ExceptionKind) -> Bool {
    exception?.kind == kind || covered.contains { $0.kind == kind }
  }

  /// Whether nothing but a person, or an edit, can open the gate: waiting for it is waiting for somebody.
  public var waitsForPerson: Bool {
    if stage.isTerminal || decision != nil { return false }
    return isBlocked || hasOpen(.shortage) || (stage == .receipted && hasOpen(.templateFailed))
  }

  /// Whether anything keeps the gate shut.
  var isBlocked: Bool { exception?.kind.blocksDecision == true || covered.contains { $0.kind.blocksDecision } }

  /// Opens an exception. The gravest is the one in view, among equals the latest; the other is covered by it.
  mutating func raise(_ kind: ExceptionKind, _ reason: String, at now: Timestamp, policy: HandoffPolicy) {
    if hasOpen(kind) { return }
    let raised = OpenException(
      kind: kind, reason: reason.withoutNUL, openedAt: now, deadline: now + policy.deadlines.exception)
    guard let open = exception else { return exception = raised }
    if open.kind.gravity > kind.gravity {
      cover(raised)
    } else {
      exception = raised
      cover(open)
    }
  }

  /// Keeps what is not in view, unless it only says "late" or comes back with the next attempt by itself.
  private mutating func cover(_ exception: OpenException) {
    if !exception.kind.closesOnProgress { covered.append(exception) }
  }

  /// Ends the exceptions of these kinds, in view or covered.
  mutating func close(_ kinds: ExceptionKind...) { close { kinds.contains($0) } }

  /// Ends the exceptions whose kind fits.
  mutating func close(where fits: (ExceptionKind) -> Bool) {
    if let open = exception?.kind, fits(open) { exception = nil }
    covered.removeAll { fits($0.kind) }
  }

  /// Brings the gravest covered exception into view when nothing as grave is; its owner gets the whole time to act.
  mutating func uncover(at now: Timestamp, policy: HandoffPolicy) {
    guard let gravest = covered.map(\.kind.gravity).max(), gravest > exception?.kind.gravity ?? -1,
      let index = covered.lastIndex(where: { $0.kind.gravity == gravest })
    else { return }
    let next = covered.remove(at: index)
    if let lesser = exception { cover(lesser) }
    exception = OpenException(
      kind: next.kind, reason: next.reason, openedAt: next.openedAt, deadline: now + policy.deadlines.exception,
      escalations: next.escalations)
  }
}

extension OpenException {
  /// Covered exceptions as stored text, a line each; nil when there are none.
  public static func text(of covered: [OpenException]) -> String? {
    if covered.isEmpty { return nil }
    return covered.map { open in
      let words = [
        open.kind.rawValue, "\(open.openedAt.microseconds)", "\(open.deadline.microseconds)", "\(open.escalations)",
        escaped(open.reason),
      ]
      return words.joined(separator: "\t")
    }.joined(separator: "\n")
  }

  /// Reads stored text; nil when it holds what this version does not know.
  public static func covered(text: String) -> [OpenException]? {
    var found: [OpenException] = []
    // Line ends within a reason are escaped, and by bytes, not characters, is where the others are.
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { String($0) ?? "" }
      guard parts.count == 5, let kind = ExceptionKind(rawValue: parts[0]), let openedAt = Int64(parts[1]),
        let deadline = Int64(parts[2]), let escalations = Int(parts[3])
      else { return nil }
      found.append(
        OpenException(
          kind: kind, reason: unescaped(parts[4]), openedAt: Timestamp(microseconds: openedAt),
          deadline: Timestamp(microseconds: deadline), escalations: escalations))
    }
    return found
  }

  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    var isEscape = false
    for byte in text.utf8 {
      if isEscape {
        bytes.append(
          byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte == UInt8(ascii: "t") ? UInt8(ascii: "\t") : byte)
        isEscape = false
      } else if byte == UInt8(ascii: "\\") {
        isEscape = true
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
