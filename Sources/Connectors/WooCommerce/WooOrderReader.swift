import Connector
import HandoffCore

/// What an order document of the REST API, version 3, is to the gate.
enum WooDocument {
  /// An order.
  case order(Order, updatedAt: Timestamp, status: String)
  /// A basket or an unfinished checkout.
  case notAnOrder(id: String, status: String)
}

/// Translates an order document; the webhook body and the REST resource are the same.
struct WooOrderReader: Sendable {
  let configuration: WooConfiguration

  /// - Throws: `OrderFault` naming the first member that is missing or wrong; nothing is guessed.
  func read(_ json: JSONValue) throws(OrderFault) -> WooDocument {
    guard json.isObject else { throw OrderFault(path: "$", problem: "an order is a JSON object") }
    guard let id = json["id"]?.scalarText, WooOrderReader.isID(id) else {
      throw OrderFault(path: "id", problem: "a positive whole number is needed")
    }
    guard let status = json["status"]?.string, !status.isEmpty else {
      throw OrderFault(path: "status", problem: "this member is missing")
    }
    guard let meaning = configuration.meaning(of: status) else {
      throw OrderFault(
        path: "status", problem: "\"\(status.prefix(60))\" is not known; name its meaning under customStatuses")
    }
    let mark = WooMark(json)
    guard isOrder(json, meaning, mark) else { return .notAnOrder(id: id, status: status) }
    guard let updatedAt = instant(json, "date_modified_gmt") ?? instant(json, "date_created_gmt") else {
      throw OrderFault(
        path: "date_modified_gmt", problem: "no UTC clock; the local date_modified is no instant without its zone")
    }
    var order = try money(json, id: id)
    order.placedAt = instant(json, "date_created_gmt")
    order.updatedAt = updatedAt
    order.source = text(json["created_via"])
    order.note = text(json["customer_note"])
    describeCustomer(json, &order)
    order.payment = payment(json, meaning, mark, order.total)
    order.isCancelled =
      meaning == .cancelled || (meaning == .refunded && instant(json, "date_completed_gmt") == nil)
    return .order(order, updatedAt: updatedAt, status: status)
  }

  static func isID(_ text: String) -> Bool {
    let digits = text.utf8
    return !digits.isEmpty && digits.count <= 19 && digits.first != UInt8(ascii: "0")
      && digits.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  /// Whether there is, or ever was, an order here. An unfinished checkout is none; an order that fell back to `pending`
  /// or `failed` is one whose payment is void, and the gate must hear of it (F23).
  private func isOrder(_ json: JSONValue, _ meaning: WooStatusMeaning, _ mark: WooMark) -> Bool {
    switch meaning {
    case .draft: false
    case .unpaid: mark.state != nil || wasPaid(json)
    case .failed: mark.state != nil || wasPaid(json) || isOffline(json)
    case .waiting, .released, .cancelled, .refunded: true
    }
  }

  private func wasPaid(_ json: JSONValue) -> Bool {
    text(json["date_paid_gmt"]) != nil || text(json["date_paid"]) != nil || text(json["transaction_id"]) != nil
  }

  private func isOffline(_ json: JSONValue) -> Bool {
    json["payment_method"]?.string.map(configuration.offlineMethods.contains) ?? false
  }

  /// The payment state: a function of what our own release does not change.
  ///
  /// WooCommerce sets `date_paid` by itself when an order first reaches `processing`, cash on delivery included. So for
  /// offline methods the date says nothing, and for a released order the state decided upon is read back from the mark;
  /// else our own release would change the digest and close the gate behind itself.
  func payment(_ json: JSONValue, _ meaning: WooStatusMeaning, _ mark: WooMark, _ total: Money) -> PaymentState {
    if meaning == .refunded || !(json["refunds"]?.array ?? []).isEmpty { return .refunded }
    if meaning == .failed || meaning == .unpaid { return .voided }
    if mark.isConfirmed, let decided = mark.payment { return decided }
    if isOffline(json) { return .pending }
    if total.minorUnits == 0 { return .paid }
    if text(json["date_paid_gmt"]) != nil || text(json["date_paid"]) != nil { return .paid }
    return text(json["transaction_id"]) == nil ? .pending : .authorized
  }

  private func describeCustomer(_ json: JSONValue, _ order: inout Order) {
    order.billingAddress = address(json["billing"])
    order.shippingAddress = address(json["shipping"])
    order.email = text(json["billing"]?["email"])
    order.phone = order.billingAddress?.phone
    order.customerName = order.billingAddress?.name ?? order.shippingAddress?.name
  }

  private func address(_ json: JSONValue?) -> Address? {
    guard let json, json.isObject else { return nil }
    var address = Address()
    let names = [text(json["first_name"]), text(json["last_name"])].compactMap { $0 }
    address.name = text(.string(names.joined(separator: " ")))
    address.company = text(json["company"])
    address.street1 = text(json["address_1"])
    address.street2 = text(json["address_2"])
    address.city = text(json["city"])
    address.region = text(json["state"])
    address.postalCode = text(json["postcode"])
    address.country = text(json["country"])
    address.phone = text(json["phone"])
    return address == Address() ? nil : address
  }

  /// Text that says something; WooCommerce writes "" for what is absent.
  func text(_ json: JSONValue?) -> String? {
    guard let text = json?.scalarText, !text.isEmpty, text.utf8.count <= 4096 else { return nil }
    return text
  }

  /// The `_gmt` clocks are UTC without saying so.
  func instant(_ json: JSONValue, _ key: String) -> Timestamp? {
    json[key]?.string.flatMap { Timestamp(iso8601: $0, assumingUTC: true) }
  }
}
