import Connector
import Coordinator
import HandoffCore
import HandoffStore

/// Where a seeded bug gets in: between the unchanged product and its surroundings. Nothing here is set in a normal run.
struct Sabotage: Sendable {
  /// Puts itself between the product and an ERP.
  var erp: (@Sendable (ERPPort) -> any ERPConnector)?
  /// Puts itself between the product and the carrier.
  var sender: (@Sendable (CarrierPort) -> any ConfirmationSender)?
  /// Puts itself between the product and a storefront.
  var source: (@Sendable (SourcePort) -> any OrderSource)?
  /// Breaks a statement of the store.
  var transaction: (@Sendable (any StoreTransaction, World) -> any StoreTransaction)?
  /// Decides otherwise than the retailer did.
  var policy: (@Sendable (inout HandoffPolicy) -> Void)?
  /// Wires the coordinator otherwise.
  var setting: (@Sendable (inout CoordinatorSetting) -> Void)?
  /// Hashes otherwise.
  var sha256: (@Sendable ([UInt8]) -> [UInt8])?
  /// Answers deliveries otherwise.
  var reception = Reception.honest
  /// Works on the clock.
  var clock: (@Sendable (Timestamp) -> Timestamp)?

  /// How deliveries are answered.
  enum Reception: Sendable {
    /// As the product says.
    case honest
    /// 2xx before anything is durable.
    case early
    /// 2xx whatever happened.
    case always
  }

  /// No bug.
  init() {}
}
