import Basics
import Diff
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What becomes of an open rollout under a new plan")
struct RolloutMergeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var state = OperationState.pending
        /// What has made something beside the table.
        var engine: EngineName?
        /// What the plan's step works with beside the table.
        var planned: EngineName?
        /// The ends of the plan's step; nil where it has none.
        var step: RolloutMerge.Ends?
        var standing = RolloutMerge.Standing.notKnown
        /// Why it does not run until somebody decides otherwise.
        var refused: String?
        let fate: RolloutMerge.Fate

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "the same step", step: .init(from: digest("a"), to: digest("b")), fate: .stays),
        Case(
            name: "another end, not begun", step: .init(from: digest("a"), to: digest("c")),
            fate: .superseded(reason: "a newer plan changes it otherwise")),
        Case(
            name: "another start, not begun", step: .init(from: digest("x"), to: digest("b")),
            fate: .superseded(reason: "a newer plan changes it otherwise")),
        Case(
            name: "another end, begun", state: .running,
            step: .init(from: digest("a"), to: digest("c")), fate: .stays),
        Case(
            name: "denied, not begun", step: .init(from: digest("a"), to: digest("b")),
            refused: "denied", fate: .superseded(reason: "denied")),
        Case(
            name: "denied, begun", state: .running,
            step: .init(from: digest("a"), to: digest("b")), refused: "denied", fate: .stays),
        Case(name: "another shard is asked for", standing: .notKnown, fate: .stays),
        Case(name: "live is there", standing: .inSync(digest("b")), fate: .foundDone),
        Case(
            name: "git went back", standing: .inSync(digest("a")),
            fate: .superseded(reason: "a newer plan leaves it as it is")),
        Case(
            name: "the table is gone", standing: .inSync(nil),
            fate: .superseded(reason: "a newer plan leaves it as it is")),
        Case(
            name: "not planned", standing: .notPlanned(reason: "why"),
            fate: .superseded(reason: "why")),
        Case(
            name: "waits for its back-off", state: .failedRetryable,
            standing: .inSync(digest("a")),
            fate: .superseded(reason: "a newer plan leaves it as it is")),
        Case(
            name: "waits for its cutover", state: .waitingForCutover,
            step: .init(from: digest("a"), to: digest("c")),
            fate: .superseded(reason: "a newer plan changes it otherwise")),
        Case(
            name: "waits for its cutover, and is planned as before", state: .waitingForCutover,
            step: .init(from: digest("a"), to: digest("b")), fate: .stays),
        Case(
            name: "a copy waits for its back-off", state: .failedRetryable, engine: copying,
            standing: .inSync(digest("a")), fate: .stays),
        Case(
            name: "a copy waits for its cutover", state: .waitingForCutover, engine: copying,
            step: .init(from: digest("a"), to: digest("c")), fate: .stays),
        Case(
            name: "ready for its statements, and copied by the plan", state: .waitingForCutover,
            planned: copying, step: .init(from: digest("a"), to: digest("b")),
            fate: .superseded(
                reason: "a newer plan changes it by the engine `copying`, which has made nothing "
                    + "ready yet")),
        Case(
            name: "a copy waits for its cutover, and is planned as before",
            state: .waitingForCutover, engine: copying, planned: copying,
            step: .init(from: digest("a"), to: digest("b")), fate: .stays),
        Case(
            name: "a copy waits for its cutover, and the plan sends statements",
            state: .waitingForCutover, engine: copying,
            step: .init(from: digest("a"), to: digest("b")), fate: .stays),
        Case(
            name: "not begun, and copied by the plan", planned: copying,
            step: .init(from: digest("a"), to: digest("b")), fate: .stays),
        Case(
            name: "nothing of it ran, it waits for its back-off, and the plan copies",
            state: .failedRetryable, planned: copying,
            step: .init(from: digest("a"), to: digest("b")), fate: .stays),
    ]

    private static let copying = EngineName(rawValue: "copying")

    private static let key = OperationKey(
        shard: ShardID(namespace: "commerce", shard: "s0"), object: ObjectName(.table, "orders"))

    private func merge(_ sample: Case) -> RolloutMerge {
        RolloutMerge(
            steps: sample.step.map { [Self.key: $0] } ?? [:],
            refused: sample.refused.map { [Self.key: $0] } ?? [:],
            engines: sample.planned.map { [Self.key: $0] } ?? [:]
        ) { _ in sample.standing }
    }

    @Test(arguments: cases)
    func fates(_ sample: Case) {
        var operation = OperationRecord(
            key: Self.key, state: sample.state, from: digest("a"), to: digest("b"))
        operation.engine = sample.engine
        #expect(merge(sample).fate(of: operation) == sample.fate)
        let record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt, waves: [[Self.key]], bakeSeconds: [0],
            startedAt: "2026-11-21T12:00:00Z", actor: "ada")
        let changes = merge(sample).changes(record, [operation], now: "2026-11-21T13:00:00Z")
        switch sample.fate {
        case .stays: #expect(changes.isEmpty)
        case .foundDone: #expect(changes.map(\.state) == [.completed])
        case .superseded(let reason):
            #expect(changes.map(\.state) == [.superseded])
            #expect(changes.map(\.message) == [reason])
        }
        #expect(changes.allSatisfy { $0.endedAt == "2026-11-21T13:00:00Z" })
    }

    @Test("what has ended stays as it is, and a halt cancels what has not begun")
    func ended() {
        let others = ["s1", "s2", "s3"].map {
            OperationKey(
                shard: ShardID(namespace: "commerce", shard: $0),
                object: ObjectName(.table, "orders"))
        }
        let states: [OperationState] = [.failed, .pending, .running, .completed]
        let operations = zip([Self.key] + others, states).map {
            OperationRecord(key: $0, state: $1, from: digest("a"), to: digest("b"))
        }
        for (policy, cancelled) in [(FailurePolicy.halt, 1), (.continue, 0)] {
            let record = RolloutRecord(
                id: "r1", plan: digest("plan"), policy: policy,
                waves: [operations.map(\.key)], bakeSeconds: [0],
                startedAt: "2026-11-21T12:00:00Z", actor: "ada")
            let merge = RolloutMerge(steps: [:]) { _ in .notKnown }
            let changes = merge.changes(record, operations, now: "2026-11-21T13:00:00Z")
            #expect(changes.filter { $0.state == .cancelled }.count == cancelled)
            #expect(changes.count == cancelled)
        }
    }
}
