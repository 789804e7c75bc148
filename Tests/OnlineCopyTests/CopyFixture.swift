import Diff
import Foundation
import OnlineCopy
import TestSupport

/// A table on a server with a binary log, and what it is to become.
final class CopyFixture {
    let server: TestServer
    let database: String
    let root: Connection
    let job: CopyJob

    /// The servers on which copies are tried, each with a log of its own.
    private static let servers = Lock<[String: Result<TestServer, any Error>]>([:])

    static func server(_ kind: TestServer.Kind) throws -> TestServer {
        try servers.withLock { known in
            if let server = known["\(kind)"] { return server }
            let server = Result {
                try TestServer.start(
                    kind,
                    options: [
                        "--log-bin=log", "--server-id=1", "--binlog-format=ROW",
                        "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0",
                    ])
            }
            known["\(kind)"] = server
            return server
        }.get()
    }

    /// - Parameters:
    ///   - definition: what stands between the parentheses of `CREATE TABLE t`, and behind them.
    ///   - change: the clauses of an `ALTER TABLE`.
    convenience init(
        _ kind: TestServer.Kind, _ definition: String, becomes change: String,
        renames: [String: String] = [:]
    ) throws {
        try self.init(
            on: try Self.server(kind), definition, becomes: change, renames: renames)
    }

    /// The same on a server of the test's own.
    init(
        on server: TestServer, _ definition: String, becomes change: String,
        renames: [String: String] = [:]
    ) throws {
        let kind = server.kind
        self.server = server
        database = try server.freshDatabase()
        root = try server.connect(database: database)
        try root.execute("CREATE TABLE t \(definition)")
        let wanted = try Self.wanted(change, root, kind)
        job = try CopyJob(
            database: database, from: try Self.model("t", root, kind), to: wanted,
            renames: renames, flavour: kind.flavour)
    }

    /// The same table, and what it is to become next.
    init(of other: CopyFixture, becomes change: String) throws {
        (server, database, root) = (other.server, other.database, other.root)
        let kind = server.kind
        let wanted = try Self.wanted(change, root, kind)
        job = try CopyJob(
            database: database, from: try Self.model("t", root, kind), to: wanted,
            flavour: kind.flavour)
    }

    /// What the server itself makes of the table, in another database.
    private static func wanted(
        _ change: String, _ root: Connection, _ kind: TestServer.Kind
    ) throws -> Table {
        let text = try root.query("SHOW CREATE TABLE t").first?[1] ?? ""
        let database = try root.query("SELECT DATABASE()").first?[0] ?? ""
        try root.execute("CREATE DATABASE \(database)_wanted")
        try root.execute("USE \(database)_wanted")
        try root.execute(text)
        try root.execute("ALTER TABLE t \(change)")
        let wanted = try model("t", root, kind)
        try root.execute("USE \(database)")
        try root.execute("DROP DATABASE \(database)_wanted")
        return wanted
    }

    static func model(
        _ name: String, _ connection: Connection, _ kind: TestServer.Kind
    ) throws -> Table {
        let text = try connection.query("SHOW CREATE TABLE \(name)").first?.bytes(1) ?? []
        let table = text.withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: kind.flavour)
        }
        guard let model = table.table else {
            throw TestSupportError(table.unsupported ?? "\(name) is no table")
        }
        return model
    }

    /// A copy in sessions of its own, as a process has one.
    ///
    /// - Parameter isBeside: whether indexes are built while rows are compared.
    func copy(chunkSeconds: Double = 0.02, isBeside: Bool = true) throws -> TableCopy {
        let session = try CopySession(try server.connect(), job)
        let copy = try CopyStart(session).open(chunkSeconds: chunkSeconds) {
            job, place throws(CopyFailure) in
            try feed(job, place, session.connection)
        }
        if isBeside {
            let (address, settings) = (server.address, server.settings)
            copy.openFurther = { () throws(MySQLError) in
                try Connection(to: address, settings: settings)
            }
        }
        return copy
    }

    /// The way back, in sessions of its own.
    func wayBack() throws -> TableCopy {
        let connection = try server.connect()
        return try CopyStart.wayBack(connection, of: job) { job, place throws(CopyFailure) in
            try feed(job, place, connection)
        }
    }

    private func feed(
        _ job: CopyJob, _ place: LogPlace, _ connection: Connection
    ) throws(CopyFailure) -> BinlogFeed {
        try BinlogFeed(
            job, from: place, server: server.address, settings: server.settings, asking: connection)
    }

    /// Runs a copy until it is ready.
    func finish(_ copy: TableCopy) throws {
        while try copy.work(seconds: 1) != .ready {}
    }

    /// Cuts over, as often as it takes.
    @discardableResult
    func cutOver(_ copy: TableCopy) throws -> Double {
        let renamer = try server.connect(database: database)
        for _ in 0..<200 {
            if case .done(let stall) = try Cutover(copy, renamer: renamer).attempt() {
                return stall
            }
            try finish(copy)
        }
        throw TestSupportError("the table is in use all the time")
    }

    /// All rows of a table as text, in the order of their key.
    func rows(_ table: String = "t") throws -> [[String?]] {
        try root.query("SELECT * FROM \(table) ORDER BY 1, 2").map { row in
            (0..<row.count).map { place in
                row.bytes(place).map { $0.map { String($0, radix: 16) }.joined(separator: " ") }
            }
        }
    }
}

extension CopyFixture {
    /// Takes away what is left behind a cutover.
    func cleanUp(_ copy: TableCopy? = nil) throws {
        copy?.end()
        try CopyEnd(try CopySession(try server.connect(), job)).cleanUp()
    }

    /// Takes an unfinished copy away.
    func abandon() throws {
        try CopyEnd(try CopySession(try server.connect(), job)).abandon()
    }

    /// How far the copy is that is there.
    func phase() throws -> CopyProgress.Phase? {
        try CopyRecord(try CopySession(try server.connect(), job)).read()?.progress.phase
    }

    /// Ends the session of a copy as the end of its process does.
    func lose(_ copy: TableCopy) throws {
        try root.execute("KILL \(copy.sessionID)")
        copy.end()
    }
}
