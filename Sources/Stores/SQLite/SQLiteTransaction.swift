import Foundation
import GRDB
import HandoffCore
import HandoffStore

/// The plain statements over one connection; used inside one transaction and never kept.
///
/// Without a connection every statement fails: such a transaction answers the bodies of a commit that could not begin.
final class SQLiteTransaction {
  private let connection: Database?

  init(_ connection: Database?) { self.connection = connection }

  func database() throws -> Database {
    guard let connection else { throw StoreFailure.unavailable("The database could not begin a transaction.") }
    return connection
  }

  func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
    try database().cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }

  func first<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ read: (Row) throws -> Value
  ) throws -> Value? {
    let statement = try database().cachedStatement(sql: sql)
    let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    return try cursor.next().map(read)
  }

  func all<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ read: (Row) throws -> Value
  ) throws -> [Value] {
    let statement = try database().cachedStatement(sql: sql)
    let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    var values: [Value] = []
    while let row = try cursor.next() { values.append(try read(row)) }
    return values
  }
}

/// Bytes as an SQLite blob.
struct Blob: DatabaseValueConvertible {
  let bytes: [UInt8]
  var databaseValue: DatabaseValue { Data(bytes).databaseValue }
  static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
    Data.fromDatabaseValue(value).map { Blob(bytes: Array($0)) }
  }
}
