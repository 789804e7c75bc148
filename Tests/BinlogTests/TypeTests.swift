import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("Values of the binary log are what SELECT says")
struct TypeTests {
    /// All types of a server at once: one server start, one reading.
    @Test(arguments: TestServer.available)
    func everyType(_ kind: TestServer.Kind) throws {
        let cases = TypeCase.cases(kind)
        #expect(cases.count > 100)
        try check(cases, on: try LoggedServer.shared(kind))
    }

    /// The forms that dates and times had before MySQL 5.6, and MariaDB's with fractions of then.
    @Test(arguments: TestServer.available.filter { $0.flavour == .mariadb })
    func oldTemporals(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind, ["--mysql56-temporal-format=OFF"])
        let entries = try check(TypeCase.temporals, on: server)
        let types = entries.flatMap { entry -> [WireType] in
            guard case .table(let map) = entry.event else { return [] }
            return map.columns.map(\.type)
        }
        #expect(Set(types).isSuperset(of: [.oldTime, .oldDatetime, .oldTimestamp]))
    }

    @discardableResult
    private func check(_ cases: [TypeCase], on server: TestServer) throws -> [BinlogEntry] {
        let database = try server.freshDatabase("CHARACTER SET utf8mb4")
        let connection = try server.connectPlainly(database: database)
        let entries = try server.events {
            for (place, one) in cases.enumerated() {
                try connection.execute(
                    "CREATE TABLE t\(place) (id INT PRIMARY KEY, x \(one.type), tail INT NOT NULL)")
                for (row, value) in (one.values + ["NULL"]).enumerated() {
                    try connection.execute("INSERT INTO t\(place) VALUES (\(row), \(value), -1)")
                }
            }
        }
        for (place, one) in cases.enumerated() {
            let columns = try #require(
                try TableColumns.read(
                    database: database, table: "t\(place)", on: connection))
            let rows = try entries.changes(of: columns).map { try #require($0.after) }
            try compare(one, place, rows, on: connection)
            try passOver(one, entries.rows(of: database), columns, rows)
            try writeBack(one, place, rows, columns, on: connection)
        }
        return entries
    }

    /// Values that nobody asks for are passed over to the last byte.
    private func passOver(
        _ one: TypeCase, _ events: [RowsEvent], _ columns: TableColumns,
        _ rows: [RowChange.Image]
    ) throws {
        let others = try events.filter { $0.table.table == columns.table }
            .flatMap { try $0.changes(by: columns, reading: [0, 2]) }
            .map { try #require($0.after) }
        #expect(others.map { [$0[0], $0[2]] } == rows.map { [$0[0], $0[2]] }, "\(one.type)")
        #expect(others.dropLast().allSatisfy { $0[1] == nil }, "\(one.type)")
    }

    private func shown(
        _ one: TypeCase, _ table: String, on connection: Connection
    ) throws -> [String] {
        try connection.query("SELECT \(one.expression("x")) FROM \(table) ORDER BY id")
            .map { one.normal($0[0]) }
    }

    private func compare(
        _ one: TypeCase, _ place: Int, _ rows: [RowChange.Image], on connection: Connection
    ) throws {
        #expect(rows.count == one.values.count + 1, "\(one)")
        let texts = try rows.map { row in
            #expect(row.count == 3 && row[2] == .signed(-1), "\(one)")
            return one.text(of: try #require(row[1]))
        }
        guard case .json = one.shown else {
            let shown = try shown(one, "t\(place)", on: connection)
            #expect(texts == shown, "\(one)")
            return
        }
        for (row, text) in texts.enumerated() where text != "NULL" {
            let same = try connection.query(
                "SELECT x = CAST(\(SQL.literal(text)) AS JSON) OR CAST(x AS CHAR) = "
                    + "\(SQL.literal(text)) FROM t\(place) WHERE id = \(row)")
            #expect(same.first?[0] == "1", "\(one) \(text.prefix(100))")
        }
    }

    /// A row written from its literals is the same row.
    private func writeBack(
        _ one: TypeCase, _ place: Int, _ rows: [RowChange.Image], _ columns: TableColumns,
        on connection: Connection
    ) throws {
        try connection.execute("CREATE TABLE c\(place) LIKE t\(place)")
        for row in rows {
            let literals = try zip(row, columns.columns).map { value, column in
                try #require(value).literal(characterSet: column.characterSet)
            }
            try connection.execute(
                "INSERT INTO c\(place) VALUES (\(literals.joined(separator: ", ")))")
        }
        let copied = try shown(one, "c\(place)", on: connection)
        #expect(copied == (try shown(one, "t\(place)", on: connection)), "\(one)")
        guard case .json = one.shown else { return }
        let kinds = { (table: String) in
            try connection.query("SELECT JSON_TYPE(x), JSON_PRETTY(x) FROM \(table) ORDER BY id")
                .map { [$0[0], $0[1]] }
        }
        #expect(try kinds("c\(place)") == kinds("t\(place)"), "\(one)")
    }
}
