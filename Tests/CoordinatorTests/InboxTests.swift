import Testing

@testable import Coordinator

@Suite struct InboxTests {
  @Test(arguments: [1, 63, 64, 65, 1000, 20_000])
  func `what was handed in comes out in order, whether taken at once or after a backlog`(count: Int) async {
    let inbox = Inbox<Int>()
    for number in 0..<count { #expect(inbox.put(number)) }
    for number in 0..<(count / 2) { #expect(await inbox.next() == number) }
    for number in count..<(count + 10) { #expect(inbox.put(number)) }
    for number in (count / 2)..<(count + 10) { #expect(await inbox.next() == number) }
  }

  @Test func `a closed inbox gives out what it has, then nothing, and takes nothing more`() async {
    let inbox = Inbox<Int>()
    inbox.put(1)
    inbox.close()
    #expect(!inbox.put(2))
    #expect(await inbox.next() == 1)
    #expect(await inbox.next() == nil)
    #expect(await inbox.next() == nil)
  }

  @Test func `whoever waits is woken by what comes, and by the end`() async {
    let inbox = Inbox<Int>()
    await withTaskGroup(of: Int.self) { group in
      group.addTask {
        var sum = 0
        while let next = await inbox.next() { sum += next }
        return sum
      }
      for giver in 0..<4 {
        group.addTask {
          for number in 0..<1000 {
            inbox.put(giver * 1000 + number)
            if number % 100 == 0 { await Task.yield() }
          }
          return 0
        }
      }
      var ended = 0
      for await sum in group {
        ended += 1
        // The last of the givers has ended: what it gave is still taken out.
        if ended == 4 { inbox.close() }
        if ended == 5 { #expect(sum == (0..<4000).reduce(0, +)) }
      }
    }
  }
}
