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
        // Where git wants it as it was before, too, it stays until the shard is there: a table that
        // somebody made by hand keeps it.
        let wish = Shapes.digest(table, git)
        if wish != object.unwanted, wish != object.wanted {
            world.fail("\(name) of \(shard) is taken back, and git wants something else")
        }
        return object.wanted.flatMap(Shapes.shape)?.columns
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
