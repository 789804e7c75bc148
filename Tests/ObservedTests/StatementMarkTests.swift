import Foundation
import Testing

@testable import Observed
@testable import TestSupport

@Suite("A mark of a server stays the same only while no statement changes a schema")
struct StatementMarkTests {
    @Test("each kind of statement that changes one moves it", arguments: TestServer.available)
    func counted(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        var last = try server.settled()
        for statement in CountedStatements.all(kind) {
            #expect(try server.isCurrent(last), "before \(statement)")
            try server.root.execute(statement)
            #expect(try !server.isCurrent(last), "\(statement)")
            last = try server.settled()
        }
    }

    @Test("what changes none leaves it as it is", arguments: TestServer.available)
    func uncounted(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        try server.run([
            "CREATE TABLE t (id INT PRIMARY KEY, a INT)",
            "CREATE PROCEDURE writes() INSERT INTO t VALUES (10, 1)",
        ])
        let mark = try server.settled()
        for statement in CountedStatements.uncounted(kind) {
            try server.root.execute(statement)
            #expect(try server.isCurrent(mark), "\(statement)")
        }
        #expect(try server.mark() == mark)
    }

    @Test(
        "prepared, in a routine and in an event it counts as well", arguments: TestServer.available)
    func indirect(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        try server.run([
            "CREATE TABLE t (id INT)", "CREATE PROCEDURE p() ALTER TABLE t ADD p INT",
            "PREPARE s FROM 'ALTER TABLE t ADD s INT'",
            "CREATE PROCEDURE q() BEGIN PREPARE d FROM 'ALTER TABLE t ADD q INT'; EXECUTE d; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2001-01-01' DISABLE "
                + "DO ALTER TABLE t ADD e INT",
        ])
        for statement in ["CALL p()", "EXECUTE s", "CALL q()"] {
            let mark = try server.settled()
            try server.root.execute(statement)
            #expect(try !server.isCurrent(mark), "\(statement)")
        }
        try server.root.execute(
            "ALTER EVENT e ON SCHEDULE AT NOW() + INTERVAL 1 SECOND ENABLE")
        let mark = try server.settled()
        try MarkServer.wait("column by the event") {
            try server.root.query("SHOW COLUMNS FROM t LIKE 'e'").count == 1
        }
        #expect(try !server.isCurrent(mark))
    }

    /// A statement that waits for a lock on the table `t`.
    static let waiting = [
        "ALTER TABLE t ADD x INT", "CALL p()", "EXECUTE s", "DROP TABLE t",
        "RENAME TABLE t TO u", "TRUNCATE TABLE t",
        "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH "
            + "ROW SET @a = 1", "/* x */ ALTER TABLE t ADD x INT",
    ]

    @Test(
        "there is none while such a statement runs, and it has counted by then",
        arguments: TestServer.available)
    func running(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        try server.run(["CREATE TABLE t (id INT)", "CREATE PROCEDURE p() ALTER TABLE t ADD p INT"])
        for statement in Self.waiting {
            let mark = try server.settled()
            let holder = try server.server.connect(database: server.database)
            try holder.execute("LOCK TABLES t READ")
            let session = try server.server.connect(database: server.database)
            try session.execute("PREPARE s FROM 'ALTER TABLE t ADD s INT'")
            let thread = InThread { try session.execute(statement) }
            try MarkServer.wait("statement that waits: \(statement)") {
                try server.root.query(
                    "SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = \(session.threadID) "
                        + "AND STATE LIKE 'Waiting for table%'"
                ).count == 1
            }
            #expect(try !server.isCurrent(mark), "\(statement)")
            #expect(try server.mark() == nil, "\(statement)")
            try server.root.execute("KILL QUERY \(session.threadID)")
            #expect(throws: (any Error).self) { try thread.value() }
            try holder.execute("UNLOCK TABLES")
            #expect(try server.mark() != nil, "\(statement)")
        }
    }

    @Test("what only reads, however long, is in nobody's way", arguments: TestServer.available)
    func reading(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        _ = try server.settled()
        let session = try server.server.connect(database: server.database)
        let thread = InThread { _ = try session.query("SELECT SLEEP(100)") }
        try MarkServer.wait("statement that sleeps") {
            try server.root.query(
                "SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = \(session.threadID) "
                    + "AND INFO LIKE 'SELECT SLEEP%'"
            ).count == 1
        }
        #expect(try server.mark() != nil)
        try server.root.execute("KILL \(session.threadID)")
        _ = try? thread.value()
    }

    @Test("an account that does not see what others run has none", arguments: TestServer.available)
    func privilege(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        let blind = try server.server.account(
            "blind", password: "pw", privileges: "SELECT ON *.*")
        let seeing = try server.server.account(
            "seeing", password: "pw", privileges: "PROCESS ON *.*")
        if kind.flavour == .mysql {
            try server.root.execute("GRANT SELECT ON performance_schema.* TO seeing")
        }
        _ = try server.settled()
        let address = server.server.address
        #expect(try server.mark(Connection(to: address, settings: blind)) == nil)
        #expect(try server.mark(Connection(to: address, settings: seeing)) != nil)
    }

    /// MySQL's table that is there for others with the `COMMIT` of its session only.
    @Test(
        "a table that waits for a COMMIT keeps the server from having one",
        arguments: TestServer.available.filter { $0.flavour == .mysql })
    func creationInTransaction(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        _ = try server.settled()
        let session = try server.server.connect(database: server.database)
        try session.execute("CREATE TABLE late (id INT PRIMARY KEY) START TRANSACTION")
        #expect(try server.mark() == nil)
        try session.execute("COMMIT")
        #expect(try server.mark() != nil)
        // Where the server keeps no account of such locks, nothing is known.
        for (table, name) in [
            ("setup_consumers", "global_instrumentation"),
            ("setup_instruments", "wait/lock/metadata/sql/mdl"),
        ] {
            let sql = "UPDATE performance_schema.\(table) SET ENABLED = '%' WHERE NAME = '\(name)'"
            try server.root.execute(sql.replacing("%", with: "NO"))
            #expect(try server.mark() == nil)
            try server.root.execute(sql.replacing("%", with: "YES"))
            #expect(try server.mark() != nil)
        }
    }

    @Test("a server that was started again has another one", arguments: TestServer.available)
    func restart(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        func started() throws -> Connection {
            try server.server.restart()
            let connection = try server.server.connect()
            try MarkServer.wait("mark after the start") { try server.mark(connection) != nil }
            return connection
        }
        // Nothing moves the counters after both starts, so that they are equal.
        let first = try #require(try server.mark(started()))
        let connection = try started()
        #expect(try !first.isCurrent(on: connection, kind.flavour))
        #expect(try server.mark(connection) != first)
    }

    @Test(
        "counters that were set back make another one, also where all are equal again",
        arguments: TestServer.available)
    func flush(kind: TestServer.Kind) throws {
        let server = try MarkServer(kind)
        _ = try server.settled()
        let setsBack = kind == .mariadb118
        func flush() throws {
            // What a session has counted is added when it ends.
            let session = try server.server.connect()
            try session.execute(setsBack ? "FLUSH GLOBAL STATUS" : "FLUSH STATUS")
            session.close()
            guard setsBack else { return }
            try MarkServer.wait("counter that was set back") {
                try server.root.query("SHOW GLOBAL STATUS LIKE 'Com_flush'")[0][1] == "1"
            }
        }
        try flush()
        #expect(try server.mark() == nil)
        let first = try server.settled()
        try flush()
        #expect(try !server.isCurrent(first))
        #expect(try server.settled() != first)
        #expect(try !server.isCurrent(first))
    }

    @Test("a replica counts what it repeats", arguments: TestServer.available)
    func replica(kind: TestServer.Kind) throws {
        let source = try MarkServer(
            kind, options: ["--log-bin=b", "--server-id=7"], listensOnTCP: true)
        let replica = try MarkServer(kind, options: ["--server-id=8"], listensOnTCP: true)
        try replica.becomeAnother()
        _ = try source.server.account(
            "copier", password: "pw", privileges: "REPLICATION SLAVE ON *.*")
        guard case .tcp(let host, let port)? = source.server.tcpAddress else { return }
        let words =
            kind.flavour == .mysql
            ? ("REPLICATION SOURCE", "SOURCE", "REPLICA") : ("MASTER", "MASTER", "SLAVE")
        let more =
            kind.flavour == .mysql
            ? ", GET_SOURCE_PUBLIC_KEY = 1" : kind == .mariadb118 ? ", MASTER_SSL = 0" : ""
        let position = try source.root.query(
            kind.flavour == .mysql ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS")[0]
        try replica.run([
            "CHANGE \(words.0) TO \(words.1)_HOST = '\(host)', \(words.1)_PORT = \(port), "
                + "\(words.1)_USER = 'copier', \(words.1)_PASSWORD = 'pw', "
                + "\(words.1)_LOG_FILE = '\(position[0] ?? "")', "
                + "\(words.1)_LOG_POS = \(position[1] ?? "")\(more)",
            "START \(words.2)",
        ])
        func arrives(_ column: String) throws {
            try MarkServer.wait("column \(column) on the replica") {
                try replica.root.query(
                    "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'repeated' "
                        + "AND COLUMN_NAME = '\(column)'"
                ).count == 1
            }
        }
        try source.run(["CREATE DATABASE repeated", "CREATE TABLE repeated.t (id INT)"])
        try arrives("id")
        let mark = try replica.settled()
        try source.root.execute("INSERT INTO repeated.t VALUES (1)")
        try source.root.execute("ALTER TABLE repeated.t ADD a INT")
        try arrives("a")
        #expect(try !replica.isCurrent(mark))
        // It waits for a lock, as a statement of the replica's own would.
        let holder = try replica.server.connect(database: "repeated")
        try holder.execute("LOCK TABLES t READ")
        try source.root.execute("ALTER TABLE repeated.t ADD b INT")
        try MarkServer.wait("statement of the source that waits") {
            try replica.root.query(
                "SELECT 1 FROM information_schema.PROCESSLIST "
                    + "WHERE STATE LIKE 'Waiting for table%'"
            ).count == 1
        }
        #expect(try replica.mark() == nil)
        try holder.execute("UNLOCK TABLES")
        try arrives("b")
        #expect(try replica.settled() != mark)
    }
}

/// A call on a thread of its own.
final class InThread: Sendable {
    private let result = Lock<Result<Void, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws -> Void) {
        Thread { [self] in
            let outcome = Result { try body() }
            result.withLock { $0 = outcome }
            done.signal()
        }.start()
    }

    /// Waits for the end of the call.
    func value() throws {
        done.wait()
        try result.withLock { $0 }?.get()
    }
}
