import Basics
import Model
import Schema

/// What must be so of rollouts that people take back.
extension Auditor {
    /// What is taken back comes and goes with a request, or because git wants something else.
    func auditRollbacks(_ before: LedgerMirror, _ message: String) {
        guard before.rollbacks != mirror.rollbacks else { return }
        let kinds = TrailAudit.events(of: message).map(\.kind)
        let known = Set(before.rollbacks.map(\.id))
        for record in mirror.rollbacks where !known.contains(record.id) {
            if !kinds.contains("rolled-back") {
                world.fail("rollback \(record.id) began, and nobody took a rollout back")
            }
        }
        for record in mirror.rollbacks {
            for (shard, object) in record.objects where object.isReverted {
                let isReverted = world.revisions.contains {
                    Shapes.digest(object.object, $0.tables) == object.wanted
                }
                guard !isReverted else { continue }
                world.fail("\(object.object) on \(shard) counts as reverted, and git never was")
            }
        }
        guard kinds.allSatisfy({ $0 != "rolled-back" }) else { return }
        guard kinds.contains("rollback-ended") || kinds.contains("rollback-changed") else {
            return world.fail("rollbacks changed without an event")
        }
        guard !message.contains("right") else { return }
        // Only another wish of git's ends what nobody gave up.
        for record in before.rollbacks {
            for (shard, object) in record.objects where !holds(record.id, shard, object.object) {
                let isWanted = world.revisions.allSatisfy {
                    Shapes.digest(object.object, $0.tables) == object.unwanted
                }
                guard isWanted else { continue }
                world.fail("rollback \(record.id) let go of \(object.object) on \(shard)")
            }
        }
    }

    private func holds(_ id: String, _ shard: ShardID, _ object: ObjectName) -> Bool {
        mirror.rollbacks.first { $0.id == id }?.objects.contains {
            $0.shard == shard && $0.object.object == object
        } == true
    }

    /// The columns that a table of a shard has to have in the end, nil for an absent one: git's,
    /// but for what is taken back.
    func wanted(_ table: Int, on shard: ShardID) -> UInt8? {
        let git = world.head.tables[table]
        let name = ObjectName(.table, Shape.name(table))
        let taken = mirror.rollbacks.flatMap(\.objects).last {
            $0.shard == shard && $0.object.object == name
        }
        guard let object = taken?.object else { return git }
        let now = Shapes.digest(table, git)
        if now != object.wanted, now != object.unwanted || object.isReverted {
            world.fail("\(name) of \(shard) is taken back, and git wants something else")
        }
        return object.wanted.flatMap(Shapes.shape)?.columns
    }

    /// Where git has gone back, too, a rollback ends once the shards are back.
    ///
    /// - Parameter held: what is held in the end.
    func auditReverts(but held: Set<OperationKey>) {
        for (shard, object) in mirror.rollbacks.flatMap(\.objects) {
            let now = Shapes.digest(object.object, world.head.tables)
            let key = OperationKey(shard: shard, object: object.object)
            guard now == object.wanted, !held.contains(key) else { continue }
            world.fail("\(key) is still taken back, and nothing is left to do for it")
        }
    }
}

extension RollbackRecord {
    /// What it holds, on each shard.
    fileprivate var objects: [(shard: ShardID, object: Object)] {
        groups.flatMap { group in
            group.shards.flatMap { shard in group.objects.map { (group.id(of: shard), $0) } }
        }
    }
}
