import Ledger
import Model
import Schema

extension RecordReader {
    /// The finalizers of a rollout, by the order of its record; nil for each whose record is
    /// missing.
    package func finalizers(
        of rollout: RolloutRecord
    ) throws(LedgerError) -> [FinalizerRecord?] {
        var records: [FinalizerRecord?] = []
        for namespace in rollout.finalizers ?? [] {
            records.append(
                try read(
                    FinalizerRecord.self, at: RecordPath.finalizer(rollout.id, namespace)))
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
