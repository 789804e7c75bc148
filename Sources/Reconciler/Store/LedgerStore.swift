import Execution
import Basics
import Ledger

/// The ledger of one environment, written in the name of one actor.
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

    /// The current state, or nil before the first commit; throws where the ledger cannot be read.
    package func snapshot() throws(LedgerError) -> LedgerSnapshot? {
        try ledger.snapshot(environment)
    }

    /// Commits one transition. `body` runs on the current state, and again each time another writer
    /// was first.
    package func transact(
        _ event: LedgerEvent,
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> LedgerDecision
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
