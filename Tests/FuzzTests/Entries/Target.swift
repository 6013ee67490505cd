/// What a fuzzer feeds and what must hold afterwards; a trap is a finding too.
struct FuzzTarget: Sendable {
  /// The name on the command line, and of the folder of its corpus.
  let name: String
  /// Feeds one input.
  let feed: @Sendable ([UInt8]) throws(Finding) -> Void
}

/// Something that must hold and does not.
struct Finding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless something holds.
func must(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws(Finding) {
  if !holds { throw Finding(otherwise()) }
}

extension FuzzTarget {
  /// Every target.
  static let all: [FuzzTarget] = [
    json, stored, genericWebhook, shopifyWebhook, wooWebhook, genericAPI, shopifyAPI, wooAPI, genericERP, netsuite,
    tryton, downstream, desk, headers, instants, amounts, names, smtp, mail, template, configuration,
    auditFile, auditText,
  ]
}
