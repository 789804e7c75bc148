import Basics
import Model
import Schema

/// One operation as a pure state machine: an event goes in, an action comes out.
///
/// It has no clock and does no I/O. The shell (`ShardWorker`) carries out the action and hands
/// back what happened as the next event. What the live table is decides every step, so a machine
/// that is started again after a crash comes to the same end. No way leads to a statement but by
/// a pending record that was made durable by this very machine, and whether one of its statements
/// ran is told by the table alone.
package struct OperationMachine: Sendable {
    /// The digests from the first to the last: `chain[k]` is what the table has after k
    /// statements; nil stands for an absent table.
    package let chain: [Digest?]
    package private(set) var state: OperationState
    /// How many of the statements are known to have run, be it by this operation or before it.
    package private(set) var done: Int
    /// Attempts that failed since the last statement that was seen to have run, or since the
    /// operation was taken up, against `retryLimit`.
    package private(set) var attempts: Int
    /// Whether a statement of this operation ran. One that nobody knows about counts.
    package private(set) var ran = false
    /// How far its own statements were seen to have brought the table, as a place in `chain`.
    package private(set) var reached: Int?
    private let retryLimit: Int
    private let asksRows: Bool

    /// Whether the pending record is durable.
    private var isRecorded = false
    /// Whether the rows were found not to stand in the way.
    private var isAsked = false
    /// The statement that was sent, as long as the table was not read since.
    private var sent: Sent?
    /// Why it fails, once the table was read.
    private var failure: String?

    private struct Sent {
        let index: Int
        let answer: Answer

        enum Answer {
            case succeeded, refused, unknown
        }
    }

    /// - Parameter asksRows: whether rows have to be asked before the first statement.
    package init(
        chain: [Digest?],
        retryLimit: Int = LockWaits.standardAttempts, asksRows: Bool = false
    ) {
        self.chain = chain
        state = .pending
        attempts = 0
        self.retryLimit = retryLimit
        self.asksRows = asksRows
        done = 0
    }

    package enum Event: Sendable, Equatable {
        /// A worker holds the shard's lock and starts, or takes up what another left.
        case claimed
        /// The live table was read: its digest, or nil when it is proven absent.
        case observed(Digest?)
        /// Two live tables have the names of the one that is renamed.
        case obstructed(reason: String)
        /// The rows were asked: why nothing may begin, or nil when no row stands in the way.
        case rowsAsked(obstacle: String?)
        /// The pending record is durable.
        case intentRecorded
        /// The statement returned without an error.
        case statementSucceeded
        /// The statement failed, or its outcome is not known.
        case statementFailed(RetryClass, message: String)
        /// The table, or its rows, could not be read.
        case readFailed(message: String)
        /// The back-off is over.
        case retryDue
    }

    package enum Action: Sendable, Equatable {
        /// Read the live table, then say `observed` or `readFailed`.
        case observe
        /// Ask the rows every question of the step, then say `rowsAsked` or `readFailed`.
        case askRows
        /// Make the pending record durable, then say `intentRecorded`.
        case recordIntent
        /// Run statement `index`, counted from 0.
        case run(index: Int)
        /// Record the outcome; `ran` says whether a statement of this operation made the change.
        case recordCompleted(ran: Bool)
        /// Record that the table was something else, and plan again.
        case recordSuperseded(found: Digest?, reason: String? = nil)
        /// Keep the pending record, wait, and say `retryDue`.
        case backOff(message: String, attempt: Int)
        /// Record the failure; the pending record goes.
        case recordFailed(message: String)
        /// Keep the pending record for the next run: nobody knows whether the statement ran.
        case leave(message: String)
        /// Nothing to do for now.
        case wait
    }

    /// The next action after `event`.
    package mutating func handle(_ event: Event) -> Action {
        switch event {
        case .claimed: claimed()
        case .observed(let digest): observed(digest)
        case .obstructed(let reason): obstructed(reason)
        case .rowsAsked(let obstacle): rowsAsked(obstacle)
        case .intentRecorded: intentRecorded()
        case .statementSucceeded: statementSucceeded()
        case .statementFailed(let retry, let message): statementFailed(retry, message)
        case .readFailed(let message): readFailed(message)
        case .retryDue: retryDue()
        }
    }

    private mutating func claimed() -> Action {
        guard state.isClaimable else { return .wait }
        if state == .pending { state = .leased }
        return .observe
    }

    private mutating func retryDue() -> Action {
        guard state == .failedRetryable else { return .wait }
        // Rows may have come in the meantime.
        isAsked = false
        return .observe
    }

    // MARK: What was read

    /// What the live table is decides: `from` → run, `to` → record, anything else → superseded.
    private mutating func observed(_ digest: Digest?) -> Action {
        let place = chain.lastIndex(of: digest)
        let last = sent
        settleSent(at: place)
        if place == chain.count - 1 {
            state = .completed
            done = chain.count - 1
            return .recordCompleted(ran: ran)
        }
        if let failure { return fail(failure) }
        let succeeded = last?.answer == .succeeded
        guard let place else {
            if succeeded {
                return fail("the statement ran, but the table is not what was proved for it")
            }
            return supersede(found: digest)
        }
        if let last, succeeded, place <= last.index {
            return fail("the statement returned, but the table did not change")
        }
        if let reached, place < reached {
            return supersede(
                found: digest, reason: "somebody took back what had run of it already")
        }
        done = place
        return begin(at: place)
    }

    /// What the table says about the statement that was sent.
    private mutating func settleSent(at place: Int?) {
        guard let last = sent else { return }
        sent = nil
        switch last.answer {
        case .succeeded: ran = true
        case .unknown: ran = ran || place != last.index
        case .refused: ran = ran || place == last.index + 1
        }
        guard ran, let place, place > last.index else { return }
        reached = place
        attempts = 0
    }

    private mutating func begin(at place: Int) -> Action {
        if asksRows, !ran, !isAsked {
            if state != .leased { state = .preparing }
            return .askRows
        }
        guard isRecorded else {
            state = .preparing
            return .recordIntent
        }
        state = .running
        return .run(index: place)
    }

    private mutating func obstructed(_ reason: String) -> Action {
        settleSent(at: nil)
        return supersede(found: nil, reason: reason)
    }

    /// The table is read again: the questions may have taken long.
    private mutating func rowsAsked(_ obstacle: String?) -> Action {
        if let obstacle { return fail(obstacle) }
        isAsked = true
        return .observe
    }

    private mutating func readFailed(_ message: String) -> Action {
        if let failure, sent?.answer != .unknown { return fail(failure) }
        return failRetryably(message)
    }

    // MARK: What was run

    private mutating func intentRecorded() -> Action {
        guard state == .preparing else { return .wait }
        isRecorded = true
        state = .running
        return .run(index: done)
    }

    private mutating func statementSucceeded() -> Action {
        guard state == .running else { return .wait }
        sent = Sent(index: done, answer: .succeeded)
        state = .verifying
        return .observe
    }

    private mutating func statementFailed(_ retry: RetryClass, _ message: String) -> Action {
        guard state == .running else { return .wait }
        switch retry {
        case .permanent:
            // What the server says is one thing, what the table has become is another.
            sent = Sent(index: done, answer: .refused)
            failure = message
            state = .verifying
            return .observe
        case .indeterminate:
            sent = Sent(index: done, answer: .unknown)
            return failRetryably(message)
        case .retryable:
            return failRetryably(message)
        }
    }

    // MARK: Ends

    private mutating func failRetryably(_ message: String) -> Action {
        attempts += 1
        guard attempts >= retryLimit else {
            state = .failedRetryable
            return .backOff(message: message, attempt: attempts)
        }
        let message = "\(message) (after \(Count.of(attempts, "attempt")))"
        guard let sent, sent.answer != .refused else { return fail(message) }
        guard failure == nil, state == .running else {
            state = .failedRetryable
            return .leave(message: message)
        }
        // The last look: whether it ran after all.
        failure = message
        return .observe
    }

    private mutating func fail(_ message: String) -> Action {
        state = .failed
        return .recordFailed(message: message)
    }

    private mutating func supersede(found: Digest?, reason: String? = nil) -> Action {
        state = .superseded
        return .recordSuperseded(found: found, reason: reason)
    }
}
