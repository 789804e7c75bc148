import Diff
import Execution
import Schema

/// Drives one operation from its claim to its outcome: the thin shell around the machine.
struct OperationDriver {
    let record: PendingRecord
    let journal: any OperationJournal
    /// A point where tests stop the world; nothing in the product.
    let faults: FaultPoints

    /// What became of the operation when the driver let go of it.
    enum End: Sendable, Equatable {
        case settled(OperationOutcome)
        /// It may be tried again after a pause; the pending record stays.
        case again(message: String, attempt: Int, lostConnection: Bool)
    }

    /// Runs `machine` on `port` until it settles or has to wait.
    ///
    /// - Throws: `JournalFailure` when the ledger cannot be written: the caller stops, and the
    ///   next run settles what was left by reading the table.
    func drive(
        _ machine: inout OperationMachine, claim event: OperationMachine.Event,
        on port: any ShardPort
    ) throws(JournalFailure) -> End {
        var action = machine.handle(event)
        var lostConnection = false
        while true {
            if Self.begins(action), let reason = try journal.refusal(of: record) {
                return try settle(.notRun, reason, machine)
            }
            switch action {
            case .observe:
                action = observe(&machine, on: port, &lostConnection)
            case .recordIntent:
                try faults.reach(.beforeIntent)
                try journal.begin(record)
                try faults.reach(.afterIntent)
                action = machine.handle(.intentRecorded)
            case .run(let index):
                action = try run(index, &machine, on: port, &lostConnection)
            case .recordCompleted(let ran):
                return try settle(.completed(ran: ran), nil, machine)
            case .recordSuperseded(let found, let reason):
                let message =
                    reason ?? "the live table is neither what the plan starts from nor its result"
                return try settle(.superseded(found: found), message, machine)
            case .recordFailed(let message):
                return try settle(.failed, message, machine)
            case .backOff(let message, let attempt):
                return .again(message: message, attempt: attempt, lostConnection: lostConnection)
            case .wait:
                return .again(
                    message: "waits", attempt: machine.attempts, lostConnection: lostConnection)
            }
        }
    }

    /// Whether the first statement comes next, be it for the first time or after a pause.
    private static func begins(_ action: OperationMachine.Action) -> Bool {
        switch action {
        case .recordIntent, .run(index: 0): true
        case .run, .observe, .recordCompleted, .recordSuperseded, .recordFailed, .backOff, .wait:
            false
        }
    }

    private func observe(
        _ machine: inout OperationMachine, on port: any ShardPort, _ lostConnection: inout Bool
    ) -> OperationMachine.Action {
        do {
            switch try port.find(record.step) {
            case .digest(let live): return machine.handle(.observed(live))
            case .both(let old, let new):
                return machine.handle(
                    .obstructed(reason: LiveFinding.obstruction(old: old, new: new)))
            }
        } catch {
            lostConnection = lostConnection || error.lostConnection
            return machine.handle(.readFailed(message: error.message))
        }
    }

    private func run(
        _ index: Int, _ machine: inout OperationMachine, on port: any ShardPort,
        _ lostConnection: inout Bool
    ) throws(JournalFailure) -> OperationMachine.Action {
        try faults.reach(.beforeStatement)
        do {
            try port.run(record.step.statements[index])
        } catch {
            lostConnection = lostConnection || error.lostConnection
            return machine.handle(.statementFailed(error.retry, message: error.message))
        }
        try faults.reach(.afterStatement)
        return machine.handle(.statementSucceeded)
    }

    private func settle(
        _ kind: OperationOutcome.Kind, _ message: String?, _ machine: OperationMachine
    ) throws(JournalFailure) -> End {
        var outcome = OperationOutcome(kind: kind, message: message, attempts: machine.attempts)
        switch kind {
        case .superseded, .failed: outcome.ranStatement = machine.done > 0
        case .completed, .partly, .notRun, .discarded: break
        }
        try faults.reach(.beforeOutcome)
        try journal.finish(record, outcome)
        try faults.reach(.afterOutcome)
        return .settled(outcome)
    }
}

/// The points of an operation at which a crash must lose nothing.
package struct FaultPoints: Sendable {
    package enum Point: String, Sendable, CaseIterable {
        case beforeIntent, afterIntent, beforeStatement, afterStatement, beforeOutcome, afterOutcome
    }

    private let hit: (@Sendable (Point) throws(JournalFailure) -> Void)?

    /// In the product: nothing happens at any point.
    package static let none = FaultPoints(hit: nil)

    /// In tests: `hit` may throw, which stops the driver as a crash would.
    package static func calling(
        _ hit: @escaping @Sendable (Point) throws(JournalFailure) -> Void
    ) -> FaultPoints {
        FaultPoints(hit: hit)
    }

    func reach(_ point: Point) throws(JournalFailure) {
        try hit?(point)
    }
}
