import Basics
import Diff
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("A loop waits for what failed before, whoever tried it, and for nothing else")
struct FailureHoldsTests {
    private static let now = sampleTime()

    private static func item(
        _ shard: String, table: String = "orders", to: String = "b"
    ) -> Gate.Ready {
        Gate.Ready(
            step: sampleStep(table: table, shards: ["s0", "s1"], to: to), shard: shard,
            approval: nil)
    }

    private static func failure(_ item: Gate.Ready, count: Int = 1, ago seconds: Int64 = 0)
        -> (OperationKey, FailureRecord)
    {
        func next(_ known: FailureRecord?) -> FailureRecord {
            FailureRecord(
                key: item.key, from: item.step.from, to: item.step.to, rollout: "r1",
                message: "no", at: now.adding(seconds: -seconds), after: known)
        }
        return (item.key, (1..<count).reduce(next(nil)) { known, _ in next(known) })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var failures: [(OperationKey, FailureRecord)] = []
        var halts = false
        /// An operation that could not begin.
        var waiting: Gate.Ready?
        /// `shard table: why` of each operation that is held.
        let held: [String]

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing failed", held: []),
        Case(
            name: "one waits, and the others go on", failures: [failure(item("s0"))],
            held: ["s0 orders: it failed once: tried again at 2026-11-21T12:01:00Z"]),
        Case(
            name: "the more often, the longer", failures: [failure(item("s0"), count: 3)],
            held: ["s0 orders: it failed 3 times: tried again at 2026-11-21T12:04:00Z"]),
        Case(name: "its time is over", failures: [failure(item("s0"), ago: 60)], held: []),
        Case(
            name: "git wants something else now", failures: [failure(item("s0", to: "c"))],
            halts: true, held: []),
        Case(
            name: "a failure halts: the step waits on all shards, another table does not",
            failures: [failure(item("s0"))], halts: true,
            held: [
                "s0 orders: it failed once: tried again at 2026-11-21T12:01:00Z",
                "s1 orders: it failed on s0: tried again at 2026-11-21T12:01:00Z",
            ]),
        Case(
            name: "what could not begin waits alone", halts: true, waiting: item("s1"),
            held: ["s1 orders: it could not begin: tried again at 2026-11-21T12:00:30Z"]),
    ]

    @Test(arguments: cases)
    func holds(_ sample: Case) {
        var decision = Gate.Decision()
        decision.ready = [
            Self.item("s0"), Self.item("s1"), Self.item("s0", table: "items"),
        ]
        let count = decision.ready.count
        FailureHolds(
            failures: Dictionary(uniqueKeysWithValues: sample.failures),
            waits: {
                $0 == sample.waiting?.target ? Self.now.adding(seconds: 30) : nil
            }, halts: sample.halts, now: Self.now
        ).hold(&decision)
        let held = decision.held.map { held in
            "\(held.shards.joined()) \(held.step.object.name): \(held.hold.reason)"
        }
        #expect(held == sample.held)
        #expect(decision.ready.count == count - held.count)
    }

    @Test("whoever wakes a loop lets it try what failed once, and it waits again after that")
    func woken() throws {
        let context = try sampleContext(reaching: .socket(path: "/nowhere/m.sock"))
        var (key, record) = Self.failure(Self.item("s0"))
        #expect(context.heeded([key: record]) == [key: record])
        context.forgetFailures()
        #expect(context.heeded([key: record]).isEmpty)
        // It did not come to be tried yet, and others fail meanwhile.
        let (other, failed) = Self.failure(Self.item("s1"))
        #expect(context.heeded([key: record, other: failed]) == [other: failed])
        // The settings of the fleet change.
        let next = try sampleContext(reaching: .socket(path: "/nowhere/m.sock"))
        next.forgive(like: context)
        #expect(next.heeded([key: record]).isEmpty)
        (_, record) = Self.failure(Self.item("s0"), count: 2)
        #expect(context.heeded([key: record]) == [key: record])
        #expect(context.heeded([key: record]) == [key: record])
    }

    @Test("that somebody once wanted a retry forgives nothing that failed since")
    func heard() throws {
        let context = try sampleContext(reaching: .socket(path: "/nowhere/m.sock"))
        let (key, record) = Self.failure(Self.item("s0"))
        let target = Self.item("s0").target
        context.operationBackOff.failed(target, now: Self.now)
        context.hear(RetryRequest(actor: "ada", reason: "looked", at: Self.now.iso))
        #expect(context.operationBackOff.wait(for: target, now: Self.now) == nil)
        #expect(context.heeded([key: record]) == [key: record])
    }
}
