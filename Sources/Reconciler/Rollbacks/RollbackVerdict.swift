import Diff
import Model
import Schema

/// What becomes of an object of a rollback on a shard. A pure function of what git and the shard
/// have.
enum RollbackVerdict: Hashable, Sendable {
    /// Git wants what the rollout made, and has wanted nothing else since: it is kept as it was
    /// before.
    case holds
    /// Git wants what was before, too, and the shard is not there yet: new names still have to go
    /// back as such, and what was created has to go.
    case agrees
    /// Git wants something else, or has done so meanwhile, or nothing is left to do on the shard.
    case over
}

/// What there is of the objects of rollbacks on a shard.
struct RollbackShard: Hashable {
    /// Digests of the live objects by encoded name.
    let live: [String: Digest]
    /// The encoded names that are recorded there: what has another name was made by somebody else,
    /// and nobody asked to take that away.
    var recorded: Set<String> = []
    /// The encoded names of which an operation is under way: what it makes is not there yet.
    var atWork: Set<String> = []
}

/// A desired schema in which objects are taken back.
struct RollbackSchema {
    private(set) var schema: Comparison.Schema
    let shard: RollbackShard
    let lookup: (Digest) -> CatalogTable?

    /// What becomes of `object`, by the schema as it is.
    func verdict(_ object: RollbackRecord.Object) -> RollbackVerdict {
        let git = schema.tables
        guard let old = object.renamedFrom else {
            if !object.isReverted, isSame(object.unwanted, git[object.object.encoded]) {
                return .holds
            }
            guard isSame(object.wanted, git[object.object.encoded]) else { return .over }
            return isBack(object) ? .over : .agrees
        }
        let (new, former) = (git[object.object.encoded], git[old.encoded])
        if !object.isReverted, former == nil, isSame(object.unwanted, new) { return .holds }
        guard new == nil, isSame(object.wanted, former) else { return .over }
        return isBack(object) ? .over : .agrees
    }

    /// Whether nothing of `object` is left to take back on the shard.
    private func isBack(_ object: RollbackRecord.Object) -> Bool {
        let names = [object.object.encoded, object.former.encoded]
        guard shard.atWork.isDisjoint(with: names) else { return false }
        let isMade =
            shard.live[object.object.encoded] != nil
            && shard.recorded.contains(object.object.encoded)
        if object.wanted == nil { return !isMade }
        if object.renamedFrom != nil, isMade { return false }
        return isLive(object.wanted, object.former)
    }

    /// Whether `object` is held back on a shard that the rollback does not name: git wants what the
    /// rollout made of it, and it is not live there.
    func joins(_ object: RollbackRecord.Object) -> Bool {
        verdict(object) == .holds && !isLive(object.unwanted, object.object)
    }

    /// Takes `object` back, as far as it is not over.
    mutating func take(
        _ object: RollbackRecord.Object, of record: RollbackRecord
    ) -> RollbackVerdict {
        let verdict = verdict(object)
        guard verdict != .over else { return verdict }
        if verdict == .holds {
            schema.tables[object.object.encoded] = nil
            if let wanted = object.wanted.flatMap(lookup) {
                schema.tables[object.former.encoded] = wanted
            }
        }
        if let old = object.renamedFrom {
            schema.tableRenames.append(TableRename(from: object.object.name, to: old.name))
        }
        let rollback = PlanRollback(
            id: record.id, rollout: record.rollout, actor: record.actor, reason: record.reason,
            at: record.at, lost: object.lost)
        schema.takenBack[object.former.encoded] = TakenBack(
            rollback: rollback,
            columns: (object.columns ?? []).map {
                ColumnRename(table: object.former.name, from: $0.to, to: $0.from)
            })
        return verdict
    }

    private func isLive(_ digest: Digest?, _ name: ObjectName) -> Bool {
        guard let found = shard.live[name.encoded] else { return digest == nil }
        return found == digest || isSame(digest, lookup(found))
    }

    /// Whether a digest stands for this definition, or for one that means the same.
    private func isSame(_ digest: Digest?, _ other: CatalogTable?) -> Bool {
        guard let digest, let other else { return digest == nil && other == nil }
        if digest == other.digest { return true }
        guard let known = lookup(digest) else { return false }
        if let left = known.table, let right = other.table {
            return left.name == right.name && left.isEquivalent(to: right)
        }
        guard let left = known.object, let right = other.object else { return false }
        return left.isMet(by: right) || right.isMet(by: left)
    }
}
