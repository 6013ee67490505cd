import HandoffCore
import Testing

@testable import Coordinator

@Suite struct LaneTroublesTests {
  private let troubles = LaneTroubles()
  private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test func `the first failure is told at once, then one line a minute with the count`() {
    #expect(troubles.note("503", lane: "erp:books", at: at(0)) == .trouble(reason: "503", count: 1))
    for second in 1..<60 { #expect(troubles.note("503", lane: "erp:books", at: at(Int64(second))) == nil) }
    #expect(troubles.note("504", lane: "erp:books", at: at(60)) == .trouble(reason: "504", count: 60))
    #expect(troubles.note("504", lane: "erp:office", at: at(60)) == .trouble(reason: "504", count: 1))
  }

  @Test func `that it is over is told once; a lane that fails now and then still says so once a minute`() {
    #expect(troubles.note(nil, lane: "erp:books", at: at(0)) == nil)
    _ = troubles.note("503", lane: "erp:books", at: at(1))
    #expect(troubles.note(nil, lane: "erp:books", at: at(2)) == .over)
    #expect(troubles.note(nil, lane: "erp:books", at: at(3)) == nil)
    #expect(troubles.note("503", lane: "erp:books", at: at(4)) == nil)
    #expect(troubles.note(nil, lane: "erp:books", at: at(5)) == nil)
    #expect(troubles.note("503", lane: "erp:books", at: at(61)) == .trouble(reason: "503", count: 1))
  }

  @Test func `an attempt without an answer is trouble, a refusal is an answer`() {
    #expect(HandoffEvent.submissionDeferred(reason: "429").isTrouble)
    #expect(HandoffEvent.connectorMisconfigured(.submitOrder, reason: "401").isTrouble)
    #expect(!HandoffEvent.submissionRefused(reason: "no such item").isTrouble)
    #expect(!HandoffEvent.confirmationSent.isTrouble)
    #expect(HandoffEvent.troubles.contains(HandoffEvent.lookupFailed(reason: "503").name))
  }
}
