import Basics
import Diff
import Execution
import Foundation
import Model
import Schema

@testable import Reconciler

/// A fleet in memory that counts every statement, loses connections and can die at any point.
final class SimulatedFleet: ShardOpener, @unchecked Sendable {
    struct State {
        var tables: [OperationKey: Digest?] = [:]
        /// Every statement that changed a table, in order.
        var executed: [String] = []
        /// Connections that are still to be lost under a statement, before and after it ran.
        var lossesBefore = 0
        var lossesAfter = 0
        var lockWaits = 0
        /// What happens to each read in turn: true for one that fails; none fail in the end.
        var failingReads: [Bool] = []
        /// Answers of the rows in turn; clear in the end.
        var answers: [RowsAnswer] = []
        var questions = 0
        /// Statements that the server refuses for good, by `table after`.
        var refused: Set<String> = []
        /// Statements that ran without a durable pending record.
        var unrecorded: [String] = []
        var unreachable: Set<ShardID> = []
        /// Shards that no second try opens.
        var forbidden: Set<ShardID> = []
        var locked: Set<ShardID> = []
    }

    let state: Lock<State>
    /// Whether the pending record of an operation is durable.
    let isRecorded: Lock<Hook<OperationKey, Bool>> = Lock(Hook { _ in true })

    init(_ tables: [OperationKey: Digest?]) {
        state = Lock(State(tables: tables))
    }

    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        if state.withLock({ $0.unreachable.contains(shard) }) {
            throw ShardFailure("\(shard): refused", retry: .retryable)
        }
        if state.withLock({ $0.forbidden.contains(shard) }) {
            throw ShardFailure("\(shard): refused for good", retry: .permanent)
        }
        if state.withLock({ $0.locked.contains(shard) }) {
            throw ShardFailure("\(shard): locked", retry: .retryable, isLocked: true)
        }
        return try body(Port(shard: shard, fleet: self))
    }

    private struct Port: ShardPort {
        let shard: ShardID
        let fleet: SimulatedFleet

        func digest(
            of object: ObjectName, among chain: [Digest?]
        ) throws(ShardFailure) -> Digest? {
            try fleet.state.withLock { state throws(ShardFailure) in
                try Self.read(&state)
                return state.tables[OperationKey(shard: shard, object: object)] ?? nil
            }
        }

        private static func read(_ state: inout State) throws(ShardFailure) {
            guard !state.failingReads.isEmpty, state.failingReads.removeFirst() else { return }
            throw ShardFailure("gone away", retry: .retryable)
        }

        func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer {
            try fleet.state.withLock { state throws(ShardFailure) in
                try Self.read(&state)
                state.questions += 1
                return state.answers.isEmpty ? .clear : state.answers.removeFirst()
            }
        }

        func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? {
            try digest(of: table, among: [])
        }

        func run(_ statement: PlanStatement) throws(ShardFailure) {
            // The text of a simulated statement is the table that it changes: `old > new` for one
            // that gives it another name.
            let names = statement.sql.components(separatedBy: " > ")
            let key = OperationKey(
                shard: shard, object: ObjectName(encoded: names[names.count - 1]))
            let isRecorded = fleet.isRecorded.withLock { $0 }.call(key)
            try fleet.state.withLock { state throws(ShardFailure) in
                if state.lockWaits > 0 {
                    state.lockWaits -= 1
                    throw ShardFailure("lock wait timeout", retry: .retryable)
                }
                if !isRecorded { state.unrecorded.append("\(key)") }
                if state.refused.contains("\(key.object.encoded) \(statement.after?.short ?? "-")")
                {
                    throw ShardFailure("refused", retry: .permanent)
                }
                if state.lossesBefore > 0 {
                    state.lossesBefore -= 1
                    throw ShardFailure("gone away", retry: .indeterminate)
                }
                if names.count > 1 {
                    state.tables[
                        OperationKey(shard: shard, object: ObjectName(encoded: names[0]))] =
                        nil
                }
                state.tables[key] = statement.after
                state.executed.append("\(key) \(statement.after?.short ?? "-")")
                if state.lossesAfter > 0 {
                    state.lossesAfter -= 1
                    throw ShardFailure("gone away", retry: .indeterminate)
                }
            }
        }
    }
}

/// A journal in memory with the rules of the real one: an outcome is recorded once.
final class SimulatedJournal: OperationJournal, @unchecked Sendable {
    struct State {
        var pending: [OperationKey: PendingRecord] = [:]
        var ended: [OperationKey: OperationOutcome] = [:]
        /// The audit trail.
        var events: [String] = []
        var isBroken = false
        /// Whether another process has taken over meanwhile.
        var isLost = false
        /// Why no operation may begin.
        var refusal: String?
        /// Who stopped the rollout.
        var stop: StartRefusal?
        /// Operations that used up what allowed them.
        var used: [OperationKey] = []
        /// What each table is recorded with.
        var recorded: [OperationKey: Digest?] = [:]
        /// Where operations stood that were advanced, parked or postponed.
        var phases: [OperationKey: OperationState] = [:]
        var retries: [OperationKey: OperationRetry] = [:]
    }

    let state = Lock(State())

    @Sendable func definition(_ digest: Digest) -> String? { nil }

    func refusal(of record: PendingRecord) throws(JournalFailure) -> String? {
        state.withLock { $0.refusal }
    }

    func confirm(_ record: PendingRecord) throws(JournalFailure) {
        guard !state.withLock({ $0.isLost }) else {
            throw JournalFailure("another process has it", isOfClaim: true)
        }
    }

    func begin(_ record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        try state.withLock { state throws(JournalFailure) in
            if state.isBroken { throw JournalFailure("no space left") }
            if let stop = state.stop { return stop }
            guard state.pending[record.key] == nil else { return nil }
            state.pending[record.key] = record
            state.events.append("started \(record.key)")
            return nil
        }
    }

    func hold(of record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        state.withLock { $0.stop }
    }

    func advance(
        _ record: PendingRecord, to phase: OperationState, message: String?
    ) throws(JournalFailure) -> StartRefusal? {
        try state.withLock { state throws(JournalFailure) in
            if state.isBroken { throw JournalFailure("no space left") }
            if phase == .cuttingOver, let stop = state.stop { return stop }
            state.pending[record.key] = record
            state.phases[record.key] = phase
            state.events.append("\(phase.label) \(record.key)")
            return state.stop
        }
    }

    func park(_ record: PendingRecord, attempts: Int) throws(JournalFailure) -> StartRefusal? {
        try state.withLock { state throws(JournalFailure) in
            if state.isBroken { throw JournalFailure("no space left") }
            if let stop = state.stop { return stop }
            if record.engine != nil { state.pending[record.key] = record }
            state.phases[record.key] = .waitingForCutover
            state.events.append("parked \(record.key)")
            return nil
        }
    }

    func postpone(_ record: PendingRecord, _ retry: OperationRetry) throws(JournalFailure) {
        try state.withLock { state throws(JournalFailure) in
            if state.isBroken { throw JournalFailure("no space left") }
            if record.engine == nil { state.pending[record.key] = nil }
            state.phases[record.key] = .failedRetryable
            state.retries[record.key] = retry
            state.events.append("postponed \(record.key)")
        }
    }

    @discardableResult
    func finish(
        _ record: PendingRecord, _ outcome: OperationOutcome
    ) throws(JournalFailure) -> StartRefusal? {
        try state.withLock { state throws(JournalFailure) in
            if state.isBroken { throw JournalFailure("no space left") }
            state.pending[record.key] = nil
            guard state.ended[record.key] == nil else { return }
            if outcome.changedTheShard { state.used.append(record.key) }
            switch outcome.kind {
            case .completed: state.recorded[record.key] = record.step.to
            case .partly(let found): state.recorded[record.key] = found
            case .failed, .superseded:
                if let part = outcome.progress { state.recorded[record.key] = part.digest }
            case .notRun, .cancelled: break
            }
            if outcome.state.isTerminal { state.ended[record.key] = outcome }
            state.events.append("\(outcome.event) \(record.key)")
        }
        return nil
    }
}

/// A clock that passes as fast as it is asked to.
final class SimulatedClock: Clock, @unchecked Sendable {
    private let time = Lock(Timestamp(secondsSince1970: 1_800_000_000))
    private let waited = Lock<[Double]>([])

    var now: Timestamp { time.withLock { $0 } }

    /// Every wait that was asked for, in seconds.
    var waits: [Double] { waited.withLock { $0 } }

    /// Somebody sets the clock, back or on.
    func set(by seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    func wait(seconds: Double, unless interrupt: Interrupt) -> Bool {
        waited.withLock { $0.append(seconds) }
        time.withLock { $0 = $0.adding(seconds: Int64(seconds)) }
        return !interrupt.isRaised
    }
}
