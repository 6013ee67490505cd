/// The ERP's record of one version of an order: the only thing that can open the gate.
public struct Receipt: Hashable, Sendable {
  /// The ERP's own record id; never a body, a message or an external id (PM-14, PM-16).
  public let recordID: String
  /// The number the ERP shows to people, when it has one.
  public let recordNumber: String?
  /// The version of the order the ERP holds.
  public let version: Int
  /// The digest of that version.
  public let digest: ContentDigest
  /// The total the ERP computed, when it tells; compared with the storefront's (S8).
  public let total: Money?

  /// Makes a receipt from what the ERP answered.
  public init(recordID: String, recordNumber: String? = nil, version: Int, digest: ContentDigest, total: Money? = nil) {
    self.recordID = recordID
    self.recordNumber = recordNumber?.withoutNUL
    self.version = version
    self.digest = digest
    self.total = total
  }

  /// Whether an id can be a record id: short, one line, without blanks, braces or markup.
  ///
  /// An error body was once stored as an order's id in a real integration (PM-14); this is the last line against it.
  public static func isPlausible(recordID: String) -> Bool {
    let bytes = recordID.utf8
    guard !bytes.isEmpty, bytes.count <= 128 else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "#"):
        true
      default: false
      }
    }
  }
}

/// What an ERP offers against double creation, which decides how an unknown outcome is resolved.
public enum ReceiptClass: String, Hashable, Sendable, Codable, CaseIterable {
  /// Idempotency key: the same key and bytes are sent again until there is a definite answer.
  case key = "K"
  /// Unique external id: a second create is refused, the look-up by that id is proof.
  case unique = "U"
  /// Inert draft: drafts do no harm, exactly one recorded draft is activated by its id.
  case draft = "D"
  /// None of these: nothing is ever created twice automatically; a person decides.
  case none = "N"
}

/// Units the ERP could not allocate for one line.
public struct Shortage: Hashable, Sendable {
  /// The stock keeping unit.
  public let sku: String
  /// Units ordered.
  public let ordered: Int
  /// Units the ERP allocated.
  public let allocated: Int
  /// Makes a shortage.
  public init(sku: String, ordered: Int, allocated: Int) {
    self.sku = sku
    self.ordered = ordered
    self.allocated = allocated
  }
}

/// How much of an order the ERP could allocate.
public enum Validation: Hashable, Sendable {
  /// Every line is allocated.
  case allocated
  /// Some units are missing.
  case partlyShort([Shortage])
  /// Nothing could be allocated.
  case short([Shortage])
  /// A named person let the order pass in spite of a shortage.
  case waived(by: String)
}
