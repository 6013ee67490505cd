import GRDB
import HandoffCore
import HandoffStore
import Synchronization

/// A statement's text with a number of its own: the writer finds the compiled statement by the number instead of by
/// hashing the text, thirty times an order. To be kept in a `static let`: each one made takes a number of its own.
final class SQL: Sendable {
  private static let count = Atomic<Int>(0)
  let text: String
  let number: Int

  init(_ text: String) {
    self.text = text
    number = SQL.count.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}

/// What a connection that writes keeps from one transaction to the next.
final class WriterMemory {
  /// Compiled statements by their number.
  fileprivate var statements: [Statement?] = []
  let scratch = Scratch()
  let rows = RowCache()

  func letGo() { statements = [] }
}

/// The plain statements over one connection; used inside one transaction and never kept.
///
/// Statements are bound and stepped through SQLite's own interface: an order costs some thirty of them, and a row
/// object with a dictionary of its column names for each was most of what an order cost.
final class SQLiteTransaction {
  private let connection: Database
  let memory: WriterMemory?
  /// SQLite ends a transaction by itself when the disk is full or fails (lang_transaction.html); what came after would
  /// be committed statement by statement.
  private(set) var isBroken = false

  init(_ connection: Database, memory: WriterMemory? = nil) {
    self.connection = connection
    self.memory = memory
  }

  func database() throws -> Database {
    if isBroken { throw StoreFailure.unavailable("The database broke the transaction off.") }
    return connection
  }

  func run(_ sql: SQL, _ arguments: [(any Bindable)?] = []) throws { try run(try prepared(sql), arguments) }

  func first<Value>(
    _ sql: SQL, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> Value? {
    try first(try prepared(sql), arguments, read)
  }

  func all<Value>(
    _ sql: SQL, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> [Value] {
    try all(try prepared(sql), arguments, read)
  }

  func all<Value>(
    text: String, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> [Value] {
    try all(bound(try database().cachedStatement(sql: text), text), arguments, read)
  }

  private func run(_ statement: BoundStatement, _ arguments: [(any Bindable)?]) throws {
    defer { statement.reset() }
    try noticing {
      try statement.bind(arguments)
      while try statement.step() {}
    }
  }

  private func first<Value>(
    _ statement: BoundStatement, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> Value? {
    defer { statement.reset() }
    return try noticing {
      try statement.bind(arguments)
      return try statement.step() ? try read(statement.row) : nil
    }
  }

  private func all<Value>(
    _ statement: BoundStatement, _ arguments: [(any Bindable)?], _ read: (StatementRow) throws -> Value
  ) throws -> [Value] {
    defer { statement.reset() }
    return try noticing {
      try statement.bind(arguments)
      var values: [Value] = []
      while try statement.step() { values.append(try read(statement.row)) }
      return values
    }
  }

  private func noticing<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch {
      if memory != nil, !connection.isInsideTransaction { isBroken = true }
      throw error
    }
  }

  private func bound(_ statement: Statement, _ text: String) -> BoundStatement {
    BoundStatement(statement.sqliteStatement, text, scratch: memory?.scratch)
  }

  private func prepared(_ sql: SQL) throws -> BoundStatement {
    let database = try database()
    guard let memory else { return bound(try database.cachedStatement(sql: sql.text), sql.text) }
    if sql.number < memory.statements.count, let known = memory.statements[sql.number] { return bound(known, sql.text) }
    let made = try database.makeStatement(sql: sql.text)
    while memory.statements.count <= sql.number { memory.statements.append(nil) }
    memory.statements[sql.number] = made
    return bound(made, sql.text)
  }
}
