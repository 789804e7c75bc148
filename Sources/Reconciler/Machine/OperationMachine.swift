import Execution
import Schema

/// One operation as a pure state machine: an event goes in, an action comes out.
///
/// It has no clock and does no I/O. The shell (`ShardWorker`) carries out the action and hands
/// back what happened as the next event. What the live table is decides every step, so a machine
/// that is started again after a crash comes to the same end.
package struct OperationMachine: Sendable {
    /// The digests from the first to the last: `chain[k]` is what the table has after k
    /// statements; nil stands for an absent table.
    package let chain: [Digest?]
    package private(set) var state: OperationState
    /// How many of the statements are known to have run.
    package private(set) var done: Int
    /// Attempts that failed since the last success, against `retryLimit`.
    package private(set) var attempts: Int
    private let retryLimit: Int

    /// How often an operation fails before it is left to the next run.
    package static let standardRetryLimit = 10

    package init(
        chain: [Digest?], state: OperationState = .pending, attempts: Int = 0,
        retryLimit: Int = OperationMachine.standardRetryLimit
    ) {
        self.chain = chain
        self.state = state
        self.attempts = attempts
        self.retryLimit = retryLimit
        done = 0
    }

    package enum Event: Sendable, Equatable {
        /// A worker holds the shard's lock and starts, or takes up what another left.
        case claimed
        /// The live table was read: its digest, or nil when it is proven absent.
        case observed(Digest?)
        /// Two live tables have the names of the one that is renamed.
        case obstructed(reason: String)
        /// The pending record is durable.
        case intentRecorded
        /// The statement returned without an error.
        case statementSucceeded
        /// The statement failed, or its outcome is not known.
        case statementFailed(RetryClass, message: String)
        /// The table could not be read.
        case readFailed(message: String)
        /// The back-off is over.
        case retryDue
    }

    package enum Action: Sendable, Equatable {
        /// Read the live table, then say `observed` or `readFailed`.
        case observe
        /// Make the pending record durable, then say `intentRecorded`.
        case recordIntent
        /// Run statement `index`, counted from 0.
        case run(index: Int)
        /// Record the outcome; `ran` says whether a statement of this plan made the change.
        case recordCompleted(ran: Bool)
        /// Record that the table was something else, and plan again.
        case recordSuperseded(found: Digest?, reason: String? = nil)
        /// Keep the pending record, wait, and say `retryDue`.
        case backOff(message: String, attempt: Int)
        /// Record the failure; the pending record goes.
        case recordFailed(message: String)
        /// Nothing to do for now.
        case wait
    }

    /// The next action after `event`.
    package mutating func handle(_ event: Event) -> Action {
        switch event {
        case .claimed: claimed()
        case .observed(let digest): observed(digest)
        case .obstructed(let reason): obstructed(reason)
        case .intentRecorded: intentRecorded()
        case .statementSucceeded: statementSucceeded()
        case .statementFailed(let retry, let message): statementFailed(retry, message)
        case .readFailed(let message): failRetryably(message)
        case .retryDue: retryDue()
        }
    }

    private mutating func claimed() -> Action {
        guard state.isClaimable else { return .wait }
        if state == .pending { state = .leased }
        return .observe
    }

    /// What the live table is decides: `from` → run, `to` → record, anything else → superseded.
    private mutating func observed(_ digest: Digest?) -> Action {
        let last = chain.count - 1
        if digest == chain[last] {
            let ran = state != .leased
            state = .completed
            done = last
            return .recordCompleted(ran: ran)
        }
        guard let place = chain[..<last].lastIndex(of: digest) else {
            if state == .verifying {
                state = .failed
                return .recordFailed(
                    message: "the statement ran, but the table is not what was proved for it")
            }
            state = .superseded
            return .recordSuperseded(found: digest)
        }
        if state == .verifying, place <= done - 1 {
            // The statement returned, and the table is still what it was before it.
            state = .failed
            return .recordFailed(message: "the statement returned, but the table did not change")
        }
        done = place
        if state == .leased {
            state = .preparing
            return .recordIntent
        }
        state = .running
        return .run(index: place)
    }

    private mutating func obstructed(_ reason: String) -> Action {
        state = .superseded
        return .recordSuperseded(found: nil, reason: reason)
    }

    private mutating func intentRecorded() -> Action {
        guard state == .preparing else { return .wait }
        state = .running
        return .run(index: done)
    }

    private mutating func statementSucceeded() -> Action {
        guard state == .running else { return .wait }
        done += 1
        state = .verifying
        return .observe
    }

    private mutating func statementFailed(_ retry: RetryClass, _ message: String) -> Action {
        switch retry {
        case .permanent:
            state = .failed
            return .recordFailed(message: message)
        case .retryable, .indeterminate:
            return failRetryably(message)
        }
    }

    private mutating func failRetryably(_ message: String) -> Action {
        attempts += 1
        guard attempts < retryLimit else {
            state = .failed
            return .recordFailed(message: "\(message) (after \(Count.of(attempts, "attempt")))")
        }
        state = .failedRetryable
        return .backOff(message: message, attempt: attempts)
    }

    private mutating func retryDue() -> Action {
        guard state == .failedRetryable else { return .wait }
        return .observe
    }
}
