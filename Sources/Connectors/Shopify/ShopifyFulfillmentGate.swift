public import Connector
public import HandoffCore
import Signing

/// Keeps Shopify from shipping an order until the ERP has it: a hold on each of the order's fulfilment orders.
///
/// A hold stops fulfilment and nothing else: not the confirmation mail, the capture, edits or a cancellation. It cannot
/// stop what a fulfilment service has accepted already; that is told as a refusal, not passed over.
/// Every step may be repeated: the hold carries a handle made from the handoff's id, and only holds with that handle,
/// made by this app, are ever released. Shopify has no idempotency keys for these calls.
/// Source: shopify.dev, `fulfillmentOrderHold`, `fulfillmentOrderReleaseHold`, `tagsAdd`, `metafieldsSet`.
public struct ShopifyFulfillmentGate: FulfillmentGate {
  /// The tag a released order gets.
  public static let tag = "countersign-confirmed"
  /// The namespace of the metafields `status` and `erp_record`.
  public static let namespace = "countersign"
  /// Pages of 25 fulfilment orders that are read at most.
  static let pageLimit = 20

  let api: AdminAPI

  /// Connects to a shop; the token needs the scopes listed in the connector's page.
  public init(_ configuration: ShopifyConfiguration) { api = AdminAPI(configuration) }

  /// Holds every fulfilment order that can still be held.
  public func hold(_ key: OrderKey, handoffID: HandoffID) async -> GateOutcome {
    do throws(Stop) {
      let picture = try await picture(key)
      let handle = Self.handle(handoffID)
      if picture.orders.isEmpty {
        if picture.isCancelled { return .done }
        throw Stop(.deferred(reason: "Shopify has made no fulfilment orders for the order yet"))
      }
      var refusals: [String] = []
      var held = 0
      for order in picture.orders {
        switch order.status {
        case "CANCELLED", "CLOSED": continue
        case "OPEN", "SCHEDULED", "ON_HOLD", "INCOMPLETE":
          if order.holds(by: handle).isEmpty {
            if let refusal = try await hold(order, handle, handoffID) { refusals.append(refusal) } else { held += 1 }
          } else {
            held += 1
          }
        case "IN_PROGRESS":
          refusals.append("\(order.id) is in progress: a fulfilment service has accepted it, so it cannot be held")
        default: refusals.append("\(order.id) has the status \(order.status), which this version does not know")
        }
      }
      if let shipped = picture.shipped(held: held, refused: refusals.count) { refusals.append(shipped) }
      return refusals.isEmpty ? .done : .refused(reason: Words.clipped(refusals.joined(separator: "; ")))
    } catch {
      return error.outcome
    }
  }

  /// Ends our own holds, then marks the order with a tag and metafields; one without a record was handed back, and
  /// stays unmarked.
  public func release(_ key: OrderKey, handoffID: HandoffID, recordID: String?) async -> GateOutcome {
    do throws(Stop) {
      let picture = try await picture(key)
      let handle = Self.handle(handoffID)
      for order in picture.orders {
        let ours = order.holds(by: handle)
        if !ours.isEmpty { try await release(order, ours, handle) }
      }
      if let recordID { try await mark(key, recordID: recordID) }
      return .done
    } catch {
      return error.outcome
    }
  }

  /// The handle of a handoff's holds: at most 64 characters, the same on every attempt.
  static func handle(_ id: HandoffID) -> String {
    let plain = "countersign-" + id.text
    let isPlain = plain.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
      default: false
      }
    }
    if isPlain, plain.utf8.count <= 64 { return plain }
    return "countersign-" + ContentDigest(bytes: sha256(Array(id.text.utf8))).hex.prefix(48)
  }

  /// Why a hold or a release cannot go on.
  struct Stop: Error {
    let outcome: GateOutcome
    init(_ outcome: GateOutcome) { self.outcome = outcome }
  }
}

/// One fulfilment order as read.
struct FulfillmentOrder: Sendable {
  let id: String
  let status: String
  let holds: [JSONValue]

  /// The ids of the holds that this app made under a handle.
  func holds(by handle: String) -> [String] {
    holds.compactMap { hold in
      guard hold["heldByRequestingApp"]?.bool == true, hold["handle"]?.string == handle else { return nil }
      return hold["id"]?.string
    }
  }
}

/// An order's fulfilment as read.
struct FulfillmentPicture: Sendable {
  var orders: [FulfillmentOrder] = []
  var isCancelled = false
  var displayStatus = ""

  /// Words for goods that have left already; nil when nothing has.
  ///
  /// A closed fulfilment order alone proves nothing: one that was moved or merged is closed too. So the order's own
  /// status decides, unless there is nothing left that could be held.
  func shipped(held: Int, refused: Int) -> String? {
    if isCancelled { return nil }
    let closed = orders.filter { $0.status == "CLOSED" }.count
    if closed > 0, displayStatus == "FULFILLED" || displayStatus == "PARTIALLY_FULFILLED" {
      return "\(closed) fulfilment orders are closed and the order is \(displayStatus): goods have left before the hold"
    }
    if held == 0, refused == 0 {
      return "no fulfilment order is left that could be held; all are closed or cancelled"
    }
    return nil
  }
}
