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
    let gated = world.ledger.reading
    let naive = run.naive?.reading ?? NaiveFlow.Reading()
    func number(_ value: Int) -> JSONValue { .number(String(value)) }
    func seconds(_ value: Double) -> JSONValue { .number(String((value * 100).rounded() / 100)) }
    return [
      "age": seconds(run.age), "kills": number(run.kills), "running": .bool(run.isCoordinatorRunning),
      "firstOrderAfter": seconds(run.firstOrderAfter ?? 0), "placed": number(gated.placed),
      "naive": [
        "told": number(naive.confirmed), "erp": number(gated.naiveInERP), "missing": number(naive.missing),
        "gap": seconds(naive.median), "worst": seconds(naive.worst), "twice": number(gated.naiveTwice),
        "oversold": number(DemoWorld.oversold(naive.sold)),
      ],
      "gated": [
        "told": number(gated.confirmed), "erp": number(gated.inERP), "missing": number(gated.early),
        "waiting": number(max(0, gated.placed - gated.confirmed)), "wait": seconds(gated.medianWait),
        "twice": number(gated.twiceInERP), "mails": number(gated.twiceMailed),
        "oversold": number(DemoWorld.oversold(gated.sold)),
      ],
    ]
  }
}
