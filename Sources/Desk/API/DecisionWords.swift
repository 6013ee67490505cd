import HandoffCore

/// What each decision of a person does, in a sentence or two: the same on the command line and beside the buttons. The
/// runbook has the whole of it as a table.
public enum DecisionWords {
  /// Every decision, in the order in which they are offered.
  static let all: [OperatorDecision] = [
    .retry, .createAgain, .adopt(recordID: "1"), .acceptShortage, .acceptVoidPayment, .decline, .cancel, .handBack,
  ]

  /// The decisions by name, each with what it does.
  public static let table = all.map { (name: $0.name, effect: effect(of: $0)) }

  static func effect(of decision: OperatorDecision) -> String {
    switch decision {
    case .retry:
      "Goes on where it stopped; looks it up first where the ERP may have it. A message is sent again as it was."
    case .createAgain:
      "Creates it in the ERP anew. Only after you have made sure that the ERP does not have it, or it is there twice."
    case .adopt: "Takes the ERP's record you name as this order's, after a look-up has found that it is this order."
    case .acceptShortage:
      "Tells the customer that it is confirmed, without full stock; the ERP's record stays as it is."
    case .acceptVoidPayment:
      "Goes on unpaid although the storefront says that the payment is void; the journal names you."
    case .decline:
      "Mails the customer (or tells them as configured) that it cannot be fulfilled, and cancels the ERP's record. "
        + left
    case .cancel: "Cancels the ERP's record and goes no further; the customer is told nothing. " + left
    case .handBack:
      "Nothing more happens here: the storefront's people own it. The customer is told nothing more, the ERP's record "
        + "stays, and our hold on its shipping is let go unless it was declined or cancelled."
    }
  }

  private static let left =
    "In the storefront the order stays open and paid, and our hold on its shipping stays: cancel and refund it there "
    + "yourself."
}
