import Basics
import Diff
import Execution
import Model
import Schema

/// Runs one operation from its claim to its outcome: carries out the actions of its state machine.
struct OperationDriver {
    let record: PendingRecord
    let engine: any Engine
    let journal: any OperationJournal
    /// Where tests simulate a crash; does nothing in the product.
    let faults: FaultPoints
    let turn: StatementTurn
    /// How often it is tried again, and for how long.
    let budget: RetryBudget
    let clock: any Clock
    /// Whether the end of the process was asked for.
    let interrupt: Interrupt
    /// Whether an operation that has not begun still may, and a cutover.
    let mayStart: () -> Bool
    /// Why it may not begin or be tried again any more, as a newer pass has it; nil where it may.
    var held: () -> String? = { nil }
    /// Whether other processes may do what the account of this one may not.
    var leavesToOthers = false
    /// Called once it is recorded that the operation has begun.
    let began: () -> Void

    /// How the operation stands when the driver returns.
    enum End: Sendable, Equatable {
        case settled(OperationOutcome)
        /// Nothing may begin any more, and this one did not.
        case notBegun
        /// Somebody stopped the rollout or suspended the shard, and this one did not begin, or does
        /// not go on.
        case refused(StartRefusal)
        /// It is ready and waits for its cutover.
        case parked
        /// It is to be tried again at a time that is recorded.
        case postponed(OperationRetry)
        /// It may be tried again after a pause; the pending record stays.
        case again(message: String, attempt: Int)
        /// It is left to the next run, which settles its pending record.
        case left(message: String)
    }

    /// What has to be known of an operation between two attempts.
    struct Memory: Sendable {
        /// The state of its engine.
        var engine: EngineState?
        /// When the first of the attempts in a row failed.
        var failingSince: Timestamp?
    }

    /// Runs `machine` on `port` until it is settled or has to wait.
    ///
    /// - Throws: `JournalFailure` when the ledger cannot be written. The caller then stops, and the
    ///   next run reads the table to settle what was left.
    func drive(
        _ machine: inout OperationMachine, _ memory: inout Memory,
        claim event: OperationMachine.Event, on port: any ShardPort
    ) throws(JournalFailure) -> End {
        defer {
            turn.giveBack()
            engine.letGo(job(machine.done, memory))
        }
        if !turn.isNear { turn.take() }
        var action = machine.handle(event)
        var refused: RefusalRecord.Refused?
        while true {
            if takeTurn(for: action) == .long, begins(action, machine) {
                let again = machine.handle(.delayed)
                if again != .wait { action = again }
            }
            if begins(action, machine), machine.isFirstTry, !mayStart() {
                return try machine.isRecorded
                    ? settle(.notRun, "the run ended before its statement", machine) : .notBegun
            }
            if begins(action, machine), !machine.isRecorded, held() != nil { return .notBegun }
            if begins(action, machine), machine.isRecorded, !machine.isFirstTry,
                let refusal = try refusalMeanwhile()
            {
                // What an engine made beside the table stays, and the record that knows of it.
                if memory.engine == nil { _ = try settle(.notRun, refusal.words, machine) }
                return .refused(refusal)
            }
            if begins(action, machine), let reason = try journal.refusal(of: record) {
                return try settle(.notRun, reason, machine)
            }
            switch action {
            case .observe:
                action = observe(&machine, on: port)
            case .askRows:
                action = askRows(&machine, on: port)
            case .recordIntent:
                try faults.reach(.beforeIntent)
                memory.engine = engine.state(before: job(machine.done, memory))
                if let refusal = try journal.begin(started(after: machine.done, memory)) {
                    return .refused(refusal)
                }
                began()
                try faults.reach(.afterIntent)
                action = machine.handle(.intentRecorded)
            case .prepare, .run, .cutOver, .abort, .cleanUp:
                (action, refused) = try perform(action, &machine, &memory, on: port)
            case .recordState:
                if let end = try recordState(&machine, memory) { return end }
                action = machine.handle(.stateRecorded)
            case .park:
                return try park(machine, &memory, on: port)
            case .recordCompleted(let ran):
                let words = memory.engine.flatMap(engine.progress)
                return try settle(.completed(ran: ran), words, machine)
            case .recordSuperseded(let found, let reason):
                let message =
                    reason ?? "the live table is neither what the plan starts from nor its result"
                return try settle(.superseded(found: found), message, machine)
            case .recordCancelled(let reason):
                return try settle(.cancelled, reason, machine)
            case .recordFailed(let message):
                return try settle(.failed, message, machine, refused)
            case .leave(let message):
                return .left(message: message)
            case .backOff(let message, let attempt):
                if let end = try backOff(message, attempt, machine, &memory) { return end }
                action = machine.handle(.budgetUsedUp(message: message))
            case .wait:
                // Trying again would come to the same.
                return .left(message: "nothing can be done with it while it is \(machine.state)")
            }
        }
    }

    /// Why an operation that was begun and of which nothing ran is not tried again.
    private func refusalMeanwhile() throws(JournalFailure) -> StartRefusal? {
        if let reason = held() { return .shard(reason: reason) }
        return try journal.hold(of: record)
    }

    /// Waits for the operation's turn where the action is slow.
    private func takeTurn(for action: OperationMachine.Action) -> Places<ServerAddress>.Wait {
        switch action {
        case .askRows, .prepare, .run, .cutOver: turn.take()
        case .observe, .recordIntent, .recordState, .park, .abort, .cleanUp, .recordCompleted,
            .recordSuperseded, .recordCancelled, .recordFailed, .backOff, .leave, .wait:
            .short
        }
    }

    /// The pending record, with the number of statements that ran before this operation.
    private func started(after done: Int, _ memory: Memory) -> PendingRecord {
        var record = record(with: memory)
        record.begun = done == 0 ? nil : done
        return record
    }

    /// Whether the first statement is next, for the first time or after a pause.
    private func begins(
        _ action: OperationMachine.Action, _ machine: OperationMachine
    ) -> Bool {
        switch action {
        case .recordIntent, .askRows: true
        // What an engine has begun beside the table goes on.
        case .run, .cutOver: !machine.ran && !engine.isStaged
        case .park: !engine.isStaged
        case .observe, .prepare, .recordState, .abort, .cleanUp, .recordCompleted,
            .recordSuperseded, .recordCancelled, .recordFailed, .backOff, .leave, .wait:
            false
        }
    }

    private func observe(
        _ machine: inout OperationMachine, on port: any ShardPort
    ) -> OperationMachine.Action {
        do {
            switch try port.find(record.step) {
            case .digest(let live): return machine.handle(.observed(live))
            case .both(let old, let new):
                return machine.handle(
                    .obstructed(reason: LiveFinding.obstruction(old: old, new: new)))
            }
        } catch {
            return machine.handle(.readFailed(message: error.message))
        }
    }

    /// Asks all questions of the step, for its later statements too: the first one must not run if
    /// any would fail.
    private func askRows(
        _ machine: inout OperationMachine, on port: any ShardPort
    ) -> OperationMachine.Action {
        do throws(ShardFailure) {
            return machine.handle(
                .rowsAsked(obstacle: try RowsInTheWay.refusal(of: record.step, on: port)))
        } catch {
            return machine.handle(.readFailed(message: error.message))
        }
    }

    private func settle(
        _ kind: OperationOutcome.Kind, _ message: String?, _ machine: OperationMachine,
        _ refused: RefusalRecord.Refused? = nil
    ) throws(JournalFailure) -> End {
        var outcome = OperationOutcome(kind: kind, message: message, attempts: machine.attempts)
        switch kind {
        case .superseded, .failed: addPart(of: machine, refused, to: &outcome)
        case .completed, .partly, .notRun, .cancelled: break
        }
        turn.giveBack()
        outcome.endedAt = clock.now
        try faults.reach(.beforeOutcome)
        let other = try journal.finish(record, outcome)
        try faults.reach(.afterOutcome)
        return other.map { .refused($0) } ?? .settled(outcome)
    }

    /// Adds to the outcome, and to its message, what ran before it ended.
    private func addPart(
        of machine: OperationMachine, _ refused: RefusalRecord.Refused?,
        to outcome: inout OperationOutcome
    ) {
        let total = record.step.statements.count
        outcome.ranStatement = machine.ran
        outcome.progress = machine.reached.map {
            .init(count: $0, total: total, digest: machine.chain[$0])
        }
        outcome.refused = refused
        var words = outcome.message.map { [$0] } ?? []
        if let progress = outcome.progress {
            words.append(
                "\(progress.count) of \(Count.of(total, "statement")) ran, and the next plan goes on "
                    + "from there")
        }
        if machine.ran, let approval = record.approval {
            words.append("approval \(approval.short) is used up")
        }
        if refused != nil {
            words.append("the next plan asks for an algorithm that rebuilds the table")
        }
        outcome.message = words.isEmpty ? nil : words.joined(separator: "; ")
    }
}

/// The points of an operation at which tests simulate a crash.
package struct FaultPoints: Sendable {
    /// See ``FaultPoint``.
    package typealias Point = FaultPoint

    private let hit: (@Sendable (Point) throws(JournalFailure) -> Void)?

    /// Does nothing.
    package static let none = FaultPoints(hit: nil)

    /// What whoever started the program asks for: nothing in a build for use.
    package static let asked = calling { point throws(JournalFailure) in
        do throws(FaultReached) {
            try FaultSwitch.reach(point)
        } catch {
            throw JournalFailure("\(error)")
        }
    }

    /// For tests: `hit` may throw, which stops the driver as a crash would.
    package static func calling(
        _ hit: @escaping @Sendable (Point) throws(JournalFailure) -> Void
    ) -> FaultPoints {
        FaultPoints(hit: hit)
    }

    func reach(_ point: Point) throws(JournalFailure) {
        try hit?(point)
    }
}
