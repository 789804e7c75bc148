import Execution
import Ledger
import Model
import Schema
import TestSupport

@testable import Reconciler

/// A ledger in a temporary folder, and the records in it.
final class StoreFixture {
    let folder: TemporaryFolder
    let ledger: Ledger
    let store: LedgerStore
    let clock = SimulatedClock()

    var path: String { folder.path + "/ledger.git" }

    init(_ prepare: (String) throws -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        let path = folder.path + "/ledger.git"
        try prepare(path)
        ledger = try Ledger.open(path: path)
        store = Self.store(ledger, clock)
    }

    private static func store(_ ledger: Ledger, _ clock: SimulatedClock) -> LedgerStore {
        LedgerStore(
            ledger: ledger, environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: clock)
    }

    /// Another process's store.
    func otherStore() throws -> LedgerStore { Self.store(try Ledger.open(path: path), clock) }

    func change(
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> Void
    ) throws {
        try store.transact(LedgerEvent("test", subject: "Test")) { draft throws(LedgerError) in
            try body(&draft)
            return .commit
        }
    }

    /// Writes documents as they are, past the store.
    func write(_ documents: [(LedgerPath, String)]) throws {
        try ledger.transact(
            "production", actor: store.actor, event: LedgerEvent("test", subject: "Test"),
            time: clock.now.date
        ) { draft in
            for (path, text) in documents { try draft.set(path, Array(text.utf8)) }
            return .commit
        }
    }

    func snapshot() throws -> RecordSnapshot {
        guard let snapshot = try store.snapshot() else { throw TestSupportError("no ledger") }
        return snapshot
    }

    func git(_ words: String...) throws -> String { try GitCommand.run(words, in: path) }

    /// The kinds of all events, newest first.
    func events() throws -> [String] {
        try snapshot().history(limit: 1_000).map(\.event.kind)
    }
}

func sampleShard(_ number: Int) -> ShardID {
    ShardID(namespace: "commerce", shard: "\(number)")
}

func sampleRecord(_ tables: [String: String], since: String = "2026-11-21T12:00:00Z") -> ShardRecord
{
    ShardRecord(tables: tables.mapValues(digest), since: since)
}
