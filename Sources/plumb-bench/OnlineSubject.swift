import Foundation
import MySQLClient
import OnlineCopy
import Schema

/// The table that is copied, and what it is to become: a column and an index more.
///
/// One of the size of the usual benchmarks: 231 MB and an index of 35 MB for a million rows.
struct OnlineSubject {
    let server: ServerAddress
    let rows: Int

    static let database = "bench_online"
    static let change = "ADD COLUMN extra INT NOT NULL DEFAULT 0, ADD INDEX ke (k, extra)"

    static let definition =
        "(id BIGINT PRIMARY KEY AUTO_INCREMENT, k INT NOT NULL, c CHAR(120) NOT NULL, "
        + "pad CHAR(60) NOT NULL, KEY k (k))"

    private var settings: ConnectionSettings {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        settings.readTimeoutSeconds = 3_600
        return settings
    }

    private func connect() throws(MySQLError) -> Connection {
        try Connection(to: server, settings: settings)
    }

    /// A session of its own in the database of the table.
    func inside() throws(MySQLError) -> Connection {
        try Connection(to: server, settings: settings, database: Self.database)
    }

    /// Makes the database of the table; the session that is returned uses it.
    func makeDatabase() throws(MySQLError) -> Connection {
        try connect().execute("CREATE DATABASE \(Self.database)")
        return try inside()
    }

    /// The processor time of the server until now, in seconds.
    func processorSeconds(_ connection: Connection) throws -> Double {
        let path = try connection.query("SELECT @@pid_file").first?[0] ?? ""
        let number = try String(contentsOfFile: path, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let text = try String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
        // Behind the name, which may have blanks: the 14th and 15th field of all.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { throw BenchError("\(path) says nothing of the server's process") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Makes the table anew, with all its rows.
    func fill(_ connection: Connection) throws(MySQLError) {
        try connection.execute("DROP TABLE IF EXISTS t")
        try connection.execute("CREATE TABLE t \(Self.definition)")
        try connection.execute(
            "INSERT INTO t (k, c, pad) SELECT seq * 7919 % \(rows), REPEAT(CHAR(97 + seq % 26), 120), "
                + "REPEAT(CHAR(97 + seq % 24), 60) FROM seq_1_to_\(rows)")
        _ = try connection.query("ANALYZE TABLE t")
    }

    /// `change` of the table `t`, as the server itself makes it of an empty table.
    func job(_ connection: Connection, _ change: String = change) throws -> CopyJob {
        try connection.execute("CREATE TABLE wanted LIKE t")
        try connection.execute("ALTER TABLE wanted \(change)")
        var wanted = try model("wanted", connection)
        wanted.name = "t"
        try connection.execute("DROP TABLE wanted")
        return try CopyJob(
            database: Self.database, from: try model("t", connection), to: wanted,
            flavour: .mariadb)
    }

    private func model(_ name: String, _ connection: Connection) throws -> Table {
        let text = try connection.query("SHOW CREATE TABLE \(name)").first?.bytes(1) ?? []
        let table = text.withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: .mariadb)
        }
        guard let model = table.table else { throw BenchError("\(name) is not understood") }
        return model
    }

    /// Begins a copy.
    func begin(_ job: CopyJob) throws -> TableCopy {
        let session = try CopySession(try connect(), job)
        let copy = try CopyStart(session).open { job, place throws(CopyFailure) in
            try BinlogFeed(
                job, from: place, server: server, settings: settings, asking: session.connection)
        }
        copy.openFurther = connect
        return copy
    }

    /// Takes a copy away that is not to become the table.
    func abandon(_ copy: TableCopy, _ job: CopyJob) throws {
        copy.end()
        try CopyEnd(try CopySession(try connect(), job)).abandon()
    }

    /// Puts a copy in the table's place, as often as that takes to succeed, and takes away what is
    /// left of the table.
    ///
    /// - Returns: how long writers waited for the last attempt, in seconds, and the attempts.
    func cutOver(_ copy: TableCopy, _ job: CopyJob) throws -> (seconds: Double, attempts: Int) {
        let renamer = try inside()
        for attempt in 1...1_000 {
            if case .done(let stall) = try Cutover(copy, renamer: renamer).attempt() {
                copy.end()
                try CopyEnd(try CopySession(try connect(), job)).cleanUp()
                return (stall, attempt)
            }
            while try copy.work(seconds: 0.1) != .ready {}
        }
        throw BenchError("the table was in use at each of 1000 attempts")
    }
}
