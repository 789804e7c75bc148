import Basics
import Model
import MySQLClient
import Testing

@testable import Reconciler

@Suite("What a finalizer does next")
struct FinalizerMachineTests {
    private static let now = sampleTime()

    private static func record(
        _ state: FinalizerState = .pending, idempotent: Bool = false, nextAt: String? = nil,
        attempts: Int = 0, startedAt: String? = nil, process: ProcessRecord? = nil,
        isCall: Bool = false
    ) -> FinalizerRecord {
        var record = FinalizerRecord(
            namespace: "commerce", command: ["/bin/publish"], isIdempotent: idempotent,
            limitSeconds: 60)
        record.state = state
        record.nextAt = nextAt
        record.attempts = attempts
        record.startedAt = startedAt
        record.process = process
        record.call = isCall ? .init(sql: "CALL a.b()", on: "db") : nil
        return record
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var record = FinalizerMachineTests.record()
        var operations: [OperationState?] = [.completed, .completed]
        var presence = ProcessRecord.Presence.over
        let action: FinalizerMachine.Action?

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "all done", action: .run),
        Case(name: "one waits", operations: [.completed, .pending], action: .wait),
        Case(name: "one runs", operations: [.completed, .running], action: .wait),
        Case(name: "one cannot be read", operations: [.completed, nil], action: .wait),
        Case(
            name: "one failed, one waits", operations: [.failed, .pending], action: .wait),
        Case(
            name: "one failed", operations: [.completed, .failed],
            action: .end(.skipped, reason: "1 of its 2 operations did not complete (failed)")),
        Case(
            name: "one was superseded", operations: [.superseded, .completed],
            action: .end(.skipped, reason: "1 of its 2 operations did not complete (superseded)")),
        Case(
            name: "none began", operations: [.cancelled, .cancelled],
            action: .end(.skipped, reason: "2 of its 2 operations did not complete (cancelled)")),
        Case(name: "its run died", record: record(.running, process: process), action: nil),
        Case(
            name: "its run died, and it may run again",
            record: record(.running, idempotent: true, process: process), action: .run),
        Case(
            name: "its run died, and it runs", record: record(.running, process: process),
            presence: .present, action: .wait),
        Case(
            name: "its run died, and it runs that may run again",
            record: record(.running, idempotent: true, process: process), presence: .present,
            action: .wait),
        Case(
            name: "its run died on another machine",
            record: record(.running, idempotent: true, process: process),
            presence: .unknown("process 7 of db1, another machine"), action: nil),
        Case(
            name: "the run of its call died", record: record(.running, isCall: true), action: nil),
        Case(
            name: "the run of its call died, and it may run again",
            record: record(.running, idempotent: true, isCall: true), action: .run),
        Case(
            name: "its run died and recorded no process",
            record: record(.running, idempotent: true), action: nil),
        Case(
            name: "it is not time",
            record: record(.failedRetryable, nextAt: "2026-11-21T12:00:01Z"),
            action: .wait),
        Case(
            name: "it is time", record: record(.failedRetryable, nextAt: "2026-11-21T12:00:00Z"),
            action: .run),
        Case(name: "nobody knows", record: record(.unknown), action: .wait),
        Case(name: "done", record: record(.completed), action: .wait),
        Case(name: "failed", record: record(.failed), action: .wait),
        Case(name: "skipped", record: record(.skipped), action: .wait),
    ]

    @Test(arguments: cases)
    func actions(_ one: Case) {
        let action = FinalizerMachine.next(one.record, one.operations, now: Self.now) { asked in
            #expect(asked == Self.process)
            return one.presence
        }
        if let expected = one.action {
            #expect(action == expected)
        } else if case .end(let state, let reason) = action {
            #expect(state == .unknown && reason.contains("plumb retry"))
        } else {
            Issue.record("\(action)")
        }
    }

    private static let process = ProcessRecord(
        place: .init(host: "db1", machine: "m", boot: "b", namespace: "n"), number: 7,
        startTicks: 1)

    struct Attempt: Sendable {
        var record = FinalizerMachineTests.record(
            .running, startedAt: "2026-11-21T12:00:00Z", process: process)
        let attempt: FinalizerMachine.Attempt
        let state: FinalizerState
        var message: String?
        var nextAt: String?
        var attempts = 0
    }

    @Test(arguments: [
        Attempt(attempt: .exited(0, complaint: "a warning"), state: .completed),
        Attempt(
            attempt: .exited(75, complaint: "busy"), state: .failedRetryable,
            message: "asks to be tried again (exit 75): busy", nextAt: "2026-11-21T12:00:01Z",
            attempts: 1),
        Attempt(
            record: record(.running, attempts: 4, startedAt: "2026-11-21T11:00:00Z"),
            attempt: .exited(75, complaint: ""), state: .failedRetryable,
            message: "asks to be tried again (exit 75)", nextAt: "2026-11-21T12:00:08Z",
            attempts: 5),
        Attempt(
            record: record(.running, attempts: 9, startedAt: "2026-11-21T11:00:00Z"),
            attempt: .exited(75, complaint: ""), state: .failed,
            message: "asks to be tried again (exit 75): given up after 10 attempts", attempts: 10),
        Attempt(
            record: record(.running, attempts: 2, startedAt: "2026-11-20T12:00:00Z"),
            attempt: .exited(75, complaint: ""), state: .failed,
            message: "asks to be tried again (exit 75): given up after 3 attempts", attempts: 3),
        Attempt(
            attempt: .exited(1, complaint: "no such place"), state: .failed,
            message: "ended with exit 1: no such place"),
        Attempt(attempt: .lost("it does not start"), state: .failed, message: "it does not start"),
        Attempt(
            attempt: .retryable("Deadlock"), state: .failedRetryable, message: "Deadlock",
            nextAt: "2026-11-21T12:00:01Z", attempts: 1),
        Attempt(
            attempt: .unknown("it vanished"), state: .unknown,
            message: "it vanished: look whether it ran; `plumb retry` runs it again"),
    ])
    func outcomes(_ one: Attempt) {
        let after = FinalizerMachine.after(one.attempt, one.record, output: "", now: Self.now)
        #expect(after.state == one.state)
        #expect(after.message == one.message && after.nextAt == one.nextAt)
        #expect(after.attempts == one.attempts)
        #expect((after.endedAt != nil) == one.state.isTerminal)
        #expect(after.output == nil && after.process == nil)
    }

    /// What a lost session means depends on when it was lost, and whether a second call may come.
    @Test(arguments: [
        (MySQLError.Kind.unreachable, RetryClass?.none, false, false, "again"),
        (.lostConnection, nil, false, false, "again"),
        (.lostConnection, .indeterminate, true, false, "unknown"),
        (.lostConnection, .indeterminate, true, true, "again"),
        (.timeout, .indeterminate, true, false, "unknown"),
        (.deadlock, nil, true, false, "again"), (.lockWaitTimeout, nil, true, false, "again"),
        (.readOnly, nil, true, false, "again"), (.other, nil, true, false, "failed"),
        (.missingGrant, nil, true, true, "failed"), (.accessDenied, nil, false, true, "failed"),
        (.syntax, nil, true, false, "failed"),
    ])
    func errorsOfACall(
        kind: MySQLError.Kind, retry: RetryClass?, hasBegun: Bool, isIdempotent: Bool,
        outcome: String
    ) {
        let error = MySQLError(
            kind: kind, message: "no", server: .tcp(host: "db", port: 3306), retry: retry)
        let record = Self.record(.running, idempotent: isIdempotent, isCall: true)
        let attempt = FinalizerCallRunner.attempt(error, record, hasBegun: hasBegun)
        switch attempt {
        case .retryable: #expect(outcome == "again")
        case .unknown: #expect(outcome == "unknown")
        case .lost: #expect(outcome == "failed")
        case .exited: Issue.record("\(attempt)")
        }
    }

    /// Terminal only where all of it is, and failed where a part failed.
    @Test func theRolloutEndsWithItsFinalizers() {
        for state in RolloutState.allCases {
            #expect(state.with([]) == state)
            #expect(state.with([.completed, nil]) == nil)
            for finalizer in FinalizerState.allCases {
                let whole = state.with([.completed, finalizer])
                if !state.isTerminal {
                    #expect(whole == state)
                } else if !finalizer.isTerminal {
                    #expect(whole == .running)
                } else {
                    #expect(whole == (finalizer == .failed ? .failed : state))
                }
            }
        }
    }
}
