import GRDB
import HandoffCore
import HandoffStore

/// The plain statements over one connection; used inside one transaction and never kept.
///
/// Statements come from GRDB's cache and are bound and stepped through SQLite's own interface: an order costs about
/// twenty of them, and a row object with a dictionary of its column names for each was most of what an order cost.
/// Without a connection every statement fails: such a transaction answers the bodies of a commit that could not begin.
final class SQLiteTransaction {
  private let connection: Database?

  init(_ connection: Database?) { self.connection = connection }

  func database() throws -> Database {
    guard let connection else { throw StoreFailure.unavailable("The database could not begin a transaction.") }
    return connection
  }

  func run(_ sql: String, _ arguments: [(any Bindable)?]) throws {
    let statement = try prepare(sql, arguments)
    defer { statement.reset() }
    while try statement.step() {}
  }

  func first<Value>(
    _ sql: String, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> Value? {
    let statement = try prepare(sql, arguments)
    defer { statement.reset() }
    return try statement.step() ? try read(statement.row) : nil
  }

  func all<Value>(
    _ sql: String, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> [Value] {
    let statement = try prepare(sql, arguments)
    defer { statement.reset() }
    var values: [Value] = []
    while try statement.step() { values.append(try read(statement.row)) }
    return values
  }

  private func prepare(_ sql: String, _ arguments: [(any Bindable)?]) throws -> BoundStatement {
    let cached = try database().cachedStatement(sql: sql)
    let statement = BoundStatement(pointer: cached.sqliteStatement, sql: sql)
    try statement.bind(arguments)
    return statement
  }
}
