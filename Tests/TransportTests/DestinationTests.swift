import Connector
import NIOCore
import Testing

@testable import Transport

@Suite struct DestinationTests {
  private var guarded: AHCTransport {
    var limits = AHCTransport.Configuration()
    limits.destinations = .publicOnly
    limits.connectTimeout = .seconds(3)
    return AHCTransport(limits)
  }

  @Test(arguments: [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "198.19.255.255", "224.0.0.1", "255.255.255.255",
    "203.0.113.7", "192.0.2.1", "198.51.100.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "fc00::1", "fd00:ec2::254", "fe80::1", "ff02::1", "2002:7f00:1::", "2001::1", "2001:db8::1",
    "3fff:1::", "100::1",
  ])
  func `an address that is not of the public internet is refused`(text: String) throws {
    #expect(try #require(IPAddress(text)).isPublic == false)
  }

  @Test(arguments: [
    "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.1.1", "198.17.1.1",
    "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
  ])
  func `a public address is allowed`(text: String) throws { #expect(try #require(IPAddress(text)).isPublic) }

  @Test(arguments: ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "127.0.0.1.", "localhost", "1.2.3", "::g", ""])
  func `another spelling of an address is a name to be resolved`(text: String) { #expect(IPAddress(text) == nil) }

  @Test(arguments: [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST", "[::1]", "0.0.0.0",
    "[::ffff:127.0.0.1]", "0",
  ])
  func `no spelling of loopback is connected to`(host: String) async throws {
    let server = try await RawServer { _, _ in .ok("{}") }
    #expect(await guarded.see(HTTPCall("GET", "http://\(host):\(server.port)/")) == .notSent)
    #expect(server.connections == 0)
  }

  @Test func `the connection goes to the address that was checked, under the name that was asked`() async throws {
    let server = try await RawServer { _, _ in .ok("{}") }
    let loopback = try #require(IPAddress("127.0.0.1"))
    let other = try #require(IPAddress("10.0.0.1"))
    let asked = Counter()
    let resolver = AddressResolver { _, _ in
      asked.increase()
      return [other, loopback]
    }
    var limits = AHCTransport.Configuration()
    limits.destinations = .publicOnly
    let transport = AHCTransport(limits, resolver: resolver, checkedFor: .hours(1), rule: { $0 == loopback })
    for _ in 0..<3 {
      let seen = await transport.see(HTTPCall("GET", "http://erp.example:\(server.port)/x"))
      #expect(seen == .answer(200, "{}"))
    }
    #expect(asked.value == 1)
    #expect(server.requests.allSatisfy { $0.lowercased().contains("host: erp.example:\(server.port)\r\n") })
  }

  @Test func `a name with private addresses only is not sent`() async throws {
    let inside = try #require(IPAddress("10.0.0.1"))
    let resolver = AddressResolver { _, _ in [inside] }
    var limits = AHCTransport.Configuration()
    limits.destinations = .publicOnly
    let transport = AHCTransport(limits, resolver: resolver, rule: { $0.isPublic })
    #expect(await transport.see(HTTPCall("GET", "http://rebinding.example/")) == .notSent)
  }
}
