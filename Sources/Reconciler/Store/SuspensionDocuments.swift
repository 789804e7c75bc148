import Basics
import Ledger
import Model
import Schema

/// How suspensions are kept: one document for each namespace or shard that is suspended. One that
/// is over stays until somebody suspends or resumes something.
extension RecordReader {
    /// The suspension of exactly this namespace or shard, over or not; nil where there is none.
    /// One that cannot be read is not over, until somebody resumes what its name says.
    func suspension(
        of namespace: String, _ shard: String?
    ) throws(LedgerError) -> SuspensionRecord? {
        let path = RecordPath.suspension(namespace, shard)
        do throws(LedgerError) {
            guard let record = try read(SuspensionRecord.self, at: path) else { return nil }
            try RecordVersion.check(record.version, at: path)
            return record
        } catch  where error.isOfContent {
            return SuspensionRecord(namespace: namespace, shard: shard, damage: error.fault)
        }
    }

    /// What keeps a shard from being changed at this time; nil where nothing does. Costs two looks.
    package func suspension(
        over shard: ShardID, at now: Timestamp
    ) throws(LedgerError) -> SuspensionRecord? {
        for name in [nil, shard.shard] {
            if let found = try suspension(of: shard.namespace, name), !found.isOver(at: now) {
                return found
            }
        }
        return nil
    }
}

extension RecordSnapshot {
    /// All suspensions, over or not.
    package func suspensions() throws(LedgerError) -> [SuspensionRecord] {
        var records: [SuspensionRecord] = []
        for name in try list(RecordPath.suspensions).sorted() {
            guard let place = RecordPath.suspended(named: name) else {
                throw LedgerError(
                    .damaged,
                    "\(RecordPath.suspensions.appending(name)): this is the name of no suspension",
                    remedy: "restore the branch from before")
            }
            if let record = try suspension(of: place.namespace, place.shard) {
                records.append(record)
            }
        }
        return records
    }
}

extension LedgerDraft {
    /// Suspends a namespace or shard.
    mutating func setSuspension(_ record: SuspensionRecord) throws(LedgerError) {
        try set(RecordPath.suspension(record.namespace, record.shard), json: record)
    }

    /// Ends a suspension.
    mutating func removeSuspension(_ record: SuspensionRecord) throws(LedgerError) {
        try remove(RecordPath.suspension(record.namespace, record.shard))
    }
}
