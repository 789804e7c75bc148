import Model
import Testing

@testable import Reconciler

@Suite("The state of a rollout follows from all its operations")
struct RolloutStateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let operations: [OperationState?]
        let policy: FailurePolicy
        let state: RolloutState?

        init(
            _ operations: [OperationState?], _ state: RolloutState?, _ policy: FailurePolicy = .halt
        ) {
            self.operations = operations
            self.state = state
            self.policy = policy
        }

        var testDescription: String { "\(operations.map { $0?.label ?? "?" }) \(policy)" }
    }

    static let cases: [Case] = [
        Case([.pending, .pending], .pending),
        Case([.completed, .pending], .running),
        Case([.running, .pending], .running),
        Case([.failedRetryable, .pending], .running),
        Case([.completed, .completed], .completed),
        Case([.completed, nil], nil),
        Case([.failed, nil], nil),
        Case([.failed, .pending], .halting),
        Case([.failed, .running], .halting),
        Case([.failed, .pending], .runningDegraded, .continue),
        Case([.failed, .pending], .runningDegraded, .pause),
        Case([.failed, .completed], .failed, .pause),
        Case([.failed, .completed], .failed),
        Case([.failed, .cancelled], .failed),
        Case([.failed, .completed], .failed, .continue),
        Case([.completed, .superseded], .superseded),
        Case([.completed, .cancelled], .superseded),
        Case([.waitingForCutover, .waitingForCutover], .waitingForCutover),
        Case([.waitingForCutover, .completed], .waitingForCutover),
        Case([.waitingForCutover, .pending], .running),
    ]

    @Test(arguments: cases)
    func derives(_ sample: Case) {
        #expect(
            RolloutState.derive(from: sample.operations, rule: FailureRule(sample.policy))
                == sample.state)
    }

    @Test("what failures end a rollout before all was tried")
    func failureRule() {
        for (rule, halted) in [
            (FailureRule(.halt), [false, true, true, true]),
            (FailureRule(.continue), [false, false, false, false]),
            (FailureRule(.continue, limit: 2), [false, false, true, true]),
            (FailureRule(.pause), [false, false, false, false]),
        ] {
            #expect((0..<4).map { rule.isHalted(failures: $0) } == halted, "\(rule)")
        }
    }

    @Test("no state but a determined one with every operation ended is terminal")
    func terminalOnlyWhenAllEnded() {
        let states = OperationState.allCases.map { Optional($0) } + [nil]
        for left in states {
            for right in states {
                for policy in FailurePolicy.allCases {
                    let state = RolloutState.derive(
                        from: [left, right], rule: FailureRule(policy))
                    let ended = [left, right].allSatisfy { $0?.isTerminal == true }
                    #expect((state?.isTerminal ?? false) == ended, "\(left as Any) \(right as Any)")
                }
            }
        }
    }
}
