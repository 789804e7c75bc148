import Diff
import Execution
import Foundation
import MemoryFleet
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("A rollout over many shards, and over many tables of one")
struct LargeFleetTests {
    private func work(shards: Int, tables: Int) -> [RolloutRunner.ShardWork] {
        let order = ChangeOrder(
            ChangeClaims.claims(
                of: (0..<tables).map { [.init(from: nil, to: nil, names: ["t\($0)"])] }, live: []))
        let steps = (0..<tables).map { table in
            sampleStep(
                table: "t\(table)",
                statements: [PlanStatement(sql: "t\(table)", after: digest("b"))])
        }
        return (0..<shards).map { number in
            let shard = ShardID(namespace: "commerce", shard: "s\(number)")
            return RolloutRunner.ShardWork(
                shard: shard, server: .tcp(host: "db-\(number % 500)", port: 3306),
                records: steps.map { step in
                    PendingRecord(
                        rollout: "r1", key: OperationKey(shard: shard, object: step.object),
                        step: step, approval: nil, startedAt: "2026-11-21T12:00:00Z",
                        actor: "ada")
                }, order: order)
        }
    }

    @Test(
        "what an operation costs does not grow with their number",
        arguments: [(shards: 10_000, tables: 1), (shards: 1, tables: 10_000)])
    func linear(shards: Int, tables: Int) {
        let engine = MemoryShards(helpers: 31)
        let start = Date()
        let result = RolloutRunner(
            opener: engine, journal: SimulatedJournal(), clock: SimulatedClock(),
            control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()), total: 32,
            perServer: 2
        ).run(work(shards: shards, tables: tables))
        #expect(result.outcomes.count == 10_000)
        #expect(engine.changedTables == 10_000)
        // Where each looks at all the others it takes minutes.
        #expect(Date().timeIntervalSince(start) < 30)
    }
}
