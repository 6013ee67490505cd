import Connector
import ConnectorTesting
import HandoffCore
import Synchronization
import Testing

@testable import ConnectorNetSuite

/// Answers as NetSuite never gives them: whatever comes, nothing traps, and no id is taken from where none can be.
@Suite struct MutationTests {
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    }
  }

  private static let fragments = [
    "null", "[]", "{}", "\"\"", "1E400", "-0", "99999999999999999999", "1.0E7", "\\u0000", "\"items\":[", "T", "\"A\"",
    "\"quantity\":-9223372036854775808", "<html>", "144060", "é", "\u{0}", "}}", "0.5", "\"isClosed\":true",
  ]

  private static let answers: [String] = {
    let rows =
      "{\"items\":[{\"id\":\"144060\",\"externalid\":\"CS-main-1001\",\"status\":\"B\",\"foreigntotal\":\"24.98\","
      + "\"item\":\"501\",\"itemid\":\"SKU-1\",\"quantity\":\"-2\",\"available\":\"7\"}],\"hasMore\":false}"
    let error = "{\"o:errorDetails\":[{\"detail\":\"This record already exists.\",\"o:errorCode\":\"USER_ERROR\"}]}"
    return [Fixture.record(), Fixture.record(status: "A"), rows, error, "{\"error\":{\"code\":\"X\"}}"]
  }()

  private static func mutated(_ dice: inout Dice) -> [UInt8] {
    var bytes = Array((answers.randomElement(using: &dice) ?? "").utf8)
    for _ in 0..<Int.random(in: 0...3, using: &dice) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &dice)
      switch Int.random(in: 0..<5, using: &dice) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
      case 1: bytes.removeLast(bytes.count - place)
      case 2: bytes.insert(contentsOf: (fragments.randomElement(using: &dice) ?? "").utf8, at: place)
      case 3:
        bytes.replaceSubrange(
          place..<min(place + 6, bytes.count), with: (fragments.randomElement(using: &dice) ?? "").utf8)
      default: bytes.remove(at: place)
      }
    }
    return bytes
  }

  private static func reply(_ dice: inout Dice) -> ScriptedTransport.Reply {
    let status = [200, 200, 200, 204, 204, 201, 202, 302, 400, 400, 401, 403, 404, 429, 500, 503].randomElement(
      using: &dice)
    let locations = [
      "https://x/services/rest/record/v1/salesOrder/144060",
      "https://x/salesOrder/" + String(repeating: "9", count: 30),
      "", "////", "salesOrder/{\"error\":1}", "https://x/job/1",
    ]
    let headers = [HTTPField("Location", locations.randomElement(using: &dice) ?? "")]
    return .success(HTTPAnswer(status: status ?? 200, headers: headers, body: mutated(&dice)))
  }

  private static func isSound(_ receipt: Receipt) -> Bool { isInternalID(receipt.recordID) }

  @Test(arguments: 0..<4)
  func `twenty thousand mutated answers trap nothing and mint no id`(part: Int) async throws {
    var accepted = 0
    for iteration in 0..<5000 {
      let seed = UInt64(part * 5000 + iteration)
      let dice = Mutex(Dice(state: seed))
      let transport = ScriptedTransport { _ in dice.withLock { Self.reply(&$0) } }
      let erp = try Fixture.erp(transport, Fixture.configuration(tokenBased: true))
      let submission = Fixture.submission()
      let isSound: Bool
      switch iteration % 5 {
      case 0:
        switch await erp.submit(submission) {
        case .accepted(let receipt): isSound = Self.isSound(receipt)
        case .recorded(let id, _): isSound = isInternalID(id)
        default: isSound = true
        }
      case 1:
        switch await erp.findReceipt(submission) {
        case .accepted(let receipt):
          accepted += 1
          isSound = Self.isSound(receipt) && receipt.total == Fixture.money(2498)
        case .recorded(let id, _), .differs(let id, _), .void(let id, _): isSound = isInternalID(id)
        default: isSound = true
        }
      case 2:
        _ = await erp.checkInventory(submission, receipt: Fixture.receipt)
        isSound = true
      case 3:
        if case .accepted(let receipt) = await erp.update(submission, receipt: Fixture.receipt) {
          isSound = receipt.recordID == "144060"
        } else {
          isSound = true
        }
      default:
        _ = await erp.cancel(submission, recordID: "144060")
        _ = await erp.availability(of: ["SKU-1", "SKU-2"])
        isSound = true
      }
      #expect(isSound, "seed \(seed)")
    }
    // The answers that were left whole show that the way to an acceptance is among those tried.
    #expect(accepted > 0)
  }

  @Test func `five thousand mutated token answers trap nothing`() async throws {
    for seed in 0..<5000 {
      let dice = Mutex(Dice(state: UInt64(seed)))
      let transport = ScriptedTransport { _ in
        dice.withLock { dice in
          var bytes = Array("{\"access_token\":\"abc\",\"expires_in\":\"3600\"}".utf8)
          let place = Int.random(in: 0..<bytes.count, using: &dice)
          bytes[place] = UInt8.random(in: 0...255, using: &dice)
          return .success(HTTPAnswer(status: 200, body: bytes))
        }
      }
      _ = await (try Fixture.erp(transport)).findReceipt(Fixture.submission())
      let headers = transport.orderCalls.compactMap { $0.headers["Authorization"] }
      #expect(headers.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    }
  }
}
