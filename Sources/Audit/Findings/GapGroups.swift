/// Unions of the bins of an hour and a channel.
struct GapGroups {
  /// Hours since 1970 in local time; their positions number the bins.
  private let hours: [Int]
  private let channels: Int
  private let distribution: ([Int]) -> Distribution?
  private let counts: (Int) -> (orders: Int, confirmedFirst: Int, never: Int)

  init(
    hours: [Int], channels: Int, distribution: @escaping ([Int]) -> Distribution?,
    counts: @escaping (Int) -> (orders: Int, confirmedFirst: Int, never: Int)
  ) {
    self.hours = hours
    self.channels = channels
    self.distribution = distribution
    self.counts = counts
  }

  private func group(_ label: String, _ bins: [Int]) -> GapGroup {
    var group = GapGroup(label: label, orders: 0, confirmedFirst: 0, neverReceived: 0, gap: nil)
    for bin in bins {
      let (orders, first, never) = counts(bin)
      group.orders += orders
      group.confirmedFirst += first
      group.neverReceived += never
    }
    if group.orders > 0 { group.gap = distribution(bins) }
    return group
  }

  private func bins(ofHour hour: Int) -> [Int] { (0..<channels).map { hour * channels + $0 } }

  private func orders(_ hour: Int) -> Int { bins(ofHour: hour).reduce(0) { $0 + counts($1).orders } }

  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

  private func date(_ hour: Int) -> String {
    CivilTime(milliseconds: Int64(hours[hour]) * 3_600_000).dateText
  }

  func byHour() -> [GapGroup] {
    hours.indices.filter { orders($0) > 0 }.map { hour in
      let ofDay = ((hours[hour]) % 24 + 24) % 24
      return group("\(date(hour))T\(Self.two(ofDay))", bins(ofHour: hour))
    }
  }

  func byHourOfDay() -> [GapGroup] {
    var members = [[Int]](repeating: [], count: 24)
    for hour in hours.indices { members[((hours[hour]) % 24 + 24) % 24] += bins(ofHour: hour) }
    return members.enumerated().map { group(Self.two($0), $1) }.filter { $0.orders > 0 }
  }

  func byDay() -> [GapGroup] {
    var days: [(label: String, bins: [Int])] = []
    for hour in hours.indices {
      let label = date(hour)
      if days.last?.label != label { days.append((label, [])) }
      days[days.count - 1].bins += bins(ofHour: hour)
    }
    return days.map { group($0.label, $0.bins) }.filter { $0.orders > 0 }
  }

  func byChannel(_ name: (UInt8) -> String) -> [GapGroup] {
    (0..<channels).map { channel in
      group(name(UInt8(channel)), hours.indices.map { $0 * channels + channel })
    }.filter { $0.orders > 0 }.sorted { ($1.orders, $0.label) < ($0.orders, $1.label) }
  }

  /// Hours by their orders over the median hour's. What has twice as many is a peak, here and in every other finding.
  func byVolume() -> [VolumeClass] {
    let ranked = hours.indices.map { (orders: orders($0), hour: $0) }.filter { $0.orders > 0 }.sorted { $0 < $1 }
    guard ranked.count >= 20 else { return [] }
    let usual = ranked[ranked.count / 2].orders
    let quiet = ranked.prefix { $0.orders < usual }
    let peaks = ranked.drop { $0.orders < 2 * usual }
    let classes: [(label: String, members: ArraySlice<(orders: Int, hour: Int)>)] = [
      ("hours with fewer orders than the median hour", quiet),
      ("hours up to twice the median hour", ranked[quiet.endIndex..<peaks.startIndex]),
      (VolumeClass.peaks, peaks),
    ]
    return classes.filter { !$0.members.isEmpty }.map { label, members in
      VolumeClass(
        label: label, hours: members.count, ordersFrom: members.first?.orders ?? 0, ordersTo: members.last?.orders ?? 0,
        group: group(label, members.flatMap { bins(ofHour: $0.hour) }))
    }
  }

  /// Spearman's rank correlation of orders and median gap over the hours.
  func correlation() -> Double? {
    let pairs = hours.indices.compactMap { hour -> (Double, Double)? in
      let orders = orders(hour)
      guard orders > 0, let gap = distribution(bins(ofHour: hour)) else { return nil }
      return (Double(orders), gap.p50)
    }
    guard pairs.count >= 10 else { return nil }
    let (left, right) = (Self.ranks(pairs.map(\.0)), Self.ranks(pairs.map(\.1)))
    let mean = Double(pairs.count - 1) / 2
    var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      product += (a - mean) * (b - mean)
      leftSquare += (a - mean) * (a - mean)
      rightSquare += (b - mean) * (b - mean)
    }
    return leftSquare > 0 && rightSquare > 0 ? product / (leftSquare * rightSquare).squareRoot() : nil
  }

  /// Ranks from 0, equal values sharing the middle one.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
      start = end + 1
    }
    return ranks
  }
}
