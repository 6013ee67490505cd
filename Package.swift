// swift-tools-version: 6.2
import PackageDescription

/// Every target keeps its boundary by the compiler: an import is internal unless it says `public`, a member of a module
/// that is not imported cannot be used, and any warning fails the build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func ring(
  _ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = [], staysPut: Bool = false
) -> Target {
  // Where every order passes, a call stays on its caller's executor instead of asking for it again at each await.
  let settings = staysPut ? strict + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")] : strict
  return .target(name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: settings)
}

func connector(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  ring("Connector\(name)", path: "Sources/Connectors/\(name)", ["HandoffCore", "Connector", "Signing"] + dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: strict)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let ahc: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let everyConnector: [Target.Dependency] = [
  "ConnectorGeneric", "ConnectorShopify", "ConnectorWooCommerce", "ConnectorNetSuite", "ConnectorTryton",
  "ConnectorMail",
]

/// What reads foreign bytes.
let fuzzed: [Target.Dependency] =
  [
    "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Signing", "Transport", "Desk", "ConnectorTesting",
    "countersign", "Audit", hummingbird, nio, nioEmbedded, logging, mustache,
  ] + everyConnector

let package = Package(
  name: "countersign",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "countersign", targets: ["countersign"]),
    .executable(name: "countersign-sim", targets: ["countersign-sim"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // Ring 0 and 1: the rules, what a store is, what a connector is, and who drives them. No NIO, crypto or database.
    ring("HandoffCore"),
    ring("HandoffStore", ["HandoffCore"], staysPut: true),
    ring("Connector", ["HandoffCore"], staysPut: true),
    ring("Coordinator", ["HandoffCore", "HandoffStore", "Connector", logging, lifecycle], staysPut: true),

    // Ring 2: one implementation each of a role from the inner rings.
    ring("Signing", [crypto]),
    ring("Transport", ["Connector", "HandoffCore", ahc, nio]),
    ring("StoreSQLite", path: "Sources/Stores/SQLite", ["HandoffCore", "HandoffStore", grdb, sqlite]),
    .systemLibrary(
      name: "CLibCurl", path: "Sources/CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CJemalloc", path: "Sources/CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
    connector("Generic"),
    connector("Shopify"),
    connector("WooCommerce"),
    connector("NetSuite", [jwt, crypto]),
    connector("Tryton"),
    connector("Mail", ["CLibCurl", mustache]),

    // Beside the gate, sharing nothing with it: the audit of anybody's exports.
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    ring("Audit", ["CZlib"]),

    // Ring 3: what a person meets.
    ring(
      "Desk",
      [
        "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Signing", hummingbird, logging, lifecycle, mustache,
      ]),
    ring(
      "Sandbox", ["Connector", "HandoffCore", "Signing", hummingbird, logging, nio, nioPosix, lifecycle, jwt, crypto]),
    .executableTarget(
      name: "countersign",
      dependencies: [
        "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Signing", "Transport", "StoreSQLite", "Desk",
        "Sandbox", "Audit", "CJemalloc", nio, yams, argumentParser, logging, lifecycle, signals, hummingbird, crypto,
      ] + everyConnector,
      path: "Sources/countersign", swiftSettings: strict),

    // Support for tests; the product imports none of these.
    ring(
      "Simulation", ["HandoffCore", "HandoffStore", "StoreTesting", "Connector", "Coordinator", logging], staysPut: true
    ),
    .executableTarget(
      name: "countersign-sim", dependencies: ["Simulation", "CJemalloc", argumentParser],
      path: "Sources/countersign-sim",
      swiftSettings: strict),
    ring("StoreTesting", ["HandoffCore", "HandoffStore"]),
    ring("ConnectorTesting", ["HandoffCore", "Connector"]),

    tests("HandoffCore", ["HandoffCore"]),
    tests("HandoffStore", ["HandoffCore", "HandoffStore", "StoreTesting"]),
    tests("Connector", ["HandoffCore", "Connector", "ConnectorTesting"]),
    tests(
      "Coordinator",
      ["HandoffCore", "HandoffStore", "Connector", "Coordinator", "ConnectorTesting", "StoreTesting", logging]),
    tests("Signing", ["Signing", "Connector", "ConnectorTesting"]),
    tests("Transport", ["Connector", "Transport", nio, nioPosix]),
    tests("StoreSQLite", ["HandoffCore", "HandoffStore", "StoreSQLite", "StoreTesting", grdb]),
    tests("ConnectorGeneric", ["HandoffCore", "Connector", "ConnectorGeneric", "ConnectorTesting", "Signing"]),
    tests("ConnectorShopify", ["HandoffCore", "Connector", "ConnectorShopify", "ConnectorTesting", "Signing"]),
    tests("ConnectorWooCommerce", ["HandoffCore", "Connector", "ConnectorWooCommerce", "ConnectorTesting", "Signing"]),
    tests(
      "ConnectorNetSuite",
      ["HandoffCore", "Connector", "ConnectorNetSuite", "ConnectorTesting", "Signing", jwt, crypto]),
    tests("ConnectorTryton", ["HandoffCore", "Connector", "ConnectorTryton", "ConnectorTesting", "Transport"]),
    tests("ConnectorMail", ["HandoffCore", "Connector", "ConnectorMail", "ConnectorTesting"]),
    tests(
      "Sandbox",
      ["Sandbox", "HandoffCore", "Connector", "Signing", "Transport", "ConnectorTesting", jwt, nio, nioPosix]
        + everyConnector),
    tests(
      "Desk",
      [
        "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Desk", "Signing", "ConnectorTesting", hummingbird,
        logging, nio, nioPosix,
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    tests(
      "Countersign",
      [
        "countersign", "Audit", "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Desk", "Signing",
        "StoreSQLite", "ConnectorTesting", argumentParser, logging,
      ]),
    tests(
      "EndToEnd",
      [
        "HandoffCore", "Connector", "Sandbox", "Signing", "Transport", "ConnectorTesting", "countersign", logging,
        lifecycle,
        crypto,
      ]),
    .testTarget(
      name: "SimulationTests", dependencies: ["HandoffCore", "HandoffStore", "Simulation"],
      path: "Tests/SimulationTests",
      exclude: ["regression-seeds.txt"], swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: fuzzed, path: "Tests/FuzzTests",
      exclude: ["Runner", "corpus", "dictionaries"], swiftSettings: strict),
    tests("Audit", ["Audit", "CZlib", "ConnectorTesting"]),
    tests("Tidy", []),
  ],
  swiftLanguageModes: [.v6]
)

// `make fuzz` builds the same sources in another shape: the entries of Tests/FuzzTests under libFuzzer's driver, and
// every module of ours with its counters. The executable `countersign` becomes a library without its `main`.
if Context.environment["COUNTERSIGN_FUZZ"] == "1" {
  let counted: [SwiftSetting] = [
    .unsafeFlags([
      "-enable-testing", "-Xfrontend", "-sanitize=fuzzer", "-Xfrontend",
      "-sanitize-coverage=edge,pc-table,inline-8bit-counters,trace-cmp",
    ])
  ]
  package.targets.removeAll { $0.type == .test || $0.type == .executable }
  for target in package.targets where target.type == .regular {
    target.swiftSettings = (target.swiftSettings ?? []) + counted
  }
  package.targets += [
    .target(
      name: "countersign",
      dependencies: [
        "HandoffCore", "HandoffStore", "Connector", "Coordinator", "Signing", "Transport", "StoreSQLite", yams, logging,
      ] + everyConnector,
      path: "Sources/countersign",
      sources: [
        "Configuration", "Wiring/Assembly.swift", "Wiring/Assembly+Alerts.swift", "Wiring/Assembly+Watch.swift",
        "Wiring/StorefrontHistory.swift", "Wiring/SystemTime.swift",
      ],
      swiftSettings: strict + counted),
    .executableTarget(
      name: "countersign-fuzz", dependencies: fuzzed, path: "Tests/FuzzTests",
      exclude: ["corpus", "dictionaries", "ReplayTests.swift"],
      swiftSettings: strict + counted,
      linkerSettings: [.unsafeFlags(["-lstdc++", "-lm"])]),
  ]
  package.products = [.executable(name: "countersign-fuzz", targets: ["countersign-fuzz"])]
}
