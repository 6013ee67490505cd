import Testing

/// A row of the table in `docs/architecture.md`.
private struct Row {
  let target: String
  let ring: String
  let dependencies: Set<String>
}

@Suite struct ArchitectureTests {
  private static let page = "docs/architecture.md"

  private func rows() throws -> [Row] {
    let file = try #require(Tree.file(Self.page))
    return file.lines.indices.compactMap { number in
      let cells = file.text(number).split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
      guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
      let names = cells[2].split(separator: "`").map(String.init).filter { !$0.allSatisfy { ", –".contains($0) } }
      return Row(target: cells[0].filter { $0 != "`" }, ring: cells[1], dependencies: Set(names))
    }
  }

  private func targets() throws -> [PackageManifest.Target] {
    let file = try #require(Tree.file("Package.swift"))
    let text = file.lines.indices.map(file.text).joined(separator: "\n")
    return try PackageManifest(text).targets
  }

  @Test func `the table names every target with exactly its dependencies`() throws {
    let rows = try rows()
    let written = Dictionary(rows.map { ($0.target, $0.dependencies) }) { $1 }
    var faults: [String] = []
    let targets = try targets().filter { !$0.isTest }
    for target in targets where written[target.name] != target.dependencies {
      let names = target.dependencies.sorted().map { "`\($0)`" }.joined(separator: ", ")
      faults.append("Package.swift says: `\(target.name)` uses \(names.isEmpty ? "–" : names)")
    }
    for row in rows where !targets.contains(where: { $0.name == row.target }) {
      faults.append("Package.swift has no target `\(row.target)`")
    }
    #expect(faults.isEmpty, "\(Self.page) differs; change whichever is wrong:\n\(faults.joined(separator: "\n"))")
    #expect(targets.count > 10, "the manifest was hardly read")
  }

  @Test func `no target depends on an outer ring, and nothing shipped on test support`() throws {
    let rings = Dictionary(try rows().map { ($0.target, $0.ring) }) { $1 }
    for row in try rows() {
      for inner in row.dependencies {
        guard let ring = rings[inner] else { continue }
        #expect(ring <= row.ring, "`\(row.target)` (ring \(row.ring)) depends on `\(inner)` (ring \(ring))")
      }
    }
  }

  @Test func `no connector depends on another connector, no store on another store`() throws {
    let family = { (name: String) in
      ["Connector", "Store"].first { name.hasPrefix($0) && name != $0 && !name.hasSuffix("Testing") }
    }
    for target in try targets() where !target.isTest && family(target.name) != nil {
      let siblings = target.dependencies.filter { family($0) == family(target.name) }
      #expect(siblings.isEmpty, "`\(target.name)` depends on \(siblings.sorted())")
    }
  }

  @Test func `the core and what stands around it know no network, database or cryptography`() throws {
    let light: Set<String> = ["HandoffCore", "HandoffStore", "Connector", "Coordinator", "Logging", "ServiceLifecycle"]
    for row in try rows() where row.ring == "0" || row.ring == "1" {
      #expect(row.dependencies.isSubset(of: light), "`\(row.target)`: \(row.dependencies.subtracting(light).sorted())")
    }
  }
}

@Suite struct PackageManifestTests {
  @Test func `a manifest is read through its own functions and names`() throws {
    let manifest = try PackageManifest(
      #"""
      func ring(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, path: path ?? "Sources/\(name)")
      }
      func connector(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
        ring("Connector\(name)", path: "Sources/Connectors/\(name)", ["Core"] + dependencies)
      }
      func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests")
      }
      let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
      let every: [Target.Dependency] = ["ConnectorMail"]
      let package = Package(
        name: "x",
        products: [.executable(name: "x", targets: ["app"])],
        targets: [
          ring("Core"),  // ring("Comment")
          connector("Mail", [crypto]),
          .executableTarget(
            name: "app", dependencies: ["Core", .product(name: "Log", package: "l")] + every, path: "Sources/app"),
          .systemLibrary(name: "CLib", path: "Sources/CLib", pkgConfig: "lib", providers: [.apt(["lib-dev"])]),
          tests("Core", ["Core"]),
        ]
      )
      """#)
    #expect(
      manifest.targets == [
        .init(name: "Core", dependencies: [], isTest: false),
        .init(name: "ConnectorMail", dependencies: ["Core", "Crypto"], isTest: false),
        .init(name: "app", dependencies: ["Core", "Log", "ConnectorMail"], isTest: false),
        .init(name: "CLib", dependencies: [], isTest: false),
        .init(name: "CoreTests", dependencies: ["Core"], isTest: true),
      ])
  }

  @Test func `an unknown way of making a target is an error, not a silence`() {
    #expect(throws: PackageManifest.NotUnderstood.self) {
      try PackageManifest(#"let package = Package(name: "x", targets: [plugin("A", ["B"])])"#)
    }
  }
}
