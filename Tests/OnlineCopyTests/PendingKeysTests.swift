import Testing

@testable import OnlineCopy

@Suite("What is to be brought over is in the order of the log")
struct PendingKeysTests {
    private func place(_ offset: UInt64) -> LogPlace { LogPlace(file: "log", offset: offset) }

    /// Keys 1, 2, 3 in transactions that end at 10, 20, 30.
    private var pending: PendingKeys {
        var pending = PendingKeys(from: place(4))
        for number in 1...3 {
            pending.add([["\(number)"]])
            pending.pass(place(UInt64(number) * 10))
        }
        return pending
    }

    @Test(
        arguments: [
            ([], 4), (["1"], 10), (["2", "3"], 4), (["1", "3"], 10), (["2", "1"], 20),
            (["1", "2", "3"], 30), (["1", "9"], 10),
        ] as [([String], UInt64)])
    func howFarItIsOnceSomeAreBroughtOver(keys: [String], offset: UInt64) {
        var pending = pending
        let keys = keys.map { [$0] }
        #expect(pending.done(without: keys) == place(offset))
        pending.remove(keys)
        #expect(pending.done == place(offset))
    }

    @Test func aKeyIsReadyBehindAMark() {
        var pending = pending
        #expect(pending.ready(limit: 5, all: false).isEmpty)
        #expect(pending.ready(limit: 2, all: true) == [["1"], ["2"]])
        #expect(pending.needsMark)
        pending.passMark()
        #expect(!pending.needsMark)
        pending.add([["2"]])
        #expect(pending.ready(limit: 5, all: false) == [["1"], ["3"]])
        #expect(pending.count == 3)
    }
}
