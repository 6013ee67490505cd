import GRDBSQLite

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
