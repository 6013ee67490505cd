import Connector
import Coordinator
import HandoffCore
import HandoffStore

extension FrontOffice {
  /// Health, metrics, and what the API says of itself.
  var healthRoutes: [DeskRoute] {
    [
      DeskRoute("GET", "/healthz", .open) { _ in .json(["status": "alive"]) },
      DeskRoute("GET", "/readyz", .open) { _ in try await ready() },
      DeskRoute("GET", "/openapi.json", .open) { _ in
        DeskAnswer(type: "application/json", body: Array(OpenAPI.document.utf8))
      },
      DeskRoute("GET", "/problems/{kind}", .open) { request in try problemPage(request) },
    ]
  }

  private func ready() async throws(Problem) -> DeskAnswer {
    do {
      _ = try await coordinator.store.read { try $0.marker("ready") }
    } catch {
      throw .unavailable("The store cannot be read.")
    }
    if coordinator.writeHealth.failure(at: clock.now) != nil {
      throw .unavailable("The store cannot be written: no order can be made durable. The log says why.")
    }
    return .json(["status": "ready"])
  }

  private func problemPage(_ request: DeskRequest) throws(Problem) -> DeskAnswer {
    guard let kind = request.parameters["kind"].flatMap(Problem.Kind.init(rawValue:)) else {
      throw Problem(.notFound, "There is no such kind of problem.")
    }
    return .json([
      "type": .string("/problems/" + kind.rawValue), "title": .string(kind.title),
      "status": .number(String(kind.status)), "advice": .string(kind.advice),
    ])
  }
}
