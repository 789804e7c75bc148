import MySQLClient
import TestSupport
import Testing

@testable import Binlog

/// Tables whose rows have more, or other, columns than their definition shows at first sight.
@Suite("Rows of unusual tables")
struct TableKindTests {
    /// Runs `statements` on a table `t` and returns its definition and changes.
    private func changes(
        _ kind: TestServer.Kind, _ table: String, _ statements: [String]
    ) throws -> (columns: TableColumns, changes: [RowChange]) {
        let server = try LoggedServer.shared(kind)
        let database = try server.freshDatabase("CHARACTER SET utf8mb4")
        let connection = try server.connectPlainly(database: database)
        try connection.execute("CREATE TABLE t \(table)")
        let columns = try #require(
            try TableColumns.read(database: database, table: "t", on: connection))
        let entries = try server.events {
            for statement in statements { try connection.execute(statement) }
        }
        return (columns, try entries.changes(of: columns))
    }

    @Test(arguments: TestServer.available)
    func generatedColumnsAreKnown(_ kind: TestServer.Kind) throws {
        let (columns, changes) = try changes(
            kind,
            """
            (id INT PRIMARY KEY, a INT AS (id + 1) VIRTUAL INVISIBLE, b INT AS (id) STORED,
            c TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
            d INT DEFAULT (1 + 1))
            """, ["INSERT INTO t (id, c) VALUES (1, NULL)"])
        #expect(columns.columns.map(\.isGenerated) == [false, true, true, false, false])
        let row: RowChange.Image = [.signed(1), .signed(2), .signed(1), .null, .signed(2)]
        #expect(changes.map(\.after) == [row])
    }

    /// What MySQL makes for indexes of expressions is in no row.
    @Test func hiddenColumnsOfExpressions() throws {
        guard TestServer.available.contains(.mysql9) else { return }
        let (_, changes) = try changes(
            .mysql9,
            "(id INT PRIMARY KEY, j JSON, KEY ((id + 1)), KEY ((CAST(j AS UNSIGNED ARRAY))))",
            ["INSERT INTO t VALUES (5, '[1, 2]')"])
        let json = JSONValue.array([.signed(1), .signed(2)])
        #expect(changes.map(\.after) == [[.signed(5), .json(json)]])
    }

    /// MariaDB's hashes of unique long values are in the rows, and in no list of columns.
    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func hiddenColumnsOfLongKeys(_ kind: TestServer.Kind) throws {
        let (columns, changes) = try changes(
            kind, "(id INT PRIMARY KEY, a TEXT, b BLOB, UNIQUE (a), UNIQUE (b, a), KEY (id))",
            ["INSERT INTO t VALUES (5, 'x', NULL)", "UPDATE t SET a = 'y'", "DELETE FROM t"])
        #expect(
            columns.columns.map(\.name) == ["id", "a", "b", "DB_ROW_HASH_1", "DB_ROW_HASH_2"])
        #expect(columns.columns.map(\.isGenerated) == [false, false, false, true, true])
        let rows = ["x", "y"].map { text -> RowChange.Image in
            [.signed(5), .bytes(Array(text.utf8)), .null]
        }
        #expect(changes.map { $0.before?.prefix(3).map { $0 } } == [nil, rows[0], rows[1]])
        #expect(changes.map { $0.after?.prefix(3).map { $0 } } == [rows[0], rows[1], nil])
    }

    /// A table of hash indexes has no hidden columns.
    @Test(arguments: TestServer.available)
    func hashesInMemory(_ kind: TestServer.Kind) throws {
        let (_, changes) = try changes(
            kind, "(id INT, UNIQUE USING HASH (id)) ENGINE=MEMORY", ["INSERT INTO t VALUES (1)"])
        #expect(changes.last?.after == [.signed(1)])
    }

    @Test(arguments: TestServer.available)
    func partitions(_ kind: TestServer.Kind) throws {
        let (_, changes) = try changes(
            kind, "(id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4",
            ["INSERT INTO t VALUES (1), (2), (3)", "UPDATE t SET id = 8 WHERE id = 1"])
        #expect(changes.last == RowChange(before: [.signed(1)], after: [.signed(8)]))
        #expect(changes.count == 4)
    }

    /// The columns of a period that the table's definition shows are in the rows, history too.
    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func versionsWithColumnsOfTheirOwn(_ kind: TestServer.Kind) throws {
        let (columns, changes) = try changes(
            kind,
            """
            (id INT PRIMARY KEY, x INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
            e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e))
            WITH SYSTEM VERSIONING
            """, ["INSERT INTO t (id, x) VALUES (1, 1)", "UPDATE t SET x = 2"])
        #expect(columns.columns.map(\.isGenerated) == [false, false, true, true])
        #expect(changes.first?.after?[1] == .signed(1))
        #expect(changes.last?.after?[1] != nil)
    }

    /// Those that no list of columns has are in the rows, too, before the hashes.
    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func versionsWithHiddenColumns(_ kind: TestServer.Kind) throws {
        let (columns, changes) = try changes(
            kind, "(id INT PRIMARY KEY, a TEXT, UNIQUE (a)) WITH SYSTEM VERSIONING",
            ["INSERT INTO t VALUES (1, 'x')"])
        #expect(
            columns.columns.map(\.name) == ["id", "a", "row_start", "row_end", "DB_ROW_HASH_1"])
        let row = try #require(changes.last?.after)
        #expect(row[0] == .signed(1) && row[1] == .bytes([UInt8(ascii: "x")]))
        guard case .temporal(let start) = row[2], case .temporal(let end) = row[3] else {
            Issue.record("\(row)")
            return
        }
        #expect(start.year >= 2024 && start.digits == 6)
        #expect(end.year == (kind == .mariadb118 ? 2106 : 2038))
    }

    /// Names with letters of every kind.
    @Test(arguments: TestServer.available)
    func names(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.shared(kind)
        let database = try server.freshDatabase() + "ü`\"'"
        let connection = try server.connectPlainly()
        try connection.execute("CREATE DATABASE \(SQL.identifier(database))")
        try connection.select(database: database)
        let table = String(repeating: "ż", count: 64)
        try connection.execute("CREATE TABLE `\(table)` (`a``\\b` INT)")
        let columns = try #require(
            try TableColumns.read(database: database, table: table, on: connection))
        let entries = try server.events {
            try connection.execute("INSERT INTO `\(table)` VALUES (3)")
        }
        #expect(try entries.changes(of: columns).map(\.after) == [[.signed(3)]])
        #expect(columns.columns.map(\.name) == ["a`\\b"])
    }
}
