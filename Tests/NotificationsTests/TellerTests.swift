import Basics
import Desired
import Execution
import Foundation
import Ledger
import MemoryStore
import Reconciler
import Store
import TestSupport
import Testing

@testable import Notifications

@Suite("Each thing is told once") struct TellerTests {
    private let server: AnsweringServer
    private let store = MemoryStore()
    private let isFull = Lock(false)

    init() throws {
        server = try AnsweringServer()
        try server.answer(.init())
        try records().transact(LedgerEvent("noted", subject: "Note it")) {
            draft throws(LedgerError) in
            try draft.set(LedgerPath("notes", "1"), Array("1".utf8))
            return .commit
        }
    }

    /// The ledger as another process has it; where the disk is full, nothing of what was told can
    /// be written.
    private func records() throws -> LedgerStore {
        let backend = MemoryBackend(store) { [isFull] moment throws(StoreError) in
            guard case .before("writing notified") = moment, isFull.withLock({ $0 }) else { return }
            throw StoreError(.diskFull, "no space left")
        }
        return LedgerStore(
            ledger: try Ledger.open(backend), environment: "production",
            actor: LedgerActor(name: "daemon", email: "daemon@example.com"), clock: SystemClock())
    }

    /// What came of telling, which a test can wait for.
    private final class Ear: @unchecked Sendable {
        private let condition = NSCondition()
        private var all: [Notifier.Happening] = []

        func hear(_ happening: Notifier.Happening) {
            condition.lock()
            all.append(happening)
            condition.broadcast()
            condition.unlock()
        }

        /// The first `count` that there are, as `told EVENT` and `failed TIMES-NEW`.
        func first(_ count: Int) throws -> [String] {
            condition.lock()
            defer { condition.unlock() }
            let limit = Date(timeIntervalSinceNow: 60)
            while all.count < count {
                guard condition.wait(until: limit) else {
                    throw TestSupportError("only \(all.count) of \(count): \(all)")
                }
            }
            return all.prefix(count).map { happening in
                switch happening {
                case .told(_, let message): "told \(message.event.rawValue)"
                case .failed(_, _, _, _, let isNew): "failed \(isNew ? "anew" : "again")"
                }
            }
        }
    }

    private func notifier(_ ear: Ear) throws -> Notifier {
        var pauses = Notifier.Pauses()
        (pauses.first, pauses.longest) = (0.01, 0.05)
        return try Notifier(
            [NotificationTarget(name: "chat", url: .written(server.url()))], variables: [:],
            pauses: pauses, heard: ear.hear)
    }

    private var bodies: [[String: Any]] {
        get throws {
            try server.questions.compactMap {
                try JSONSerialization.jsonObject(with: Data($0.body.utf8)) as? [String: Any]
            }
        }
    }

    private let drift = Sample.situation(drifted: ["app": ["0"]])

    @Test func nothingIsToldTwiceAfterARestart() throws {
        let ear = Ear()
        let first = try notifier(ear)
        first.note(drift, try records())
        #expect(try ear.first(1) == ["told drift-found"])
        first.stop()
        let second = try notifier(ear)
        second.note(drift, try records())
        second.note(
            Sample.situation(drifted: ["app": ["0"]], unknown: ["app": ["1"]]), try records())
        #expect(try ear.first(2) == ["told drift-found", "told shard-unknown"])
        second.stop()
        #expect(try bodies.map { $0["event"] as? String } == ["drift-found", "shard-unknown"])
    }

    @Test func twoProcessesTellOnce() throws {
        let ears = [Ear(), Ear()]
        let notifiers = try ears.map(notifier)
        let stores = [try records(), try records()]
        for round in 1...20 {
            let shards = Set((0..<round).map { "\($0)" })
            for (notifier, store) in zip(notifiers, stores) {
                notifier.note(
                    Sample.situation(drifted: ["app": shards], asOf: Int64(round)), store)
            }
        }
        let limit = Date(timeIntervalSinceNow: 60)
        func told() throws -> Set<String> {
            Set(try bodies.flatMap { $0["shards"] as? [String] ?? [] })
        }
        while try told().count < 20, Date() < limit {}
        for notifier in notifiers { notifier.stop() }
        let names = try bodies.flatMap { $0["shards"] as? [String] ?? [] }
        #expect(names.sorted() == (0..<20).map { "\($0)" }.sorted())
    }

    @Test func whoKnowsLessTellsNothing() throws {
        let ears = [Ear(), Ear()]
        let notifiers = try ears.map(notifier)
        notifiers[0].note(Sample.situation(drifted: ["app": ["0"]], asOf: 5), try records())
        #expect(try ears[0].first(1) == ["told drift-found"])
        // As another process saw it before: it must not take the drift back.
        notifiers[1].note(Sample.situation(asOf: 3), try records())
        notifiers[1].stop()
        let third = try notifier(ears[1])
        third.note(
            Sample.situation(drifted: ["app": ["0"]], unknown: ["app": ["1"]], asOf: 6),
            try records())
        #expect(try ears[1].first(1) == ["told shard-unknown"])
    }

    @Test func whoIsNotReachedIsTriedAgainAndToldWhatIsSoThen() throws {
        try server.answer(.init(500))
        let ear = Ear()
        let notifier = try notifier(ear)
        let records = try records()
        notifier.note(drift, records)
        #expect(try ear.first(3) == ["failed anew", "failed again", "failed again"])
        // Nothing piles up meanwhile: what came and went is not told.
        for number in 0..<1_000 {
            notifier.note(
                Sample.situation(drifted: ["app": ["\(number)"]], asOf: Int64(number + 2)),
                records)
        }
        notifier.note(Sample.situation(drifted: ["app": ["0"]], asOf: 2_000), records)
        try server.answer(.init(200))
        let limit = Date(timeIntervalSinceNow: 60)
        while try store(told: records) < 1, Date() < limit {}
        notifier.stop()
        let arrived = try bodies.compactMap { $0["id"] as? String }
        #expect(Set(arrived.prefix(3)).count == 1)
        let last = try #require(try bodies.last)
        #expect(last["event"] as? String == "drift-found" && last["shards"] as? [String] == ["0"])
        #expect(try store(told: records) == 1)
    }

    /// How often something was told, as the ledger has it.
    private func store(told records: LedgerStore) throws -> Int {
        let snapshot = try #require(try records.snapshot())
        return try ToldRecord.read("chat", in: snapshot)?.number ?? 0
    }

    @Test("what could not be recorded on a full disk is not told again, and is recorded later")
    func aFullDiskRepeatsNothing() throws {
        let ear = Ear()
        let notifier = try notifier(ear)
        let records = try records()
        isFull.withLock { $0 = true }
        notifier.note(drift, records)
        #expect(try ear.first(3) == ["told drift-found", "failed anew", "failed again"])
        #expect(try store(told: records) == 0)
        isFull.withLock { $0 = false }
        let limit = Date(timeIntervalSinceNow: 60)
        while try store(told: records) < 1, Date() < limit {}
        notifier.stop()
        #expect(try store(told: records) == 1)
        #expect(try bodies.count == 1)
    }

    @Test("a process that dies between a message and its record: it comes again with the same id")
    func deathRepeatsTheId() throws {
        let ears = [Ear(), Ear()]
        isFull.withLock { $0 = true }
        let dying = try notifier(ears[0])
        dying.note(drift, try records())
        #expect(try ears[0].first(2) == ["told drift-found", "failed anew"])
        dying.stop()
        isFull.withLock { $0 = false }
        let next = try notifier(ears[1])
        next.note(drift, try records())
        #expect(try ears[1].first(1) == ["told drift-found"])
        next.stop()
        let ids = try bodies.compactMap { $0["id"] as? String }
        #expect(ids.count == 2 && Set(ids).count == 1)
    }

    @Test func rolloutsThatEndedBeforeAreNotTold() throws {
        let records = try records()
        func end(_ id: String) throws {
            try records.transact(
                LedgerEvent("rollout-completed", subject: "End rollout \(id)", key: id)
            ) { draft throws(LedgerError) in
                try draft.set(LedgerPath("notes", id), Array(id.utf8))
                return .commit
            }
        }
        try end("r1")
        let ear = Ear()
        let first = try notifier(ear)
        first.note(drift, records)
        #expect(try ear.first(1) == ["told drift-found"])
        first.stop()
        // What ends while nobody is there is told by whoever comes next.
        try end("r2")
        let second = try notifier(ear)
        second.note(drift, records)
        #expect(try ear.first(2) == ["told drift-found", "told rollout-done"])
        second.stop()
        #expect(try bodies.last?["rollout"] as? String == "r2")
    }

    @Test func environmentsThatATargetDoesNotHearOfAreNotTold() throws {
        let target = NotificationTarget(
            name: "chat", url: .written(server.url()), environments: ["staging"])
        let ear = Ear()
        let notifier = try Notifier([target], variables: [:], heard: ear.hear)
        notifier.note(drift, try records())
        notifier.stop()
        #expect(try server.questions.isEmpty)
    }

    @Test func pausesGrowUpToTheLongest() {
        let pauses = Notifier.Pauses()
        #expect((1...4).map(pauses.after) == [5, 10, 20, 40])
        #expect(pauses.after(9) == 900 && pauses.after(1_000) == 900)
    }
}
