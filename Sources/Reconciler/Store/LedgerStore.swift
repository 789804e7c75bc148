import Execution
import Basics
import Ledger
import Schema

/// The ledger of one environment, as one actor writes it.
package struct LedgerStore: Sendable {
    package let ledger: Ledger
    package let environment: String
    package let actor: LedgerActor
    private let clock: any Clock

    package init(ledger: Ledger, environment: String, actor: LedgerActor, clock: any Clock) {
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
        _ event: LedgerEvent,
        _ body: (inout LedgerDraft) throws(LedgerError) -> LedgerDecision
    ) throws(LedgerError) {
        do {
            try ledger.transact(
                environment, actor: actor, event: event, time: clock.now.date, body)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.io, "\(environment): \(error)")
        }
    }
}
