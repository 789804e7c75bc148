import Basics
import Execution
import Model
import Schema
import TestSupport
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
            machine.handle(.statementFailed(.permanent, message: "duplicate entry")) == .observe)
        #expect(
            machine.handle(.observed(digest("from"))) == .recordFailed(message: "duplicate entry"))
        #expect(!machine.ran)
    }

    @Test("what the server refused and the table has all the same is done")
    func refusedAndDone() {
        var machine = running(chain)
        _ = machine.handle(.statementFailed(.permanent, message: "killed at the very end"))
        #expect(machine.handle(.observed(digest("to"))) == .recordCompleted(ran: true))
    }

    @Test("a refusal whose table cannot be read any more is recorded as one")
    func refusedAndUnreadable() {
        var machine = running(chain)
        _ = machine.handle(.statementFailed(.permanent, message: "no"))
        #expect(machine.handle(.readFailed(message: "gone")) == .recordFailed(message: "no"))
    }

    /// A machine whose first statement runs.
    private func running(_ chain: [Digest?], retryLimit: Int = 10) -> OperationMachine {
        var machine = OperationMachine(chain: chain, retryLimit: retryLimit)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(chain[0]))
        _ = machine.handle(.intentRecorded)
        return machine
    }

    @Test("the second of several statements that fails leaves a part that is known")
    func partly() {
        var machine = running([digest("a"), digest("b"), digest("c")])
        _ = machine.handle(.statementSucceeded)
        #expect(machine.handle(.observed(digest("b"))) == .run(index: 1))
        _ = machine.handle(.statementFailed(.permanent, message: "no"))
        #expect(machine.handle(.observed(digest("b"))) == .recordFailed(message: "no"))
        #expect(machine.ran)
        #expect(machine.reached == 1)
    }

    @Test("statements that had run before it are not its own")
    func begunInTheMiddle() {
        var machine = OperationMachine(chain: [digest("a"), digest("b"), digest("c")])
        _ = machine.handle(.claimed)
        #expect(machine.handle(.observed(digest("b"))) == .recordIntent)
        #expect(machine.done == 1)
        #expect(machine.handle(.intentRecorded) == .run(index: 1))
        _ = machine.handle(.statementFailed(.permanent, message: "no"))
        #expect(machine.handle(.observed(digest("b"))) == .recordFailed(message: "no"))
        #expect(!machine.ran)
        #expect(machine.reached == nil)
    }

    @Test("a refused statement whose table somebody else brought further made no part of it")
    func broughtFurtherByAGuest() {
        var machine = running([digest("a"), digest("b"), digest("c"), digest("d")])
        _ = machine.handle(.statementFailed(.permanent, message: "no"))
        #expect(machine.handle(.observed(digest("c"))) == .recordFailed(message: "no"))
        #expect(!machine.ran)
        #expect(machine.reached == nil)
    }

    @Test("a statement that turns out not to have run leaves the attempts as they were")
    func attemptsWithoutProgress() {
        var machine = running([digest("a"), digest("b"), digest("c")], retryLimit: 3)
        _ = machine.handle(.statementSucceeded)
        #expect(machine.handle(.observed(digest("b"))) == .run(index: 1))
        for attempt in 1...2 {
            #expect(
                machine.handle(.statementFailed(.indeterminate, message: "gone"))
                    == .backOff(message: "gone", attempt: attempt))
            _ = machine.handle(.retryDue)
            #expect(machine.handle(.observed(digest("b"))) == .run(index: 1))
        }
        #expect(machine.handle(.statementFailed(.indeterminate, message: "gone")) == .observe)
        #expect(
            machine.handle(.observed(digest("b")))
                == .recordFailed(message: "gone (after 3 attempts)"))
    }

    @Test("an event that nobody waits for does nothing, in any state")
    func strayEvents() {
        var leased = OperationMachine(chain: chain)
        _ = leased.handle(.claimed)
        var preparing = leased
        _ = preparing.handle(.observed(digest("from")))
        let underWay = running(chain)
        var verifying = underWay
        _ = verifying.handle(.statementSucceeded)
        var waiting = underWay
        _ = waiting.handle(.statementFailed(.retryable, message: "lock wait"))
        var ended = leased
        _ = ended.handle(.observed(digest("to")))
        let machines = [leased, preparing, underWay, verifying, waiting, ended]
        #expect(
            machines.map(\.state)
                == [.leased, .preparing, .running, .verifying, .failedRetryable, .completed])
        let failed = OperationMachine.Event.statementFailed(.permanent, message: "no")
        let waitedFor: [(event: OperationMachine.Event, state: OperationState)] = [
            (.intentRecorded, .preparing), (.statementSucceeded, .running), (failed, .running),
            (.retryDue, .failedRetryable),
        ]
        for (event, state) in waitedFor {
            for machine in machines where machine.state != state {
                var copy = machine
                #expect(copy.handle(event) == .wait, "\(event) while \(machine.state)")
                #expect(copy.state == machine.state, "\(event) while \(machine.state)")
            }
        }
    }

    @Test("what somebody took back is not run again")
    func takenBack() {
        var machine = running([digest("a"), digest("b"), digest("c")])
        _ = machine.handle(.statementSucceeded)
        _ = machine.handle(.observed(digest("b")))
        _ = machine.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = machine.handle(.retryDue)
        #expect(
            machine.handle(.observed(digest("a")))
                == .recordSuperseded(
                    found: digest("a"), reason: "a part of it that had run was undone"))
        #expect(machine.ran)
    }

    @Test("attempts are counted anew once a statement was seen to have run, and only then")
    func attemptsAfterProgress() {
        var machine = running([digest("a"), digest("b"), digest("c")], retryLimit: 3)
        _ = machine.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = machine.handle(.retryDue)
        _ = machine.handle(.observed(digest("a")))
        #expect(machine.attempts == 1)
        _ = machine.handle(.statementFailed(.indeterminate, message: "gone"))
        #expect(machine.attempts == 2)
        _ = machine.handle(.retryDue)
        #expect(machine.handle(.observed(digest("b"))) == .run(index: 1))
        #expect(machine.attempts == 0)
    }

    @Test("an unknown outcome at the end of the budget is read once more before it is recorded")
    func lastLook() {
        var machine = running(chain, retryLimit: 1)
        #expect(machine.handle(.statementFailed(.indeterminate, message: "gone")) == .observe)
        #expect(machine.handle(.observed(digest("to"))) == .recordCompleted(ran: true))

        var failed = running(chain, retryLimit: 1)
        _ = failed.handle(.statementFailed(.indeterminate, message: "gone"))
        #expect(
            failed.handle(.observed(digest("from")))
                == .recordFailed(message: "gone (after 1 attempt)"))
        #expect(!failed.ran)
    }

    @Test("an outcome that nobody can read is left to the next run with its pending record")
    func leaves() {
        var unknown = running(chain, retryLimit: 1)
        _ = unknown.handle(.statementFailed(.indeterminate, message: "gone"))
        #expect(
            unknown.handle(.readFailed(message: "down"))
                == .leave(message: "down (after 2 attempts)"))
        var returned = running(chain, retryLimit: 1)
        _ = returned.handle(.statementSucceeded)
        #expect(
            returned.handle(.readFailed(message: "down"))
                == .leave(message: "down (after 1 attempt)"))
        #expect(!returned.state.isTerminal)
    }

    @Test("rows are asked before anything is recorded, and the table is read after them")
    func asksRows() {
        var machine = OperationMachine(chain: chain, manner: .init(asksRows: true))
        _ = machine.handle(.claimed)
        #expect(machine.handle(.observed(digest("from"))) == .askRows)
        #expect(machine.handle(.rowsAsked(obstacle: nil)) == .observe)
        #expect(machine.handle(.observed(digest("from"))) == .recordIntent)
        #expect(machine.handle(.intentRecorded) == .run(index: 0))
        // After a pause they are asked again, as long as nothing ran.
        _ = machine.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = machine.handle(.retryDue)
        #expect(machine.handle(.observed(digest("from"))) == .askRows)
        #expect(machine.state == .preparing)
        #expect(machine.handle(.rowsAsked(obstacle: nil)) == .observe)
        #expect(machine.handle(.observed(digest("from"))) == .run(index: 0))

        var blocked = OperationMachine(chain: chain, manner: .init(asksRows: true))
        _ = blocked.handle(.claimed)
        _ = blocked.handle(.observed(digest("from")))
        #expect(
            blocked.handle(.rowsAsked(obstacle: "rows")) == .recordFailed(message: "rows"))
        #expect(!blocked.ran)
    }

    @Test("no event of any kind, in any state, leads to a statement without a record of its own")
    func noWayAround() {
        var generator = SeededGenerator(seed: 7)
        let chain: [Digest?] = [digest("a"), digest("b"), digest("c")]
        let words = chain + [digest("z"), nil]
        var runs = [0, 0]
        for _ in 0..<5_000 {
            let asksRows = Bool.random(using: &generator)
            var machine = OperationMachine(
                chain: chain, retryLimit: 4, manner: .init(asksRows: asksRows))
            var action = machine.handle(.claimed)
            var isRecorded = false
            var isAsked = false
            /// What was read last, since the last statement.
            var read: Digest??
            var sent: Set<Int> = []
            for _ in 0..<30 where !machine.state.isTerminal {
                if case .run(let index) = action {
                    #expect(isRecorded)
                    #expect(read == .some(chain[index]), "statement \(index) before a look")
                    #expect(!asksRows || isAsked || !sent.isEmpty)
                    sent.insert(index)
                    runs[index] += 1
                    read = nil
                }
                if action == .recordIntent { isRecorded = true }
                let event = answer(action, words, &generator)
                if case .observed(let digest) = event { read = .some(digest) }
                if case .rowsAsked = event { isAsked = true }
                action = machine.handle(event)
            }
            #expect(!machine.ran || !sent.isEmpty)
        }
        #expect(runs.allSatisfy { $0 > 100 }, "\(runs)")
    }

    /// What may happen where an action is carried out.
    private func answer(
        _ action: OperationMachine.Action, _ words: [Digest?], _ generator: inout SeededGenerator
    ) -> OperationMachine.Event {
        let fails = Int.random(in: 0..<4, using: &generator) == 0
        switch action {
        case .observe:
            return fails
                ? .readFailed(message: "gone")
                : .observed(words.randomElement(using: &generator) ?? nil)
        case .askRows:
            return fails ? .readFailed(message: "gone") : .rowsAsked(obstacle: nil)
        case .recordIntent: return .intentRecorded
        case .run:
            let classes: [RetryClass] = [.retryable, .indeterminate, .permanent]
            return fails
                ? .statementFailed(
                    classes.randomElement(using: &generator) ?? .permanent, message: "no")
                : .statementSucceeded
        case .backOff, .wait, .leave, .prepare, .recordState, .park, .cutOver, .abort, .cleanUp,
            .recordCompleted, .recordSuperseded, .recordCancelled, .recordFailed:
            return .retryDue
        }
    }

    @Test("a statement that returned and changed nothing is a failure, not a loop")
    func nothingChanged() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementSucceeded)
        #expect(
            machine.handle(.observed(digest("from")))
                == .recordFailed(message: "the statement returned, but the table did not change"))
    }

    @Test("a statement whose result was not proved is a failure, not a quiet new plan")
    func unexpectedResult() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        _ = machine.handle(.statementSucceeded)
        #expect(
            machine.handle(.observed(digest("third")))
                == .recordFailed(
                    message: "the statement ran, but the table is not what was proved for it"))
    }

    @Test("where cutovers wait nothing is recorded or run before one is claimed")
    func parks() {
        var machine = OperationMachine(chain: chain, manner: .init(asksRows: true, parks: true))
        _ = machine.handle(.claimed)
        #expect(machine.handle(.observed(digest("from"))) == .askRows)
        #expect(machine.handle(.rowsAsked(obstacle: nil)) == .observe)
        #expect(machine.handle(.observed(digest("from"))) == .park)
        #expect(machine.state == .waitingForCutover)
        #expect(machine.handle(.claimed) == .wait)
        #expect(machine.state == .waitingForCutover)

        var ready = OperationMachine(
            chain: [digest("a"), digest("b"), digest("c")],
            manner: .init(asksRows: true, parks: true), origin: .init(state: .waitingForCutover))
        #expect(ready.handle(.cutoverClaimed) == .observe)
        #expect(ready.state == .cuttingOver)
        // New rows may have come while it waited.
        #expect(ready.handle(.observed(digest("a"))) == .askRows)
        _ = ready.handle(.rowsAsked(obstacle: nil))
        #expect(ready.handle(.observed(digest("a"))) == .recordIntent)
        #expect(ready.handle(.intentRecorded) == .cutOver(index: 0))
        _ = ready.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = ready.handle(.retryDue)
        _ = ready.handle(.observed(digest("a")))
        _ = ready.handle(.rowsAsked(obstacle: nil))
        #expect(ready.handle(.observed(digest("a"))) == .cutOver(index: 0))
        _ = ready.handle(.statementSucceeded)
        #expect(ready.handle(.observed(digest("b"))) == .cutOver(index: 1))
        _ = ready.handle(.statementSucceeded)
        #expect(ready.handle(.observed(digest("c"))) == .recordCompleted(ran: true))
    }

    @Test("what another operation comes before is looked at in its turn, not before it waits")
    func parksUnseen() {
        let manner = OperationMachine.Manner(asksRows: true, parks: true, looksFirst: false)
        var machine = OperationMachine(chain: chain, manner: manner)
        #expect(machine.handle(.claimed) == .park)
        #expect(machine.state == .waitingForCutover)
        var ready = OperationMachine(
            chain: chain, manner: manner, origin: .init(state: .waitingForCutover))
        #expect(ready.handle(.cutoverClaimed) == .observe)
        #expect(ready.handle(.observed(digest("from"))) == .askRows)
    }

    @Test("what waited for a cutover and is no longer what it was is superseded")
    func movedWhileParked() {
        var machine = OperationMachine(
            chain: chain, manner: .init(parks: true), origin: .init(state: .waitingForCutover))
        _ = machine.handle(.cutoverClaimed)
        #expect(
            machine.handle(.observed(digest("other")))
                == .recordSuperseded(found: digest("other")))
        var abandoned = OperationMachine(
            chain: chain, manner: .init(parks: true), origin: .init(state: .waitingForCutover))
        #expect(
            abandoned.handle(.abandoned(reason: "halted")) == .recordCancelled(reason: "halted"))
        #expect(abandoned.state == .cancelled)
    }

    @Test("attempts of earlier runs count, and the budget ends only what may be left alone")
    func attemptsBefore() {
        var machine = OperationMachine(
            chain: chain, retryLimit: 7, origin: .init(state: .failedRetryable, attempts: 5))
        #expect(machine.handle(.claimed) == .observe)
        #expect(machine.isFirstTry)
        _ = machine.handle(.observed(digest("from")))
        _ = machine.handle(.intentRecorded)
        #expect(
            machine.handle(.statementFailed(.retryable, message: "lock wait"))
                == .backOff(message: "lock wait", attempt: 6))
        #expect(machine.mayRest && !machine.isFirstTry)
        var last = machine
        #expect(
            last.handle(.budgetUsedUp(message: "lock wait"))
                == .recordFailed(message: "lock wait (after 6 attempts)"))
        var unknown = running(chain)
        _ = unknown.handle(.statementFailed(.indeterminate, message: "gone"))
        #expect(!unknown.mayRest)
        #expect(unknown.handle(.budgetUsedUp(message: "gone")) == .wait)
        var half = running([digest("a"), digest("b"), digest("c")])
        _ = half.handle(.statementSucceeded)
        _ = half.handle(.observed(digest("b")))
        _ = half.handle(.statementFailed(.retryable, message: "lock wait"))
        #expect(!half.mayRest)
    }

    @Test("every state is terminal, claimable, or has somebody who moves it")
    func states() {
        let movedByPeople: Set<OperationState> = [.waitingForCutover]
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

    @Test("a read that fails before anything is recorded leads to the record, not to a statement")
    func readFailsWhileLeased() {
        var machine = OperationMachine(chain: chain)
        _ = machine.handle(.claimed)
        #expect(
            machine.handle(.readFailed(message: "gone")) == .backOff(message: "gone", attempt: 1))
        #expect(machine.handle(.retryDue) == .observe)
        #expect(machine.handle(.observed(digest("from"))) == .recordIntent)
        #expect(machine.handle(.intentRecorded) == .run(index: 0))
    }

    @Test("a table that somebody else brought there meanwhile is found done: nothing ran")
    func doneBySomebodyElse() {
        var leased = OperationMachine(chain: chain)
        _ = leased.handle(.claimed)
        _ = leased.handle(.readFailed(message: "gone"))
        _ = leased.handle(.retryDue)
        #expect(leased.handle(.observed(digest("to"))) == .recordCompleted(ran: false))

        var refused = OperationMachine(chain: chain)
        _ = refused.handle(.claimed)
        _ = refused.handle(.observed(digest("from")))
        _ = refused.handle(.intentRecorded)
        _ = refused.handle(.statementFailed(.retryable, message: "lock wait"))
        _ = refused.handle(.retryDue)
        #expect(refused.handle(.observed(digest("to"))) == .recordCompleted(ran: false))
    }
}
