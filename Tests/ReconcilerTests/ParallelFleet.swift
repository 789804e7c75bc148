import Diff
import Execution
import Foundation
import Model
import Schema

@testable import Reconciler

/// A simulated fleet whose shards let several sessions work at a time.
final class ParallelFleet: ShardOpener, @unchecked Sendable {
    struct Load {
        /// Statements that run now, and how many did so at most: in all, and by shard.
        var running: [ShardID: Int] = [:]
        var most = 0
        var mostOnShard: [ShardID: Int] = [:]
        /// Helpers that asked for a session.
        var asked = 0
        /// The numbers of those that have one, by shard.
        var numbers: [ShardID: Set<Int>] = [:]
        /// Statements that were started, in order.
        var started: [OperationKey] = []

        var now: Int { running.values.reduce(0, +) }
    }

    let inner: SimulatedFleet
    let load = Lock(Load())
    /// Called with a statement's table right before it runs, while it counts as running.
    let beforeStatement: Lock<Hook<OperationKey, Void>> = Lock(Hook { _ in })
    /// Whether helpers get a session.
    let letsHelpersIn = Lock(true)

    init(_ inner: SimulatedFleet) { self.inner = inner }

    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        try inner.withShard(shard) { port throws(ShardFailure) in
            let result = try body(
                Port(
                    shard: shard, inner: port, fleet: self,
                    helpers: Helpers(shard: shard, fleet: self)))
            // The lock of the shard is given back only when nobody is at work any more.
            if load.withLock({ $0.numbers[shard]?.isEmpty == false }) {
                _ = load.withLock { $0.numbers[shard, default: []].insert(-1) }
            }
            return result
        }
    }

    private struct Helpers: ShardHelpers {
        let shard: ShardID
        let fleet: ParallelFleet
        var limit: Int { 7 }

        func withSession<Result>(
            _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
        ) throws(ShardFailure) -> Result {
            fleet.load.withLock { $0.asked += 1 }
            guard fleet.letsHelpersIn.withLock({ $0 }) else {
                throw ShardFailure("\(shard): too many connections", retry: .retryable)
            }
            let isNew = fleet.load.withLock {
                $0.numbers[shard, default: []].insert(number).inserted
            }
            precondition(isNew, "two helpers have number \(number)")
            defer { _ = fleet.load.withLock { $0.numbers[shard]?.remove(number) } }
            return try fleet.inner.withShard(shard) { port throws(ShardFailure) in
                try body(Port(shard: shard, inner: port, fleet: fleet, helpers: nil))
            }
        }
    }

    private struct Port: ShardPort {
        let shard: ShardID
        let inner: any ShardPort
        let fleet: ParallelFleet
        let helpers: (any ShardHelpers)?

        func digest(
            of object: ObjectName, among chain: [Digest?]
        ) throws(ShardFailure) -> Digest? {
            try inner.digest(of: object, among: chain)
        }

        func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? {
            try inner.digest(ofFormer: table)
        }

        func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer {
            try inner.ask(question)
        }

        func run(_ statement: PlanStatement) throws(ShardFailure) {
            let key = OperationKey(shard: shard, object: ObjectName(encoded: statement.sql))
            fleet.load.withLock { load in
                load.started.append(key)
                load.running[shard, default: 0] += 1
                load.most = max(load.most, load.now)
                load.mostOnShard[shard] = max(
                    load.mostOnShard[shard] ?? 0, load.running[shard] ?? 0)
            }
            defer { fleet.load.withLock { $0.running[shard, default: 0] -= 1 } }
            fleet.beforeStatement.withLock { $0 }.call(key)
            try inner.run(statement)
        }
    }
}
