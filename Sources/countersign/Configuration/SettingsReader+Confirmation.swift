import HandoffCore

extension SettingsReader {
  func readConfirmation(_ map: ConfigMap) -> ConfirmationSettings? {
    defer { map.finish() }
    let kind: ConfirmationSettings.Kind
    switch map.required("kind", "smtp") {
    case "smtp": kind = .smtp(readMail(map))
    case "webhook":
      kind = .webhook(
        WebhookSettings(
          url: map.address("url", map.required("url", "https://example.com/hooks")) ?? "",
          secrets: map.secrets("secret", "a Standard Webhooks secret (whsec_…) is needed"),
          timeout: map.duration("timeout", in: .milliseconds(100) ... .seconds(110), default: .seconds(20))))
    case "storefront": kind = .storefront
    case let other:
      map.stopJudging()
      if !other.isEmpty { map.fault("kind", "\"\(other)\" is not one of smtp, webhook, storefront") }
      // Something is said about who tells the customers, so nothing more is missed.
      kind = .storefront
    }
    return ConfirmationSettings(path: map.path, kind: kind)
  }

  private func readMail(_ map: ConfigMap) -> SMTPSettings {
    var mail = SMTPSettings(
      url: map.required("url", "smtp://127.0.0.1:2525"), from: map.required("from", "orders@example.com"))
    mail.tls = map.text("tls")
    mail.authorities = map.text("authorities")
    mail.replyTo = map.text("replyTo")
    mail.shop = map.text("shop")
    readSignIn(map, &mail)
    mail.messageDomain = map.text("messageDomain")
    mail.connections = map.int("connections", in: 1...16, default: mail.connections)
    let waits: ClosedRange<Duration> = .milliseconds(100) ... .seconds(50)
    mail.connectTimeout = map.duration("connectTimeout", in: waits, default: mail.connectTimeout)
    mail.timeout = map.duration("timeout", in: waits, default: mail.timeout)
    mail.testRecipient = map.text("testRecipient")
    mail.templates = map.text("templates")
    mail.defaultLanguage = map.text("defaultLanguage") ?? mail.defaultLanguage
    mail.confirmationWords = map.lists("confirmationWords")
    return mail
  }

  func readSignIn(_ map: ConfigMap, _ mail: inout SMTPSettings) {
    mail.user = map.secret("user")
    mail.password = map.secret("password")
    if (mail.user == nil) != (mail.password == nil) {
      map.fault(mail.user == nil ? "user" : "password", "user and password belong together")
    }
  }
}
