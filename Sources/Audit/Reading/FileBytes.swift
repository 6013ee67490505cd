import CZlib
import Foundation

/// The bytes of a file one after the other, decompressed when it is gzip, as UTF-8 when it is UTF-16.
///
/// Plain reads into one buffer, not a mapping: the pages of a mapped file would count as this program's memory.
final class FileBytes {
  let path: String
  let size: Int64
  let isCompressed: Bool
  let encoding: Encoding
  /// Bytes taken from the disk so far: what a progress bar shows.
  private(set) var consumed: Int64 = 0
  /// Why the end came early, when the file is damaged.
  private(set) var damage: String?

  enum Encoding: String, Sendable { case utf8 = "utf-8", utf16le = "utf-16le", utf16be = "utf-16be" }

  private let descriptor: Int32
  private var inflater: Inflater?
  private var pending: [UInt8] = []
  private var transcoder: UTF16Transcoder?

  init(path: String) throws {
    // A pipe without a writer must not hang here: it is refused below.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    self.path = path
    guard descriptor >= 0 else {
      throw AuditFault(path, "cannot be opened: \(String(cString: strerror(errno))).")
    }
    var status = stat()
    fstat(descriptor, &status)
    size = Int64(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw AuditFault(
        path,
        status.st_mode & S_IFMT == S_IFDIR
          ? "is a folder; give its files, or the folder alone."
          : "is no file: exports are read more than once, so write it to a file first.")
    }
    var head = [UInt8](repeating: 0, count: 4096)
    let count = max(0, read(descriptor, &head, head.count))
    head.removeLast(head.count - count)
    consumed = Int64(count)
    isCompressed = head.starts(with: [0x1F, 0x8B])
    if isCompressed {
      let inflater = Inflater()
      head = inflater.inflate(head)
      damage = inflater.damage
      self.inflater = inflater
    }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      encoding = .utf8
      head.removeFirst(3)
    } else if head.starts(with: [0xFF, 0xFE]) || Self.hasZeros(head, at: 1) {
      encoding = .utf16le
    } else if head.starts(with: [0xFE, 0xFF]) || Self.hasZeros(head, at: 0) {
      encoding = .utf16be
    } else {
      encoding = .utf8
    }
    if encoding != .utf8 {
      var transcoder = UTF16Transcoder(isLittleEndian: encoding == .utf16le)
      pending = transcoder.transcode(head)
      self.transcoder = transcoder
    } else {
      pending = head
    }
  }

  deinit { close(descriptor) }

  /// ASCII as UTF-16 without a mark: every other byte is zero.
  private static func hasZeros(_ head: [UInt8], at parity: Int) -> Bool {
    guard head.count >= 16 else { return false }
    return (0..<8).allSatisfy { head[2 * $0 + parity] == 0 && head[2 * $0 + 1 - parity] != 0 }
  }

  /// Appends about `wanted` bytes; false at the end.
  func append(to buffer: inout [UInt8], wanted: Int) -> Bool {
    if !pending.isEmpty {
      buffer.append(contentsOf: pending)
      pending = []
      return true
    }
    if inflater == nil, transcoder == nil { return appendPlain(to: &buffer, wanted: wanted) }
    var raw: [UInt8] = []
    // Never nothing: what is asked for shrinks to a few bytes, and reading none of them would look like the end.
    guard appendPlain(to: &raw, wanted: inflater == nil ? wanted : max(4096, wanted / 4)) else {
      if let inflater, !inflater.isComplete, damage == nil {
        damage = "the compressed stream ends too early; what came before was used"
      }
      return false
    }
    var bytes = raw
    if inflater != nil {
      bytes = inflater?.inflate(raw) ?? []
      damage = inflater?.damage
    }
    if transcoder != nil { bytes = transcoder?.transcode(bytes) ?? [] }
    buffer.append(contentsOf: bytes)
    return damage == nil
  }

  private func appendPlain(to buffer: inout [UInt8], wanted: Int) -> Bool {
    let (old, descriptor) = (buffer, descriptor)
    // One array of the right size that the system reads into: nothing is zeroed, and only the short rest is copied.
    buffer = [UInt8](unsafeUninitializedCapacity: old.count + wanted) { target, count in
      _ = target.update(fromContentsOf: old)
      let start = target.baseAddress.map { $0 + old.count }
      count = old.count + max(0, read(descriptor, start, wanted))
    }
    consumed += Int64(buffer.count - old.count)
    return buffer.count > old.count
  }
}

/// Decompresses gzip, also several members one after the other, as log rotation leaves them.
private final class Inflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var isBetweenMembers = false
  private(set) var damage: String?

  init() {
    stream.initialize(to: z_stream())
    if cs_inflate_start(stream) != Z_OK { damage = "zlib cannot be set up" }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var isComplete: Bool { isBetweenMembers }

  func inflate(_ input: [UInt8]) -> [UInt8] {
    guard damage == nil, !input.isEmpty else { return [] }
    var output: [UInt8] = []
    output.reserveCapacity(input.count * 4)
    var block = [UInt8](repeating: 0, count: 1 << 16)
    input.withUnsafeBufferPointer { source in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      stream.pointee.avail_in = UInt32(source.count)
      while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
        if isBetweenMembers {
          // What follows a member without being one is padding.
          guard stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0x1F else { return }
          inflateReset(stream)
          isBetweenMembers = false
        }
        let code = block.withUnsafeMutableBufferPointer { target in
          stream.pointee.next_out = target.baseAddress
          stream.pointee.avail_out = UInt32(target.count)
          return CZlib.inflate(stream, Z_NO_FLUSH)
        }
        output.append(contentsOf: block.prefix(block.count - Int(stream.pointee.avail_out)))
        if code == Z_STREAM_END {
          isBetweenMembers = true
          if stream.pointee.avail_in == 0 { return }
        } else if code == Z_BUF_ERROR {
          return
        } else if code != Z_OK {
          damage = "the compressed stream is damaged; what came before was used"
          return
        }
      }
    }
    return output
  }
}

/// UTF-16 to UTF-8 across the ends of buffers.
private struct UTF16Transcoder {
  let isLittleEndian: Bool
  private var rest: [UInt8] = []
  private var isFirst = true

  init(isLittleEndian: Bool) { self.isLittleEndian = isLittleEndian }

  mutating func transcode(_ input: [UInt8]) -> [UInt8] {
    let bytes = rest + input
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = 0
    while index + 1 < bytes.count {
      let (a, b) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isLittleEndian ? a | b << 8 : b | a << 8)
      index += 2
    }
    rest = Array(bytes[index...])
    if let last = units.last, last & 0xFC00 == 0xD800 {
      units.removeLast()
      rest = Array(bytes[(index - 2)...])
    }
    if isFirst, units.first == 0xFEFF { units.removeFirst() }
    isFirst = false
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
