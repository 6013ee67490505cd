import Connector
import HandoffCore

/// The carrier of messages as one process reaches it.
struct CarrierPort: ConfirmationSender {
  let world: World
  let life: Life

  func compose(_ facts: MessageFacts) throws(CompositionFailure) -> FrozenMessage {
    guard let order = world.order(facts.key.orderID) else { throw CompositionFailure("no such order") }
    if !world.isPoisonMended, world.orders[order].poison == .noTemplate, facts.kind != .acknowledgement {
      world.note(.templateFailed)
      throw CompositionFailure("the template names a field the order does not have")
    }
    let content = world.content(of: facts.order)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for (place, word) in [
      facts.kind.rawValue, String(order), String(content), facts.recordID ?? "-", String(facts.decidedAt.microseconds),
    ].enumerated() {
      if place > 0 { text.append(UInt8(ascii: " ")) }
      text.append(contentsOf: word.utf8)
    }
    return FrozenMessage(
      key: facts.messageKey, kind: facts.kind, recipient: "c\(order)@example.com", content: text)
  }

  func send(_ message: FrozenMessage) async -> MessageOutcome {
    let words = message.content.split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard words.count > 2, let order = words[1].decimal, let content = words[2].decimal else {
      return .refused(reason: "not one of our messages")
    }
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] in
      world.takeMail(order: order, content: content, message)
    }
    switch answer {
    case .answered(let outcome): return outcome
    case .notSent, .noAnswer: return .deferred(reason: "no answer from the carrier")
    }
  }

  func probe() async -> [ProbeFinding] { [] }
}

extension World {
  func takeMail(order: Int, content: Int, _ message: FrozenMessage) -> MessageOutcome {
    if !isPoisonMended, orders[order].poison == .noAddress { return .refused(reason: "no such address") }
    if strikes(.mailRefused) { return .refused(reason: "the mailbox is full") }
    let kind = MessageKind.allCases.firstIndex(of: message.kind) ?? 0
    record(.mailTaken, order, kind, content, message.key)
    mailBytes[message.key, default: []].insert(Fingerprint.word(message.content))
    return .accepted
  }
}

extension ArraySlice<UInt8> {
  /// The number that the digits write; nil for anything else, a minus sign but for -1 included.
  var decimal: Int? {
    if elementsEqual("-1".utf8) { return -1 }
    guard !isEmpty, count < 10 else { return nil }
    var number = 0
    for byte in self {
      guard (48...57).contains(byte) else { return nil }
      number = number * 10 + Int(byte) - 48
    }
    return number
  }
}

/// The storefront's brake on shipping as one process reaches it.
struct ShippingPort: FulfillmentGate {
  let world: World
  let life: Life

  func hold(_ key: OrderKey, handoffID: HandoffID) async -> GateOutcome { await ask(key, .held) }

  func release(_ key: OrderKey, handoffID: HandoffID, recordID: String?) async -> GateOutcome {
    await ask(key, .released)
  }

  private func ask(_ key: OrderKey, _ fact: FactKind) async -> GateOutcome {
    guard let order = world.order(key.orderID) else { return .refused(reason: "no such order") }
    let answer = await world.exchange(life, order: order, canDouble: true) { [world] () -> GateOutcome in
      if world.strikes(.shippingRefused) || (world.orders[order].poison == .shippingRefused && !world.isPoisonMended) {
        return .refused(reason: "it has been shipped")
      }
      world.record(fact, order)
      return .done
    }
    guard case .answered(let outcome) = answer else { return .deferred(reason: "no answer") }
    return outcome
  }
}
