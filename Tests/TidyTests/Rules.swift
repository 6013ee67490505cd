/// The house rules of STYLE.md as functions over one file. Words a rule looks for are joined from pieces, so that this
/// file does not break its own rules.
enum Rules {
  static let longestFile = 500
  static let longestFunction = 70
  static let longestLine = 120

  static func size(_ file: SourceFile) -> [Violation] {
    guard file.lineCount > longestFile else { return [] }
    let what = "\(file.lineCount) lines, at most \(longestFile)"
    return [Violation(file: file.path, line: file.lineCount, what: what, mend: "split it where a concern ends")]
  }

  static func lineLength(_ file: SourceFile) -> [Violation] {
    file.lines.indices.compactMap { number in
      let length = file.text(number).count
      guard length > longestLine else { return nil }
      return Violation(
        file: file.path, line: number + 1, what: "\(length) characters, at most \(longestLine)", mend: "break the line")
    }
  }

  static func functionLength(_ file: SourceFile) -> [Violation] {
    file.functions.filter { $0.lineCount > longestFunction }.map { function in
      Violation(
        file: file.path, line: function.firstLine,
        what: "`\(function.name)` has \(function.lineCount) lines, at most \(longestFunction)",
        mend: "take out a part that has a name of its own")
    }
  }

  /// Calls that would make ring 0 and 1 behave differently in the next run.
  private static let nondeterminism: [(call: String, mend: String)] = [
    ("Date()", "take the time as an argument"),
    ("ContinuousClock.now", "take the time as an argument"),
    ("SuspendingClock.now", "take the time as an argument"),
    ("Date.now", "take the time as an argument"),
    ("= .now", "take the time as an argument"),
    ("(.now", "take the time as an argument"),
    ("Task.sleep", "let the caller's time source wait"),
    ("UUID()", "derive the id, or take it as an argument"),
    (".random(", "derive it from the handoff id and the attempt"),
    (".randomElement(", "derive it from the handoff id and the attempt"),
    (".shuffled(", "derive the order, or leave it"),
    ("SystemRandomNumberGenerator", "derive it from the handoff id and the attempt"),
    ("DispatchQueue", "use structured concurrency"),
  ]

  static func determinism(_ file: SourceFile) -> [Violation] {
    calls(nondeterminism, in: file, because: "not allowed in ring 0 and 1")
  }

  private static let traps: [(call: String, mend: String)] = [
    ("try" + "!", "handle the error, or let it through"),
    ("as" + "!", "use `as?` and say what happens otherwise"),
    ("fatal" + "Error(", "throw, or make the case impossible by type"),
  ]

  static func traps(_ file: SourceFile) -> [Violation] {
    calls(traps, in: file, because: "ends the process")
  }

  private static func calls(
    _ banned: [(call: String, mend: String)], in file: SourceFile, because reason: String
  ) -> [Violation] {
    file.code.enumerated().flatMap { number, line in
      banned.filter { line.has($0.call) }.map {
        Violation(file: file.path, line: number + 1, what: "`\($0.call)` \(reason)", mend: $0.mend)
      }
    }
  }

  /// Unchecked sendability is for one file that wraps a foreign handle; a second file is one too many.
  static func uncheckedSendable(_ files: [SourceFile]) -> [Violation] {
    let places = files.flatMap { file in
      file.code.indices.filter { file.code[$0].has("@unchecked" + " Sendable") }.map { (file.path, $0 + 1) }
    }
    guard Set(places.map(\.0)).count > 1 else { return [] }
    return places.map {
      Violation(
        file: $0.0, line: $0.1, what: "unchecked sendability in a second file", mend: "use a value, Mutex or actor")
    }
  }

  static func imports(_ file: SourceFile) -> [Violation] {
    file.code.indices.filter { file.code[$0].tokens.contains("import") }.map {
      Violation(file: file.path, line: $0 + 1, what: "the core imports nothing", mend: "move this to an outer ring")
    }
  }

  static func documentation(_ file: SourceFile) -> [Violation] {
    file.publicDeclarations.compactMap { number in
      var above = number - 1
      while above >= 0, ["@", "#"].contains(file.code[above].tokens.first ?? "") { above -= 1 }
      if above >= 0, file.lines[above].drop(while: { $0 == Ascii.space }).starts(with: Array("///".utf8)) { return nil }
      let declaration = file.text(number).drop { $0 == " " }.prefix(60)
      return Violation(
        file: file.path, line: number + 1, what: "no doc comment: \(declaration)",
        mend: "say in a `///` line what it is for")
    }
  }

  private static let emptySuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service"]

  static func typeNames(_ file: SourceFile) -> [Violation] {
    file.code.enumerated().flatMap { number, line in
      let tokens = line.tokens
      return zip(tokens, tokens.dropFirst()).filter { word, name in
        ["struct", "class", "enum", "actor", "protocol", "typealias"].contains(word)
          && emptySuffixes.contains { name.hasSuffix($0) }
      }.map {
        Violation(
          file: file.path, line: number + 1, what: "`\($0.1)` does not say what it is", mend: "name it by its noun")
      }
    }
  }
}

/// Rules over the raw text of every file, not only Swift.
extension Rules {
  private static let markers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "T" + "BD", "W" + "IP"]
  private static let phrases = [
    "not yet " + "implemented", "un" + "implemented", "coming " + "soon", "lorem " + "ipsum",
  ]

  static func leftovers(_ file: SourceFile) -> [Violation] {
    file.lines.enumerated().flatMap { number, line in
      let lowercased = String(decoding: line, as: UTF8.self).lowercased().utf8
      let found = markers.filter { line.has($0) } + phrases.filter { Array(lowercased).has($0) }
      return found.map {
        Violation(file: file.path, line: number + 1, what: "`\($0)` was left behind", mend: "do it, or open an issue")
      }
    }
  }

  /// Folders of somebody's machine, and package sources only somebody's network has.
  private static let machineFolders = ["work", "root", "home", "Users", "opt/" + "wheels"].map { "/" + $0 + "/" }
  private static let registries = ["index" + "-url", "find" + "-links", "arti" + "factory", "j" + "frog.io"]

  static func machine(_ file: SourceFile) -> [Violation] {
    file.lines.enumerated().flatMap { number, line in
      let folders = machineFolders.filter { folder in
        line.positions(of: folder).contains { $0 == 0 || !Self.continuesPath(line[$0 - 1]) }
      }
      return (folders + registries.filter { line.has($0) }).map {
        Violation(
          file: file.path, line: number + 1, what: "`\($0)` exists on one machine only",
          mend: "use a relative path or an environment variable")
      }
    }
  }

  /// `https://host/home/` and `../root/` are not paths from the top of a machine.
  private static func continuesPath(_ byte: UInt8) -> Bool {
    Ascii.isWord(byte) || ".-~})".utf8.contains(byte)
  }
}
