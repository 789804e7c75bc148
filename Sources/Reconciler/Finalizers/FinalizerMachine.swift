import Basics
import Model

/// What a finalizer does next. Pure functions of records and the time.
package enum FinalizerMachine {
    /// How often one is tried, and for how long after its first attempt.
    static let mostAttempts = 10
    static let withinSeconds: Int64 = 86_400
    /// The exit status by which a program asks to be run again: `EX_TEMPFAIL`.
    package static let retryStatus: Int32 = 75

    enum Action: Hashable, Sendable {
        /// Its operations are not done, it waits for its next attempt or for a person.
        case wait
        case run
        case end(FinalizerState, reason: String)
    }

    /// - Parameters:
    ///   - operations: the states of the operations of its namespace.
    ///   - presence: whether the process of its latest run is still there; asked only where one
    ///     may be.
    static func next(
        _ record: FinalizerRecord, _ operations: [OperationState?], now: Timestamp,
        presence: (ProcessRecord) -> ProcessRecord.Presence
    ) -> Action {
        switch record.state {
        case .completed, .failed, .skipped, .unknown: return .wait
        case .running: return again(record, presence)
        case .failedRetryable:
            guard let next = record.nextAt.flatMap(Timestamp.init(iso:)) else { return .run }
            return now < next ? .wait : .run
        case .pending: break
        }
        let states = operations.compactMap(\.self)
        guard states.count == operations.count, states.allSatisfy(\.isTerminal) else {
            return .wait
        }
        let left = states.filter { $0 != .completed }
        guard let first = left.first else { return .run }
        return .end(
            .skipped,
            reason: "\(left.count) of its \(states.count) operations did not complete "
                + "(\(first.label))")
    }

    /// What is done about one that was started and has no outcome: the lease is this pass's, so
    /// whoever started it is gone, and it may still run.
    private static func again(
        _ record: FinalizerRecord, _ presence: (ProcessRecord) -> ProcessRecord.Presence
    ) -> Action {
        let ended = "the run that started it ended before its outcome was recorded"
        let look = "look whether it ran; `plumb retry` runs it again"
        // A lock of the server keeps a second call away while the first one goes on.
        if record.call != nil, record.isIdempotent { return .run }
        if record.call != nil { return .end(.unknown, reason: "\(ended): \(look)") }
        guard let process = record.process else {
            return .end(.unknown, reason: "\(ended), and did not record its process: \(look)")
        }
        switch presence(process) {
        case .present: return .wait
        case .over where record.isIdempotent: return .run
        case .over: return .end(.unknown, reason: "\(ended): \(look)")
        case .unknown(let place):
            return .end(
                .unknown, reason: "\(ended), and it may still run (\(place)): \(look)")
        }
    }

    /// How an attempt ended.
    package enum Attempt: Hashable, Sendable {
        case exited(Int32, complaint: String)
        /// It could not be started, or did not end in time.
        case lost(String)
        /// It did nothing, or may do it again, and that may help.
        case retryable(String)
        /// Nobody knows whether, or how far, it ran.
        case unknown(String)
    }

    /// The record after an attempt.
    static func after(
        _ attempt: Attempt, _ record: FinalizerRecord, output: String, now: Timestamp
    ) -> FinalizerRecord {
        var record = record
        record.output = output.isEmpty ? nil : output
        record.nextAt = nil
        record.process = nil
        switch attempt {
        case .exited(0, _):
            record.state = .completed
            record.message = nil
        case .exited(retryStatus, let complaint):
            let reason = words("asks to be tried again (exit \(retryStatus))", complaint)
            tryAgain(&record, reason, now: now)
        case .retryable(let reason): tryAgain(&record, reason, now: now)
        case .exited(let status, let complaint):
            record.state = .failed
            record.message = words("ended with exit \(status)", complaint)
        case .lost(let reason):
            record.state = .failed
            record.message = reason
        case .unknown(let reason):
            record.state = .unknown
            record.message = "\(reason): look whether it ran; `plumb retry` runs it again"
        }
        record.endedAt = record.state.isTerminal ? now.iso : nil
        return record
    }

    private static func tryAgain(_ record: inout FinalizerRecord, _ reason: String, now: Timestamp)
    {
        record.attempts += 1
        let begin = record.startedAt.flatMap(Timestamp.init(iso:)) ?? now
        guard record.attempts < mostAttempts, now < begin.adding(seconds: withinSeconds) else {
            record.state = .failed
            record.message = "\(reason): given up after \(record.attempts) attempts"
            return
        }
        let pause = RetryPauses.seconds(attempt: record.attempts).rounded(.up)
        record.state = .failedRetryable
        record.message = reason
        record.nextAt = now.adding(seconds: Int64(pause)).iso
    }

    private static func words(_ what: String, _ complaint: String) -> String {
        complaint.isEmpty ? what : "\(what): \(complaint)"
    }
}
