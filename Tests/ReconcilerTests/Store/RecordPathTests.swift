import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Each record has a place of its own, below digits of its name")
struct RecordPathTests {
    @Test("the layout, as it is documented")
    func layout() {
        let shard = ShardID(namespace: "commerce", shard: "0")
        let key = OperationKey(shard: shard, object: "orders")
        let (one, two) = (digest("a"), digest("b"))
        let paths: [(LedgerPath, String)] = [
            (RecordPath.shardHeader(shard), "shards/commerce/5/f/e/0/shard"),
            (RecordPath.allTables(shard), "shards/commerce/5/f/e/0/tables/all"),
            (RecordPath.tables(shard, like: "orders"), "shards/commerce/5/f/e/0/tables/1/c"),
            (RecordPath.pending(key), "pending/commerce%2F0%2Forders"),
            (RecordPath.open("r1"), "open/r1"),
            (RecordPath.rollout("r1"), "rollouts/8/2/r1/rollout"),
            (RecordPath.plan(one), "plans/c/a/\(one.hex)"),
            (RecordPath.catalog(one), "catalog/c/a/\(one.hex)"),
            (
                RecordPath.normalised(profile: two, schema: one),
                "normalised/\(two.hex)/c/a/\(one.hex)"
            ),
            (RecordPath.proof(profile: two, change: one), "proofs/\(two.hex)/c/a/\(one.hex)"),
            (RecordPath.decision(one), "approvals/c/a/\(one.hex)/decision"),
            (RecordPath.binding(one), "approvals/c/a/\(one.hex)/binding"),
            (RecordPath.uses(one, on: "0"), "approvals/c/a/\(one.hex)/uses/5/f/e/0"),
            (RecordPath.step("r1", one), "rollouts/8/2/r1/steps/c/a/\(one.hex)"),
        ]
        for (path, expected) in paths { #expect(path.encoded == expected) }
    }

    @Test("no two operations, objects or shards have the same place, whatever they are called")
    func distinct() {
        let names = ["", "a", "a/b", "b", "a%2Fb", "%", "..", "A", "view:a", "0", "f"]
        var places: Set<String> = []
        var count = 0
        for namespace in names {
            for shard in names {
                let id = ShardID(namespace: namespace, shard: shard)
                places.insert(RecordPath.shardHeader(id).encoded)
                places.insert(RecordPath.awaiting(namespace, ObjectName(encoded: shard)).encoded)
                count += 2
                for object in names {
                    let key = OperationKey(shard: id, object: ObjectName(encoded: object))
                    places.insert(RecordPath.pending(key).encoded)
                    places.insert(RecordPath.operation("r1", key).encoded)
                    places.insert(RecordPath.refusal(key).encoded)
                    count += 3
                }
            }
        }
        #expect(places.count == count)
    }

    @Test("names that people use lead to the record, and say where it is")
    func named() throws {
        let fixture = try StoreFixture()
        let step = sampleStep(shards: ["0"])
        let approval = try sampleApproval(step)
        let plan = samplePlan([step])
        let digest = try plan.digest()
        let rollout = RolloutRecord(
            id: "abcdef123456", plan: digest, policy: .halt, waves: [], bakeSeconds: [],
            startedAt: "2026-11-21T12:00:00Z", actor: "ada")
        try fixture.change { draft throws(LedgerError) in
            try draft.setDecisions(approval)
            try draft.set(RecordPath.plan(digest), json: plan)
            try draft.setRollout(rollout)
            try draft.set(RecordPath.catalog(Digest(of: "text")), Array("text".utf8))
            try draft.setShard(sampleShard(0), sampleRecord(["t": "1"]), over: nil)
        }
        let records = NamedRecords(snapshot: try fixture.snapshot())
        func places(_ name: String) throws -> [String] { try records.all(name).map(\.path) }
        #expect(try places(String(digest.hex.prefix(8))) == [RecordPath.plan(digest).encoded])
        #expect(
            try places(approval.digest.hex.uppercased())
                == [RecordPath.approval(approval.digest).encoded])
        #expect(
            try places(Digest(of: "text").short) == [RecordPath.catalog(Digest(of: "text")).encoded]
        )
        #expect(try places("abcd") == [RecordPath.rollout(rollout.id).encoded])
        #expect(try places("commerce/0") == [RecordPath.shard(sampleShard(0)).encoded])
        for name in ["commerce/1", "commerce", "x/0", "ffffffff", "/", ""] {
            #expect(try places(name).allSatisfy { $0.hasPrefix("rollouts/") }, "\(name)")
        }
        #expect(
            try records.all("commerce/0").first?.text
                == String(
                    decoding: try CanonicalJSON.encode(sampleRecord(["t": "1"])), as: UTF8.self))
    }
}
