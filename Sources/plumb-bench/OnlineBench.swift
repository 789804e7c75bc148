import Execution
import Foundation
import MySQLClient
import OnlineCopy
import Schema

/// Measures an online copy of one table against the server's own copying `ALTER`, and what two
/// writers notice of it. Needs a server that logs rows.
struct OnlineBench {
    let server: ServerAddress
    let rows: Int

    private static let database = "bench_online"
    private static let change = "ADD COLUMN extra INT NOT NULL DEFAULT 0, ADD INDEX ke (k, extra)"

    /// - Parameter rows: of the table, in thousands.
    init(server: ServerAddress, thousands: Int) {
        self.server = server
        rows = thousands * 1_000
    }

    func run(_ board: inout Scoreboard) throws {
        board.heading("A table of \(rows) rows copied beside its writers")
        let connection = try open()
        try connection.execute("CREATE DATABASE \(Self.database)")
        try connection.execute("USE \(Self.database)")
        try fill(connection)
        let floor = try Stopwatch.time {
            try connection.execute("CREATE TABLE u LIKE t")
            try connection.execute("INSERT INTO u SELECT * FROM t")
        }.seconds
        let native = try Stopwatch.time {
            try connection.execute("ALTER TABLE u \(Self.change), ALGORITHM=COPY")
        }.seconds
        try connection.execute("DROP TABLE u")
        board.note("one INSERT … SELECT", Text.seconds(floor))
        let job = try job(connection)
        let copy = try begin(job)
        let copying = try Stopwatch.time {
            while try copy.work(seconds: 10) != .ready {}
        }.seconds
        board.record(
            "copied and compared, nobody writes",
            figure: "\(Text.seconds(copying)), \(Text.count(Double(rows) / copying)) rows a second",
            against: "of the server's own copying ALTER", value: copying / native,
            goal: .atMost(1), Text.times)
        try end(copy, job, connection, &board, "cutover, nobody writes")
        try connection.execute("DROP TABLE t")
        try fill(connection)
        try besideWriters(connection, &board)
        board.note("memory", Machine.peakMegabytes.map(Text.megabytes) ?? "unknown")
    }

    private func open() throws(MySQLError) -> Connection {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        settings.readTimeoutSeconds = 600
        return try Connection(to: server, settings: settings)
    }

    private func fill(_ connection: Connection) throws(MySQLError) {
        try connection.execute(
            "CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, k INT NOT NULL, "
                + "c CHAR(120) NOT NULL, pad CHAR(60) NOT NULL, KEY k (k))")
        try connection.execute(
            "INSERT INTO t (k, c, pad) SELECT seq * 7919 % \(rows), REPEAT(CHAR(97 + seq % 26), 110), "
                + "'pad' FROM seq_1_to_\(rows)")
    }

    /// The change, as the server itself makes it of an empty table.
    private func job(_ connection: Connection) throws -> CopyJob {
        func model(_ name: String) throws -> Table {
            let text = try connection.query("SHOW CREATE TABLE \(name)").first?.bytes(1) ?? []
            let table = text.withUnsafeBufferPointer {
                CatalogTable(showCreate: $0, flavour: .mariadb)
            }
            guard let model = table.table else { throw BenchError("\(name) is not understood") }
            return model
        }
        try connection.execute("CREATE TABLE wanted LIKE t")
        try connection.execute("ALTER TABLE wanted \(Self.change)")
        var wanted = try model("wanted")
        wanted.name = "t"
        try connection.execute("DROP TABLE wanted")
        return try CopyJob(
            database: Self.database, from: try model("t"), to: wanted, flavour: .mariadb)
    }

    private func begin(_ job: CopyJob) throws -> TableCopy {
        let session = try CopySession(try open(), job)
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return try CopyStart(session).open { job, place throws(CopyFailure) in
            try BinlogFeed(
                job, from: place, server: server, settings: settings, asking: session.connection)
        }
    }

    /// Cuts over, as often as it takes, and takes away what is left.
    private func end(
        _ copy: TableCopy, _ job: CopyJob, _ connection: Connection, _ board: inout Scoreboard,
        _ what: String
    ) throws {
        let renamer = try open()
        try renamer.execute("USE \(Self.database)")
        var attempts = 0
        while true {
            attempts += 1
            if case .done(let stall) = try Cutover(copy, renamer: renamer).attempt() {
                board.note(what, "\(Text.milliseconds(stall)) at attempt \(attempts)")
                break
            }
            while try copy.work(seconds: 0.1) != .ready {}
        }
        copy.end()
        try CopyEnd(try CopySession(try open(), job)).cleanUp()
    }

    private func besideWriters(_ connection: Connection, _ board: inout Scoreboard) throws {
        let writers = try OnlineWriters(count: 2, rows: rows) {
            let session = try open()
            try session.execute("USE \(Self.database)")
            return session
        }
        let before = try writers.measure(seconds: 5) {}
        let job = try job(connection)
        let copy = try begin(job)
        let during = try writers.measure(seconds: 0) {
            while try copy.work(seconds: 10) != .ready {}
            try end(copy, job, connection, &board, "cutover beside two writers")
        }
        try writers.end()
        board.note(
            "copied and compared beside them", "\(Text.seconds(during.seconds)) for \(rows) rows")
        board.record(
            "statements of the writers", figure: "\(Text.count(during.rate)) a second",
            against: "of what they are without it", value: during.rate / before.rate,
            goal: .atLeast(0.98), Text.times)
        board.record(
            "the longest stall of a writer", figure: "\(during.count) statements",
            against: "at most", value: during.longestSeconds, goal: .atMost(0.1),
            Text.milliseconds)
    }
}
