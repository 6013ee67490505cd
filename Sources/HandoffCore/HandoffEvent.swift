/// Something that has happened to a handoff; the past tense, because it is never a wish.
public enum HandoffEvent: Hashable, Sendable {
  /// A submission was leased; from here on the ERP may have the order.
  case submissionStarted
  /// The ERP has a record that it has not accepted.
  case orderRecorded(recordID: String, state: String)
  /// The ERP accepted the order, in answer to our own request.
  case receiptIssued(Receipt)
  /// A look-up found the order accepted and equal to what we sent.
  case receiptFound(Receipt)
  /// A look-up found a record under our id that does not equal what we sent.
  case receiptDiffers(recordID: String, detail: String)
  /// The ERP refused for good; nothing exists there.
  case submissionRefused(reason: String)
  /// Certain that nothing was done; try again later.
  case submissionDeferred(reason: String)
  /// Anything that is not a definite answer.
  case submissionOutcomeUnknown(reason: String)
  /// A look-up found nothing.
  case receiptNotFound
  /// A look-up found our record with steps of ours outstanding.
  case submissionIncomplete(recordID: String, state: String)
  /// A look-up could not be made.
  case lookupFailed(reason: String)
  /// The ERP's record was voided or cancelled by somebody else (F41).
  case receiptRevoked(reason: String)
  /// The ERP allocated every line.
  case inventoryValidated
  /// The ERP could not allocate everything; `partly` when some units were.
  case inventoryShort([Shortage], partly: Bool)
  /// The ERP could not be asked about stock.
  case inventoryUnknown(reason: String)
  /// The acknowledgement was taken by its carrier.
  case acknowledgementSent
  /// The confirmation was taken by its carrier.
  case confirmationSent
  /// The cannot-fulfil message was taken by its carrier.
  case cannotFulfilSent
  /// A message was not taken, or it is not known whether it was: it is sent again with the same key.
  case messageDeferred(EffectKind, reason: String)
  /// A carrier refused a message for good.
  case messageRefused(EffectKind, reason: String)
  /// A message could not be written, so nothing was decided.
  case compositionFailed(EffectKind, reason: String)
  /// The storefront holds or has released its fulfilment.
  case fulfillmentChanged(EffectKind)
  /// The storefront could not hold or release; tried again.
  case fulfillmentDeferred(EffectKind, reason: String)
  /// The storefront refused to hold or release.
  case fulfillmentRefused(EffectKind, reason: String)
  /// The storefront has newer content.
  case orderEdited(OrderVersion)
  /// The storefront cancelled the order.
  case orderCancelled
  /// The payment was voided or has expired.
  case paymentVoided
  /// The ERP's record is cancelled.
  case cancellationCompleted
  /// The ERP was busy or its answer unknown; cancelling by id is repeatable.
  case cancellationDeferred(reason: String)
  /// The ERP refuses to cancel, for instance because the goods have left.
  case cancellationRefused(reason: String)
  /// The row's deadline has passed.
  case deadlinePassed
  /// A connector is not set up rightly; nothing was done, and no order is to blame.
  case connectorMisconfigured(EffectKind, reason: String)
  /// An event was refused by these rules: something is not as the rules believe, and a person must look.
  case eventRefused(reason: String)
  /// A person decided.
  case operatorDecided(OperatorDecision, by: String)
}

/// One distinct content of an order, as taken in.
public struct OrderVersion: Hashable, Sendable {
  /// Counts distinct contents from 1, in intake order.
  public let number: Int
  /// The digest of the content.
  public let digest: ContentDigest
  /// The storefront's clock for it.
  public let updatedAt: Timestamp
  /// What the customer owes in this version.
  public let total: Money

  /// Makes a version.
  public init(number: Int, digest: ContentDigest, updatedAt: Timestamp, total: Money) {
    self.number = number
    self.digest = digest
    self.updatedAt = updatedAt
    self.total = total
  }
}

/// What a person may decide about an exception; none of them opens the gate without a receipt (S14).
public enum OperatorDecision: Hashable, Sendable {
  /// Try again from where it stopped: look up first if anything may exist.
  case retry
  /// There is proof that the ERP has nothing; create it (class N).
  case createAgain
  /// The order is in the ERP under this record; take it as the receipt.
  case adopt(recordID: String)
  /// Let the order pass in spite of a shortage.
  case acceptShortage
  /// Go on although the storefront says that the payment is void: somebody vouches for the money.
  case acceptVoidPayment
  /// Tell the customer that it cannot be fulfilled.
  case decline
  /// Cancel it in the ERP.
  case cancel
  /// Hand it back to the storefront's people.
  case handBack
}
