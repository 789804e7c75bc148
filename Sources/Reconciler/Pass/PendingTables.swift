import Basics
import Diff
import Ledger
import Model
import Observed
import Reports
import Schema

/// What is known of tables that an operation of Plumb is at: how far it brought them is no change
/// that somebody else made.
struct PendingTables {
    /// The records of operations that began and have no outcome.
    let records: [PendingRecord]

    /// - Parameter snapshot: the ledger; where a record cannot be read, its shard is set aside.
    init(_ snapshot: RecordSnapshot?) throws(LedgerError) {
        records = try snapshot?.pendingList().records ?? []
    }

    /// Takes the live definition for the recorded one where an operation brought the table there.
    func note(
        in recorded: inout [ShardID: ShardRecord], _ observation: [ShardID: ShardObservation]
    ) {
        for record in records where record.key.object.kind == .table && record.step.members == nil {
            let (id, name) = (record.key.shardID, record.key.object.encoded)
            guard case .known(let known) = observation[id],
                let live = known.schema.tables[record.key.object.encoded],
                record.step.digests.contains(live), recorded[id]?.tables[name] != live
            else { continue }
            recorded[id]?.tables[name] = live
        }
    }

    /// That they are being changed, for people who read a plan or what differs meanwhile.
    var notices: [Notice] {
        let groups = Dictionary(grouping: records) { record in
            "\(record.key.object.label(in: record.key.namespace))\0\(record.rollout)"
        }
        return groups.sorted { $0.key < $1.key }.flatMap { _, records -> [Notice] in
            guard let first = records.min(by: { $0.key < $1.key }) else { return [] }
            let more = records.count - 1
            let others = more == 0 ? "" : " and \(Count.of(more, "other shard"))"
            let since = records.map(\.startedAt).min() ?? first.startedAt
            return [
                Notice(
                    code: "at-work",
                    message: "\(first.key.object.label(in: first.key.namespace)) is being changed "
                        + "on \(first.key.shard)\(others) by rollout \(first.rollout) since "
                        + "\(since), and has no outcome yet")
            ]
        }
    }
}
