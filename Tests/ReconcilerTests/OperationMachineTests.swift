import Execution
import Schema
import Testing

@testable import Reconciler

@Suite("One operation, event by event")
struct OperationMachineTests {
    let chain: [Digest?] = [digest("from"), digest("to")]

    @Test("from the claim to the end: observe, record, run, verify, complete")
    func completes() {
        var machine = OperationMachine(chain: chain)
        #expect(machine.handle(.claimed) == .observe)
        #expect(machine.state == .leased)
        #expect(machine.handle(.observed(digest("from"))) == .recordIntent)
        #expect(machine.state == .preparing)
        #expect(machine.handle(.intentRecorded) == .run(index: 0))
        #expect(machine.state == .running)
        #expect(machine.handle(.statementSucceeded) == .observe)
        #expect(machine.state == .verifying)
        #expect(machine.handle(.observed(digest("to"))) == .recordCompleted(ran: true))
        #expect(machine.state == .completed)
    }

    @Test("a table that is there already is recorded, and no statement runs")
    func alreadyDone() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        #expect(machine.handle(.observed(digest("to"))) == .recordCompleted(ran: false))
    }

    @Test("a table that is something else is superseded before anything is written")
    func superseded() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        #expect(
            machine.handle(.observed(digest("other")))
                == .recordSuperseded(found: digest("other")))
        #expect(machine.state == .superseded)
    }

    @Test("two tables for one name are superseded, with the reason")
    func obstructed() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        #expect(
            machine.handle(.obstructed(reason: "both"))
                == .recordSuperseded(found: nil, reason: "both"))
        #expect(machine.state == .superseded)
    }

    @Test("an absent table is a value: a create starts from it, a drop ends at it")
    func absence() {
        var create = OperationMachine(chain: [nil, digest("to")])
        _ = create.handle(.claimed)
        #expect(create.handle(.observed(nil)) == .recordIntent)
        var drop = OperationMachine(chain: [digest("from"), nil])
        _ = drop.handle(.claimed)
        #expect(drop.handle(.observed(nil)) == .recordCompleted(ran: false))
    }

    @Test("several statements run one after the other, each verified")
    func severalStatements() {
        var machine = OperationMachine(chain: [digest("a"), digest("b"), digest("c")])
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("a")))
        #expect(machine.handle(.intentRecorded) == .run(index: 0))
        #expect(machine.handle(.statementSucceeded) == .observe)
        #expect(machine.handle(.observed(digest("b"))) == .run(index: 1))
        #expect(machine.handle(.statementSucceeded) == .observe)
        #expect(machine.handle(.observed(digest("c"))) == .recordCompleted(ran: true))
    }

    @Test("a lock wait is tried again after a back-off, from what the table is by then")
    func retries() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        #expect(
            machine.handle(.statementFailed(.retryable, message: "lock wait"))
                == .backOff(message: "lock wait", attempt: 1))
        #expect(machine.state == .failedRetryable)
        #expect(machine.handle(.retryDue) == .observe)
        #expect(machine.handle(.observed(digest("from"))) == .run(index: 0))
        #expect(machine.attempts == 1)
    }

    @Test("a statement with an unknown outcome is never run again before the table was read")
    func indeterminate() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementFailed(.indeterminate, message: "gone away"))
        #expect(machine.handle(.retryDue) == .observe)
        #expect(machine.handle(.observed(digest("to"))) == .recordCompleted(ran: true))
    }

    @Test("a retry budget that is used up ends in failed")
    func budget() {
        var machine = OperationMachine(chain: chain, retryLimit: 2)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = machine.handle(.retryDue)
        _ = machine.handle(.observed(digest("from")))
        #expect(
            machine.handle(.statementFailed(.retryable, message: "lock wait"))
                == .recordFailed(message: "lock wait (after 2 attempts)"))
        #expect(machine.state == .failed)
    }

    @Test("a permanent error fails at once")
    func permanent() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        #expect(
            machine.handle(.statementFailed(.permanent, message: "duplicate entry"))
                == .recordFailed(message: "duplicate entry"))
    }

    @Test("a statement that returned and changed nothing is a failure, not a loop")
    func nothingChanged() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementSucceeded)
        guard case .recordFailed = machine.handle(.observed(digest("from"))) else {
            Issue.record("expected a failure")
            return
        }
    }

    @Test("a statement whose result was not proved is a failure, not a quiet new plan")
    func unexpectedResult() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementSucceeded)
        guard case .recordFailed = machine.handle(.observed(digest("third"))) else {
            Issue.record("expected a failure")
            return
        }
    }

    @Test("every state is terminal, claimable, or has somebody who moves it")
    func states() {
        let movedByPeople: Set<OperationState> = [.stopped, .waitingForCutover]
        for state in OperationState.allCases {
            let ways = [
                state.isTerminal, state.isClaimable, movedByPeople.contains(state),
            ].filter { $0 }
            #expect(ways.count == 1, "\(state)")
        }
    }

    @Test("what is terminal stays as it is")
    func terminal() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("to")))
        #expect(machine.handle(.claimed) == .wait)
        #expect(machine.state == .completed)
    }
}
