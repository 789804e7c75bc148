import Basics
import Diff
import Model
import Schema

/// The phases of an engine, and what is recorded between them.
extension OperationDriver {
    func job(_ index: Int, _ memory: Memory) -> EngineJob {
        EngineJob(
            key: record.key, step: record.step, index: index, state: memory.engine,
            definition: journal.definition)
    }

    /// The pending record with the state of the engine.
    func record(with memory: Memory) -> PendingRecord {
        var record = record
        record.engine = memory.engine
        return record
    }

    /// Lets the engine do what is next, and tells the machine what came of it.
    func perform(
        _ action: OperationMachine.Action, _ machine: inout OperationMachine,
        _ memory: inout Memory, on port: any ShardPort
    ) throws(JournalFailure) -> (OperationMachine.Action, RefusalRecord.Refused?) {
        try faults.reach(.beforeStatement)
        try journal.confirm(record)
        let event: OperationMachine.Event
        do {
            event = try happened(action, machine.done, &memory, on: port)
        } catch {
            // Nothing of it ran, as whoever takes the shard next finds; he may have the right.
            if leavesToOthers, error.isOfAccount, !machine.ran {
                return (.leave(message: error.message), nil)
            }
            guard action != .abort, action != .cleanUp else {
                return (machine.handle(.tidyingFailed(message: error.message)), nil)
            }
            let refused = refused(action, error, machine)
            return (machine.handle(.statementFailed(error.retry, message: error.message)), refused)
        }
        try faults.reach(.afterStatement)
        return (machine.handle(event), nil)
    }

    private func happened(
        _ action: OperationMachine.Action, _ done: Int, _ memory: inout Memory,
        on port: any ShardPort
    ) throws(ShardFailure) -> OperationMachine.Event {
        let job = job(done, memory)
        switch action {
        case .prepare:
            try keep(engine.prepare(job, on: port), in: &memory)
            return .prepared
        case .run:
            switch try engine.run(job, on: port) {
            case .finished: return .statementSucceeded
            case .advanced(let state):
                try keep(state, in: &memory)
                return .advanced
            case .ready(let state):
                try keep(state, in: &memory)
                return .ready
            }
        case .cutOver:
            try keep(engine.cutOver(job, on: port), in: &memory)
            return .statementSucceeded
        case .abort:
            try engine.abort(job, on: port)
            return .tidied
        case .cleanUp:
            try engine.cleanUp(job, on: port)
            return .tidied
        case .observe, .askRows, .recordIntent, .recordState, .park, .recordCompleted,
            .recordSuperseded, .recordCancelled, .recordFailed, .backOff, .leave, .wait:
            return .delayed
        }
    }

    /// Takes over a state that the engine reports, if it can be recorded.
    private func keep(
        _ state: EngineState?, in memory: inout Memory
    ) throws(ShardFailure) {
        guard let state else { return }
        if let fault = state.fault(for: engine.name) {
            throw ShardFailure("\(record.key): \(fault)", retry: .permanent)
        }
        memory.engine = state
    }

    /// The statement that the table refused, where another algorithm may succeed.
    private func refused(
        _ action: OperationMachine.Action, _ error: ShardFailure, _ machine: OperationMachine
    ) -> RefusalRecord.Refused? {
        guard !engine.isStaged, let reason = error.refusedAlgorithm else { return nil }
        return RefusalRecord.Refused(
            from: machine.chain[machine.done],
            statement: record.step.statements[machine.done].sql, reason: reason)
    }

    /// Records how far the engine is; before a cutover, that it begins.
    ///
    /// - Returns: how the operation stands, where it does not go on now.
    func recordState(
        _ machine: inout OperationMachine, _ memory: Memory
    ) throws(JournalFailure) -> End? {
        let isCutover = machine.state == .cuttingOver
        if isCutover, !mayStart() { return .notBegun }
        let record = record(with: memory)
        if isCutover, let reason = try journal.refusal(of: record) {
            _ = try journal.advance(record, to: machine.standing, message: reason)
            return .notBegun
        }
        try faults.reach(.beforeState)
        let words = memory.engine.flatMap(engine.progress)
        let stop = try journal.advance(record, to: machine.state, message: words)
        try faults.reach(.afterState)
        if let stop { return .refused(stop) }
        return interrupt.isRaised && !isCutover ? .notBegun : nil
    }

    /// Lets go of the shard until the cutover.
    func park(
        _ machine: OperationMachine, _ memory: inout Memory, on port: any ShardPort
    ) throws(JournalFailure) -> End {
        if let state = engine.park(job(machine.done, memory), on: port),
            state.fault(for: engine.name) == nil
        {
            memory.engine = state
        }
        try faults.reach(.beforeState)
        let stop = try journal.park(record(with: memory), attempts: machine.attempts)
        try faults.reach(.afterState)
        return stop.map { .refused($0) } ?? .parked
    }

    /// After a failed attempt: sits out a short pause; records the time of the next attempt after a
    /// longer one, where the operation may rest.
    ///
    /// - Returns: nil where the budget is used up.
    func backOff(
        _ message: String, _ attempt: Int, _ machine: OperationMachine, _ memory: inout Memory
    ) throws(JournalFailure) -> End? {
        let now = clock.now
        let since = attempt == 1 ? now : memory.failingSince ?? now
        memory.failingSince = since
        // A change that is half done, or of which that is not known, is not left alone.
        guard machine.mayRest else { return .again(message: message, attempt: attempt) }
        guard let next = budget.next(after: attempt, failingSince: since, now: now) else {
            return nil
        }
        let pause = RetryPauses.lockPauseSeconds(attempt: attempt)
        guard pause > RetryPauses.shortSeconds else {
            return .again(message: message, attempt: attempt)
        }
        let retry = OperationRetry(attempts: attempt, since: since, next: next, message: message)
        try faults.reach(.beforeState)
        try journal.postpone(record(with: memory), retry)
        try faults.reach(.afterState)
        return .postponed(retry)
    }
}
