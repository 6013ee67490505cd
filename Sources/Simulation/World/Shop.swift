import Connector
import HandoffCore

/// The customers and the storefronts: orders are placed, edited, cancelled and paid for, and the storefront tells of it
/// by webhooks that can be lost, late, doubled and out of order.
extension World {
  /// Draws every order of the plan and lets it happen at its time.
  func openShops() {
    for index in 0..<plan.orders {
      let at = plan.span * Int64(index) / Int64(max(1, plan.orders)) + Int64(dice.below(50_000))
      loop.at(at) { [self] in place() }
    }
  }

  private func place() {
    let shop = dice.below(plan.openShops)
    let index = orders.count
    let poison = strikes(.poisonOrder) ? Poison(rawValue: dice.between(1, 8)) ?? .none : .none
    var order = WorldOrder(
      key: OrderKey(storefront: plan.shops[shop].name, orderID: String(World.firstID + index)), shop: shop,
      erp: plan.shops[shop].erp, isOld: dice.chance(200), isTest: dice.chance(100), poison: poison)
    if poison == .neverInStock || strikes(.stockShort) {
      order.stockAt = poison == .neverInStock ? .max : loop.now + Int64(dice.below(20_000_000))
      order.shortage = dice.between(1, 2)
    }
    orders.append(order)
    addContent(index, lines: lines(), .placed)
    if strikes(.orderEdited) { later(index) { $0.edit(index) } }
    if strikes(.orderEdited) { later(index) { $0.edit(index) } }
    if strikes(.orderCancelled) { later(index) { $0.cancelOrder(index) } }
    if strikes(.paymentVoided) { later(index) { $0.voidPayment(index) } }
  }

  /// Most changes come while the order is in flight, some long after.
  private func later(_ index: Int, _ change: @escaping (World) -> Void) {
    let after = dice.chance(6000) ? Int64(dice.below(300_000)) : Int64(dice.below(20_000_000))
    loop.after(after) { [self] in
      if !isHealed { change(self) }
    }
  }

  func lines() -> [OrderLine] {
    (0..<dice.between(1, 2)).map { number in
      let sku = "SKU-\(dice.below(50))"
      let price = Money(minorUnits: Int64(dice.between(100, 9999)), currency: .usDollar)
      return OrderLine(id: "\(number)", sku: sku, title: sku, quantity: dice.between(1, 5), unitPrice: price)
    }
  }

  private func edit(_ index: Int) {
    guard !orders[index].isCancelled, !orders[index].isVoid else { return }
    // Now and then the customer goes back to what was ordered before.
    if orders[index].contents.count > 1, dice.chance(3000), let earlier = orders[index].contents.first {
      addContent(index, lines: contents[earlier].value.lines, .edited)
    } else if var lines = newest(index)?.value.lines, !lines.isEmpty, dice.chance(5000) {
      lines[0].quantity += 1
      addContent(index, lines: lines, .edited)
    } else {
      addContent(index, lines: lines(), .edited)
    }
  }

  private func cancelOrder(_ index: Int) {
    guard !orders[index].isCancelled, let lines = newest(index)?.value.lines else { return }
    orders[index].isCancelled = true
    addContent(index, lines: lines, .cancelled)
  }

  private func voidPayment(_ index: Int) {
    guard !orders[index].isCancelled, !orders[index].isVoid, let lines = newest(index)?.value.lines else { return }
    orders[index].isVoid = true
    addContent(index, lines: lines, .voided)
  }

  func addContent(_ index: Int, lines: [OrderLine], _ fact: FactKind, isTold: Bool = true) {
    let number = contents.count
    let order = orders[index]
    let sum = lines.reduce(Int64(0)) { $0 + $1.unitPrice.minorUnits * Int64($1.quantity) }
    var value = Order(
      id: order.key.orderID, number: "#\(index)", currency: .usDollar,
      total: Money(minorUnits: sum, currency: .usDollar), lines: lines)
    let now = World.beginning + .microseconds(loop.now)
    value.placedAt = order.isOld ? World.watermark - .seconds(60) : now
    let last = order.contents.last.map { contents[$0].updatedAt }
    let updatedAt = last.map { max(now, $0 + .microseconds(1)) } ?? now
    value.updatedAt = updatedAt
    value.email = "c\(index)@example.com"
    value.note = String(number)
    value.payment = order.isVoid ? .voided : .paid
    value.isCancelled = order.isCancelled
    value.isTest = order.isTest
    let twin = order.contents.first { known in
      let other = contents[known].value
      return other.payment == value.payment && zip(other.lines, lines).allSatisfy { $0.0 == $0.1 }
        && other.lines.count == lines.count
    }
    contents.append(
      Content(
        order: index, value: value, meaning: twin.map { contents[$0].meaning } ?? number, updatedAt: updatedAt,
        isCancelled: order.isCancelled, isVoid: order.isVoid))
    orders[index].contents.append(number)
    record(fact, index, number)
    if isTold { tell(number) }
  }

  /// The storefront's webhooks about one content.
  private func tell(_ content: Int) {
    if strikes(.webhookLost) { return }
    let id = "w\(content)"
    send(content, id: id, topic: dice.chance(500) ? "notice" : "order")
    if strikes(.webhookDoubled) { send(content, id: dice.chance(5000) ? id : id + "b", topic: "order") }
  }

  private func send(_ content: Int, id: String, topic: String) {
    let delay = strikes(.webhookLate) ? Int64(dice.below(15_000_000)) : Int64(dice.between(500, 30_000))
    deliver(Delivery(content: content, id: id, topic: topic, attempt: 1), after: delay)
    if strikes(.signatureWrong) {
      deliver(Delivery(content: content, id: id + "f", topic: "forged", attempt: 4), after: delay)
    }
    if strikes(.bodyUnreadable) {
      deliver(Delivery(content: content, id: id + "u", topic: "unreadable", attempt: 1), after: delay)
    }
  }
}

/// One webhook on its way.
struct Delivery: Sendable {
  let content: Int
  let id: String
  let topic: String
  var attempt: Int

  func request(receivedAt: Timestamp) -> WebhookDelivery {
    WebhookDelivery(
      headers: [
        HTTPField(SourcePort.signature, topic == "forged" ? "wrong" : "right"), HTTPField(SourcePort.id, id),
        HTTPField(SourcePort.topic, topic),
      ], body: Array((topic == "unreadable" ? "{" : String(content)).utf8), receivedAt: receivedAt)
  }
}

extension World {
  static let attempts = 4

  private func deliver(_ delivery: Delivery, after delay: Int64) {
    deliveriesDue += 1
    loop.after(delay) { [self] in
      deliveriesDue -= 1
      attempt(delivery)
    }
  }

  /// One attempt; without a 2xx in time the storefront comes again with the original payload, and then gives up.
  private func attempt(_ delivery: Delivery) {
    let order = contents[delivery.content].order
    guard let node = receiver() else { return again(delivery) }
    record(.delivered, order, delivery.content, delivery.attempt, delivery.topic)
    let isSettled = OneThread(false)
    let now = World.beginning + .microseconds(loop.now + node.life.skew)
    if reception == .early { acknowledged(delivery, isSettled) }
    node.receive(delivery.request(receivedAt: now), at: orders[order].key.storefront) { [self] isTaken in
      if reception == .early { return }
      if isTaken || reception == .always {
        acknowledged(delivery, isSettled)
      } else {
        record(.rejected, order, delivery.content, 0, delivery.topic)
        if !isSettled.value {
          isSettled.value = true
          again(delivery)
        }
      }
    }
    loop.after(World.patience) { [self] in
      if !isSettled.value {
        isSettled.value = true
        again(delivery)
      }
    }
  }

  private func acknowledged(_ delivery: Delivery, _ isSettled: OneThread<Bool>) {
    let content = contents[delivery.content]
    record(.acknowledged, content.order, delivery.content, delivery.topic == "order" ? 0 : 1, delivery.topic)
    if strikes(.answerLost) { return }
    isSettled.value = true
  }

  private func again(_ delivery: Delivery) {
    guard delivery.attempt < World.attempts else { return }
    var next = delivery
    next.attempt += 1
    deliver(next, after: Int64(delivery.attempt) * 1_500_000 + Int64(dice.below(500_000)))
  }

  private func receiver() -> Node? {
    let able = nodes.filter { $0.life.isAlive && !$0.isLeaving.value }
    return able.isEmpty ? nil : able[dice.below(able.count)]
  }
}
