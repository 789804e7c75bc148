import Ledger
import Model
import Reports

extension RollbackReport {
    /// The report of a rollback as it is recorded.
    package init(_ record: RollbackRecord, environment: String) {
        var objects: Set<String> = []
        var (lost, change): ([String], [String]) = ([], [])
        for group in record.groups {
            for object in group.objects {
                guard objects.insert(object.object.label(in: group.namespace)).inserted else {
                    continue
                }
                lost += object.lost
                // Where git has gone back, too, it wants nothing else.
                if !object.isReverted { change += object.change }
            }
        }
        self.init(
            environment: environment, id: record.id, rollout: record.rollout, actor: record.actor,
            reason: record.reason,
            at: record.at, objects: objects.sorted(), shardCount: record.shardCount, lost: lost,
            change: change)
        withdrawn = (record.withdrawn ?? []).map(\.short)
    }
}

extension LedgerQueries {
    /// The rollbacks that hold, the older ones first; none where they cannot be read, which
    /// ``unread()`` says.
    package func rollbacks() throws(LedgerError) -> [RollbackReport] {
        do throws(LedgerError) {
            return try store.snapshot()?.rollbacks().map {
                RollbackReport($0, environment: store.environment)
            } ?? []
        } catch  where error.isOfContent {
            return []
        }
    }
}
