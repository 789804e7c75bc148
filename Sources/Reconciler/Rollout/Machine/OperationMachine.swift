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
    private let manner: Manner
    /// Where it was taken up.
    private let origin: Origin

    /// Whether the pending record is durable.
    package private(set) var isRecorded: Bool
    /// Whether the table may change: nothing has to wait for a cutover any more.
    private var isCutOver: Bool
    /// Whether it is recorded that an engine cuts over.
    private var isCutoverRecorded: Bool
    /// How far the engine is that works beside the table.
    private var stage = Stage.unprepared
    /// How it ends once the engine has tidied up.
    private var ending: Ending?
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

    private enum Stage {
        case unprepared, prepared, ready
    }

    private struct Ending {
        let state: OperationState
        let action: Action
    }

    package init(
        chain: [Digest?], retryLimit: Int = LockWaits.standardAttempts,
        manner: Manner = Manner(), origin: Origin = Origin()
    ) {
        self.chain = chain
        self.retryLimit = retryLimit
        self.manner = manner
        self.origin = origin
        state = origin.state
        attempts = origin.attempts
        isRecorded = origin.isRecorded
        isCutOver = origin.state == .cuttingOver && (!manner.isStaged || origin.isRecorded)
        isCutoverRecorded = isCutOver
        done = 0
    }

    /// Whether no attempt has failed since it was taken up.
    package var isFirstTry: Bool { attempts <= origin.attempts }

    /// Where it goes back to when its cutover does not begin after all.
    package var standing: OperationState {
        origin.state == .waitingForCutover ? .waitingForCutover : .running
    }

    /// Whether it is known that nothing of it has changed the table, and that nothing stays beside
    /// it that the ledger does not know of: it may be left alone until its next attempt is due.
    package var mayRest: Bool { !ran && sent == nil && ending == nil && failure == nil }

    /// The next action after `event`.
    ///
    /// It is `wait` for one that makes no sense in the present state, which stays as it is.
    package mutating func handle(_ event: Event) -> Action {
        guard !state.isTerminal, state != .pending || event == .claimed else { return .wait }
        guard ending == nil || event.isOfTheEnd else { return .wait }
        var next = self
        let action = next.act(on: event)
        guard next.state == state || state.successors.contains(next.state) else { return .wait }
        self = next
        return action
    }

    private mutating func act(on event: Event) -> Action {
        switch event {
        case .claimed: claimed()
        case .cutoverClaimed: cutoverClaimed()
        case .abandoned(let reason): abandoned(.cancelled, .recordCancelled(reason: reason))
        case .outdated(let reason):
            abandoned(.superseded, .recordSuperseded(found: nil, reason: reason))
        case .observed(let digest): observed(digest)
        case .obstructed(let reason): obstructed(reason)
        case .rowsAsked(let obstacle): rowsAsked(obstacle)
        case .intentRecorded: intentRecorded()
        case .delayed: delayed()
        case .prepared: prepared()
        case .advanced: advanced()
        case .ready: ready()
        case .stateRecorded: stateRecorded()
        case .tidied: tidied()
        case .tidyingFailed(let message): tidyingFailed(message)
        case .statementSucceeded: statementSucceeded()
        case .statementFailed(let retry, let message): statementFailed(retry, message)
        case .readFailed(let message): readFailed(message)
        case .retryDue: retryDue()
        case .budgetUsedUp(let message): budgetUsedUp(message)
        }
    }

    private mutating func claimed() -> Action {
        guard state.isClaimable else { return .wait }
        if state == .pending { state = .leased }
        guard !manner.parks || manner.looksFirst || manner.isStaged || isCutOver else {
            state = .waitingForCutover
            return .park
        }
        return .observe
    }

    private mutating func retryDue() -> Action {
        guard state == .failedRetryable else { return .wait }
        // New rows may have come in the meantime.
        isAsked = false
        stage = .unprepared
        return .observe
    }

    private mutating func budgetUsedUp(_ message: String) -> Action {
        guard state == .failedRetryable, mayRest else { return .wait }
        return fail("\(message) (after \(Count.of(attempts, "attempt")))")
    }

    // MARK: What was read

    /// The live table decides: as before → run, as wanted → record, anything else → superseded.
    private mutating func observed(_ digest: Digest?) -> Action {
        let place = chain.lastIndex(of: digest)
        let last = sent
        settleSent(at: place)
        if place == chain.count - 1 {
            done = chain.count - 1
            // What an engine had begun to cut over is its own, whoever saw the end of it.
            ran = ran || manner.isStaged && isCutoverRecorded
            return end(.completed, .recordCompleted(ran: ran))
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
        if manner.asksRows, !ran, !isAsked, !(manner.isStaged && isRecorded) {
            if state != .leased { state = isCutOver ? .cuttingOver : .preparing }
            return .askRows
        }
        guard !manner.parks || isCutOver || manner.isStaged else {
            state = .waitingForCutover
            return .park
        }
        guard isRecorded else {
            state = isCutOver ? .cuttingOver : .preparing
            return .recordIntent
        }
        return proceed(at: place)
    }

    /// The next thing that the engine does, with the pending record durable.
    private mutating func proceed(at place: Int) -> Action {
        if isCutOver {
            state = .cuttingOver
            guard manner.isStaged, !isCutoverRecorded else { return .cutOver(index: place) }
            return .recordState
        }
        guard manner.isStaged, stage == .unprepared else {
            state = .running
            return .run(index: place)
        }
        state = .preparing
        return .prepare
    }

    // MARK: Cutovers

    private mutating func cutoverClaimed() -> Action {
        // What was ready for its statements has no copy that could take the table's place.
        guard state == .waitingForCutover, isRecorded || !manner.isStaged else { return .wait }
        state = .cuttingOver
        isCutOver = true
        return .observe
    }

    private mutating func abandoned(_ state: OperationState, _ action: Action) -> Action {
        let isBeside = manner.isStaged && !isCutOver
        guard self.state == .waitingForCutover || isBeside && self.state != .pending else {
            return .wait
        }
        return end(state, action)
    }

    // MARK: An engine that works beside the table

    private mutating func prepared() -> Action {
        guard state == .preparing, isRecorded, stage == .unprepared else { return .wait }
        stage = .prepared
        return .recordState
    }

    /// Progress: what failed before does not count any more.
    private mutating func advanced() -> Action {
        guard state == .running, stage == .prepared else { return .wait }
        attempts = 0
        return .recordState
    }

    private mutating func ready() -> Action {
        guard state == .running, stage == .prepared else { return .wait }
        stage = .ready
        attempts = 0
        guard !manner.parks else {
            state = .waitingForCutover
            return .park
        }
        isCutOver = true
        state = .cuttingOver
        return .recordState
    }

    private mutating func stateRecorded() -> Action {
        guard manner.isStaged, isRecorded, stage != .unprepared || isCutOver else { return .wait }
        guard state == .preparing || state == .running || state == .cuttingOver else {
            return .wait
        }
        isCutoverRecorded = isCutOver
        return proceed(at: done)
    }

    private mutating func tidied() -> Action {
        guard let ending else { return .wait }
        state = ending.state
        return ending.action
    }

    /// What is left is found by the next run, which has the pending record.
    private mutating func tidyingFailed(_ message: String) -> Action {
        guard ending != nil else { return .wait }
        ending = nil
        return .leave(message: message)
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
        let isDue = state == .running || state == .cuttingOver
        return isDue && sent == nil ? .observe : .wait
    }

    // MARK: What was run

    private mutating func intentRecorded() -> Action {
        guard state == .preparing || state == .cuttingOver, !isRecorded else { return .wait }
        isRecorded = true
        return proceed(at: done)
    }

    private mutating func statementSucceeded() -> Action {
        guard state == .cuttingOver || state == .running && !manner.isStaged else { return .wait }
        sent = Sent(index: done, answer: .succeeded)
        state = .verifying
        return .observe
    }

    private mutating func statementFailed(_ retry: RetryClass, _ message: String) -> Action {
        let isAtWork = state == .running || state == .cuttingOver
        guard isAtWork || manner.isStaged && state == .preparing && isRecorded else { return .wait }
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
        guard failure == nil, state == .running || state == .cuttingOver else {
            state = .failedRetryable
            return .leave(message: message)
        }
        // Reads the table once more, to learn whether it ran after all.
        failure = message
        return .observe
    }

    private mutating func fail(_ message: String) -> Action {
        end(.failed, .recordFailed(message: message))
    }

    private mutating func supersede(found: Digest?, reason: String? = nil) -> Action {
        end(.superseded, .recordSuperseded(found: found, reason: reason))
    }

    /// Ends in `state`; what an engine made beside the table goes first.
    private mutating func end(_ state: OperationState, _ action: Action) -> Action {
        guard manner.isStaged, isRecorded else {
            self.state = state
            return action
        }
        ending = Ending(state: state, action: action)
        return state == .completed ? .cleanUp : .abort
    }
}
