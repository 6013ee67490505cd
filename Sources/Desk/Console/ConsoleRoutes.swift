import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// The pages.
  var consoleRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/", .console) { request in try await overview(request) },
      DeskRoute("GET", "/live/figures", .console) { _ in
        try await .json(.object(figures().mapValues { .string($0) }))
      },
      DeskRoute("GET", "/orders", .console) { request in try await ordersPage(request) },
      DeskRoute("GET", "/orders/{id}", .console) { request in try await orderPage(request) },
      DeskRoute("GET", "/exceptions", .console) { request in try await exceptionsPage(request) },
      DeskRoute("POST", "/exceptions/{id}/decide", .console) { request in try await decideForm(request) },
      DeskRoute("POST", "/exceptions/{id}/assign", .console) { request in try await assignForm(request) },
      DeskRoute("GET", "/unreadable", .console) { request in try await unreadablePage(request) },
      DeskRoute("GET", "/unreadable/{id}", .console) { request in try await unreadableDeliveryPage(request) },
      DeskRoute("POST", "/unreadable/{id}/replay", .console) { request in try await replayForm(request) },
      DeskRoute("POST", "/unreadable/{id}/close", .console) { request in try await closeForm(request) },
      DeskRoute("GET", "/login", .open) { request in try loginPage(request, isWrong: false) },
      DeskRoute("POST", "/login", .open) { request in try logIn(request) },
      DeskRoute("POST", "/logout", .console) { request in logOut(request) },
    ] + Assets.routes
  }

  // MARK: Overview

  private static let mainPath: [Stage] = [.captured, .submitting, .receipted, .decided, .confirmed]

  private func overview(_ request: DeskRequest) async throws -> DeskAnswer {
    let counts = try await pace.counts()
    var values: [String: Any] = try await figures()
    func step(_ stage: Stage) -> [String: Any] {
      var step = FrontOffice.badge(stage)
      step["count"] = counts[stage] ?? 0
      step["isNone"] = (counts[stage] ?? 0) == 0
      return step
    }
    values["path"] = FrontOffice.mainPath.map(step)
    values["aside"] = Stage.allCases.filter { !FrontOffice.mainPath.contains($0) }.map(step)
    values["hasExceptions"] = values["exceptions"] as? String != "0"
    values["chart"] = Chart.throughput(pace.samples)
    values["lanes"] = coordinator.laneUsage.map { lane -> [String: Any] in
      ["name": lane.lane, "inUse": lane.inUse, "limit": lane.limit]
    }
    var filter = ExceptionFilter()
    filter.limit = 10
    let now = clock.now
    values["top"] = try await exceptions(filter).list.map { exceptionValues($0, now: now) }
    return try page("overview", "Overview", values, session: request.session, current: "/")
  }

  /// The figures that the overview keeps up to date.
  private func figures() async throws -> [String: String] {
    let counts = try await pace.counts()
    let open = try await coordinator.store.read { try $0.exceptionCounts(onlyOpen: true) }
    let buckets = coordinator.meter.reading.durations["captured_to_confirmed"] ?? []
    func quantile(_ share: Double) -> String { Quantile.of(share, in: buckets).map(Chart.seconds) ?? "–" }
    var figures = [
      "exceptions": String(open.values.reduce(0, +)), "confirmed": String(counts[.confirmed] ?? 0),
      "open": String(counts.filter { !$0.key.isTerminal }.values.reduce(0, +)), "p50": quantile(0.5),
      "p99": quantile(0.99), "rate": Chart.latestRate(pace.samples),
    ]
    for stage in Stage.allCases { figures["stage." + stage.rawValue] = String(counts[stage] ?? 0) }
    return figures
  }

  // MARK: Login

  private func loginPage(_ request: DeskRequest, isWrong: Bool) throws -> DeskAnswer {
    let then = (isWrong ? request.form("then") : request.query("then")) ?? "/"
    return try page(
      "login", "Log in", ["then": FrontOffice.own(then), "isWrong": isWrong], session: nil, current: "",
      status: isWrong ? 401 : 200)
  }

  private func logIn(_ request: DeskRequest) throws -> DeskAnswer {
    // Another site must not log a browser in either.
    if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" {
      throw Problem(.forbidden, "The form was sent by another site.")
    }
    guard let session = try door.logIn(request.form("token") ?? "") else {
      return try loginPage(request, isWrong: true)
    }
    var answer = DeskAnswer.seeOther(FrontOffice.own(request.form("then") ?? "/"))
    answer.headers.append(door.cookie(session))
    return answer
  }

  private func logOut(_ request: DeskRequest) -> DeskAnswer {
    var answer = DeskAnswer.seeOther("/login")
    if let session = request.session {
      door.logOut(session)
      answer.headers.append(door.cookie(session, ends: true))
    }
    return answer
  }

  /// A path of this desk, or its root: never another site (open redirect).
  static func own(_ path: String) -> String {
    let scalars = path.unicodeScalars
    guard scalars.first == "/", scalars.dropFirst().first != "/",
      scalars.allSatisfy({ $0.value > 32 && $0.value < 127 && $0 != "\\" })
    else { return "/" }
    return path
  }
}
