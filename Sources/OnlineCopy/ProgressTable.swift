import Foundation
import MySQLClient
import Schema

/// The table beside the copy that has its progress: one row, which each transaction of the copy
/// writes, so that the copy and what is known of it never differ.
struct ProgressTable {
    let session: CopySession

    private var name: String { SQL.identifier(session.job.names.progress) }

    /// Makes the table, with its first row.
    ///
    /// Where ``read()`` has found none, but the table is there, its process died before it wrote
    /// the row.
    func make(_ progress: CopyProgress) throws(CopyFailure) {
        if try session.hasTable(session.job.names.progress) {
            try session.execute("DROP TABLE \(name)")
        }
        try session.execute(
            "CREATE TABLE \(name) (id TINYINT NOT NULL PRIMARY KEY, mark BIGINT UNSIGNED NOT NULL, "
                + "document LONGTEXT CHARACTER SET utf8mb4 NOT NULL) ENGINE=InnoDB "
                + "COMMENT=\(SQL.literal(Self.comment))")
        try session.execute("INSERT INTO \(name) VALUES (1, 0, \(try text(progress)))")
    }

    /// What tells such a table from another one of its name.
    static let comment = "plumb: progress of an online copy"

    /// What is there; nil where no copy was begun.
    func read() throws(CopyFailure) -> (mark: UInt64, progress: CopyProgress)? {
        let job = session.job
        let found = try session.query(
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(job.database)) AND table_name = "
                + SQL.literal(job.names.progress))
        guard let comment = found.first?[0] else { return nil }
        guard comment == Self.comment else { throw foreign }
        guard let row = try session.query("SELECT mark, document FROM \(name)").first else {
            return nil
        }
        guard let mark = row[0].flatMap(UInt64.init), let document = row.bytes(1),
            let progress = try? JSONDecoder().decode(CopyProgress.self, from: Data(document))
        else { throw foreign }
        guard progress.version == 1 else {
            throw .stopped("a newer release began a copy of \(job.table): go on with that one")
        }
        return (mark, progress)
    }

    private var foreign: CopyFailure {
        .stopped("the table \(name) is there, and is none of this copy: rename it, or drop it")
    }

    /// Writes the progress, with the number of the transaction.
    func write(_ progress: CopyProgress, mark: UInt64) throws(CopyFailure) {
        try session.execute(
            "UPDATE \(name) SET mark = \(mark), document = \(try text(progress)) WHERE id = 1")
    }

    private func text(_ progress: CopyProgress) throws(CopyFailure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(progress) else {
            throw .stopped("its progress cannot be written")
        }
        return SQL.literal(String(decoding: data, as: UTF8.self))
    }
}
