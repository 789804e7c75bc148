import Model
import Reports
import Schema

/// The rollbacks of an environment, and what a pass found about them.
package struct RollbackStanding: Sendable {
    /// Those that the ledger had when the pass began, the older ones first.
    package var records: [RollbackRecord] = []
    /// By the id of each what it holds besides on shards that it did not have: they joined the
    /// fleet later, or could not be read when the rollout began.
    package var joined: [String: [ShardID: [RollbackRecord.Object]]] = [:]
    /// By the id of each what it holds on the shards of the pass.
    package var held: [String: RollbackRecord.Places] = [:]
    /// By the id of each what it does not hold any more: git wants something else there, nothing is
    /// left to take back, or the shard left the fleet.
    package var over: [String: RollbackRecord.Places] = [:]
    /// By the id of each what git has gone back from, too, since it was recorded last.
    package var reverted: [String: RollbackRecord.Places] = [:]

    /// Whether git was read at an old revision, because a fetch failed: it may be from before the
    /// change, so nothing ends.
    package var isStale = false

    package init(records: [RollbackRecord] = []) { self.records = records }

    /// The rollbacks with the shards that joined them, and with what git has gone back from.
    package var present: [RollbackRecord] { records.map(present) }

    private func present(_ record: RollbackRecord) -> RollbackRecord {
        record.adding(joined[record.id] ?? [:]).reverting(reverted[record.id] ?? [:])
    }

    /// The same without what is over.
    package var remaining: [RollbackRecord] { remaining(of: records) }

    /// What is left of `records`, with what joined them.
    package func remaining(of records: [RollbackRecord]) -> [RollbackRecord] {
        records.compactMap { present($0).removing(over[$0.id] ?? [:]) }
    }

    /// Those that the ledger has once what is over is recorded as such.
    package var recorded: [RollbackRecord] { isStale ? records : remaining }

    /// What is held instead of git's state, one notice for each rollback.
    ///
    /// And what is not held although somebody wants it back: git has something else by now, which
    /// may be newer than what was rolled out.
    package func notices(in environment: String) -> [Notice] {
        (isStale ? [] : present.compactMap(ending)) + heldNotices(in: environment)
    }

    private func ending(_ record: RollbackRecord) -> Notice? {
        guard let places = over[record.id], !places.isEmpty else { return nil }
        let names = Set(
            places.flatMap { shard, objects in objects.map { $0.label(in: shard.namespace) } })
        return Notice(
            code: PlanReport.rollbackEnds,
            message: "rollback \(record.id) of rollout \(record.rollout) does not keep "
                + "\(names.sorted().joined(separator: ", ")) as before on "
                + "\(Count.of(places.count, "shard")): git wants something else there, or has done "
                + "so meanwhile, and the next `plumb reconcile` brings what it wants now; revert "
                + "it in git, or hold it back with `plumb suspend`")
    }

    private func heldNotices(in environment: String) -> [Notice] {
        present.compactMap { record in
            guard let places = held[record.id], !places.isEmpty else { return nil }
            return Notice(
                code: PlanReport.rolledBack, message: Self.words(record, on: places, environment))
        }
    }

    private static func words(
        _ record: RollbackRecord, on places: RollbackRecord.Places, _ environment: String
    ) -> String {
        var names: Set<String> = []
        var changes: [String] = []
        var isReverted = true
        for group in record.groups {
            for object in group.objects
            where group.shards.contains(where: {
                places[group.id(of: $0)]?.contains(object.object) == true
            }) {
                guard names.insert(object.object.label(in: group.namespace)).inserted else {
                    continue
                }
                if object.isReverted { continue }
                isReverted = false
                changes += object.change
            }
        }
        let shown = changes.prefix(3).joined(separator: ", ")
        let more = changes.count > 3 ? " and \(changes.count - 3) more" : ""
        if isReverted {
            return "rollback \(record.id) of rollout \(record.rollout) \(record.origin): "
                + "\(names.sorted().joined(separator: ", ")) goes back to what it was on "
                + "\(Count.of(places.count, "shard")); git wants that by now, too, and decides "
                + "alone once it is done"
        }
        let wants = changes.isEmpty ? "" : "; git wants instead: \(shown)\(more)"
        return "rollback \(record.id) of rollout \(record.rollout) \(record.origin): "
            + "\(names.sorted().joined(separator: ", ")) on "
            + "\(Count.of(places.count, "shard")) is wanted as before\(wants); a commit that "
            + "changes it ends that, and so does `plumb rollback --end \(record.id) --environment "
            + "\(environment) --reason …`"
    }
}
