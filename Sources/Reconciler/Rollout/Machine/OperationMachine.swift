import Basics
import Model
import Schema

/// One operation as a pure state machine: an event goes in, an action comes out.
///
/// It has no clock and does no I/O. The shell (`ShardWorker`) carries out the action and returns
/// what happened as the next event. Each decision is made from the live table, so a machine that is
/// started again after a crash comes to the same end. A statement runs only after this machine has
/// seen its pending record made durable, and only reading the table tells whether a statement ran.
package struct OperationMachine: Sendable {
    /// The digests of the table: `chain[k]` is its digest after k statements; nil stands for an
    /// absent table.
    package let chain: [Digest?]
    /// The present state; the initial one is `pending`.
    package private(set) var state: OperationState
    /// How many of the statements are known to have run, by this operation or before it.
    package private(set) var done: Int
    /// Failed attempts since the operation was taken up, or since a statement was last seen to have
    /// run; limited by `retryLimit`.
    package private(set) var attempts: Int
    /// Whether a statement of this operation ran. One whose outcome is unknown counts as run.
    package private(set) var ran = false
    /// The position in `chain` up to which its own statements are known to have brought the table.
    package private(set) var reached: Int?
    private let retryLimit: Int
    private let asksRows: Bool

    /// Whether the pending record is durable.
    package private(set) var isRecorded = false
    /// Whether the rows were asked, and none of them would make a statement fail.
    private var isAsked = false
    /// The statement that was sent, until the table is read again.
    private var sent: Sent?
    /// The message with which it fails, once the table has been read.
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

    /// What happened, as the shell reports it.
    package enum Event: Sendable, Equatable {
        /// A worker holds the shard's lock; it starts the operation or takes up one that another
        /// left.
        case claimed
        /// The live table was read: its digest, or nil when it is known to be absent.
        case observed(Digest?)
        /// Both the old and the new name of a table to be renamed are live.
        case obstructed(reason: String)
        /// The rows were asked: why no statement may start, or nil when no row is in the way.
        case rowsAsked(obstacle: String?)
        /// The pending record is durable.
        case intentRecorded
        /// A long time has passed between the reading of the table and the statement that is due.
        case delayed
        /// The statement returned without an error.
        case statementSucceeded
        /// The statement failed, or its outcome is not known.
        case statementFailed(RetryClass, message: String)
        /// The table, or its rows, could not be read.
        case readFailed(message: String)
        /// The back-off is over.
        case retryDue
    }

    /// What the shell has to do next.
    package enum Action: Sendable, Equatable {
        /// Read the live table, then report `observed` or `readFailed`.
        case observe
        /// Ask the rows every question of the step, then report `rowsAsked` or `readFailed`.
        case askRows
        /// Make the pending record durable, then report `intentRecorded`.
        case recordIntent
        /// Run statement `index`, counted from 0.
        case run(index: Int)
        /// Record the completion; `ran` tells whether a statement of this operation made the
        /// change.
        case recordCompleted(ran: Bool)
        /// Record that the table was not as planned; it is planned again.
        case recordSuperseded(found: Digest?, reason: String? = nil)
        /// Keep the pending record, wait, then report `retryDue`.
        case backOff(message: String, attempt: Int)
        /// Record the failure, and remove the pending record.
        case recordFailed(message: String)
        /// Keep the pending record for the next run: it is unknown whether the statement ran.
        case leave(message: String)
        /// Nothing to do for now.
        case wait
    }

    /// The next action after `event`.
    ///
    /// It is `wait` for one that makes no sense in the present state, which stays as it is.
    package mutating func handle(_ event: Event) -> Action {
        guard !state.isTerminal, state != .pending || event == .claimed else { return .wait }
        var next = self
        let action = next.act(on: event)
        guard next.state == state || state.successors.contains(next.state) else { return .wait }
        self = next
        return action
    }

    private mutating func act(on event: Event) -> Action {
        switch event {
        case .claimed: claimed()
        case .observed(let digest): observed(digest)
        case .obstructed(let reason): obstructed(reason)
        case .rowsAsked(let obstacle): rowsAsked(obstacle)
        case .intentRecorded: intentRecorded()
        case .delayed: delayed()
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
        // New rows may have come in the meantime.
        isAsked = false
        return .observe
    }

    // MARK: What was read

    /// The live table decides: as before → run, as wanted → record, anything else → superseded.
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
                found: digest, reason: "a part of it that had run was undone")
        }
        done = place
        return begin(at: place)
    }

    /// Learns from the table whether the statement that was sent has run.
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

    /// Reads the table once more: the questions may have taken long.
    private mutating func rowsAsked(_ obstacle: String?) -> Action {
        if let obstacle { return fail(obstacle) }
        isAsked = true
        return .observe
    }

    private mutating func readFailed(_ message: String) -> Action {
        if let failure, sent?.answer != .unknown { return fail(failure) }
        return failRetryably(message)
    }

    /// Reads the table again before the first statement.
    private func delayed() -> Action {
        state == .running && sent == nil ? .observe : .wait
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
            // A refused statement may still have changed the table, so the table is read.
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
        // Reads the table once more, to learn whether it ran after all.
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
