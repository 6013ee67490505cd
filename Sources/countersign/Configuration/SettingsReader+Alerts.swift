import ConnectorMail
import HandoffCore

/// Who tells owners that something waits for them.
struct AlertSettings {
  enum Kind {
    case smtp(SMTPSettings)
    case webhook(url: String, secrets: [String])
  }

  let kind: Kind
  /// The console's address, for the link in each message.
  let console: String?
}

extension SettingsReader {
  /// After the owners, because a mail needs addresses.
  func readAlerts(_ settings: inout Settings) {
    let map = root.section("alerts")
    guard map.isPresent else { return }
    defer { map.finish() }
    let console = map.address("console", map.text("console"))
    switch map.required("kind", "smtp") {
    case "smtp":
      var mail = SMTPSettings(
        url: map.required("url", "smtp://127.0.0.1:2525"), from: map.required("from", "countersign@example.com"))
      mail.tls = map.text("tls")
      mail.authorities = map.text("authorities")
      readSignIn(map, &mail)
      settings.alerts = AlertSettings(kind: .smtp(mail), console: console)
      for owner in Set([settings.defaultOwner, settings.escalationOwner ?? ""] + settings.owners.values).sorted()
      where !owner.isEmpty && (try? MailAddress(owner)) == nil {
        map.fault("kind", "\"\(owner.prefix(80))\" under owners is no mail address, so it cannot be told by smtp")
      }
    case "webhook":
      let secrets = map.secrets("secret", "a Standard Webhooks secret (whsec_…) is needed")
      let url = map.address("url", map.required("url", "https://example.com/alerts")) ?? ""
      settings.alerts = AlertSettings(kind: .webhook(url: url, secrets: secrets), console: console)
    case let other:
      map.stopJudging()
      if !other.isEmpty { map.fault("kind", "\"\(other)\" is not one of smtp, webhook") }
    }
  }
}
