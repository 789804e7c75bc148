import Basics
import Execution
import Foundation
import Git
import TestSupport
import Testing

@testable import Ledger

@Suite("What is recorded at the same time shares a commit")
struct GroupCommitTests {
    private let counter = LedgerPath("counter")

    /// Holds the first transition until all others have asked for theirs, so that they are one
    /// group in their order; returns what became of each.
    private func together(
        _ fixture: LedgerFixture, _ bodies: [@Sendable (inout LedgerDraft) throws -> LedgerDecision]
    ) throws -> [Result<ObjectID?, any Error>] {
        let gate = Gate()
        let ledger = fixture.ledger
        let queue = ledger.queue(of: "production")
        return Workers.map(
            Array((-1..<bodies.count)), total: bodies.count + 1, perKey: bodies.count + 1,
            key: { _ in 0 }
        ) { place in
            Result {
                if place >= 0 {
                    gate.waitUntilOpen()
                    while queue.waitingCount < place { usleep(500) }
                }
                return try ledger.transact(
                    "production", actor: LedgerFixture.ada,
                    event: LedgerEvent("noted", subject: "Note \(place)", key: "key \(place)"),
                    time: LedgerFixture.start
                ) { draft in
                    guard place < 0 else { return try bodies[place](&draft) }
                    gate.open()
                    while queue.waitingCount < bodies.count { usleep(500) }
                    try draft.set(LedgerPath("first"), Array("1".utf8))
                    return .commit
                }
            }
        }.dropFirst().map { $0 }
    }

    @Test func eachEventStandsOnceInOneCommit() throws {
        let fixture = try LedgerFixture()
        let counter = counter
        let results = try together(
            fixture,
            (0..<12).map { _ in
                { draft in
                    let value = try draft.read(Int.self, at: counter) ?? 0
                    try draft.set(counter, json: value + 1)
                    return .commit
                }
            })
        let commits = Set(try results.map { try $0.get() })
        #expect(commits.count == 1)
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(try snapshot.read(Int.self, at: counter) == 12)
        #expect(commits == [snapshot.commit])
        let history = try snapshot.history(limit: 100)
        #expect(history.count == 13)
        let keys = history.compactMap(\.event.key)
        #expect(Set(keys) == Set((-1..<12).map { "key \($0)" }) && keys.last == "key -1")
        #expect(history.dropLast().allSatisfy { $0.commit == snapshot.commit })
        #expect(try snapshot.history(limit: 5).map(\.event) == history.prefix(5).map(\.event))
        #expect(try fixture.git("rev-list", "--count", "production") == "2")
        let subjects = try fixture.git("log", "--format=%s", "production")
        #expect(subjects.contains(", and 11 more\n"))
        #expect(try fixture.ledger.verify().isSound)
    }

    @Test func whatIsThrownOrNotNeededLeavesNothingBehind() throws {
        struct Refused: Error {}
        let fixture = try LedgerFixture()
        let counter = counter
        let results = try together(
            fixture,
            [
                { draft in
                    try draft.set(counter, json: 7)
                    return .commit
                },
                { draft in
                    try draft.set(LedgerPath("leaked"), json: 1)
                    throw Refused()
                },
                { draft in
                    try draft.set(LedgerPath("leaked"), json: 2)
                    return .nothing
                },
                { draft in
                    draft.event = LedgerEvent("two\nlines", subject: "x")
                    try draft.set(LedgerPath("leaked"), json: 3)
                    return .commit
                },
            ])
        #expect(try results[0].get() != nil && results[2].get() == nil)
        #expect(throws: Refused.self) { try results[1].get() }
        #expect(ledgerError { _ = try results[3].get() }?.code == .invalid)
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(try snapshot.read(Int.self, at: counter) == 7)
        #expect(try snapshot.read(LedgerPath("leaked")) == nil)
        #expect(try snapshot.history(limit: 9).map(\.event.subject) == ["Note 0", "Note -1"])
    }

    /// Paths that exclude each other are found out only when the trees are written.
    @Test func oneThatCannotBeWrittenDoesNotHarmTheOthers() throws {
        let fixture = try LedgerFixture()
        let results = try together(
            fixture,
            [
                { draft in
                    try draft.set(LedgerPath("a"), json: 1)
                    return .commit
                },
                { draft in
                    try draft.set(LedgerPath("b"), json: 1)
                    try draft.set(LedgerPath("b", "c"), json: 1)
                    return .commit
                },
                { draft in
                    try draft.set(LedgerPath("d"), json: 1)
                    return .commit
                },
            ])
        #expect(try results[0].get() != nil && results[2].get() != nil)
        #expect(ledgerError { _ = try results[1].get() }?.code == .invalid)
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(try snapshot.list(.root).sorted() == ["a", "d", "first"])
        #expect(try snapshot.history(limit: 9).count == 3)
    }

    /// What one decides because of another's change stands only when that change does.
    @Test func aGroupThatIsNotRecordedIsAnErrorForAllThatReliedOnIt() throws {
        let fixture = try LedgerFixture(lockWaitSeconds: 0.05)
        let counter = counter
        try fixture.record(LedgerPath("before"), "1")
        let lock = "\(fixture.path)/refs/heads/production.lock"
        let results = try together(
            fixture,
            [
                { _ in .nothing },
                { draft in
                    #expect(FileManager.default.createFile(atPath: lock, contents: nil))
                    try draft.set(counter, json: 1)
                    return .commit
                },
                { draft in try draft.read(counter) == nil ? .commit : .nothing },
            ])
        #expect(try results[0].get() == nil)
        #expect(ledgerError { _ = try results[1].get() }?.code == .locked)
        #expect(ledgerError { _ = try results[2].get() }?.code == .locked)
        #expect(try fixture.text(counter) == nil && fixture.text(LedgerPath("first")) == "1")
    }

    @Test func differentActorsHaveCommitsOfTheirOwn() throws {
        let fixture = try LedgerFixture()
        let ledger = fixture.ledger
        let gate = Gate()
        let queue = ledger.queue(of: "production")
        let actors = (0..<4).map { LedgerActor(name: "Writer \($0 % 2)", email: "w@example.com") }
        _ = Workers.map(Array(0..<4), total: 4, perKey: 4, key: { _ in 0 }) { place in
            Result {
                if place > 0 { gate.waitUntilOpen() }
                try ledger.transact(
                    "production", actor: actors[place],
                    event: LedgerEvent("noted", subject: "\(place)"), time: LedgerFixture.start
                ) { draft in
                    if place == 0 {
                        gate.open()
                        while queue.waitingCount < 3 { usleep(500) }
                    }
                    try draft.set(LedgerPath("\(place)"), json: place)
                    return .commit
                }
            }
        }
        let snapshot = try #require(try ledger.snapshot("production"))
        let history = try snapshot.history(limit: 9)
        #expect(history.count == 4)
        #expect(
            history.allSatisfy { $0.actor == actors[Int($0.event.subject) ?? 0] })
    }

    @Test func messagesOfSeveralEventsAreReadBack() throws {
        let events = [
            LedgerEvent(
                "operation-completed", subject: "Complete a: b", key: "r1/a/0/b",
                reason: "it took\nlong: very\n\nlong"),
            LedgerEvent("noted", subject: ""),
            LedgerEvent("noted", subject: "tab\there\nPlumb-Event: forged", key: "k"),
        ]
        for environment in [nil, "production"] {
            let message = try EventMessage.format(events, environment: environment)
            let parsed = EventMessage.parse(message)
            #expect(EventMessage.environment(of: message) == environment)
            #expect(
                parsed == [
                    LedgerEvent(
                        "operation-completed", subject: "Complete a: b", key: "r1/a/0/b",
                        reason: "it took\nlong: very\nlong"),
                    LedgerEvent("noted", subject: "noted"),
                    LedgerEvent("noted", subject: "tab here Plumb-Event: forged", key: "k"),
                ])
        }
        let single = try EventMessage.format([events[0]], environment: "production")
        #expect(EventMessage.parse(single).map(\.key) == ["r1/a/0/b"])
        #expect(
            single == """
                Complete a: b

                Plumb-Event: operation-completed
                Plumb-Environment: production
                Plumb-Key: r1/a/0/b
                Plumb-Reason: it took
                 long: very
                 long

                """)
    }

    /// Each write used to look at every file of every object.
    @Test func leftOversAreNotLookedForWithEachWrite() throws {
        let fixture = try LedgerFixture()
        try fixture.record(counter, "1")
        let left = "\(fixture.path)/objects/00/tmp_object_git2_a1B2c3"
        let folder = URL(fileURLWithPath: left).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("cut off".utf8).write(to: URL(fileURLWithPath: left))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: left)
        try fixture.record(counter, "2")
        #expect(FileManager.default.fileExists(atPath: left))
        let other = try fixture.reopened()
        try other.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "x"),
            time: LedgerFixture.start
        ) { draft in
            try draft.set(LedgerPath("other"), json: 1)
            return .commit
        }
        #expect(!FileManager.default.fileExists(atPath: left), "the first write of a handle looks")
    }
}

/// Opens once, for all that wait.
private final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isOpen = false

    func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }

    func waitUntilOpen() {
        condition.lock()
        while !isOpen { condition.wait() }
        condition.unlock()
    }
}
