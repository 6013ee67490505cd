/// Settles which number is the day in dates such as `03/04/2026`, before anything is read: by the column itself, by
/// another column of the file, or by the time of the other logs. What is not settled is not guessed.
struct DayOrders {
  private let zone: ZoneRules

  /// The roles the verdict rests on; of the others a file that is open is left out.
  static let judged: Set<FileRole> = [.storefront, .erp, .confirmations]
  private static let logs: Set<FileRole> = judged.union([.webhooks, .queue])
  /// Only a date that lies this near to the other logs belongs to their time.
  private static let slack = 2 * CivilTime.millisecondsPerDay

  init(zone: ZoneRules) { self.zone = zone }

  /// What a column's dates say about their order.
  private enum Finding: Equatable {
    /// Not one date can be read both ways.
    case indifferent
    case decided(DayOrder)
    /// Every date fits both ways; one of them to show.
    case open(example: String)
  }

  /// Sets the order of each file; marks those whose order stays open.
  func settle(_ files: inout [SurveyedFile]) {
    var open: [(position: Int, example: String)] = []
    for position in files.indices {
      if let given = files[position].givenDayOrder {
        files[position].dateOrder = given
        continue
      }
      switch Self.own(files[position]) {
      case .indifferent: break
      case .decided(let order): files[position].dateOrder = order
      case .open(let example):
        if let (order, heading) = Self.neighbour(files[position]) {
          files[position].dateOrder = order
          files[position].input.remarks.append(
            "\(example) can be read both ways; it was read \(order.words), as the column \(heading) shows")
        } else {
          open.append((position, example))
        }
      }
    }
    compare(open, &files)
  }

  /// By the time of the logs whose dates are certain.
  private func compare(_ open: [(position: Int, example: String)], _ files: inout [SurveyedFile]) {
    let unsettled = Set(open.map(\.position))
    var (first, last) = (Int64.max, Int64.min)
    for position in files.indices where !unsettled.contains(position) && Self.logs.contains(files[position].role) {
      for time in times(files[position], files[position].dateOrder) {
        first = min(first, time)
        last = max(last, time)
      }
    }
    for (position, example) in open {
      func fit(_ order: DayOrder) -> Double {
        let times = times(files[position], order)
        guard first <= last, !times.isEmpty else { return 0 }
        return Double(times.count { $0 >= first - Self.slack && $0 <= last + Self.slack }) / Double(times.count)
      }
      let (day, month) = (fit(.dayFirst), fit(.monthFirst))
      if max(day, month) >= 0.9, min(day, month) < 0.5 {
        let order = day > month ? DayOrder.dayFirst : .monthFirst
        files[position].dateOrder = order
        files[position].input.remarks.append(
          "\(example) can be read both ways; it was read \(order.words), because only so it falls into the time of the "
            + "other logs")
      } else {
        files[position].input.isDayOrderOpen = true
        files[position].input.remarks.append(
          "\(example) can be read both ways, and nothing in the files says which number is the day; say it with "
            + Self.advice(files[position].input))
      }
    }
  }

  /// How to say which number is the day.
  static func advice(_ input: InputFile) -> String {
    let name = (input.path.split(separator: "/").last.map(String.init) ?? input.path)
    return
      "--map '\(name):dates=\(DayOrder.dayFirst.rawValue)' or --map '\(name):dates=\(DayOrder.monthFirst.rawValue)'"
  }

  private func times(_ file: SurveyedFile, _ order: DayOrder) -> [Int64] {
    var reader = TimeReader(zone: file.zone ?? zone, dateOrder: order)
    return Self.column(file, .time).map { file.sample.cells($0) }?.compactMap { cell in
      cell.withUnsafeBufferPointer { reader.read($0) }
    } ?? []
  }

  private static func own(_ file: SurveyedFile) -> Finding {
    let columns = [Field.time, .secondTime, .day].compactMap { column(file, $0) }
    return together(columns.map { finding(file.sample.cells($0)) })
  }

  /// Another column of the file that was written by the same system.
  private static func neighbour(_ file: SurveyedFile) -> (DayOrder, String)? {
    for (position, heading) in file.sample.headings.enumerated() {
      if case .decided(let order) = finding(file.sample.cells(position)) { return (order, heading) }
    }
    return nil
  }

  private static func together(_ findings: [Finding]) -> Finding {
    findings.first { if case .decided = $0 { true } else { false } }
      ?? findings.first { if case .open = $0 { true } else { false } } ?? .indifferent
  }

  private static func column(_ file: SurveyedFile, _ field: Field) -> Int? {
    file.binding.columns[field] ?? file.binding.paths[field].flatMap { file.sample.headings.firstIndex(of: $0) }
  }

  /// `13/10/2026` cannot have its month first, `10/13/2026` not its day; where both stand in one column the more count.
  private static func finding(_ cells: [[UInt8]]) -> Finding {
    var (dayFirst, monthFirst) = (0, 0)
    var example: String?
    for cell in cells {
      guard let (first, second, year) = numbers(cell) else { continue }
      if first > 12, second <= 12 { dayFirst += 1 }
      if second > 12, first <= 12 { monthFirst += 1 }
      if first <= 12, second <= 12, first != second, example == nil { example = "\(first)/\(second)/\(year)" }
    }
    if dayFirst != monthFirst { return .decided(dayFirst > monthFirst ? .dayFirst : .monthFirst) }
    return example.map { .open(example: $0) } ?? .indifferent
  }

  /// The three numbers of a date that begins with its day or month; dots are always behind the day.
  private static func numbers(_ cell: [UInt8]) -> (Int, Int, Int)? {
    let text = cell.drop { $0 == 0x20 }
    guard let separator = text.first(where: { $0 &- 48 >= 10 }), separator == 0x2F || separator == 0x2D else {
      return nil
    }
    let parts = text.split(separator: separator, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, (1...2).contains(parts[0].count), (1...2).contains(parts[1].count) else { return nil }
    let year = parts[2].prefix { $0 &- 48 < 10 }
    guard year.count == 2 || year.count == 4 else { return nil }
    let numbers = [parts[0], parts[1], year].compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, numbers[0] >= 1, numbers[1] >= 1 else { return nil }
    return (numbers[0], numbers[1], numbers[2])
  }
}

extension DayOrder {
  /// As people say it.
  var words: String { self == .dayFirst ? "with the day first" : "with the month first" }
}
