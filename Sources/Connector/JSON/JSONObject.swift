/// The members of a JSON object, in the order of their names.
///
/// A document of ours is in that order already and is read without a hash table; a foreign order, of a hundred members
/// at most in each object, is sorted once. What is written is always in one order.
public struct JSONObject: Hashable, Sendable {
  /// A name and its value.
  public struct Member: Hashable, Sendable {
    /// The member's name.
    public let name: String
    /// The member's value.
    public let value: JSONValue
  }

  /// Every member once, in the order of the names.
  public let members: [Member]

  /// Takes members out of a dictionary.
  public init(_ members: [String: JSONValue]) {
    self.members = members.map { Member(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
  }

  /// Takes members in any order.
  /// - Throws: ``Repetition`` when a name stands there twice.
  init(_ members: [Member]) throws(Repetition) {
    guard members.indices.dropFirst().contains(where: { !(members[$0 - 1].name < members[$0].name) }) else {
      self.members = members
      return
    }
    let sorted = members.sorted { $0.name < $1.name }
    for place in sorted.indices.dropFirst() where sorted[place - 1].name == sorted[place].name {
      throw Repetition(name: sorted[place].name)
    }
    self.members = sorted
  }

  /// A name that stands twice in one object.
  struct Repetition: Error {
    let name: String
  }

  /// The value of a member; nil when there is none of that name.
  public subscript(_ name: String) -> JSONValue? {
    var low = 0
    var high = members.count
    // So few are looked through: an equal text is told at once, an order of texts is not.
    if high <= 16 {
      while low < high {
        if members[low].name == name { return members[low].value }
        low += 1
      }
      return nil
    }
    while low < high {
      let middle = (low + high) / 2
      if members[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low].name == name ? members[low].value : nil
  }

  /// The members by their names, to be changed.
  public var dictionary: [String: JSONValue] {
    var dictionary = [String: JSONValue](minimumCapacity: members.count)
    for member in members { dictionary[member.name] = member.value }
    return dictionary
  }
}
