import Model
import Schema
import Testing

@Suite("Facts and the exit status that they lead to")
struct OutcomeTests {
    struct Meaning: Sendable {
        let outcome: Outcome
        let status: Model.ExitStatus

        init(_ outcome: Outcome, _ status: Model.ExitStatus) {
            self.outcome = outcome
            self.status = status
        }
    }

    @Test(
        "each fact by itself",
        arguments: [
            Meaning(.changesPlanned, .difference), Meaning(.differs, .difference),
            Meaning(.leftGit, .difference), Meaning(.driftLeft, .difference),
            Meaning(.lintErrors, .difference), Meaning(.unformatted, .difference),
            Meaning(.shardUnknown, .incomplete), Meaning(.unsettled, .incomplete),
            Meaning(.shardUnreachable, .incomplete), Meaning(.checkUnknown, .incomplete),
            Meaning(.unsupported, .refused), Meaning(.denied, .refused),
            Meaning(.rowsInTheWay, .refused), Meaning(.refusedByPolicy, .refused),
            Meaning(.refused, .refused), Meaning(.awaitsApproval, .blocked),
            Meaning(.outsideWindow, .blocked), Meaning(.behindEnvironment, .blocked),
            Meaning(.behindStep, .blocked), Meaning(.readOnly, .blocked),
            Meaning(.shardLocked, .blocked), Meaning(.ledgerLocked, .blocked),
            Meaning(.backingOff, .partial), Meaning(.stepHalfDone, .partial),
            Meaning(.operationsLeft, .partial), Meaning(.ledgerUnwritable, .error),
            Meaning(.checkFailed, .error), Meaning(.error, .error), Meaning(.usage, .usage),
            Meaning(.configuration, .configuration),
            Meaning(.operation(.completed(ran: true)), .done),
            Meaning(.operation(.failed), .partial), Meaning(.operation(.cancelled), .partial),
            Meaning(.operation(.notRun), .blocked),
            Meaning(.operation(.superseded(found: nil)), .refused),
            Meaning(.operation(.partly(found: nil)), .refused),
            Meaning(.rollout(nil), .incomplete),
            Meaning(.rollout(.completed), .done), Meaning(.rollout(.failed), .partial),
            Meaning(.rollout(.runningDegraded), .partial),
            Meaning(.rollout(.superseded), .refused), Meaning(.rollout(.running), .difference),
            Meaning(.rollout(.halting), .difference), Meaning(.rollout(.stopped), .difference),
        ])
    func alone(_ meaning: Meaning) {
        #expect(ExitStatus([meaning.outcome]) == meaning.status)
    }

    @Test("the strongest of several wins: 1, 6, 5, 4, 3, 2, 0")
    func strongest() {
        let order: [Outcome] = [
            .error, .shardUnknown, .denied, .stepHalfDone, .awaitsApproval, .differs,
        ]
        for (index, outcome) in order.enumerated() {
            #expect(ExitStatus(order[index...].reversed()) == outcome.exitStatus)
        }
        #expect(order.map(\.exitStatus.rawValue) == [1, 6, 5, 4, 3, 2])
        #expect(ExitStatus([]) == .done)
    }
}
