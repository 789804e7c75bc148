import Diff
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: a pending record counts only as a whole, as a pass wrote it")
struct PendingCheckTests {
    private static let step = sampleStep(shards: ["s0"], hazard: .irreversible)

    private static func record(_ shard: String) throws -> PendingRecord {
        var own = step
        own.shards = [shard]
        let approved = sampleStep(shards: ["s0", "s1"], hazard: .irreversible)
        return PendingRecord(
            rollout: "r1",
            key: OperationKey(
                shard: ShardID(namespace: step.namespace, shard: shard), object: step.object),
            step: own, approval: try sampleApproval(approved).digest,
            startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
    }

    /// Two shards on which the operation began.
    private func fixture() throws -> StoreFixture {
        let fixture = try StoreFixture()
        let approvals = try [
            sampleApproval(sampleStep(shards: ["s0", "s1"], hazard: .irreversible)),
            sampleApproval(
                sampleStep(shards: ["s0"], hazard: .irreversible, meaning: ["- note"])),
        ]
        let records = try ["s0", "s1"].map(Self.record)
        try fixture.change { draft throws(LedgerError) in
            for approval in approvals { try draft.setDecisions(approval) }
            for record in records {
                try draft.setOperation(
                    OperationRecord(
                        key: record.key, from: record.step.from, to: record.step.to,
                        approval: record.approval), of: "r1")
                try draft.setPending(record, PendingDocuments.step(of: record))
            }
        }
        return fixture
    }

    struct Tampered: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout PendingRecord) -> Void
        let fault: String

        var testDescription: String { name }
    }

    static let tampered: [Tampered] = [
        Tampered(
            name: "a step of another table", change: { $0.step.object = "items" },
            fault: "its step is about commerce.items"),
        Tampered(
            name: "a step of another namespace", change: { $0.step.namespace = "other" },
            fault: "its step is about other.orders"),
        Tampered(
            name: "another statement",
            change: { $0.step.statements[0].sql = "DROP DATABASE `commerce`" },
            fault: "statement 1 cannot be sent"),
        Tampered(
            name: "a statement for another table",
            change: { $0.step.statements[0].sql = "ALTER TABLE `items` FORCE" },
            fault: "is about the table `items`"),
        Tampered(
            name: "more statements than it has", change: { $0.begun = 1 },
            fault: "more statements had run"),
        Tampered(name: "less than none", change: { $0.begun = -1 }, fault: "more statements"),
        Tampered(name: "no time", change: { $0.startedAt = "soon" }, fault: "it has no time"),
        Tampered(
            name: "an approval that nobody gave", change: { $0.approval = digest("x") },
            fault: "is not in the ledger"),
        Tampered(
            name: "an approval of another step",
            change: {
                let other = sampleStep(
                    shards: ["s0"], hazard: .irreversible, meaning: ["- note"])
                $0.approval = try? sampleApproval(other).digest
            }, fault: "is of another step"),
        Tampered(
            name: "another change than was approved",
            change: { $0.step.differences = [PlanDifference(text: "- note")] },
            fault: "is of another step"),
        Tampered(
            name: "another end",
            change: {
                $0.approval = nil
                $0.step.to = digest("z")
                $0.step.statements[0].after = digest("z")
            }, fault: "its operation leads elsewhere"),
        Tampered(
            name: "the state of another engine",
            change: {
                $0.step.engine = EngineName(rawValue: "copying")
                $0.engine = EngineState(
                    engine: EngineName(rawValue: "other"), version: 1, document: "")
            }, fault: "has a state of `other`"),
    ]

    @Test("it sets its shard aside, with the reason, and no other one", arguments: tampered)
    func refused(_ tampered: Tampered) throws {
        let fixture = try fixture()
        #expect(try fixture.snapshot().pendingList().damaged.isEmpty)
        var record = try Self.record("s0")
        let path = RecordPath.pending(record.key)
        tampered.change(&record)
        let bad = record
        try fixture.change { draft throws(LedgerError) in
            let step = try PendingDocuments.step(of: bad)
            try draft.keepStep(step, with: bad.rollout)
            try draft.set(path, json: PendingDocuments.Reference(bad, step: step.digest))
        }
        let list = try fixture.snapshot().pendingList()
        #expect(list.records.map(\.key.shard) == ["s1"])
        let fault = list.damaged.values.map(\.message).joined()
        #expect(fault.contains(tampered.fault), "\(fault)")
        let aside = try SetAside(
            fixture.snapshot(), whereabouts: { Whereabouts([], knowsAll: { _ in false }) }
        ).reasons
        #expect(aside.keys.map(\.shard) == ["s0"])
    }

    @Test("a step is the one that its name says")
    func named() throws {
        let fixture = try fixture()
        let record = try Self.record("s0")
        let step = try PendingDocuments.step(of: record)
        let text = String(decoding: step.bytes, as: UTF8.self)
        let path = RecordPath.step("r1", step.digest)
        try fixture.write([(path, text.replacingOccurrences(of: "total", with: "totals"))])
        let list = try fixture.snapshot().pendingList()
        #expect(list.records.isEmpty)
        #expect(list.damaged.values.allSatisfy { $0.message.contains("does not hash") })
        #expect(list.damaged.count == 2)
    }

    @Test("where the ledger has both definitions, the step leads from one to the other")
    func ends() throws {
        let from =
            "CREATE TABLE `orders` (\n  `id` int(11) NOT NULL,\n  `note` text DEFAULT NULL\n)"
        let to = from.replacingOccurrences(
            of: "`note` text DEFAULT NULL",
            with: "`note` text DEFAULT NULL,\n  `total` int(11) DEFAULT NULL")
        for (sql, fault) in [
            ("ALTER TABLE `orders` ADD COLUMN `total` int(11) DEFAULT NULL", nil),
            (
                "ALTER TABLE `orders` ADD COLUMN `total` int(11) DEFAULT NULL, DROP COLUMN `note`",
                "drops the column `note`, which stays"
            ),
        ] as [(String, String?)] {
            let fixture = try StoreFixture()
            var step = sampleStep(shards: ["s0"])
            step.from = Digest(of: from)
            step.to = Digest(of: to)
            step.statements = [PlanStatement(sql: sql, after: step.to)]
            let record = PendingRecord(
                rollout: "r1",
                key: OperationKey(
                    shard: ShardID(namespace: step.namespace, shard: "s0"), object: step.object),
                step: step, approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
            try fixture.change { draft throws(LedgerError) in
                try draft.setPending(record, PendingDocuments.step(of: record))
            }
            #expect(try fixture.snapshot().pendingList().damaged.isEmpty)
            try fixture.write([
                (RecordPath.catalog(Digest(of: from)), from),
                (RecordPath.catalog(Digest(of: to)), to),
            ])
            let damaged = try fixture.snapshot().pendingList().damaged.values.first?.message
            if let fault {
                #expect(damaged?.contains(fault) == true, "\(damaged ?? "it is taken")")
            } else {
                #expect(damaged == nil)
            }
        }
    }
}
