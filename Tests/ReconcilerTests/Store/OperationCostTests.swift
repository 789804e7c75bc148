import Diff
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What an operation writes does not grow with the fleet, nor with the tables of a shard")
struct OperationCostTests {
    /// Under `make fuzz` as large as fleets get.
    private static let isLarge = Rounds.seeds(1).count > 1

    /// A fleet under a rollout: the same change on each shard, or of each table of one shard.
    private struct Fleet {
        var shards = 1
        var tables = 30
        var changed = 1
        var isApproved = false

        var steps: [PlanStep] {
            (0..<changed).map { number in
                sampleStep(
                    table: "table_\(number)", shards: (0..<shards).map { "shard\($0)" },
                    from: "1", to: "2", hazard: isApproved ? .irreversible : .safe)
            }
        }
        /// No two shards have the same tables, so none shares a document with another.
        func tables(of shard: String) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: (0..<tables).map { ("table_\($0)", "\($0) \(shard)") })
        }
    }

    /// What one operation adds to the ledger, its begin and its end together.
    private struct Cost: CustomStringConvertible {
        var objects = 0
        /// As the objects lie on the disk, each by itself.
        var bytes = 0

        var description: String { "\(objects) objects, \(bytes) bytes" }
    }

    private func key(_ step: PlanStep, _ shard: String) -> OperationKey {
        OperationKey(
            shard: ShardID(namespace: step.namespace, shard: shard), object: step.object)
    }

    /// The mean of some operations, each in commits of its own.
    private func cost(_ fleet: Fleet) throws -> Cost {
        let fixture = try StoreFixture()
        let steps = fleet.steps
        let approval = fleet.isApproved ? try sampleApproval(steps[0]) : nil
        let records = steps.flatMap { step in
            step.shards.map { shard in
                var own = step
                own.shards = [shard]
                var record = PendingRecord(
                    rollout: "0123456789ab", key: key(step, shard), step: own,
                    approval: approval?.digest, startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
                record.revision = digest("commit").hex
                return record
            }
        }
        try fixture.change { draft throws(LedgerError) in
            for shard in steps[0].shards {
                let id = ShardID(namespace: "commerce", shard: shard)
                try draft.setShard(id, sampleRecord(fleet.tables(of: shard)), over: nil)
            }
            if let approval { try draft.setDecisions(approval) }
            for record in records {
                try draft.keepStep(PendingDocuments.step(of: record), with: record.rollout)
                try draft.setOperation(
                    OperationRecord(
                        key: record.key, from: record.step.from, to: record.step.to,
                        approval: record.approval), of: record.rollout)
            }
            var rollout = RolloutRecord(
                id: "0123456789ab", plan: digest("plan"), policy: .halt,
                waves: [records.map(\.key)], bakeSeconds: [0], startedAt: "", actor: "Ada")
            rollout.state = .running
            try draft.setRollout(rollout)
        }
        let base = try fixture.git("rev-parse", "production")
        let journal = LedgerJournal(store: fixture.store)
        let measured = stride(from: 0, to: records.count, by: max(1, records.count / 6))
        for place in measured {
            #expect(try journal.begin(records[place]) == nil)
            try journal.finish(
                records[place], OperationOutcome(kind: .completed(ran: true), attempts: 0))
        }
        let list = try fixture.git("rev-list", "--objects", "production", "--not", base)
        let ids = list.split(separator: "\n").map { String($0.prefix(40)) }
        let sizes = try GitCommand.run(
            ["cat-file", "--batch-check=%(objectsize:disk)"], in: fixture.path,
            input: ids.joined(separator: "\n") + "\n")
        let bytes = sizes.split(separator: "\n").compactMap { Int($0) }.reduce(0, +)
        let count = Array(measured).count
        return Cost(objects: ids.count / count, bytes: bytes / count)
    }

    @Test("at most 8 kB, approved or not, and hardly more on ten times as many shards")
    func shards() throws {
        let sizes = Self.isLarge ? [1_000, 10_000] : [8, 64]
        for isApproved in [false, true] {
            let costs = try sizes.map { try cost(Fleet(shards: $0, isApproved: isApproved)) }
            for cost in costs {
                #expect(cost.bytes <= 8_000 && cost.objects <= 50, "\(sizes): \(costs)")
            }
            // Between 8 and 64 the folders of digits get their entries.
            let most = Self.isLarge ? 1.3 : 1.6
            #expect(
                Double(costs[1].bytes) <= most * Double(costs[0].bytes), "\(sizes): \(costs)")
            if Self.isLarge { print("approved \(isApproved), shards \(sizes): \(costs)") }
        }
    }

    @Test("nor with the tables of one shard")
    func tables() throws {
        let sizes = Self.isLarge ? [750, 3_000] : [30, 120]
        let costs = try sizes.map { try cost(Fleet(tables: $0, changed: $0)) }
        for cost in costs {
            #expect(cost.bytes <= 8_000 && cost.objects <= 50, "\(sizes): \(costs)")
        }
        let most = Self.isLarge ? 1.3 : 1.6
        #expect(Double(costs[1].bytes) <= most * Double(costs[0].bytes), "\(sizes): \(costs)")
        if Self.isLarge { print("tables \(sizes): \(costs)") }
    }
}
