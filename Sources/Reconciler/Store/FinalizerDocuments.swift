import Ledger
import Model
import Schema

extension RecordReader {
    /// The finalizers of a rollout, by the order of its record; nil for each whose record is
    /// missing or cannot be read: whether it ran is not known, so it neither runs nor ends.
    package func finalizers(
        of rollout: RolloutRecord
    ) throws(LedgerError) -> [FinalizerRecord?] {
        var records: [FinalizerRecord?] = []
        for namespace in rollout.finalizers ?? [] {
            let path = RecordPath.finalizer(rollout.id, namespace)
            do throws(LedgerError) {
                let record = try read(FinalizerRecord.self, at: path)
                if let record { try RecordVersion.check(record.version, at: path) }
                records.append(record)
            } catch  where error.isOfContent {
                records.append(nil)
            }
        }
        return records
    }
}

extension LedgerDraft {
    /// Records a finalizer of a rollout.
    package mutating func setFinalizer(
        _ record: FinalizerRecord, of rollout: String
    ) throws(LedgerError) {
        try set(RecordPath.finalizer(rollout, record.namespace), json: record)
    }
}
