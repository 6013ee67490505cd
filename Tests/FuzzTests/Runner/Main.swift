import Foundation

/// libFuzzer's main loop, without its `main`.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ feed: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that FUZZ_TARGET names; libFuzzer's function has no other way to be told.
private let chosen = FuzzTarget.all.first { $0.name == ProcessInfo.processInfo.environment["FUZZ_TARGET"] }

/// `FUZZ_TARGET=json countersign-fuzz [libFuzzer's options] [corpus…]`; without a target it lists them.
@main struct Main {
  static func main() {
    guard chosen != nil else {
      for target in FuzzTarget.all { print(target.name) }
      exit(FuzzTarget.all.isEmpty ? 1 : 0)
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = runDriver(&count, &arguments) { start, size in
      do throws(Finding) {
        try chosen?.feed(Array(UnsafeBufferPointer(start: start, count: size)))
      } catch {
        FileHandle.standardError.write(Data("FINDING: \(error)\n".utf8))
        abort()
      }
      return 0
    }
    exit(status)
  }
}
