import Connector
import ConnectorGeneric
import ConnectorMail

extension Assembly {
  /// Whoever tells the owners; nil when the configuration names nobody.
  func alertSender() throws -> (any AlertSender)? {
    try settings.alerts.map { alerts in try made("alerts") { try sender(alerts) } }
  }

  func faultsOfAlerts() -> [AssemblyFault] {
    guard let alerts = settings.alerts else { return [] }
    return named("alerts") { _ = try sender(alerts) }
  }

  private func sender(_ alerts: AlertSettings) throws -> any AlertSender {
    switch alerts.kind {
    case .webhook(let url, let secrets):
      let configuration = WebhookSender.Configuration(url: url, secrets: secrets, transport: transport, clock: time)
      return try AlertHook(configuration, console: alerts.console)
    case .smtp(let mail):
      return AlertMail(server: try mailServer(mail), from: try mailbox("from", mail.from), console: alerts.console)
    }
  }
}
