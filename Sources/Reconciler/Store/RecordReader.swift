import Ledger
import Model
import Schema

/// What records can be read from: a snapshot, or a transition before it is recorded.
package protocol RecordReader {
    /// The document at `path`; nil where there is none.
    func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]?

    /// The JSON document at `path`; nil where there is none.
    func read<Value: Decodable>(
        _ type: Value.Type, at path: LedgerPath
    ) throws(LedgerError) -> Value?
}

extension LedgerDraft: RecordReader {}

extension RecordReader {
    /// The record of the environment; nil where there is none.
    package func environmentRecord() throws(LedgerError) -> EnvironmentRecord? {
        let path = RecordPath.environment
        guard let record = try read(EnvironmentRecord.self, at: path) else { return nil }
        try RecordVersion.check(record.version, at: path)
        return record
    }
}
