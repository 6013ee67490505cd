import Connector
import Hummingbird
import Sandbox

/// The demo's own page, apart from the console so that it outlives the coordinator it crashes.
struct DemoDesk {
  let world: DemoWorld
  let run: DemoRun
  let consolePort: Int

  func router() -> Router<BasicRequestContext> {
    let router = Router()
    router.get("/") { _, _ in page(DemoPage.html(consolePort: consolePort), "text/html; charset=utf-8") }
    router.get("/demo.css") { _, _ in page(DemoPage.css, "text/css; charset=utf-8") }
    router.get("/demo.js") { _, _ in page(DemoPage.script, "text/javascript; charset=utf-8") }
    router.get("/demo/state") { _, _ in page(reading().text, "application/json") }
    router.post("/demo/crash") { request, _ in
      // A page of another site cannot set this header: no stranger presses the button.
      guard request.headers[.init("X-Countersign-Demo") ?? .accept] == "1" else {
        return Response(status: .forbidden)
      }
      run.crash()
      return page("{}", "application/json")
    }
    return router
  }

  private func page(_ text: String, _ type: String) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    headers[.cacheControl] = "no-store"
    headers[.contentSecurityPolicy] = "default-src 'self'; frame-ancestors 'none'"
    headers[.xContentTypeOptions] = "nosniff"
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  private func reading() -> JSONValue {
    // Asked before the ledgers: an order that is placed in between is not taken for one that is missing.
    let promised = run.naive?.promised ?? (orders: 0, units: [:])
    let seen = world.reading()
    func number(_ value: Int) -> JSONValue { .number(String(value)) }
    func seconds(_ value: Double) -> JSONValue { .number(String((value * 100).rounded() / 100)) }
    return [
      "age": seconds(run.age), "kills": number(run.kills), "running": .bool(run.isCoordinatorRunning),
      "firstOrderAfter": seconds(run.firstOrderAfter ?? 0), "placed": number(seen.placed),
      "gaps": .array(run.gaps.map { .array([number($0.naive), number($0.gated)]) }),
      "naive": [
        "told": number(promised.orders), "erp": number(seen.naiveInERP),
        "missing": number(max(0, promised.orders - seen.naiveInERP)),
        "gap": seconds(seen.naiveGap), "worst": seconds(seen.naiveWorstGap), "twice": number(seen.naiveTwice),
        "oversold": number(DemoWorld.oversold(promised.units)),
      ],
      "gated": [
        "told": number(seen.confirmed), "erp": number(seen.inERP), "missing": number(seen.early),
        "waiting": number(max(0, seen.placed - seen.inERP)), "held": number(max(0, seen.inERP - seen.confirmed)),
        "wait": seconds(seen.medianWait),
        "twice": number(seen.twiceInERP), "mails": number(seen.twiceMailed),
        "oversold": number(DemoWorld.oversold(seen.sold)),
      ],
    ]
  }
}
