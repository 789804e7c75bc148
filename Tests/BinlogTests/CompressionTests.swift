import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("Logs that are compressed")
struct CompressionTests {
    @Test(arguments: [TestServer.Kind.mariadb1011, .mariadb118])
    func rowsAndStatementsOfMariaDB(_ kind: TestServer.Kind) throws {
        guard TestServer.available.contains(kind) else { return }
        let server = try LoggedServer.start(
            kind, ["--log-bin-compress=ON", "--log-bin-compress-min-len=10"])
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        let comment = String(repeating: "-", count: 200)
        let create = "CREATE TABLE t (id INT PRIMARY KEY, x LONGTEXT COMMENT '\(comment)')"
        try connection.execute(create)
        let columns = try #require(
            try TableColumns.read(database: database, table: "t", on: connection))
        let long = [UInt8](repeating: UInt8(ascii: "y"), count: 70_000)
        let entries = try server.events {
            try connection.execute("CREATE TABLE u LIKE t")
            try connection.execute("DROP TABLE u")
            try connection.execute(create.replacing("TABLE t", with: "TABLE u"))
            try connection.execute("INSERT INTO t VALUES (1, REPEAT('x', 300)), (2, NULL)")
            try connection.execute("UPDATE t SET x = REPEAT('y', 70000) WHERE id = 1")
            try connection.execute("DELETE FROM t")
        }
        let statements = entries.compactMap { entry -> String? in
            guard case .query(let query) = entry.event else { return nil }
            return query.statement
        }
        #expect(statements.contains(create.replacing("TABLE t", with: "TABLE u")))
        // The events are compressed indeed.
        let types = Set(entries.map(\.header.type.rawValue))
        #expect(types.isSuperset(of: [165, 166, 167, 168]), "\(types)")
        let short = [UInt8](repeating: UInt8(ascii: "x"), count: 300)
        let changes = try entries.changes(of: columns)
        #expect(
            changes == [
                RowChange(before: nil, after: [.signed(1), .bytes(short)]),
                RowChange(before: nil, after: [.signed(2), .null]),
                RowChange(
                    before: [.signed(1), .bytes(short)], after: [.signed(1), .bytes(long)]),
                RowChange(before: [.signed(1), .bytes(long)], after: nil),
                RowChange(before: [.signed(2), .null], after: nil),
            ])
    }

    /// One session can compress its transactions although the server does not.
    @Test func transactionsOfMySQL() throws {
        guard TestServer.available.contains(.mysql9) else { return }
        let server = try LoggedServer.start(.mysql9)
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        try connection.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        try connection.execute("SET SESSION binlog_transaction_compression = ON")
        let error = caught(BinlogError.self) {
            _ = try server.events { try connection.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.message.contains("binlog_transaction_compression") == true)
        #expect(error?.place != nil)
    }
}
