import Testing

/// The house rules, checked on the project itself. What each rule means, and that it can fail, is in `RuleTests`.
@Suite struct TidyTests {
  private static let codeEndings = [".swift", ".py", ".sh", ".sql", ".js", ".css"]
  private static let innerRings = ["HandoffCore", "HandoffStore", "Connector", "Coordinator"]

  private var swift: [SourceFile] { Tree.files.filter(\.isSwift) }

  private var code: [SourceFile] {
    Tree.files.filter { file in
      Self.codeEndings.contains { file.path.hasSuffix($0) } || file.path == "Makefile" || file.isBelow(".ci")
        || (file.isBelow("scripts") && !file.path.contains("."))
    }
  }

  @Test func `the tree is there to be read`() {
    #expect(Tree.file("Package.swift") != nil)
    #expect(Tree.sources.count > 10)
  }

  @Test func `no file is longer than 500 lines`() {
    expectNone(code.flatMap(Rules.size))
  }

  @Test func `no function is longer than 70 lines`() {
    expectNone(swift.flatMap(Rules.functionLength))
  }

  @Test func `no line is longer than 120 characters`() {
    expectNone(code.flatMap(Rules.lineLength))
  }

  @Test(arguments: innerRings) func `the inner rings read no clock, roll no dice and wait for nothing`(ring: String) {
    expectNone(Tree.sources.filter { $0.isBelow("Sources/\(ring)") }.flatMap(Rules.determinism))
  }

  @Test func `the core imports nothing`() {
    expectNone(Tree.sources.filter { $0.isBelow("Sources/HandoffCore") }.flatMap(Rules.imports))
  }

  @Test func `nothing was left behind`() {
    expectNone(Tree.files.flatMap(Rules.leftovers))
  }

  @Test func `every public declaration says what it is for`() {
    expectNone(Tree.sources.flatMap(Rules.documentation))
  }

  @Test func `type names are nouns that say something`() {
    expectNone(swift.flatMap(Rules.typeNames))
  }

  @Test func `nothing ends the process on purpose`() {
    expectNone(swift.flatMap(Rules.traps))
  }

  @Test func `sendability goes unchecked in one file at most`() {
    expectNone(Rules.uncheckedSendable(swift))
  }

  @Test func `no file names a folder or a package source of one machine`() {
    expectNone(Tree.files.flatMap(Rules.machine))
  }
}
