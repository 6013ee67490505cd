import Connector
import ConnectorGeneric
import ConnectorTesting
import HandoffCore
import Signing
import Testing

@Suite struct AlertHookTests {
  private func alert() -> OwnerAlert {
    let line = OwnerAlertLine(
      occasion: "opened", kind: "refused", storefront: StorefrontName("main"), subject: "#1001", since: Fixtures.now,
      deadline: Fixtures.now + .seconds(60))
    return OwnerAlert(
      key: "alert-0011-77", owner: "erp-team", at: Fixtures.now, counts: ["refused": 11, "shortage": 2],
      oldest: [line])
  }

  @Test func `an alert is one signed event under its key`() async throws {
    let transport = ScriptedTransport { _ in .json(200, "{}") }
    let hook = try AlertHook(
      WebhookSender.Configuration(
        url: "https://pager.example/in", secrets: [Fixtures.secret], transport: transport,
        clock: StillClock(Fixtures.now)), console: "https://desk.example/exceptions")
    #expect(hook.canReach("erp-team"))
    #expect(await hook.send(alert()) == .accepted)
    let call = try #require(transport.calls.first)
    #expect(call.headers["webhook-id"] == "alert-0011-77")
    let key = try #require(StandardWebhooks.key(secret: Fixtures.secret))
    let seconds = Fixtures.now.microseconds / 1_000_000
    #expect(
      call.headers["webhook-signature"]
        == StandardWebhooks.sign(id: "alert-0011-77", timestamp: seconds, body: call.body, keys: [key]))
    let event = try JSONValue(parsing: call.body)
    #expect(event["type"] == "attention.needed")
    #expect(event["data"]?["owner"] == "erp-team")
    #expect(event["data"]?["count"] == 13)
    #expect(event["data"]?["kinds"]?["refused"] == 11)
    #expect(event["data"]?["oldest"]?.array?.first?["subject"] == "#1001")
    #expect(event["data"]?["console"] == "https://desk.example/exceptions")
    #expect(!event.text.contains("reason"))
  }

  @Test func `without an answer it is sent again`() async throws {
    let hook = try AlertHook(
      WebhookSender.Configuration(
        url: "https://pager.example/in", secrets: [Fixtures.secret],
        transport: ScriptedTransport([.failure(.noAnswer("timed out")), .json(503, ""), .json(404, "")]),
        clock: StillClock(Fixtures.now)))
    for expected in ["deferred", "deferred", "misconfigured"] {
      let outcome = await hook.send(alert())
      #expect("\(outcome)".hasPrefix(expected))
    }
    #expect(throws: GenericSetupFault.self) {
      try AlertHook(
        WebhookSender.Configuration(
          url: "pager", secrets: [Fixtures.secret], transport: ScriptedTransport([]), clock: StillClock(Fixtures.now)))
    }
  }
}
