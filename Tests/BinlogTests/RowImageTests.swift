import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("Images of rows, whole and in part")
struct RowImageTests {
    /// A table in a database of its own, in a session with settings of its own.
    private struct Scene {
        let server: TestServer
        let database: String
        let connection: Connection

        init(_ kind: TestServer.Kind, _ setting: String? = nil) throws {
            server = try LoggedServer.shared(kind)
            database = try server.freshDatabase("CHARACTER SET utf8mb4")
            connection = try server.connectPlainly(database: database)
            if let setting { try connection.execute("SET SESSION \(setting)") }
        }

        func events(_ statements: [String]) throws -> [RowsEvent] {
            try server.events {
                for statement in statements { try connection.execute(statement) }
            }.rows(of: database)
        }

        func columns(_ table: String = "t") throws -> TableColumns {
            try #require(
                try TableColumns.read(database: database, table: table, on: connection))
        }

        /// What the statements change in the table `t`.
        func changes(_ statements: [String]) throws -> [RowChange] {
            let columns = try columns()
            return try events(statements).flatMap {
                try $0.changes(by: columns)
            }
        }
    }

    private static let plain =
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b BLOB, c VARCHAR(20))"

    @Test(arguments: TestServer.available)
    func minimalImages(_ kind: TestServer.Kind) throws {
        let scene = try Scene(kind, "binlog_row_image = MINIMAL")
        try scene.connection.execute(Self.plain)
        let statements = [
            "INSERT INTO t (id, a) VALUES (1, NULL)", "UPDATE t SET c = 'x', a = 5",
            "UPDATE t SET b = NULL, c = NULL", "DELETE FROM t",
        ]
        let changes = try scene.changes(statements)
        #expect(
            changes == [
                RowChange(before: nil, after: [.signed(1), .null, nil, nil]),
                RowChange(
                    before: [.signed(1), nil, nil, nil],
                    after: [nil, .signed(5), nil, .bytes(Array("x".utf8))]),
                RowChange(before: [.signed(1), nil, nil, nil], after: [nil, nil, .null, .null]),
                RowChange(before: [.signed(1), nil, nil, nil], after: nil),
            ], "\(changes)")
        let columns = try scene.columns()
        let areFull = try scene.events(statements).contains { $0.isFull(columns) }
        #expect(!areFull)
    }

    @Test(arguments: TestServer.available)
    func imagesWithoutBlobs(_ kind: TestServer.Kind) throws {
        let scene = try Scene(kind, "binlog_row_image = NOBLOB")
        try scene.connection.execute(Self.plain)
        let changes = try scene.changes([
            "INSERT INTO t VALUES (1, 2, 'blob', 'c')", "UPDATE t SET a = 3",
            "UPDATE t SET b = 'other'", "DELETE FROM t",
        ])
        let c = BinlogValue.bytes(Array("c".utf8))
        #expect(
            changes == [
                RowChange(
                    before: nil,
                    after: [.signed(1), .signed(2), .bytes(Array("blob".utf8)), c]),
                RowChange(
                    before: [.signed(1), .signed(2), nil, c],
                    after: [.signed(1), .signed(3), nil, c]),
                RowChange(
                    before: [.signed(1), .signed(3), nil, c],
                    after: [.signed(1), .signed(3), .bytes(Array("other".utf8)), c]),
                RowChange(before: [.signed(1), .signed(3), nil, c], after: nil),
            ], "\(changes)")
    }

    /// Bitmaps of one byte, of several, and full to the last bit.
    @Test(arguments: TestServer.available, [1, 7, 8, 9, 16, 64, 127, 300, 1000])
    func manyColumns(_ kind: TestServer.Kind, _ count: Int) throws {
        let scene = try Scene(kind)
        let names = (0..<count).map { "c\($0) INT" }.joined(separator: ", ")
        try scene.connection.execute("CREATE TABLE t (\(names))")
        let values = (0..<count).map { $0 % 3 == 1 ? "NULL" : "\($0)" }
        let row: RowChange.Image = (0..<count).map { $0 % 3 == 1 ? .null : .signed(Int64($0)) }
        var other = row
        other[count - 1] = .signed(-9)
        let statements = [
            "INSERT INTO t VALUES (\(values.joined(separator: ", ")))",
            "UPDATE t SET c\(count - 1) = -9", "DELETE FROM t",
        ]
        let columns = try scene.columns()
        let events = try scene.events(statements)
        let areFull = events.allSatisfy { $0.isFull(columns) }
        #expect(areFull)
        let changes = try events.flatMap { try $0.changes(by: columns) }
        #expect(
            changes == [
                RowChange(before: nil, after: row), RowChange(before: row, after: other),
                RowChange(before: other, after: nil),
            ])
    }

    /// What an INSTANT change leaves in old rows is filled in by the server.
    @Test(arguments: TestServer.available)
    func columnsAddedAndDroppedAtOnce(_ kind: TestServer.Kind) throws {
        let scene = try Scene(kind)
        try scene.connection.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, z CHAR(3))")
        try scene.connection.execute("INSERT INTO t VALUES (1, 11, 'z'), (2, 22, NULL)")
        try scene.connection.execute(
            "ALTER TABLE t ADD COLUMN n VARCHAR(9) DEFAULT 'new', ALGORITHM=INSTANT")
        try scene.connection.execute(
            "ALTER TABLE t ADD COLUMN f INT NOT NULL DEFAULT 7 FIRST, ALGORITHM=INSTANT")
        try scene.connection.execute("ALTER TABLE t DROP COLUMN a, ALGORITHM=INSTANT")
        let new = BinlogValue.bytes(Array("new".utf8))
        let z = BinlogValue.bytes(Array("z".utf8))
        let changes = try scene.changes(["DELETE FROM t WHERE id = 1", "UPDATE t SET z = 'z'"])
        #expect(
            changes == [
                RowChange(before: [.signed(7), .signed(1), z, new], after: nil),
                RowChange(
                    before: [.signed(7), .signed(2), .null, new],
                    after: [.signed(7), .signed(2), z, new]),
            ], "\(changes)")
    }

    /// Generated columns are in the rows like others, also virtual ones; MariaDB 11.8 leaves them
    /// out where a row is changed or deleted, and such a row counts as whole.
    @Test(arguments: TestServer.available)
    func generatedAndInvisibleColumns(_ kind: TestServer.Kind) throws {
        let scene = try Scene(kind)
        try scene.connection.execute(
            """
            CREATE TABLE t (id INT PRIMARY KEY, v INT AS (id * 2) VIRTUAL,
            s INT AS (id * 3) STORED, i INT INVISIBLE DEFAULT 5, w INT AS (id + 1) VIRTUAL,
            KEY (w))
            """)
        let columns = try scene.columns()
        #expect(columns.columns.map(\.isGenerated) == [false, true, true, false, true])
        let events = try scene.events([
            "INSERT INTO t (id) VALUES (10)", "UPDATE t SET id = 20", "DELETE FROM t",
        ])
        let changes = try events.flatMap { try $0.changes(by: columns) }
        let whole = [10, 20].map { id -> RowChange.Image in
            [.signed(id), .signed(id * 2), .signed(id * 3), .signed(5), .signed(id + 1)]
        }
        let short = [10, 20].map { id -> RowChange.Image in
            [.signed(id), nil, nil, .signed(5), nil]
        }
        let rows = kind == .mariadb118 ? short : whole
        #expect(
            changes == [
                RowChange(before: nil, after: whole[0]),
                RowChange(before: rows[0], after: rows[1]),
                RowChange(before: rows[1], after: nil),
            ], "\(changes)")
        #expect(events.map { $0.isFull(columns) } == [true, true, true])
    }

    /// A definition read too late, or too early, is never used for other columns.
    @Test(arguments: TestServer.available)
    func anotherDefinitionIsRefused(_ kind: TestServer.Kind) throws {
        let scene = try Scene(kind)
        try scene.connection.execute(Self.plain)
        let events = try scene.events(["INSERT INTO t VALUES (1, 2, 'b', 'c')"])
        let event = try #require(events.first)
        for change in ["DROP COLUMN a", "MODIFY id BIGINT", "MODIFY c VARBINARY(20), MODIFY b INT"]
        {
            try scene.connection.execute("CREATE TABLE u LIKE t")
            try scene.connection.execute("ALTER TABLE u \(change)")
            let columns = try scene.columns("u")
            let error = caught(BinlogError.self) {
                _ = try RowDecoder(event.table, columns: columns)
            }
            #expect(error?.kind == .definitionChanged, "\(change): \(error as Any)")
            #expect(error?.retry == .retryable)
            try scene.connection.execute("DROP TABLE u")
        }
    }

    /// Parts of JSON values are refused when their rows are asked for, and not before.
    @Test func partsOfJSONValues() throws {
        guard TestServer.available.contains(.mysql9) else { return }
        let scene = try Scene(.mysql9, "binlog_row_value_options = PARTIAL_JSON")
        try scene.connection.execute("CREATE TABLE t (id INT PRIMARY KEY, j JSON)")
        let text = String(repeating: "x", count: 1_000)
        let events = try scene.events([
            "INSERT INTO t VALUES (1, '{\"a\": 1, \"b\": \"\(text)\"}')",
            "UPDATE t SET j = JSON_SET(j, '$.a', 2)",
        ])
        let columns = try scene.columns()
        let update = try #require(events.last)
        #expect(events.count == 2 && !update.isFull(columns))
        let error = caught(BinlogError.self) {
            _ = try update.changes(by: columns)
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.message.contains("binlog_row_value_options") == true)
    }
}
