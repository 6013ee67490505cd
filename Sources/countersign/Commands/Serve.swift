import ArgumentParser
import Coordinator
import Desk
import Foundation
import HandoffCore
import Logging
import ServiceLifecycle
import StoreSQLite
import Transport
import UnixSignals

/// `countersign serve`: the coordinator and its desk, until a signal ends them.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run the coordinator.")

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "The address to listen on, over the file's.")
  var host: String?

  @Option(help: "The port to listen on, over the file's.")
  var port: Int?

  func run() async throws {
    var extra: [String: String] = [:]
    extra["http.host"] = host
    extra["http.port"] = port.map { String($0) }
    try await Server(settings: options.load(extra: extra)).run()
  }
}

/// A running coordinator with its desk.
struct Server {
  let settings: Settings

  func run() async throws {
    let level = Logger.Level(rawValue: settings.logLevel) ?? .info
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
    let logger = Logger(label: "countersign")
    let store = try openStore()
    let history: StorefrontHistory
    do { history = try await StorefrontHistory.begin(settings, on: store, at: SystemTime().now) } catch {
      throw CommandFault("\(settings.database): \(error)")
    }
    let transport = AHCTransport(AHCTransport.Configuration(connectionsPerHost: 256))
    let assembly = Assembly(settings: settings.watermarked(by: history), transport: transport, history: history)
    sayWatermarks(of: assembly.settings, logger)
    let coordinator = try assembly.coordinator(store: store, logger: logger)
    let http = settings.http
    // Nothing is begun before the address is ours: another coordinator may be at work behind it.
    let (isListening, listening) = AsyncStream.makeStream(of: Void.self)
    let desk = DeskServer(
      http.desk(figures: { store.figures }), coordinator: coordinator,
      clock: assembly.time, logger: logger,
      onReady: { port in
        logger.notice("ready", metadata: ["url": "http://\(http.host):\(port)", "database": "\(settings.database)"])
        listening.yield()
      })
    var configuration = ServiceGroupConfiguration(
      services: [
        CoordinatorRun(coordinator: coordinator, isListening: isListening), desk,
        WriteTrials(coordinator: coordinator, time: assembly.time),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(60)
    endWithParent()
    do { try await ServiceGroup(configuration: configuration).run() } catch {
      throw ListeningFault.fault(error, host: http.host, port: http.port)
        ?? CommandFault("The coordinator ended: \(error)")
    }
    await transport.shutdown()
  }

  private func sayWatermarks(of settings: Settings, _ logger: Logger) {
    for storefront in settings.storefronts {
      let setting = "rollout.\(storefront.name.text).watermark"
      let watermark = storefront.policy.watermark
      if watermark != .distantPast {
        logger.notice(
          "orders placed before the watermark are only observed",
          metadata: ["storefront": "\(storefront.name)", "watermark": "\(watermark.iso8601)", "set": "\(setting)"])
      } else if storefront.policy.mode == .gate {
        logger.warning(
          "no watermark: an old order that turns up now would be booked and confirmed",
          metadata: ["set": "\(setting)"])
      }
    }
  }

  /// A coordinator that was started by another process of ours, such as the demo, ends when that process is gone.
  private func endWithParent() {
    guard let parent = ProcessInfo.processInfo.environment["COUNTERSIGN_PARENT"].flatMap({ Int32($0) }) else { return }
    Thread.detachNewThread {
      while getppid() == parent { Thread.sleep(forTimeInterval: 0.5) }
      kill(getpid(), SIGTERM)
    }
  }

  private func openStore() throws -> SQLiteStore {
    do {
      return try SQLiteStore(path: settings.database) { reason in
        // The disk may have lost what it was told to keep: stop, and let recovery find out (S2a).
        FileHandle.standardError.write(Data("The disk failed; ending at once: \(reason)\n".utf8))
        _exit(70)
      }
    } catch {
      throw CommandFault("\(error)")
    }
  }
}

/// The coordinator as a service: a graceful shutdown lets what is under way finish.
private struct CoordinatorRun: Service {
  let coordinator: Coordinator
  let isListening: AsyncStream<Void>

  func run() async throws {
    for await _ in isListening.cancelOnGracefulShutdown() { break }
    if Task.isCancelled { return }
    await withGracefulShutdownHandler {
      await coordinator.run()
    } onGracefulShutdown: {
      coordinator.stop()
    }
  }
}

/// Tries every few seconds whether the store can be written, for `/readyz`.
private struct WriteTrials: Service {
  let coordinator: Coordinator
  let time: SystemTime

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await coordinator.tryWriting()
        await time.sleep(for: .seconds(5))
      }
    }
  }
}
