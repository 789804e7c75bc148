import Basics
import Foundation
import Store

/// The result of a transition's body.
package enum LedgerDecision: Sendable {
    /// Record the changes.
    case commit
    /// Record nothing: there is nothing to do (any more).
    case nothing
}

/// What one thread asks to be recorded, and what became of it.
///
/// Sendable because the thread that asks waits until `outcome` is set, and the lock of the
/// ``TransitionQueue`` stands between what that thread and the one that carries it out do.
final class Transition: @unchecked Sendable {
    let actor: LedgerActor
    let event: LedgerEvent
    let time: Date
    /// The leases under which it is recorded, beside the environment's.
    let leases: [Lease]
    let body: (inout LedgerDraft) throws -> LedgerDecision
    /// The thread that asks for it.
    let thread = pthread_self()
    /// Signalled once for that thread, when it waits: it is settled, or has to carry out a group.
    let turn = DispatchSemaphore(value: 0)
    /// The commit that records it, nil where nothing was to be recorded; or why it failed.
    private(set) var outcome: Result<ObjectID?, any Error>?

    init(
        actor: LedgerActor, event: LedgerEvent, time: Date, under leases: [Lease] = [],
        body: @escaping (inout LedgerDraft) throws -> LedgerDecision
    ) {
        self.actor = actor
        self.event = event
        self.time = time
        self.leases = leases
        self.body = body
    }

    /// Sets the outcome; the first one stays.
    func settle(_ outcome: Result<ObjectID?, any Error>) {
        if self.outcome == nil { self.outcome = outcome }
    }
}
