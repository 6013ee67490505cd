/// The part of SuiteQL this sandbox runs: one table or an inner join of two, columns with `TO_CHAR`, `BUILTIN.DF` and
/// `SUM`, comparisons and `IN` lists joined by AND and OR, bound parameters, GROUP BY and ORDER BY. Anything else is
/// refused, not guessed.
struct SuiteQLQuery: Sendable {
  /// A column, with the alias of its table when one was written.
  struct Reference: Sendable, Hashable {
    var table: String?
    var name: String
  }
  struct Column: Sendable {
    var reference: Reference
    var alias: String
    /// `TO_CHAR` with a time format was asked for, so a date keeps its time.
    var withTime = false
    /// `BUILTIN.DF`: the display name.
    var display = false
    var isSum = false
  }
  enum Comparison: String, Sendable {
    case equal = "="
    case less = "<"
    case more = ">"
    case atMost = "<="
    case atLeast = ">="
    case not = "<>"
  }
  struct Test: Sendable {
    var reference: Reference
    /// `UPPER` or `LOWER` around the column.
    var folding: String?
    var comparison: Comparison
    var values: [String]
    /// The value went through `TO_DATE` or `TO_TIMESTAMP`.
    var isDate = false
  }
  indirect enum Condition: Sendable {
    case test(Test)
    case all([Condition])
    case any([Condition])

    var tests: [Test] {
      switch self {
      case .test(let test): [test]
      case .all(let conditions), .any(let conditions): conditions.flatMap(\.tests)
      }
    }
  }
  struct Join: Sendable {
    var table: String
    var alias: String
    var left: Reference
    var right: Reference
  }
  var columns: [Column] = []
  var table = ""
  var alias = ""
  var join: Join?
  var condition = Condition.all([])
  var groupBy: [Reference] = []
  var orderBy: [(reference: Reference, descending: Bool)] = []

  /// Tests that every row must pass, for the choice of an index.
  var required: [Test] {
    guard case .all(let conditions) = condition else { return condition.tests.count == 1 ? condition.tests : [] }
    return conditions.compactMap { if case .test(let test) = $0 { test } else { nil } }
  }
}
