import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("A status says which shards wait for an older rollout, and who goes on")
struct RolloutTurnsTests {
    /// An open rollout with operations on these shards.
    private func report(
        _ number: Int, _ shards: [String], _ state: RolloutState = .running,
        _ operation: OperationState = .pending
    ) -> RolloutReport {
        var report = RolloutReport(environment: "production", rollout: "r\(number)", state: state)
        report.number = number
        report.groups = shards.map { shard in
            var record = OperationRecord(
                key: OperationKey(
                    shard: ShardID(namespace: "app", shard: shard),
                    object: ObjectName(.table, "t\(number)")), from: nil, to: digest("b"))
            record.state = operation
            return .init(record)
        }
        return report
    }

    private func words(_ reports: [RolloutReport], of number: Int) -> String? {
        var status = StatusReport(reports[0])
        status.others = Array(reports.dropFirst())
        status.noteTurns(isServed: true)
        let all = [status.rollout].compactMap(\.self) + status.others
        #expect(all.allSatisfy { $0.isServed == true })
        return all.first { $0.number == number }?.message
    }

    @Test(
        "the newer one waits on the shards that the older one has not done, and not the other way")
    func order() {
        let reports = [report(2, ["s0", "s1", "s2"]), report(1, ["s2", "s1", "s7"])]
        #expect(
            words(reports, of: 2)
                == "app/s1 and 1 other wait for rollout r1, which began before and goes first there"
        )
        #expect(words(reports, of: 1) == nil)
        #expect(
            words([report(2, ["s0"]), report(1, ["s0"])], of: 2)
                == "app/s0 waits for rollout r1, which began before and goes first there")
    }

    @Test(
        "it does not wait for what stands still, is over, or has other shards",
        arguments: [
            (["s0"], RolloutState.stopped, OperationState.pending),
            (["s0"], .paused, .pending), (["s0"], .completed, .pending),
            (["s0"], .running, .completed), (["s1"], .running, .pending),
        ])
    func free(shards: [String], state: RolloutState, operation: OperationState) {
        #expect(words([report(2, ["s0"]), report(1, shards, state, operation)], of: 2) == nil)
    }
}
