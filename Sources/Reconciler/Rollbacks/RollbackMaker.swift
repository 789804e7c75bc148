import Diff
import Model
import Schema

/// Makes the record that takes a rollout back from what the ledger has of it. A pure function of
/// records.
struct RollbackMaker {
    /// A rollback before it is recorded.
    struct Draft {
        var groups: [RollbackRecord.Group]
        /// The rollbacks that end, because the rollout had carried them out.
        var ended: Set<String> = []
        /// Shards that are left out, each with the reason.
        var left: [ShardID: String] = [:]
    }

    /// An object as a later rollout left it.
    struct Made {
        let rollout: String
        let shard: ShardID
        let object: ObjectName
        let definition: CatalogTable
    }

    /// Why a rollout cannot be taken back.
    struct Refusal: Error, Hashable {
        let reason: String
        var remedy: String?
    }

    let rollout: PastRollout
    /// What each later rollout changed or may change, the older ones first.
    let later: [(id: String, touched: [ShardID: Set<ObjectName>])]
    /// What later rollouts made and is there now.
    var made: [Made] = []
    /// The rollouts before it that had operations of its keys, the newer ones first.
    let earlier: [PastRollout]
    /// The ids of the rollbacks that hold.
    let holding: Set<String>
    /// Whether a shard is known to be none of the fleet's any more.
    let hasLeft: (ShardID) -> Bool
    /// What is recorded of an object of a shard now; nil where it is absent.
    let recorded: (ShardID, ObjectName) throws -> Digest?
    let lookup: (Digest) -> CatalogTable?

    func draft() throws -> Draft {
        var draft = Draft(groups: [])
        var objects: [ShardID: [RollbackRecord.Object]] = [:]
        for step in rollout.steps {
            if let back = step.cause.rollback?.id, holding.contains(back) {
                // What git wants comes back when the rollback before it ends.
                draft.ended.insert(back)
                continue
            }
            var known: [[PlanStep]: [RollbackRecord.Object]] = [:]
            for shard in step.shardIDs {
                if hasLeft(shard) {
                    draft.left[shard] = "it left the fleet"
                    continue
                }
                if let other = try other(after: step, on: shard) {
                    draft.left[shard] = "rollout \(other) changes it"
                    continue
                }
                let steps = begun(before: step, on: shard) + [step]
                let made = try known[steps] ?? self.objects(of: steps)
                known[steps] = made
                objects[shard, default: []] += made
            }
        }
        try requireNotNeeded(objects)
        draft.groups = RollbackRecord.groups(of: objects)
        return draft
    }

    /// Throws where what would go is needed by something that a later rollout made.
    private func requireNotNeeded(_ objects: [ShardID: [RollbackRecord.Object]]) throws {
        let byShard = Dictionary(grouping: made, by: \.shard)
        for (shard, taken) in objects.sorted(by: { $0.key < $1.key }) {
            let own = Set(taken.map(\.object))
            let others = (byShard[shard] ?? []).filter { !own.contains($0.object) }
            guard !others.isEmpty else { continue }
            for object in taken {
                guard let away = TakenAway(object, lookup: lookup),
                    let other = others.first(where: { away.isNeeded(by: $0.definition) })
                else { continue }
                throw Refusal(
                    reason: "\(other.object.label(in: shard.namespace)) on \(shard), as rollout "
                        + "\(other.rollout) left it, may need what would go from "
                        + "\(object.object.label(in: shard.namespace))",
                    remedy: "take rollout \(other.rollout) back first, or change git")
            }
        }
    }

    /// The later rollout that has an object of the step on a shard where this one did nothing; nil
    /// for none. Throws where this one did something: what it did cannot be taken back from under
    /// the later one. What later ones did and took back does not count.
    private func other(after step: PlanStep, on shard: ShardID) throws -> String? {
        let names = step.touchedNames
        let found = later.last { $0.touched[shard]?.isDisjoint(with: names) == false }
        guard let found else { return nil }
        let key = OperationKey(shard: shard, object: step.object)
        guard let operation = rollout.operations[key], rollout.didSomething(operation) else {
            return found.id
        }
        if operation.state == .completed,
            try step.tables.allSatisfy({ try recorded(shard, $0.object) == $0.to })
        {
            return nil
        }
        throw Refusal(
            reason: "rollout \(found.id) came after \(rollout.record.id) and changes "
                + "\(step.object.label(in: step.namespace)) on \(shard) too",
            remedy: "take that one back, or change the table in git")
    }

    /// The steps of earlier rollouts that ended half done on the shard and that this one went on
    /// with, the oldest first: what was before them is what was before the change.
    private func begun(before step: PlanStep, on shard: ShardID) -> [PlanStep] {
        guard !step.isGroup else { return [] }
        var found: [PlanStep] = []
        var next = step
        for past in earlier {
            let key = OperationKey(shard: shard, object: step.object)
            guard let operation = past.operations[key], operation.startedAt != nil,
                operation.state != .completed,
                let other = past.steps.first(where: {
                    $0.object == step.object && $0.shardIDs.contains(shard)
                }), !other.isGroup
            else { continue }
            // Nothing of it ran, or a part.
            guard other.from != next.from else { continue }
            guard other.statements.dropLast().contains(where: { $0.after == next.from }) else {
                break
            }
            found.insert(other, at: 0)
            next = other
        }
        return found
    }

    /// What `steps` did together, the last of which is the rollout's.
    private func objects(of steps: [PlanStep]) throws -> [RollbackRecord.Object] {
        guard let first = steps.first, let last = steps.last, steps.count > 1 else {
            return try steps.flatMap(objects(of:))
        }
        let parts = try steps.flatMap(objects(of:))
        return [
            RollbackRecord.Object(
                object: last.object, renamedFrom: steps.compactMap(\.renamedFrom).first,
                unwanted: last.to, wanted: first.from,
                columns: parts.flatMap { $0.columns ?? [] }, lost: parts.flatMap(\.lost),
                change: first.differences.prefix(20).map(\.text))
        ]
    }

    private func objects(of step: PlanStep) throws -> [RollbackRecord.Object] {
        let columns = try step.statements.flatMap { try ColumnRenaming.all(in: $0.sql) }
        return try step.tables.filter { $0.from != $0.to || $0.renamedFrom != nil }.map { table in
            let names = [table.object, table.renamedFrom].compactMap(\.self).map(\.name)
            let own = columns.filter { names.contains($0.table) }
                .map { RollbackRecord.Column(from: $0.from, to: $0.to) }
            let lost = RollbackLosses.of(
                table.renamedFrom ?? table.object, from: try definition(table.from, of: step),
                to: try definition(table.to, of: step), columns: own, findings: step.findings)
            return RollbackRecord.Object(
                object: table.object, renamedFrom: table.renamedFrom, unwanted: table.to,
                wanted: table.from, columns: own, lost: lost,
                // The lines of a step of several tables are about all of them.
                change: table.object == step.object
                    ? step.differences.prefix(20).map(\.text) : [])
        }
    }

    private func definition(_ digest: Digest?, of step: PlanStep) throws -> CatalogTable? {
        guard let digest else { return nil }
        guard let found = lookup(digest) else {
            throw Refusal(
                reason: "the ledger does not have the definition \(digest.short) of "
                    + "\(step.object.label(in: step.namespace)), which earlier releases did not "
                    + "always keep",
                remedy: "revert the commit of rollout \(rollout.record.id) in git")
        }
        return found
    }
}
