final class WooVendor: VendorFace {
  init(_ settings: WooSettings, catalogue: [CatalogueItem], tools: VendorTools) {}
  func failure(_ failure: VendorFailure) -> SandboxReply { .nowhere }
  func respond(to request: SandboxRequest) async -> SandboxReply { .nowhere }
  func control(_ request: SandboxRequest, _ parts: [String]) async -> SandboxReply { .nowhere }
}
