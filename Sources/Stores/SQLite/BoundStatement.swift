import GRDB
import GRDBSQLite

/// A value that a statement can be given.
protocol Bindable {
  /// Binds the value to a parameter, counted from 1; answers SQLite's result code.
  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32
}

/// Tells SQLite to copy what it is given before the call returns (sqlite3.h, `SQLITE_TRANSIENT`).
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// Room for the texts and blobs of the statement at hand, so that SQLite need not allocate a copy of each.
///
/// Nested like the statements themselves: a statement gives back what it took when it is reset.
final class Scratch {
  private static let capacity = 262_144
  private let start = UnsafeMutableRawPointer.allocate(byteCount: Scratch.capacity, alignment: 16)
  private(set) var used = 0

  deinit { start.deallocate() }

  /// Copies bytes into the room; nil when they do not fit.
  func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
    guard let source = bytes.baseAddress, bytes.count <= Scratch.capacity - used else { return nil }
    let place = start + used
    place.copyMemory(from: source, byteCount: bytes.count)
    used += bytes.count
    return UnsafeRawPointer(place)
  }

  func giveBack(to mark: Int) { used = min(used, mark) }
}

extension String: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32 {
    var text = self
    return text.withUTF8 { bytes in
      guard let start = bytes.baseAddress, let count = Int32(exactly: bytes.count) else {
        return bytes.isEmpty ? sqlite3_bind_text(statement, index, "", 0, transient) : SQLITE_TOOBIG
      }
      if let kept = scratch?.keep(UnsafeRawBufferPointer(bytes)) {
        return sqlite3_bind_text(statement, index, kept.assumingMemoryBound(to: CChar.self), count, nil)
      }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        sqlite3_bind_text(statement, index, $0, count, transient)
      }
    }
  }
}

extension Int64: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32 {
    sqlite3_bind_int64(statement, index, self)
  }
}

extension Int: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32 {
    sqlite3_bind_int64(statement, index, Int64(self))
  }
}

extension Bool: Bindable {
  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32 {
    sqlite3_bind_int64(statement, index, self ? 1 : 0)
  }
}

/// Bytes as an SQLite blob.
struct Blob: Bindable {
  let bytes: [UInt8]

  func bind(to statement: OpaquePointer, at index: Int32, in scratch: Scratch?) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      guard let count = Int32(exactly: buffer.count) else { return SQLITE_TOOBIG }
      if let kept = scratch?.keep(buffer) { return sqlite3_bind_blob(statement, index, kept, count, nil) }
      return sqlite3_bind_blob(
        statement, index, buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1), count, transient)
    }
  }
}

/// A statement with its arguments, on its way through its rows.
struct BoundStatement {
  let pointer: OpaquePointer
  let sql: String
  let scratch: Scratch?
  let mark: Int

  init(_ pointer: OpaquePointer, _ sql: String, scratch: Scratch?) {
    self.pointer = pointer
    self.sql = sql
    self.scratch = scratch
    mark = scratch?.used ?? 0
  }

  var row: StatementRow { StatementRow(pointer: pointer) }

  func bind(_ arguments: [(any Bindable)?]) throws {
    var index: Int32 = 0
    for argument in arguments {
      index += 1
      let code = argument?.bind(to: pointer, at: index, in: scratch) ?? sqlite3_bind_null(pointer, index)
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
    // Texts in the scratch room stay readable and are bound anew before the next step; copies are freed.
    if let scratch { scratch.giveBack(to: mark) } else { sqlite3_clear_bindings(pointer) }
  }

  private func failure(_ code: Int32) -> DatabaseError {
    let message = sqlite3_errmsg(sqlite3_db_handle(pointer)).map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
  }
}
