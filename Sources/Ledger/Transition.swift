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

/// The transitions of one environment that threads of this process have to record.
///
/// The first thread carries out its own at once. Those that come meanwhile go together: one of
/// their threads carries out all of them, and the others wait.
final class TransitionQueue: @unchecked Sendable {
    // Sendable because `waiting` and `leader` are only used with `condition` locked.
    private let condition = NSCondition()
    private var waiting: [Transition] = []
    /// The thread that is carrying out a group.
    private var leader: pthread_t?

    /// How many wait while others are carried out.
    var waitingCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return waiting.count
    }

    /// Returns when `transition` has its outcome.
    ///
    /// - Parameter carryOut: settles every transition of a group; runs on one thread at a time.
    /// - Returns: false, without a change, where this very thread is carrying out a group.
    func run(_ transition: Transition, _ carryOut: ([Transition]) -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        if let leader, pthread_equal(leader, pthread_self()) != 0 { return false }
        waiting.append(transition)
        while transition.outcome == nil {
            guard leader == nil else {
                condition.wait()
                continue
            }
            lead(carryOut)
        }
        return true
    }

    /// Carries out all that waits, with the condition unlocked meanwhile.
    private func lead(_ carryOut: ([Transition]) -> Void) {
        let group = waiting
        waiting = []
        leader = pthread_self()
        condition.unlock()
        carryOut(group)
        condition.lock()
        leader = nil
        condition.broadcast()
    }
}
