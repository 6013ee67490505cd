import Connector
import HandoffCore
import HandoffStore

/// Instants, spans and names as people read them.
enum Words {
  /// A span in at most two units: `12 s`, `4 min`, `2 h 10 min`, `3 d 4 h`.
  static func span(_ duration: Duration) -> String {
    let seconds = max(0, duration.wholeMicroseconds / 1_000_000)
    if seconds < 60 { return "\(seconds) s" }
    let minutes = seconds / 60
    if minutes < 60 { return "\(minutes) min" }
    let hours = minutes / 60
    if hours < 24 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  /// How long ago, or in how long.
  static func relative(_ instant: Timestamp, to now: Timestamp) -> String {
    if now < instant { return "in " + span(instant.since(now)) }
    let past = now.since(instant)
    return past < .seconds(1) ? "just now" : span(past) + " ago"
  }

  /// `2026-11-23 10:00:00 UTC`.
  static func instant(_ instant: Timestamp) -> String {
    let text = Timestamp(microseconds: instant.microseconds / 1_000_000 * 1_000_000).iso8601
    return text.replacing("T", with: " ").replacing("Z", with: " UTC")
  }

  static func money(_ money: Money) -> String { money.decimalText + " " + money.currency.text }

  /// An effect as something that is about to be done.
  static func effect(_ kind: EffectKind) -> String {
    switch kind {
    case .submitOrder: "submission to the ERP"
    case .findReceipt: "look-up in the ERP"
    case .checkInventory: "check of the ERP's stock"
    case .updateOrder: "update in the ERP"
    case .cancelOrder: "cancellation in the ERP"
    case .sendAcknowledgement: "message \u{201C}received\u{201D} to the customer"
    case .releaseConfirmation: "confirmation to the customer"
    case .sendCannotFulfil: "message \u{201C}cannot be fulfilled\u{201D} to the customer"
    case .holdFulfillment: "hold of the storefront's shipping"
    case .releaseFulfillment: "release of the storefront's shipping"
    }
  }

  /// A kind of exception in words.
  static func exception(_ kind: ExceptionKind) -> String {
    switch kind {
    case .refused: "the ERP refused the order"
    case .receiptOverdue: "there is no receipt within its deadline"
    case .quarantined: "it cannot be known whether the ERP has it, and creating it again is not safe"
    case .mismatch: "the ERP's record is not what was sent"
    case .moneyMismatch: "the ERP's total is not the storefront's"
    case .shortage: "the ERP could not allocate it"
    case .validationOverdue: "the ERP could not be asked about stock in time"
    case .messageRefused: "the message was refused by its carrier"
    case .messageOverdue: "the message could not be delivered in time"
    case .templateFailed: "the message could not be written"
    case .fulfillment: "the storefront would not hold or release its shipping"
    case .cancellation: "the ERP would not cancel, or not in time"
    case .receiptRevoked: "the ERP's record was not found, or was cancelled there"
    case .paymentVoided: "the payment was voided while the order was in flight"
    case .editRefused: "the order changed after it was confirmed, and the ERP would not take the change"
    case .misconfigured: "a connector is not set up rightly"
    case .unexpected: "something happened that the rules do not expect"
    }
  }

  static func event(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}

/// Personal data as lists show it.
enum Mask {
  /// `anna@example.org` as `a***@e***`.
  static func email(_ address: String) -> String {
    guard let at = address.lastIndex(of: "@") else { return address.isEmpty ? "" : address.prefix(1) + "***" }
    return address.prefix(1) + "***@" + address[address.index(after: at)...].prefix(1) + "***"
  }

  /// Every address in a text that somebody else wrote.
  static func emails(in text: String) -> String {
    guard text.contains("@") else { return text }
    var result = ""
    var word = ""
    func flush() {
      result += word.dropFirst().contains("@") ? email(word) : word
      word = ""
    }
    for character in text {
      if character.isLetter || character.isNumber || "@.+-_%".contains(character) {
        word.append(character)
      } else {
        flush()
        result.append(character)
      }
    }
    flush()
    return result
  }
}

extension JSONValue {
  /// A whole number.
  static func count(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }

  /// A text, or null.
  static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// An instant in RFC 3339, or null.
  static func instant(_ instant: Timestamp?) -> JSONValue { text(instant?.iso8601) }
}
