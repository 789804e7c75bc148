import Basics
import Testing

@testable import Ledger

@Suite("The audit trail, page by page")
struct HistoryTests {
    private let fixture: LedgerFixture

    init() throws {
        fixture = try LedgerFixture()
        for number in 1...6 {
            try fixture.record(
                LedgerPath("notes", "\(number)"), "\(number)",
                event: LedgerEvent(
                    number % 2 == 0 ? "even" : "odd", subject: "Note \(number)", key: "k\(number)",
                    reason: number == 4 ? "Because of ORDERS" : nil))
        }
    }

    private func page(
        _ limit: Int = 100, _ change: (inout HistoryQuestion) -> Void = { _ in }
    ) throws -> HistoryPage {
        var question = HistoryQuestion(limit: limit)
        change(&question)
        return try #require(try fixture.ledger.snapshot("production")).history(question)
    }

    private func subjects(_ page: HistoryPage) -> [String] { page.records.map(\.event.subject) }

    @Test("pages follow on each other, newest first, and end")
    func pages() throws {
        let first = try page(4)
        #expect(subjects(first) == (3...6).reversed().map { "Note \($0)" })
        let second = try page(4) { $0.before = first.next }
        #expect(subjects(second) == ["Note 2", "Note 1"] && second.next == nil)
        #expect(try page().next == nil && page().records.count == 6)
    }

    @Test("before and after a transition, by its name or the beginning of it")
    func between() throws {
        let all = try page().records
        for name in [all[3].commit.hex, String(all[3].commit.hex.prefix(10)).uppercased()] {
            #expect(subjects(try page { $0.before = name }) == ["Note 2", "Note 1"])
            #expect(subjects(try page { $0.after = name }) == ["Note 6", "Note 5", "Note 4"])
        }
        for name in ["abc", "ffffffffff", "", "x:y", all[3].commit.hex + ":-1"] {
            #expect(throws: UnknownTransition.self) { try page { $0.before = name } }
        }
    }

    @Test("events since a transition come in their order, and nil says that it is too far back")
    func since() throws {
        let all = try page().records
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        let found = try #require(try snapshot.events(since: all[2].commit))
        #expect(found.map(\.event.subject) == ["Note 5", "Note 6"])
        #expect(try snapshot.events(since: all[0].commit) == [])
        #expect(try snapshot.events(since: all[2].commit, reach: 2)?.count == 2)
        #expect(try snapshot.events(since: all[2].commit, reach: 1) == nil)
        let stranger = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
        #expect(try snapshot.events(since: stranger) == nil)
    }

    @Test("a text is looked for in subject, reason, kind, key and who, in capitals or not")
    func search() throws {
        #expect(subjects(try page { $0.search = "orders" }) == ["Note 4"])
        #expect(subjects(try page { $0.search = "ODD" }) == ["Note 5", "Note 3", "Note 1"])
        #expect(subjects(try page { $0.search = "k2" }) == ["Note 2"])
        #expect(try page { $0.search = "ada@example" }.records.count == 6)
        #expect(try page { $0.search = "nobody" }.records.isEmpty)
    }

    @Test("a search looks at so many transitions, and the next page goes on")
    func reach() throws {
        let first = try page {
            $0.search = "note 1"
            $0.reach = 4
        }
        #expect(first.records.isEmpty && first.next != nil)
        let second = try page {
            $0.search = "note 1"
            $0.reach = 4
            $0.before = first.next
        }
        #expect(subjects(second) == ["Note 1"] && second.next == nil)
    }
}
