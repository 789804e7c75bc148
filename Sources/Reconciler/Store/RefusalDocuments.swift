import Ledger
import Model
import Schema

extension RecordSnapshot {
    /// The statements that tables refused, with those records that cannot be read beside the
    /// others: the name of a record says whose it is.
    func refusalList() throws(LedgerError) -> (
        records: [RefusalRecord], damaged: [OperationKey: (path: LedgerPath, error: LedgerError)]
    ) {
        var records: [RefusalRecord] = []
        var damaged: [OperationKey: (path: LedgerPath, error: LedgerError)] = [:]
        for path in try paths(below: RecordPath.refusals) {
            do throws(LedgerError) {
                guard let record = try read(RefusalRecord.self, at: path) else { continue }
                try RecordVersion.check(record.version, at: path)
                records.append(record)
            } catch  where error.isOfContent {
                guard let key = path.components.last.flatMap(RecordPath.operationKey(named:))
                else { throw error }
                damaged[key] = (path, error)
            }
        }
        return (records, damaged)
    }
}
