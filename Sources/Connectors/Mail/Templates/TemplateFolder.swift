import Connector
import HandoffCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A template as written.
struct TemplateSource {
  /// The file, or which built-in text.
  let origin: String
  let text: String
}

/// Reads the operator's own texts.
enum TemplateFolder {
  /// No text of a mail needs more than this, in bytes.
  private static let sizeLimit = 200_000

  /// Everything in the folder; a file that fits no place is a fault, because its author expects it to be used.
  static func read(
    _ folder: String, storefronts: [StorefrontName]
  ) -> (sources: [MailTemplates.Key: TemplateSource], faults: [String]) {
    var sources: [MailTemplates.Key: TemplateSource] = [:]
    var faults: [String] = []
    let files = FileManager.default
    guard let paths = try? files.subpathsOfDirectory(atPath: folder) else {
      return ([:], ["\(folder): the template folder cannot be read"])
    }
    for path in paths.sorted() {
      let full = folder + "/" + path
      var isFolder = false
      guard files.fileExists(atPath: full, isDirectory: &isFolder), !isFolder else { continue }
      guard let name = path.split(separator: "/").last, !name.hasPrefix(".") else { continue }
      switch key(path, storefronts: storefronts) {
      case .failure(let fault): faults.append("\(path): \(fault.reason)")
      case .success(let key):
        guard let data = files.contents(atPath: full), data.count <= sizeLimit,
          let text = String(validating: data, as: UTF8.self)
        else {
          faults.append("\(path): cannot be read, is not UTF-8 or has more than \(sizeLimit) bytes")
          continue
        }
        sources[key] = TemplateSource(origin: path, text: text.replacing("\r\n", with: "\n"))
      }
    }
    return (sources, faults)
  }

  private static func key(_ path: String, storefronts: [StorefrontName]) -> Result<MailTemplates.Key, TemplateFault> {
    var folders = path.split(separator: "/").map(String.init)
    let file = folders.popLast() ?? ""
    var storefront: StorefrontName?
    if folders.first == "storefronts", folders.count == 3 {
      let name = folders.dropFirst().first ?? ""
      storefront = storefronts.first { $0.text == name }
      if storefront == nil { return fault("there is no storefront '\(name)'") }
    } else if folders.first != "all" || folders.count != 2 {
      return fault("texts belong in all/<language>/ or storefronts/<name>/<language>/")
    }
    let pieces = file.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard pieces.count == 3, pieces.last == "mustache", let kind = pieces.first.flatMap(MessageKind.init(rawValue:)),
      let part = pieces.dropFirst().first.flatMap(TemplatePart.init(rawValue:)), let language = folders.last
    else {
      let kinds = MessageKind.allCases.map(\.rawValue).joined(separator: "|")
      return fault("a text is named <\(kinds)>.<subject|text|html>.mustache")
    }
    return .success(
      MailTemplates.Key(
        storefront: storefront, language: language.lowercased().replacing("_", with: "-"), kind: kind, part: part))
  }

  private static func fault(_ reason: String) -> Result<MailTemplates.Key, TemplateFault> {
    .failure(TemplateFault(line: 1, reason: reason))
  }
}
