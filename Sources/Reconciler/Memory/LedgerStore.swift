import Diff
import Execution
import Ledger
import Schema

/// The ledger of one environment, as one actor writes it.
package struct LedgerStore: Sendable {
    package let ledger: Ledger
    package let environment: String
    package let actor: Actor
    private let clock: any Clock

    package init(ledger: Ledger, environment: String, actor: Actor, clock: any Clock) {
        self.ledger = ledger
        self.environment = environment
        self.actor = actor
        self.clock = clock
    }

    package var now: Timestamp { clock.now }

    /// The present state, or nil before the first entry. A ledger that cannot be read throws.
    package func snapshot() throws(LedgerError) -> LedgerSnapshot? {
        try ledger.snapshot(environment)
    }

    /// One transition: `body` runs on a fresh read, again whenever another writer was first.
    package func transact(
        _ event: Event,
        _ body: (inout LedgerDraft) throws(LedgerError) -> LedgerDraft.Verdict
    ) throws(LedgerError) {
        try ledger.transact(environment, actor: actor, event: event, time: clock.now.date, body)
    }
}

extension LedgerSnapshot {
    /// The record at `path`, or nil when there is none.
    package func decode<Value: Decodable>(
        _ type: Value.Type, at path: String
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try LedgerRecord.decode(type, bytes, at: path)
    }
}

extension LedgerDraft {
    /// The record at `path`, or nil when there is none.
    package func decode<Value: Decodable>(
        _ type: Value.Type, at path: String
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try LedgerRecord.decode(type, bytes, at: path)
    }

    package mutating func encode(
        _ value: some Encodable, at path: String
    ) throws(LedgerError) {
        set(path, try LedgerRecord.encode(value, at: path))
    }
}

/// Records between values and bytes: what cannot be read is refused, never guessed.
private enum LedgerRecord {
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], at path: String
    ) throws(LedgerError) -> Value {
        do {
            return try CanonicalJSON.decode(type, from: bytes)
        } catch {
            throw LedgerError(
                .damaged,
                "\(path): not a \(type) that this release reads (\(error)); "
                    + "run `plumb store verify`, or a newer release of plumb")
        }
    }

    static func encode(_ value: some Encodable, at path: String) throws(LedgerError) -> [UInt8] {
        do {
            return try CanonicalJSON.encode(value)
        } catch {
            throw LedgerError(.invalid, "\(path): \(error)")
        }
    }
}
