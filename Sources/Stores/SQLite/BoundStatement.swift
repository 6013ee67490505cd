import GRDB
import GRDBSQLite

/// A value that a statement can be given.
protocol Bindable {
  /// Binds the value to a parameter, counted from 1; answers SQLite's result code.
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// Tells SQLite to copy what it is given before the call returns (sqlite3.h, `SQLITE_TRANSIENT`).
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension String: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { bytes in
      guard let start = bytes.baseAddress, let count = Int32(exactly: bytes.count) else {
        return bytes.isEmpty ? sqlite3_bind_text(statement, index, "", 0, transient) : SQLITE_TOOBIG
      }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        sqlite3_bind_text(statement, index, $0, count, transient)
      }
    }
  }
}

extension Int64: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, self ? 1 : 0)
  }
}

/// Bytes as an SQLite blob.
struct Blob: Bindable {
  let bytes: [UInt8]

  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      guard let count = Int32(exactly: buffer.count) else { return SQLITE_TOOBIG }
      return sqlite3_bind_blob(
        statement, index, buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1), count, transient)
    }
  }
}

/// A statement with its arguments, on its way through its rows.
struct BoundStatement {
  let pointer: OpaquePointer
  let sql: String

  var row: StatementRow { StatementRow(pointer: pointer) }

  func bind(_ arguments: [(any Bindable)?]) throws {
    sqlite3_reset(pointer)
    var index: Int32 = 0
    for argument in arguments {
      index += 1
      let code = argument?.bind(to: pointer, at: index) ?? sqlite3_bind_null(pointer, index)
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  /// Steps to the next row; false when there is none.
  func step() throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    case let code: throw failure(code)
    }
  }

  /// Makes the statement ready for its next use, and lets go of what it was given.
  func reset() {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  private func failure(_ code: Int32) -> DatabaseError {
    let message = sqlite3_errmsg(sqlite3_db_handle(pointer)).map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
  }
}

/// The present row of a statement; valid until the next step.
struct StatementRow {
  let pointer: OpaquePointer

  private func isNull(_ index: Int) -> Bool { sqlite3_column_type(pointer, Int32(index)) == SQLITE_NULL }

  subscript(index: Int) -> String {
    guard let text = sqlite3_column_text(pointer, Int32(index)) else { return "" }
    let count = Int(sqlite3_column_bytes(pointer, Int32(index)))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  subscript(index: Int) -> String? { isNull(index) ? nil : self[index] as String }

  subscript(index: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(index)) }

  subscript(index: Int) -> Int64? { isNull(index) ? nil : self[index] as Int64 }

  subscript(index: Int) -> Int { Int(sqlite3_column_int64(pointer, Int32(index))) }

  subscript(index: Int) -> Int? { isNull(index) ? nil : self[index] as Int }

  subscript(index: Int) -> Bool { sqlite3_column_int64(pointer, Int32(index)) != 0 }

  subscript(index: Int) -> Blob {
    let count = Int(sqlite3_column_bytes(pointer, Int32(index)))
    guard count > 0, let start = sqlite3_column_blob(pointer, Int32(index)) else { return Blob(bytes: []) }
    return Blob(bytes: Array(UnsafeRawBufferPointer(start: start, count: count)))
  }
}
