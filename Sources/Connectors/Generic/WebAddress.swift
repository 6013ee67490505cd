/// The little that is needed to build request addresses from foreign text.
enum WebAddress {
  /// An `http` or `https` address without its trailing slashes; nil when it is none.
  static func base(_ text: String) -> String? {
    let lowered = text.lowercased()
    let scheme = lowered.hasPrefix("https://") ? 8 : lowered.hasPrefix("http://") ? 7 : 0
    guard scheme > 0 else { return nil }
    var address = Substring(text)
    while address.hasSuffix("/") { address = address.dropLast() }
    let isClean = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard address.utf8.count > scheme, isClean else { return nil }
    return String(address)
  }

  /// Percent-encoding of everything but the unreserved characters (RFC 3986, section 2.3).
  static func encode(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += byte < 16 ? "%0" : "%"
        result += String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }

  /// An address with one more query member.
  static func adding(_ name: String, _ value: String, to address: String) -> String {
    address + (address.contains("?") ? "&" : "?") + name + "=" + encode(value)
  }
}
