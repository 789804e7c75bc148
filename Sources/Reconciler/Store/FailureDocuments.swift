import Basics
import Ledger
import Model
import Schema

/// How failures are kept: one document for each table of a shard on which operations failed.
extension RecordReader {
    /// What is recorded of failures on a table; nil where nothing is, or nothing that can be read.
    package func failure(of key: OperationKey) throws(LedgerError) -> FailureRecord? {
        try failure(at: RecordPath.failure(key))
    }

    fileprivate func failure(at path: LedgerPath) throws(LedgerError) -> FailureRecord? {
        do throws(LedgerError) {
            guard let record = try read(FailureRecord.self, at: path),
                record.version <= RecordVersion.present, RecordPath.failure(record.key) == path
            else { return nil }
            return record
        } catch  where error.isOfContent {
            return nil
        }
    }
}

extension LedgerDraft {
    mutating func setFailure(_ record: FailureRecord) throws(LedgerError) {
        try set(RecordPath.failure(record.key), json: record)
    }

    /// Costs a look where there is nothing to remove.
    mutating func removeFailure(of key: OperationKey) throws(LedgerError) {
        let path = RecordPath.failure(key)
        if try read(path) != nil { try remove(path) }
    }
}

/// The failures that are recorded, as they were last read.
///
/// Costs one look where there are none or nothing changed, and else a read of each record that is
/// in a folder of digits with one that changed.
package struct FailureMemory: Sendable {
    private struct Group {
        let identity: ObjectID?
        var records: [FailureRecord] = []
    }

    private var identity: ObjectID?
    private var groups: [LedgerPath: Group] = [:]
    private var records: [OperationKey: FailureRecord] = [:]

    package init() {}

    /// What is recorded in `snapshot`, by operation.
    package mutating func records(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [OperationKey: FailureRecord] {
        let identity = try snapshot.identity(of: RecordPath.failures)
        if identity != nil, identity == self.identity { return records }
        var next = FailureMemory()
        next.identity = identity
        try next.visit(RecordPath.failures, depth: 0, known: groups, snapshot)
        for record in next.groups.values.flatMap(\.records) { next.records[record.key] = record }
        self = next
        return records
    }

    private mutating func visit(
        _ folder: LedgerPath, depth: Int, known: [LedgerPath: Group], _ snapshot: RecordSnapshot
    ) throws(LedgerError) {
        guard depth == RecordPath.failureDepth else {
            for name in try snapshot.list(folder) {
                try visit(folder.appending(name), depth: depth + 1, known: known, snapshot)
            }
            return
        }
        let identity = try snapshot.identity(of: folder)
        if let known = known[folder], let identity, known.identity == identity {
            groups[folder] = known
            return
        }
        var group = Group(identity: identity)
        for name in try snapshot.list(folder) {
            if let record = try snapshot.failure(at: folder.appending(name)) {
                group.records.append(record)
            }
        }
        groups[folder] = group
    }
}
