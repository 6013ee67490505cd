import Connector
import Coordinator
import HandoffCore
import HandoffStore

/// A seeded bug, and the promise it breaks: an oracle that does not see it has a hole.
package struct Canary: Sendable {
  /// Its name.
  package let name: String
  /// The promise whose oracle must see it.
  package let property: Property
  /// The bug in words.
  package let bug: String
  /// In how many seeds it must be seen at the latest.
  package let budget: Int
  let sabotage: Sabotage

  init(_ name: String, _ property: Property, _ bug: String, budget: Int = 60, _ build: (inout Sabotage) -> Void) {
    self.name = name
    self.property = property
    self.bug = bug
    self.budget = budget
    var sabotage = Sabotage()
    build(&sabotage)
    self.sabotage = sabotage
  }

  /// Every seeded bug.
  package static let all: [Canary] =
    gateCanaries + intakeCanaries + recordCanaries + messageCanaries + stockCanaries + livenessCanaries

  /// Runs one seed with the bug in it.
  package func run(seed: UInt64) -> Simulation.Outcome { Simulation(Plan(seed: seed), sabotage: sabotage).run() }
}

extension Sabotage {
  /// Breaks statements of the store.
  mutating func statements(_ twist: @escaping @Sendable (TwistedStatements, World) -> Void) {
    transaction = { inner, world in
      let twisted = TwistedStatements(inner)
      twist(twisted, world)
      return twisted
    }
  }

  /// Twists the ERP connector.
  mutating func connector(_ twist: @escaping @Sendable (inout TwistedERP) -> Void) {
    erp = { port in
      var twisted = TwistedERP(port)
      twist(&twisted)
      return twisted
    }
  }

  /// Twists what is sent to customers.
  mutating func carrier(_ twist: @escaping @Sendable (CarrierPort, FrozenMessage) async -> MessageOutcome) {
    sender = { TwistedSender(port: $0, onSend: twist) }
  }

  /// Twists what is read from a storefront.
  mutating func storefront(_ twist: @escaping @Sendable (inout TwistedSource) -> Void) {
    source = { port in
      var twisted = TwistedSource(port)
      twist(&twisted)
      return twisted
    }
  }
}
