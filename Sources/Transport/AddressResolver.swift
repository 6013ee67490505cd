import AsyncHTTPClient
import Dispatch
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns a host name into addresses.
struct AddressResolver: Sendable {
  /// Every address of a name; throws when the name has none or the deadline passes.
  var resolve: @Sendable (_ host: String, _ deadline: NIODeadline) async throws -> [IPAddress]

  /// The system's resolver, on a thread of its own: `getaddrinfo` blocks and cannot be cancelled.
  static let system = AddressResolver { host, deadline in
    let loop = HTTPClient.defaultEventLoopGroup.any()
    let promise = loop.makePromise(of: [IPAddress].self)
    let timer = loop.scheduleTask(deadline: deadline) { promise.fail(ResolutionFailure(host: host, why: "timed out")) }
    DispatchQueue.global().async {
      promise.completeWith(Result { () throws -> [IPAddress] in try addresses(of: host) })
    }
    defer { timer.cancel() }
    return try await promise.futureResult.get()
  }

  /// Asks `getaddrinfo`, which also unfolds `2130706433`, `0177.0.0.1` and `0x7f.1` to the address they mean.
  private static func addresses(of host: String) throws -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &first)
    guard code == 0 else { throw ResolutionFailure(host: host, why: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(first) }
    var found: [IPAddress] = []
    var next = first
    while let entry = next {
      if let address = address(in: entry.pointee), !found.contains(address) { found.append(address) }
      next = entry.pointee.ai_next
    }
    return found
  }

  private static func address(in entry: addrinfo) -> IPAddress? {
    guard let raw = entry.ai_addr else { return nil }
    switch entry.ai_family {
    case AF_INET where Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in>.size:
      let v4 = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self)
      return IPAddress(bytes: withUnsafeBytes(of: v4.sin_addr) { Array($0) })
    case AF_INET6 where Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size:
      let v6 = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self)
      return IPAddress(bytes: withUnsafeBytes(of: v6.sin6_addr) { Array($0) })
    default: return nil
    }
  }
}

/// A name without an address.
struct ResolutionFailure: Error, CustomStringConvertible {
  let host: String
  let why: String
  var description: String { "the host name \(host.prefix(100)) cannot be resolved: \(why)" }
}
