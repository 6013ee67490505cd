/// What could make the verdict another one, in sentences that stand beside it: times without seconds or without a time
/// of day, dates that can be read both ways, zones, and logs that end early.
struct Doubts {
  let result: AuditResult
  let facts: AuditFacts
  let ledger: GapLedger

  /// Times without a time of day or of an unknown order lead to no further doubt: they are none.
  func sentences() -> [String] {
    let judged = result.inputs.filter { input in input.role.map { DayOrders.judged.contains($0) } ?? false }
    let areSound = !judged.contains { $0.isDayOrderOpen || ($0.timeResolutionSeconds ?? 0) >= 86_400 }
    return unused() + dates() + (areSound ? shifts() + resolutions() + ends() : [])
  }

  /// A log that is missing may be one of the files that nobody recognised.
  private func unused() -> [String] {
    guard result.verdict.kind == .cannotBeJudged else { return [] }
    let missing = [(FileRole.erp, "the ERP's orders"), (.confirmations, "the confirmations")].filter { role, _ in
      !result.inputs.contains { $0.role == role }
    }
    let unknown = result.inputs.filter { $0.role == nil }.map(Self.name)
    guard !missing.isEmpty, !unknown.isEmpty else { return [] }
    let names = unknown.prefix(3).joined(separator: ", ") + (unknown.count > 3 ? " …" : "")
    return [
      "\(missing.map(\.1).joined(separator: " and ")) may be in what was not used: \(names). What to do about it "
        + "stands beside each file."
    ]
  }

  /// Files of the roles the verdict rests on.
  private func inputs(_ role: FileRole) -> [InputFile] { result.inputs.filter { $0.role == role && $0.rows > 0 } }

  static func name(_ input: InputFile) -> String {
    input.path.split(separator: "/").last.map(String.init) ?? input.path
  }

  private func dates() -> [String] {
    DayOrders.ordered.flatMap { inputs($0) }.filter(\.isDayOrderOpen).map { input in
      "\(Self.name(input)) writes dates that can be read both ways: say which number is the day, with "
        + DayOrders.advice(input) + "."
    }
  }

  private func shifts() -> [String] {
    ZoneShifts.found(in: facts, ledger: ledger).map { shift in
      let file = inputs(shift.system).first.map { Self.name($0) } ?? shift.system.rawValue
      return "\(shift.system == .erp ? "The ERP's times" : "The confirmations' times") lie \(shift.words) "
        + "\(shift.minutes > 0 ? "after" : "before") the storefront's on nearly every order: that is what a wrong time "
        + "zone looks like. Times that carry no zone were read in \(result.assumptions.timeZone); say the right one "
        + "with --time-zone, or for this file with --map '\(file):\(shift.system.rawValue),zone=Europe/Berlin'."
    }
  }

  private func resolutions() -> [String] {
    DayOrders.ordered.flatMap { role in
      inputs(role).compactMap { input in
        guard let seconds = input.timeResolutionSeconds, seconds > 1 else { return nil }
        let what = Self.words(seconds)
        if role == .storefront {
          return "\(Self.name(input)) has \(what): how long orders take is as blurred. Export it with seconds."
        }
        return "\(Self.name(input)) has \(what). \(told) Export it with seconds."
      }
    }
  }

  /// What came of it.
  private var told: String {
    guard result.verdict.kind != .cannotBeJudged, result.gap.undecided > 0 else {
      return "Nothing finer can be said of its orders."
    }
    return
      "\(ReportWords.orders(result.gap.undecided)) of \(Words.count(result.orders.joined)) lie too close to say which "
      + "came first and are counted as neither."
  }

  /// What is remarked on a log with coarse times; nil when it has seconds.
  static func coarse(_ extent: TimeExtent, _ role: FileRole) -> String? {
    guard JoinPlan.joining.contains(role) || role == .storefront, extent.count > 0, extent.resolution > 1000 else {
      return nil
    }
    return "has " + words(Double(extent.resolution) / 1000)
  }

  static func words(_ resolutionSeconds: Double) -> String {
    switch resolutionSeconds {
    case ..<60: "times in whole seconds"
    case ..<3600: "times in whole minutes, without seconds"
    case ..<86_400: "times in whole hours"
    default: "dates without a time of day"
    }
  }

  private func ends() -> [String] {
    let outside: [(FileRole, Int, String)] = [
      (.erp, result.orders.outsideReceipts, "not called lost"),
      (.confirmations, result.orders.outsideConfirmations, "left out"),
    ]
    return outside.compactMap { role, count, what in
      guard count > 0, let log = facts.extents[role], let shop = facts.extents[.storefront] else { return nil }
      let grace = Int64(ledger.assumptions.graceSeconds) * 1000
      let offset = role == .erp ? ledger.receiptOffset : ledger.confirmationOffset
      let (late, early) = (shop.last - (log.last - offset), log.first - offset - shop.first)
      let files = inputs(role).map { Self.name($0) }.joined(separator: ", ")
      var parts: [String] = []
      if late > grace {
        let end = Instant(milliseconds: log.last).iso8601
        parts.append("ends at \(end), \(Words.span(Double(late))) before the storefront's last order")
      }
      if early > grace {
        let begin = Instant(milliseconds: log.first).iso8601
        parts.append("begins at \(begin), \(Words.span(Double(early))) after the storefront's first order")
      }
      guard !parts.isEmpty else { return nil }
      return "\(files) \(parts.joined(separator: " and ")): "
        + "\(ReportWords.orders(count)) placed outside that time \(count == 1 ? "is" : "are") \(what). "
        + "Export the same period of both; if the log is whole, they are missing from it."
    }
  }
}

extension DayOrders {
  /// The roles the verdict rests on, in the order people think of them.
  static let ordered: [FileRole] = [.storefront, .erp, .confirmations]
}
