import Basics
import Execution
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("An operation whose engine works beside the table, event by event")
struct StagedMachineTests {
    private let from = digest("from")
    private let to = digest("to")

    private func machine(
        parks: Bool = false, asksRows: Bool = false, _ origin: OperationMachine.Origin = .init()
    ) -> OperationMachine {
        OperationMachine(
            chain: [from, to], retryLimit: 3,
            manner: .init(asksRows: asksRows, parks: parks, isStaged: true), origin: origin)
    }

    /// Feeds events, and compares the actions.
    private func walk(
        _ machine: inout OperationMachine,
        _ steps: [(OperationMachine.Event, OperationMachine.Action)],
        _ place: Testing.SourceLocation = #_sourceLocation
    ) {
        for (event, action) in steps {
            #expect(machine.handle(event) == action, "\(event)", sourceLocation: place)
        }
    }

    @Test("each phase begins when what it needs is durable, and the table changes once")
    func whole() {
        var machine = machine()
        walk(
            &machine,
            [
                (.claimed, .observe), (.observed(from), .recordIntent),
                (.intentRecorded, .prepare), (.prepared, .recordState),
                (.stateRecorded, .run(index: 0)), (.advanced, .recordState),
                (.stateRecorded, .run(index: 0)), (.ready, .recordState),
            ])
        #expect(machine.state == .cuttingOver)
        walk(
            &machine,
            [
                (.stateRecorded, .cutOver(index: 0)), (.statementSucceeded, .observe),
                (.observed(to), .cleanUp), (.tidied, .recordCompleted(ran: true)),
            ])
        #expect(machine.state == .completed)
    }

    @Test("one that waits for its cutover is parked, and goes on with it on another machine")
    func parked() {
        var machine = machine(parks: true, .init(state: .running, isRecorded: true))
        walk(
            &machine,
            [
                (.claimed, .observe), (.observed(from), .prepare), (.prepared, .recordState),
                (.stateRecorded, .run(index: 0)), (.ready, .park),
            ])
        #expect(machine.state == .waitingForCutover)
        var other = self.machine(
            parks: true, .init(state: .waitingForCutover, isRecorded: true))
        #expect(other.handle(.claimed) == .wait)
        walk(
            &other,
            [
                (.cutoverClaimed, .observe), (.observed(from), .recordState),
                (.stateRecorded, .cutOver(index: 0)), (.statementSucceeded, .observe),
                (.observed(to), .cleanUp), (.tidied, .recordCompleted(ran: true)),
            ])
    }

    @Test("a worker that died in the cutover is followed by one that reads the table first")
    func diedInCutover() {
        let origin = OperationMachine.Origin(state: .cuttingOver, isRecorded: true)
        var before = machine(parks: true, origin)
        walk(
            &before, [(.claimed, .observe), (.observed(from), .cutOver(index: 0))])
        var after = machine(origin)
        walk(
            &after,
            [
                (.claimed, .observe), (.observed(to), .cleanUp),
                (.tidied, .recordCompleted(ran: true)),
            ])
    }

    @Test("what was ready for its statements has no copy, and is not cut over by an engine")
    func readyForStatements() {
        var parked = machine(parks: true, .init(state: .waitingForCutover))
        #expect(parked.handle(.cutoverClaimed) == .wait)
        #expect(parked.state == .waitingForCutover)
        var cutting = machine(parks: true, .init(state: .cuttingOver))
        walk(&cutting, [(.claimed, .observe), (.observed(from), .wait)])
        // What is there needs no cutover.
        walk(&cutting, [(.observed(to), .recordCompleted(ran: false))])
    }

    @Test("however it ends, what the engine made is taken away first; where that fails it is kept")
    func ends() {
        let origin = OperationMachine.Origin(state: .running, isRecorded: true)
        var moved = machine(origin)
        walk(
            &moved,
            [
                (.claimed, .observe), (.observed(digest("x")), .abort),
                // Nothing else counts until that is done.
                (.observed(from), .wait), (.retryDue, .wait),
                (.tidied, .recordSuperseded(found: digest("x"))),
            ])
        var failed = machine(origin)
        walk(
            &failed,
            [
                (.claimed, .observe), (.observed(from), .prepare),
                (.statementFailed(.permanent, message: "no"), .observe),
                (.observed(from), .abort),
                (.tidyingFailed(message: "gone"), .leave(message: "gone")),
            ])
        #expect(!failed.state.isTerminal && !failed.ran)
        for state in [OperationState.running, .waitingForCutover, .failedRetryable] {
            var abandoned = machine(parks: true, .init(state: state, isRecorded: true))
            walk(
                &abandoned,
                [
                    (.abandoned(reason: "halt"), .abort),
                    (.tidied, .recordCancelled(reason: "halt")),
                ])
            #expect(abandoned.state == .cancelled)
        }
        var cutting = machine(.init(state: .cuttingOver, isRecorded: true))
        #expect(cutting.handle(.outdated(reason: "late")) == .wait)
        #expect(cutting.handle(.abandoned(reason: "halt")) == .wait)
    }

    @Test("after a failed attempt the engine finds what it made; progress forgets the attempts")
    func attempts() {
        var machine = machine(asksRows: true)
        walk(
            &machine,
            [
                (.claimed, .observe), (.observed(from), .askRows),
                (.rowsAsked(obstacle: nil), .observe), (.observed(from), .recordIntent),
                (.intentRecorded, .prepare),
                (
                    .statementFailed(.retryable, message: "busy"),
                    .backOff(message: "busy", attempt: 1)
                ),
                (.retryDue, .observe), (.observed(from), .prepare), (.prepared, .recordState),
                (.stateRecorded, .run(index: 0)),
                (
                    .statementFailed(.indeterminate, message: "gone"),
                    .backOff(message: "gone", attempt: 2)
                ),
                (.retryDue, .observe), (.observed(from), .prepare), (.prepared, .recordState),
                (.stateRecorded, .run(index: 0)), (.advanced, .recordState),
            ])
        #expect(machine.attempts == 0 && !machine.ran)
    }

    @Test(
        "every state that is not terminal can be taken up after its owner died",
        arguments: OperationState.allCases)
    func claims(_ state: OperationState) {
        let isDirect = state == .pending || state == .leased
        for isStaged in [false, true] where !isStaged || !isDirect {
            var machine = OperationMachine(
                chain: [from, to], manner: .init(parks: true, isStaged: isStaged),
                origin: .init(state: state, isRecorded: isStaged))
            let event: OperationMachine.Event =
                state == .waitingForCutover ? .cutoverClaimed : .claimed
            let action = machine.handle(event)
            if state.isTerminal {
                #expect(action == .wait)
                #expect(machine.state == state)
            } else {
                #expect(action == .observe)
                #expect(machine.handle(.observed(to)) != .wait)
            }
        }
    }

    @Test("no event of any kind, in any state, leads to a cutover that is not recorded before")
    func noWayAround() {
        var generator = SeededGenerator(seed: 11)
        var cutovers = 0
        for _ in 0..<3_000 {
            let parks = Bool.random(using: &generator)
            var machine = machine(parks: parks)
            var action = machine.handle(.claimed)
            var isIntended = false
            var isRecorded = false
            var isParked = false
            for _ in 0..<40 where !machine.state.isTerminal {
                switch action {
                case .recordIntent: isIntended = true
                case .prepare, .run, .abort: #expect(isIntended)
                case .recordState: isRecorded = machine.state == .cuttingOver
                case .park: isParked = true
                case .cutOver:
                    cutovers += 1
                    #expect(isRecorded && (isParked || !parks))
                case .observe, .askRows, .cleanUp, .recordCompleted, .recordSuperseded,
                    .recordCancelled, .recordFailed, .backOff, .leave, .wait:
                    break
                }
                action = machine.handle(answer(action, &generator))
            }
        }
        #expect(cutovers > 300)
    }

    private func answer(
        _ action: OperationMachine.Action, _ generator: inout SeededGenerator
    ) -> OperationMachine.Event {
        let fails = Int.random(in: 0..<6, using: &generator) == 0
        let retry = [RetryClass.retryable, .indeterminate].randomElement(using: &generator)
        let failure = OperationMachine.Event.statementFailed(
            retry ?? .permanent, message: "no")
        switch action {
        case .observe: return fails ? .readFailed(message: "gone") : .observed(from)
        case .askRows: return .rowsAsked(obstacle: nil)
        case .recordIntent: return .intentRecorded
        case .prepare: return fails ? failure : .prepared
        case .run: return fails ? failure : Bool.random(using: &generator) ? .advanced : .ready
        case .recordState: return .stateRecorded
        case .park: return .cutoverClaimed
        case .cutOver: return failure
        case .abort, .cleanUp: return .tidied
        case .backOff, .leave, .wait, .recordCompleted, .recordSuperseded, .recordCancelled,
            .recordFailed:
            return .retryDue
        }
    }
}
