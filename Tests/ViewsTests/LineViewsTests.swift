import Diff
import Model
import Reports
import Schema
import Testing

@testable import Views

@Suite struct LineViewsTests {
    private static let key = Sample.key(8)
    private static let shard = key.shardID

    private static func settled(
        _ kind: OperationOutcome.Kind, _ message: String? = nil, attempts: Int = 0
    ) -> RolloutEvent {
        .settled(key, OperationOutcome(kind: kind, message: message, attempts: attempts))
    }

    private static let events: [(RolloutEvent, String)] = [
        (.wave(number: 1, count: 3, operations: 1), "wave 1 of 3: 1 operation"),
        (.started(key), "started   commerce/commerce_08/orders"),
        (settled(.completed(ran: true)), "done      commerce/commerce_08/orders"),
        (
            settled(.completed(ran: false)),
            "done      commerce/commerce_08/orders (was as planned already)"
        ),
        (
            settled(.superseded(found: nil), "the table moved"),
            "left      commerce/commerce_08/orders: the table moved"
        ),
        (
            settled(.partly(found: nil), "1 of 2"),
            "left      commerce/commerce_08/orders: part of it ran, the rest is planned again: "
                + "1 of 2"
        ),
        (settled(.notRun), "left      commerce/commerce_08/orders: nothing of it ran"),
        (
            settled(.failed, "lock wait timeout", attempts: 10),
            "failed    commerce/commerce_08/orders: lock wait timeout (10 failed attempts)"
        ),
        (
            .waiting(shard, message: "lost connection", seconds: 0.5),
            "waiting   commerce/commerce_08: lost connection: retry in 0.5 s"
        ),
        (
            settled(.cancelled, "the rollout halted before its cutover"),
            "left      commerce/commerce_08/orders: the rollout halted before its cutover"
        ),
        (
            .parked(OperationKey(shard: shard, object: ObjectName(.table, "orders"))),
            "ready     commerce/commerce_08/orders: waits for its cutover"
        ),
        (.baking(wave: 1, seconds: 600), "baking    wave 1: 10 min before the next one"),
    ]

    @Test(arguments: events) func line(_ event: RolloutEvent, _ text: String) {
        #expect(EventText.line(event, time: "14:02:11") == "14:02:11  " + text)
    }

    @Test func heartbeat() {
        let counts = ProgressCounts(byState: ["completed": 14, "running": 2, "pending": 6])
        #expect(
            EventText.heartbeat(counts, time: "14:02:21")
                == "14:02:21  working: 14 done, 2 running, 6 waiting")
    }

    @Test(arguments: [
        (
            ["completed": 14, "running": 2, "pending": 6, "failed": 1, "torn": 1],
            "███████████░░░░░░░░░"
        ),
        (["pending": 5], "░░░░░░░░░░░░░░░░░░░░"), (["completed": 5], "████████████████████"),
        // Never empty when something is done, never full before all is.
        (["completed": 1, "pending": 999], "█░░░░░░░░░░░░░░░░░░░"),
        (["completed": 999, "pending": 1], "███████████████████░"), ([:], ""),
    ])
    func bar(_ counts: [String: Int], _ bar: String) {
        #expect(ProgressBar.bar(ProgressCounts(byState: counts)) == bar)
    }

    /// Every state of an operation is counted somewhere.
    @Test(arguments: OperationState.allCases) func counted(_ state: OperationState) {
        let counts = ProgressCounts(byState: [state.label: 3])
        #expect(counts.total == 3)
        #expect(counts.unknown == 0)
    }

    @Test func liveProgress() {
        var progress = LiveProgress(total: 12)
        progress.note(.wave(number: 2, count: 3, operations: 10))
        for number in 0..<7 { progress.note(.started(Sample.key(number))) }
        progress.note(Self.settled(.completed(ran: true)))
        progress.note(.started(Sample.key(9)))
        progress.note(
            .settled(
                Sample.key(9), OperationOutcome(kind: .failed, message: "disk full", attempts: 1)))
        progress.note(.waiting(Sample.key(3).shardID, message: "locked", seconds: 40))
        #expect(
            progress.lines() == [
                "wave 2 of 3  █░░░░░░░░░░░░░░░░░░░  1 done  6 running  4 waiting  1 failed",
                "  ✗ commerce/commerce_09/orders  failed: disk full",
                "  … commerce/commerce_03  locked: retry in 40 s",
                "  ▸ commerce/commerce_00/orders  running",
                "  ▸ commerce/commerce_01/orders  running",
                "  ▸ commerce/commerce_02/orders  running",
                "  ▸ commerce/commerce_04/orders  running",
                "  ▸ commerce/commerce_05/orders  running", "    1 more running",
            ])
        progress.note(
            .settled(Sample.key(3), OperationOutcome(kind: .completed(ran: true), attempts: 1)))
        progress.note(.baking(wave: 2, seconds: 600))
        #expect(progress.counts.done == 2)
        #expect(progress.lines().contains("  baking 10 min before the next wave"))
    }
}
