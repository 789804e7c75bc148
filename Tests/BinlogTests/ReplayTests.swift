import MySQLClient
import TestSupport
import Testing

@testable import Binlog

/// Random tables and random changes: what the log says, done again on an empty table, makes the
/// same table.
@Suite("A table replayed from the binary log is the table")
struct ReplayTests {
    private struct Table {
        let definition: String
        /// One list of literals for each column behind the key.
        let values: [[String]]
    }

    private func table(_ kind: TestServer.Kind, _ random: inout SeededGenerator) -> Table {
        let count = Int.random(in: 1...40, using: &random)
        // Large values would make it slow and show nothing more.
        let cases = TypeCase.cases(kind).filter { one in
            !one.values.contains { $0.contains("000") && $0.contains("REPEAT") }
        }
        var columns: [String] = []
        var values: [[String]] = []
        for place in 0..<count {
            let one = random.any(cases)
            columns.append("c\(place) \(one.type)")
            values.append(one.values + ["NULL"])
        }
        let text = "id BIGINT UNSIGNED PRIMARY KEY, " + columns.joined(separator: ", ")
        return Table(definition: "(\(text)) CHARACTER SET utf8mb4", values: values)
    }

    private func change(_ table: Table, _ random: inout SeededGenerator) -> String {
        let id = Int.random(in: 0..<8, using: &random)
        let place = Int.random(in: 0..<table.values.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0...4:
            let rows = (0..<Int.random(in: 1...3, using: &random)).map { offset in
                let values = table.values.map { random.any($0) }
                return "(\(id + offset), \(values.joined(separator: ", ")))"
            }
            return "REPLACE INTO t VALUES \(rows.joined(separator: ", "))"
        case 5...7:
            return "UPDATE IGNORE t SET c\(place) = \(random.any(table.values[place])) "
                + "WHERE id < \(id)"
        case 8: return "UPDATE IGNORE t SET id = id + 20 WHERE id = \(id)"
        default: return "DELETE FROM t WHERE id = \(id)"
        }
    }

    private func statement(_ change: RowChange, _ columns: TableColumns) throws -> [String] {
        var statements: [String] = []
        if let before = change.before {
            let key = try #require(before[0])
            statements.append("DELETE FROM r WHERE id = \(key.literal(characterSet: nil))")
        }
        if let after = change.after {
            let literals = try zip(after, columns.columns).map { value, column in
                try #require(value).literal(characterSet: column.characterSet)
            }
            statements.append("INSERT INTO r VALUES (\(literals.joined(separator: ", ")))")
        }
        return statements
    }

    private func rows(_ table: String, on connection: Connection) throws -> [[[UInt8]?]] {
        try connection.query("SELECT * FROM \(table) ORDER BY id").map { row in
            (0..<row.count).map { row.bytes($0) }
        }
    }

    @Test(arguments: TestServer.available)
    func anyTable(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.shared(kind)
        var count = 0
        for seed in Rounds.seeds(12) {
            var random = SeededGenerator(seed: UInt64(seed))
            let database = try server.freshDatabase()
            let connection = try server.connectPlainly(database: database)
            let table = table(kind, &random)
            try connection.execute("CREATE TABLE t \(table.definition)")
            try connection.execute("CREATE TABLE r LIKE t")
            let columns = try #require(
                try TableColumns.read(database: database, table: "t", on: connection))
            let entries = try server.events {
                for _ in 0..<40 { try connection.execute(change(table, &random)) }
            }
            for change in try entries.changes(of: columns) {
                for statement in try statement(change, columns) {
                    try connection.execute(statement)
                }
                count += 1
            }
            let copy = try rows("r", on: connection)
            #expect(try rows("t", on: connection) == copy, "seed \(seed): \(table.definition)")
            try connection.execute("DROP DATABASE \(database)")
        }
        #expect(count > 200)
    }
}
