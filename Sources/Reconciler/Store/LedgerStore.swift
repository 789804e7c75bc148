import Basics
import Execution
import Ledger
import Store

/// The ledger of one environment, written in the name of one actor.
package struct LedgerStore: Sendable {
    package let ledger: Ledger
    package let environment: String
    package let actor: LedgerActor
    private let clock: any Clock
    private let isReady = Readiness()

    /// Whether the ledger is known to have the present layout.
    private final class Readiness: Sendable {
        let isKnown = Lock(false)
    }

    package init(ledger: Ledger, environment: String, actor: LedgerActor, clock: any Clock) {
        self.ledger = ledger
        self.environment = environment
        self.actor = actor
        self.clock = clock
    }

    package var now: Timestamp { clock.now }

    /// The current state, or nil before the first commit; throws where the ledger cannot be read.
    package func snapshot() throws(LedgerError) -> RecordSnapshot? {
        try snapshot(of: environment)
    }

    /// The current state of another environment of the same ledger.
    package func snapshot(of environment: String) throws(LedgerError) -> RecordSnapshot? {
        guard let documents = try ledger.snapshot(environment) else { return nil }
        return try RecordSnapshot(documents)
    }

    /// Commits one transition. `body` runs on the current state, and again each time another writer
    /// was first.
    ///
    /// A ledger in layout 1 is moved to the present one first, in a commit of its own.
    ///
    /// - Parameter leases: nothing is recorded once one of them is another process's by now.
    package func transact(
        _ event: LedgerEvent, under leases: [Lease] = [],
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> LedgerDecision
    ) throws(LedgerError) {
        try move()
        try commit(event, under: leases) { draft throws(LedgerError) in
            // Another process may have moved it on, or made the environment, meanwhile.
            let isNew = try !Layout.isPresent(in: draft)
            let decision = try body(&draft)
            if case .commit = decision, isNew {
                try draft.set(RecordPath.layout, Layout.document)
            }
            return decision
        }
    }

    /// Moves a ledger in layout 1 to the present layout; once, whoever else does it.
    private func move() throws(LedgerError) {
        guard !isReady.isKnown.withLock({ $0 }) else { return }
        // An earlier plumb must not write what it does not understand: it refuses a raised mark.
        try ledger.raiseMark()
        if let documents = try ledger.snapshot(environment),
            try !Layout.isPresent(in: documents)
        {
            let event = LedgerEvent(
                "layout-moved", subject: "Move the ledger to layout \(Layout.present)",
                key: "\(Layout.present)")
            let (ledger, environment) = (ledger, environment)
            try commit(event) { draft throws(LedgerError) in
                guard try !Layout.isPresent(in: draft),
                    let documents = try ledger.snapshot(environment)
                else { return .nothing }
                for (path, bytes) in try Layout1.edits(documents) {
                    if let bytes {
                        try draft.set(path, bytes)
                    } else {
                        try draft.remove(path)
                    }
                }
                try draft.set(RecordPath.layout, Layout.document)
                return .commit
            }
        }
        isReady.isKnown.withLock { $0 = true }
    }

    private func commit(
        _ event: LedgerEvent, under leases: [Lease] = [],
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> LedgerDecision
    ) throws(LedgerError) {
        do {
            try ledger.transact(
                environment, actor: actor, event: event, time: clock.now.date, under: leases, body)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.io, "\(environment): \(error)")
        }
    }
}
