import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The mailbox's SMTP port.
struct MailServer: Service {
  let mailbox: Mailbox
  let host: String
  let port: Int
  let onBound: @Sendable (Int) -> Void

  func run() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .bind(host: host, port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    onBound(server.channel.localAddress?.port ?? 0)
    try await server.executeThenClose { clients in
      try await withThrowingDiscardingTaskGroup { group in
        for try await client in clients.cancelOnGracefulShutdown() {
          group.addTask { await converse(client) }
        }
        group.cancelAll()
      }
    }
  }

  /// One conversation; errors of a connection end that connection only.
  private func converse(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
    do {
      try await connection.executeThenClose { inbound, outbound in
        guard await greet(outbound) else { return }
        var session = SMTPSession(mailbox.settings)
        for try await buffer in inbound {
          let outputs = session.receive(buffer.readableBytesView) { mailbox.verdict(on: $0) }
          guard try await perform(outputs, connection.channel, outbound) else { return }
        }
      }
    } catch {
      // A client that goes away in the middle is what this server is for.
    }
  }

  private func greet(_ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async -> Bool {
    let faults = mailbox.tools.faults.faults
    if faults.maintenance {
      try? await outbound.write(ByteBuffer(string: "421 4.3.2 Service not available\r\n"))
      return false
    }
    return (try? await outbound.write(ByteBuffer(string: SMTPSession(mailbox.settings).greeting))) != nil
  }

  /// False ends the connection.
  private func perform(
    _ outputs: [SMTPSession.Output], _ channel: any Channel, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws -> Bool {
    var pending = ByteBuffer()
    for output in outputs {
      switch output {
      case .reply(let text): pending.writeString(text)
      case .message(let envelope):
        guard let reply = await deliver(envelope) else {
          // The lost reply: what was queued before it may go out, the 250 never does.
          if pending.readableBytes > 0 { try await outbound.write(pending) }
          try? await channel.close()
          return false
        }
        pending.writeString(reply)
        if reply.hasPrefix("421") {
          try await outbound.write(pending)
          return false
        }
      case .close:
        try await outbound.write(pending)
        return false
      }
    }
    if pending.readableBytes > 0 { try await outbound.write(pending) }
    return true
  }

  /// The reply to a finished message, or nil when the connection dies instead.
  private func deliver(_ envelope: SMTPSession.Envelope) async -> String? {
    let plan = mailbox.tools.faults.plan(
      method: "DATA", path: envelope.to.joined(separator: ","), unixSeconds: mailbox.tools.clock.unixSeconds)
    if plan.delayMs > 0 { try? await Task.sleep(for: .milliseconds(plan.delayMs)) }
    switch plan.action {
    case .lostRequest: return nil
    case .tooManyRequests: return "451 4.7.1 Too many messages, try again later\r\n"
    case .badGateway: return "421 4.3.0 Service closing transmission channel\r\n"
    case .lateCommit:
      mailbox.tools.background.submit {
        try? await Task.sleep(for: .milliseconds(plan.lateCommitMs))
        mailbox.accept(envelope)
      }
      return nil
    default: break
    }
    let number = mailbox.accept(envelope)
    switch plan.action {
    case .lostReplyAfterCommit: return nil
    case .serverErrorAfterCommit: return "451 4.3.0 Error in processing\r\n"
    case .badGatewayAfterCommit: return "421 4.3.0 Service closing transmission channel\r\n"
    case .duplicateProcessing: mailbox.accept(envelope)
    default: break
    }
    return "250 2.0.0 Ok: queued as \(number)\r\n"
  }
}
