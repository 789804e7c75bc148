import Foundation
import Testing

@testable import Observed
@testable import TestSupport

/// A server of its own for tests of its counters, which every other test would move.
final class MarkServer {
    let kind: TestServer.Kind
    let server: TestServer
    private(set) var root: Connection
    let database: String

    init(_ kind: TestServer.Kind, options: [String] = [], listensOnTCP: Bool = false) throws {
        self.kind = kind
        server = try TestServer.start(
            kind, options: ["--event-scheduler=ON"] + options, listensOnTCP: listensOnTCP)
        root = try server.connect()
        database = try server.freshDatabase()
        try root.select(database: database)
    }

    /// Gives a MySQL server, whose data folder is a copy, a `server_uuid` of its own.
    func becomeAnother() throws {
        guard kind.flavour == .mysql else { return }
        server.stop()
        try FileManager.default.removeItem(atPath: server.folder.path + "/data/auto.cnf")
        try server.restart()
        root = try server.connect(database: database)
    }

    func mark(_ connection: Connection? = nil) throws -> StatementMark? {
        try StatementMark.read(on: connection ?? root, kind.flavour)
    }

    /// The mark, once the server's start and the last `FLUSH STATUS` are long enough ago.
    func settled() throws -> StatementMark {
        var found: StatementMark?
        try Self.wait("a mark") {
            found = try mark()
            return found != nil
        }
        return try #require(found)
    }

    func isCurrent(_ mark: StatementMark) throws -> Bool {
        try mark.isCurrent(on: root, kind.flavour)
    }

    /// Carries statements out one after the other, on a session that is in the database.
    func run(_ statements: [String]) throws {
        for statement in statements { try root.execute(statement) }
    }

    /// Waits until `condition` holds; fails the test after half a minute.
    static func wait(_ what: String, until condition: () throws -> Bool) throws {
        let limit = Date().addingTimeInterval(30)
        while try !condition() {
            try #require(Date() < limit, "there is no \(what)")
            usleep(5_000)
        }
    }
}

/// Statements that change a schema or what an account sees of it, by the server that has them.
enum CountedStatements {
    /// Each is carried out in turn in one database, and has to move the mark.
    static func all(_ kind: TestServer.Kind) -> [String] {
        common + (kind.flavour == .mysql ? mysql : mariadb)
    }

    private static let common = [
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, KEY ka (a))",
        "CREATE TABLE l LIKE t", "CREATE TABLE s SELECT 1 AS x",
        "CREATE TABLE IF NOT EXISTS t (id INT)", "ALTER TABLE t ADD COLUMN c INT",
        "alter/**/table t ADD COLUMN d INT", "/*!50000 ALTER */ TABLE t ADD COLUMN e INT",
        "ALTER TABLE t RENAME COLUMN a TO aa", "ALTER TABLE t ENGINE = MyISAM",
        "ALTER TABLE t ENGINE = InnoDB", "CREATE INDEX kb ON t (b)", "DROP INDEX kb ON t",
        "RENAME TABLE t TO u", "TRUNCATE TABLE u", "TRUNCATE u", "OPTIMIZE TABLE u",
        "REPAIR TABLE u", "CHECK TABLE u FOR UPGRADE",
        "CREATE TABLE part (id INT) PARTITION BY HASH (id) PARTITIONS 2",
        "ALTER TABLE part ADD PARTITION PARTITIONS 1", "ALTER TABLE part REMOVE PARTITIONING",
        "CREATE VIEW v AS SELECT 1 AS x", "ALTER VIEW v AS SELECT 2 AS x", "DROP VIEW v",
        "CREATE TRIGGER r BEFORE INSERT ON u FOR EACH ROW SET @a = 1", "DROP TRIGGER r",
        "CREATE PROCEDURE p() SELECT 1", "ALTER PROCEDURE p COMMENT 'x'", "DROP PROCEDURE p",
        "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1", "ALTER FUNCTION f COMMENT 'x'",
        "DROP FUNCTION f", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        "ALTER EVENT e DISABLE", "DROP EVENT e", "ALTER DATABASE CHARACTER SET latin1",
        "CREATE DATABASE counted_other", "DROP DATABASE counted_other",
        "CREATE USER counted IDENTIFIED BY 'x'", "GRANT SELECT ON *.* TO counted",
        "REVOKE SELECT ON *.* FROM counted", "CREATE ROLE counted_role",
        "GRANT counted_role TO counted", "DROP ROLE counted_role",
        "RENAME USER counted TO counted2", "DROP USER counted2", "FLUSH TABLES",
        "FLUSH PRIVILEGES", "DROP TABLE u", "DROP TABLE IF EXISTS never",
        "CREATE TABLE again (id INT)",
    ]

    private static let mariadb = [
        "CREATE OR REPLACE TABLE t (id INT)", "CREATE SEQUENCE q", "ALTER SEQUENCE q INCREMENT 2",
        "DROP SEQUENCE q", "SET STATEMENT max_statement_time = 9 FOR ALTER TABLE t ADD c INT",
        "EXECUTE IMMEDIATE 'ALTER TABLE t ADD d INT'",
        "BEGIN NOT ATOMIC ALTER TABLE t ADD e INT; END",
    ]

    private static let mysql = [
        "CREATE TABLE t (id INT)", "ALTER TABLE t ADD c INT",
        "CREATE TABLESPACE x ADD DATAFILE 'x.ibd'",
        "DROP TABLESPACE x", "ALTER DATABASE READ ONLY = 1", "ALTER DATABASE READ ONLY = 0",
    ]

    /// Statements of which none changes a schema.
    static func uncounted(_ kind: TestServer.Kind) -> [String] {
        let common = [
            "SELECT 1", "INSERT INTO t VALUES (1, 1)", "INSERT INTO t SELECT 2, 2",
            "REPLACE INTO t VALUES (1, 2)", "UPDATE t SET a = 3",
            "UPDATE t JOIN t AS u USING (id) SET t.a = 4", "DELETE FROM t WHERE id = 9", "BEGIN",
            "INSERT INTO t VALUES (3, 3)", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s",
            "RELEASE SAVEPOINT s", "COMMIT", "START TRANSACTION", "ROLLBACK", "SET @a = 1",
            "SET GLOBAL max_connections = 199", "SHOW TABLES", "SHOW CREATE TABLE t",
            "LOCK TABLES t READ", "UNLOCK TABLES", "ANALYZE TABLE t", "CHECKSUM TABLE t", "DO 1",
            "CALL writes()", "PREPARE w FROM 'INSERT INTO t VALUES (11, 1)'", "EXECUTE w",
            "DEALLOCATE PREPARE w", "EXPLAIN SELECT * FROM t", "HANDLER t OPEN",
            "HANDLER t CLOSE",
        ]
        // MySQL counts those that are temporary with all others.
        return common
            + (kind.flavour == .mysql
                ? []
                : [
                    "CREATE TEMPORARY TABLE x (id INT)", "DROP TEMPORARY TABLE x",
                    "CREATE TEMPORARY TABLE x SELECT 1 AS y", "DROP TEMPORARY TABLE x",
                ])
    }
}
