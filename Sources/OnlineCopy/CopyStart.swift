import Binlog
import Diff
import Foundation
import MySQLClient
import Schema

/// Begins a copy, or finds one that was begun.
package struct CopyStart {
    let session: CopySession
    private let table: ProgressTable
    private var job: CopyJob { session.job }

    package init(_ session: CopySession) {
        self.session = session
        table = ProgressTable(session: session)
    }

    /// The copy that is there, or a new one.
    ///
    /// What is there under the names of a copy and is none, or one for something else, is left as
    /// it is: that stops the change.
    package func open(
        chunkSeconds: Double = 0.05,
        feed: (CopyJob, LogPlace) throws(CopyFailure) -> any ChangeFeed
    ) throws(CopyFailure) -> TableCopy {
        let known = try CopyRecord(session).read()
        let (mark, progress) = if let known { known } else { try begin() }
        guard ![.reverted, .leaving].contains(progress.phase) else {
            throw .stopped("a copy of \(job.table) is there that has come to its end: remove it")
        }
        try requireShadow(progress)
        return TableCopy(
            session, progress: progress, mark: mark, feed: try feed(job, progress.place),
            chunkSeconds: chunkSeconds)
    }

    /// Whether a copy for this change is there.
    package func isBegun() throws(CopyFailure) -> Bool { try CopyRecord(session).read() != nil }

    private func begin() throws(CopyFailure) -> (UInt64, CopyProgress) {
        for name in [job.names.shadow, job.names.former] {
            guard try !session.hasTable(name) else {
                throw .stopped(
                    "the table \(SQL.identifier(name)) is there, and is none of this copy: rename it, "
                        + "or drop it")
            }
        }
        guard
            try session.query(
                "SELECT 1 FROM information_schema.triggers WHERE event_object_schema = "
                    + "\(SQL.literal(job.database)) AND event_object_table = "
                    + SQL.literal(job.names.table)
            ).isEmpty
        else {
            throw .stopped(
                "tables with triggers are not copied: the copy would have none of them; drop them "
                    + "for the change, or let the server alter the table")
        }
        guard
            try session.query(
                "SELECT 1 FROM information_schema.key_column_usage WHERE referenced_table_schema = "
                    + "\(SQL.literal(job.database)) AND referenced_table_name = "
                    + SQL.literal(job.names.table) + " LIMIT 1"
            ).isEmpty
        else {
            throw .stopped(
                "tables that foreign keys refer to are not copied: the keys would follow the former "
                    + "table; let the server alter it")
        }
        var progress = CopyProgress(fingerprint: job.fingerprint, place: try place())
        let space = try CopyFailure.of { () throws(MySQLError) in
            try CopySpace.read(
                database: job.database, table: job.names.table, on: session.connection)
        }
        progress.rowsExpected = space.rows
        progress.bytesExpected = space.tableBytes
        let late = lateIndexes
        progress.indexes = late.map { $0.definition(flavour: job.flavour) }
        // First what tells whose the copy is, then the copy.
        try table.make(progress)
        return (0, progress)
    }

    /// Makes the empty copy, unless it is there.
    private func requireShadow(_ progress: CopyProgress) throws(CopyFailure) {
        if progress.phase == .swapped { return }
        if try session.hasTable(job.names.shadow) { return }
        guard progress.phase == .copying, progress.copied == nil else {
            throw .moved("the copy \(job.shadow) is gone: somebody dropped it")
        }
        var shadow = job.to.named(job.names.shadow, flavour: job.flavour)
        shadow.indexes.removeAll { index in
            progress.indexes.contains(index.definition(flavour: job.flavour))
        }
        try session.execute(shadow.createStatement(flavour: job.flavour))
    }

    /// The indexes that are built once all rows are there, which takes half the time.
    private var lateIndexes: [Index] {
        let isCounted = { (index: Index) in
            job.to.columns.contains { column in
                column.isAutoIncrement && index.parts.first?.key == .column(column.name)
            }
        }
        let key = job.key
        let late = job.to.indexes.filter { index in
            guard index.kind == .plain || index.kind == .unique else { return false }
            return !isCounted(index)
                && !(index.kind == .unique
                    && index.parts.map(\.key)
                        == key.columns.map { .column($0.name) })
        }
        // The order of all of a kind would change where one of them is there from the beginning.
        return late.filter { index in
            !job.to.indexes.contains { other in
                other.kind == index.kind && !late.contains { $0.name == other.name }
            }
        }
    }

    /// Where the binary log ends now; throws where it would not tell what is needed.
    private func place() throws(CopyFailure) -> LogPlace {
        do throws(BinlogError) {
            let end = try BinlogSource(on: session.connection).position
            return LogPlace(file: end.file, offset: end.offset)
        } catch {
            throw CopyFailure(error)
        }
    }
}
