import MySQLClient
import Schema

/// The empty table under the name that the former table gets, which keeps the names from changing
/// too early.
struct Sentry {
    let session: CopySession
    private var job: CopyJob { session.job }
    private var name: String { SQL.identifier(job.names.former) }

    private static let comment = "plumb: nothing"

    /// Puts it there; MySQL, which changes the names under the lock itself, needs none.
    func place() throws(CopyFailure) {
        if job.flavour == .mysql { return }
        try remove()
        try session.execute(
            "CREATE TABLE \(name) (id TINYINT) COMMENT=\(SQL.literal(Self.comment))")
    }

    /// Takes away one that is there; throws `stopped` where another table has its name.
    func remove() throws(CopyFailure) {
        let found = try session.query(
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(job.database)) AND table_name = "
                + SQL.literal(job.names.former)
        ).first
        guard let comment = found?[0] else { return }
        guard comment == Self.comment else {
            throw .stopped("the table \(name) is there, and is none of this copy: rename it")
        }
        try session.execute("DROP TABLE \(name)")
    }
}
