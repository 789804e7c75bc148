import Diff
import Execution
import Foundation
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("A rollout over many shards, and over many tables of one")
struct LargeFleetTests {
    /// An engine that only remembers what became of each table.
    private final class Engine: ShardOpener, ShardHelpers {
        let tables = Lock<[OperationKey: Digest]>([:])
        var limit: Int { 31 }

        func withShard<Result>(
            _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
        ) throws(ShardFailure) -> Result {
            try body(Port(shard: shard, engine: self))
        }

        func withSession<Result>(
            _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
        ) throws(ShardFailure) -> Result {
            try body(Port(shard: ShardID(namespace: "commerce", shard: "s0"), engine: self))
        }
    }

    private struct Port: ShardPort {
        let shard: ShardID
        let engine: Engine
        var helpers: (any ShardHelpers)? { engine }

        func digest(
            of object: ObjectName, among chain: [Digest?]
        ) throws(ShardFailure) -> Digest? {
            let key = OperationKey(shard: shard, object: object)
            return engine.tables.withLock { $0[key] } ?? chain.first ?? nil
        }

        func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? { nil }

        func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer { .clear }

        func run(_ statement: PlanStatement) throws(ShardFailure) {
            let key = OperationKey(shard: shard, object: ObjectName(encoded: statement.sql))
            engine.tables.withLock { $0[key] = statement.after }
        }
    }

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
        let engine = Engine()
        let start = Date()
        let result = RolloutRunner(
            opener: engine, journal: SimulatedJournal(), clock: SimulatedClock(),
            control: RolloutControl(policy: .halt, interrupt: Interrupt()), total: 32,
            perServer: 2
        ).run(work(shards: shards, tables: tables))
        #expect(result.outcomes.count == 10_000)
        #expect(engine.tables.withLock { $0.count } == 10_000)
        // Where each looks at all the others it takes minutes.
        #expect(Date().timeIntervalSince(start) < 30)
    }
}
