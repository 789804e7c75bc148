import Schema
import TestSupport
import Testing

@testable import Diff

/// The statements on a real server: what it shows afterwards is the desired table.
@Suite struct ServerTests {
    @Test(arguments: StatementCases.all) func reachesTheTarget(pair: StatementCase) throws {
        let server = try ServerPair()
        try server.connection.execute(
            "CREATE TABLE p (id int PRIMARY KEY, big bigint UNIQUE, name varchar(20) UNIQUE)")
        let from = try server.normalised(pair.from)
        let to = try server.normalised(pair.to)
        let alterations = try TableDiff.changes(
            from: from, to: to,
            renames: pair.renames.map { ColumnRename(table: "t", from: $0.0, to: $0.1) })
        #expect(
            alterations.map { $0.sql(table: "t", flavour: .mariadb) } == pair.statements)
        let reached = try server.altered(from, by: alterations)
        #expect(
            reached.canonical.showCreate(flavour: .mariadb)
                == to.canonical.showCreate(flavour: .mariadb))
    }

    /// Pairs in one test share a database: fewer connections, the same statements.
    @Test(arguments: Rounds.seeds(20)) func reachesRandomTargets(block: Int) throws {
        let server = try ServerPair()
        var tried = 0
        for seed in block * 10..<block * 10 + 10 {
            var tables = RandomTables(seed: UInt64(seed))
            let from = try created(tables.table(), on: server)
            let to = try created(tables.table(), on: server)
            guard let from, let to else { continue }
            let alterations = try TableDiff.changes(from: from, to: to)
            let reached = try server.altered(from, by: alterations)
            tried += 1
            #expect(
                reached.canonical.showCreate(flavour: .mariadb)
                    == to.canonical.showCreate(flavour: .mariadb), "seed \(seed)")
        }
        #expect(tried > 1)
    }

    /// The table as the server shows it; nil for what no server takes.
    private func created(_ table: Table, on server: ServerPair) throws -> Table? {
        do {
            try server.connection.execute(table.showCreate(flavour: .mariadb))
        } catch {
            return nil
        }
        defer { try? server.connection.execute("DROP TABLE t") }
        return try server.show()
    }
}
