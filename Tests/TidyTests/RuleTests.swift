import Testing

/// Each rule finds what it is for, where it is, and leaves alone what only looks like it.
@Suite struct RuleTests {
  private func lines(_ rule: (SourceFile) -> [Violation], _ text: String) -> [Int] {
    rule(SourceFile("Sources/X/A.swift", text)).map(\.line)
  }

  @Test func `comments, strings and raw identifiers are no code`() {
    let text = ##"""
      // Date() here
      /* UUID() /* nested Date() */ Date() */ let a = 1
      let b = "Date() \(Date()) \" Date()"
      let c = #"Date() \(Date()) \#(Date())"#
      func `Date() in a name`() {}
      let d = text.contains(/Date()"/) ; let e = 1 / 2; let f = Date() / 1
      """##
    #expect(lines(Rules.determinism, text) == [3, 4, 6])
  }

  @Test func `multiline strings end where they end`() {
    let text = [
      "let a = \"" + "\"\"", "  Date() { \" \"\" \\(UUID()) }", "  \"" + "\"\"", "let b = Date()",
    ].joined(separator: "\n")
    #expect(lines(Rules.determinism, text) == [2, 4])
    #expect(SourceFile("A.swift", text).code.map(\.count) == text.split(separator: "\n").map(\.utf8.count))
  }

  @Test(arguments: [
    "let t = Date()", "let t = ContinuousClock.now", "let t: Timestamp = .now",
    "try await Task.sleep(for: .seconds(1))",
    "let id = UUID()", "Int.random(in: 0...1)", "list.shuffled()", "DispatchQueue.main.async {}",
  ])
  func `hidden inputs are found`(code: String) {
    #expect(lines(Rules.determinism, code) == [1])
  }

  @Test(arguments: [
    "LocalDate()", "let x = a.nowhere", "let t = clock.now", "func now() {}", "Task.sleepless()",
    "UUID(uuidString: id)",
  ])
  func `what only looks like a hidden input is left alone`(code: String) {
    #expect(lines(Rules.determinism, code).isEmpty)
  }

  @Test(arguments: [
    "func long(a: [Int] = [{ 1 }()])", "init?(x: Int) throws", "var long: Int", "subscript(i: Int) -> Int",
  ])
  func `a long body is found`(head: String) {
    func body(_ count: Int) -> String {
      "struct A {\n  \(head) {\n" + String(repeating: "    f { g() }\n", count: count) + "  }\n}\n"
    }
    #expect(lines(Rules.functionLength, body(68)).isEmpty)
    #expect(lines(Rules.functionLength, body(69)) == [2])
  }

  @Test func `a requirement or a stored property has no body to count`() {
    let filler = String(repeating: "  let x = 1\n", count: 80)
    let requirements = "protocol P {\n  func a() -> Int\n  init(b: Int)\n  var c: Int { get }\n}\n"
    let text = requirements + "struct S {\n  var d: Int\n\(filler)}\n"
    #expect(SourceFile("A.swift", text).functions.map(\.name) == ["c"])
    #expect(lines(Rules.functionLength, text).isEmpty)
    #expect(lines(Rules.functionLength, "struct S {\n  var d = {\n\(filler)  }()\n}\n").isEmpty)
  }

  @Test func `long files and long lines are found`() {
    #expect(lines(Rules.size, String(repeating: "x\n", count: 500)).isEmpty)
    #expect(lines(Rules.size, String(repeating: "x\n", count: 501)) == [501])
    #expect(lines(Rules.lineLength, String(repeating: "é", count: 120)).isEmpty)
    #expect(lines(Rules.lineLength, "a\n" + String(repeating: "x", count: 121)) == [2])
  }

  @Test func `a public declaration without a doc comment is found`() {
    let text = """
      /// A thing.
      public struct Thing {
        public let bare = 1
        /// Said.
        @available(*, deprecated, message: "public let x")
        @discardableResult public static func said() -> Int { 1 }

        @frozen
        public enum Inner {}
        // Not a doc comment.
        public internal(set) var plain: Int
        private(set) var hidden = 1
      }
      public import Foundation
      """
    #expect(lines(Rules.documentation, text) == [3, 9, 11])
  }

  @Test func `the requirements of a public protocol are public`() {
    let text = """
      /// A role.
      public protocol Role<Thing> {
        associatedtype Thing
        /// Said.
        var said: Int { get }
        func bare()
      }
      protocol Own {
        func bare()
      }
      """
    #expect(lines(Rules.documentation, text) == [3, 6])
  }

  @Test func `empty type names are found`() {
    let named = "struct OrderManager {}\nfinal class RetryUtil {}\nactor A: Service {}"
    #expect(lines(Rules.typeNames, named) == [1, 2])
    #expect(lines(Rules.typeNames, "enum ServiceLevel {}\nlet manager = 1\nstruct A { class func x() {} }").isEmpty)
  }

  @Test func `traps are found`() {
    let forced = "try" + "! f()\nlet a = b as" + "! C\nfatal" + "Error(\"x\")\ntry? f()\nlet d = e as? F"
    #expect(lines(Rules.traps, forced) == [1, 2, 3])
  }

  @Test func `unchecked sendability is for one file`() {
    let line = "final class A: @unchecked" + " Sendable {}"
    let files = ["A.swift", "B.swift"].map { SourceFile($0, line) }
    #expect(Rules.uncheckedSendable([files[0], SourceFile("C.swift", "// \(line)")]).isEmpty)
    #expect(Rules.uncheckedSendable(files).map(\.file) == ["A.swift", "B.swift"])
  }

  @Test func `an import in the core is found`() {
    #expect(lines(Rules.imports, "let a = 1\npublic import Foundation\n// import B") == [2])
  }

  @Test func `leftovers are found in comments too`() {
    let text = "// TO" + "DO: later\nlet a = 1 // FIX" + "ME\nlet mastodon = 1\n// not yet " + "implemented"
    #expect(lines(Rules.leftovers, text) == [1, 2, 4])
  }

  @Test func `paths of one machine are found`() {
    let text = [
      "cd /ro" + "ot/x", "https://example.com/home/a", "../work/b", "\"/ho" + "me/me/a\"", "pip --index" + "-url x",
    ]
    #expect(lines(Rules.machine, text.joined(separator: "\n")) == [1, 4, 5])
  }
}
