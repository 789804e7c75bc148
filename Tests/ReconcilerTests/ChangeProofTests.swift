import Diff
import Model
import MySQLClient
import Observed
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Changes that share no visit are proved beside each other")
struct ChangeProofTests {
    /// Each of them has a number of partitions, which has to be tried alone.
    private static func table(_ number: Int, partitions: Int) -> CatalogTable {
        CatalogTable(
            canonicalText: """
                CREATE TABLE `t\(number)` (
                  `id` int(11) NOT NULL,
                  PRIMARY KEY (`id`)
                ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci
                 PARTITION BY HASH (`id`)
                PARTITIONS \(partitions)
                """, flavour: .mariadb)
    }

    private static func change(_ number: Int, partitions: Int) throws -> Planner.Change {
        let (from, to) = (table(number, partitions: 2), table(number, partitions: partitions))
        let (old, new) = (try #require(from.table), try #require(to.table))
        return Planner.Change(
            table: "t\(number)", renamedFrom: nil, kind: .alter, from: from, to: to,
            alterations: try TableDiff.changes(from: old, to: new, flavour: .mariadb),
            checksForeignKeys: true, parents: [], spelling: nil)
    }

    /// The answers for the changes, and how many tables the server altered for them.
    private static func proved(
        _ changes: [Planner.Change], on server: MariaDBServer
    ) throws -> (answers: [[PlanStatement]?], alterations: Int) {
        let pool = ConnectionPool(limitPerServer: 4) { [settings = server.settings] _ in settings }
        let connection = try server.connect()
        var profile = try connection.profile(database: "information_schema")
        profile.characterSet = "latin1"
        profile.collation = "latin1_swedish_ci"
        let catalog = ObjectCatalog()
        let workspaces = WorkspacePool(
            pool: pool, catalog: catalog, preferred: nil, prefix: "_plumb_ws",
            servers: WorkspaceServers(writable: [profile: [server.address]]), hands: 3)
        defer { workspaces.close() }
        let stage = PlanStage(
            cache: ProofCache(catalog: catalog), catalog: catalog, snapshot: nil,
            workspaces: workspaces)
        func count() throws -> Int {
            let rows = try connection.query("SHOW GLOBAL STATUS LIKE 'Com_alter_table'")
            return try #require(rows.first?[1].flatMap { Int($0) })
        }
        let before = try count()
        let answers = try stage.proveTogether(
            changes, profile: profile, server: server.address)
        return (answers, try count() - before)
    }

    @Test("each gets the answer that it gets alone, and one that is refused gets none")
    func beside() throws {
        let server = try MariaDBServer.shared
        func proved(_ changes: [Planner.Change]) throws -> [[PlanStatement]?] {
            try Self.proved(changes, on: server).answers
        }
        // MariaDB has 8,192 partitions at most.
        let changes = try [3, 4, 9_000, 5].enumerated().map {
            try Self.change($0.offset, partitions: $0.element)
        }
        #expect(ProofVisits.shared(changes.map { ChangeToProve($0) }, by: 3) == [])
        let answers = try proved(changes)
        #expect(answers.map { $0 != nil } == [true, true, false, true])
        let again = try proved(Array(changes.reversed()))
        #expect(again.reversed() == answers)
        #expect(answers[0]?.map(\.after) == [changes[0].to?.digest])
        // One change alone is not asked for here: whoever plans asks for it by itself.
        #expect(try proved([changes[0]]) == [nil])
    }

    /// A table of its own column's type, and the same with a column more.
    private static func column(_ name: String, type: String = "int(11)") throws -> Planner.Change {
        let tables = ["", "\n  `more_\(name)` \(type) DEFAULT NULL,"].map { more in
            CatalogTable(
                canonicalText: """
                    CREATE TABLE `\(name)` (
                      `id` int(11) NOT NULL,\(more)
                      PRIMARY KEY (`id`)
                    ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci
                    """, flavour: .mariadb)
        }
        let (old, new) = (try #require(tables[0].table), try #require(tables[1].table))
        return Planner.Change(
            table: name, renamedFrom: nil, kind: .alter, from: tables[0], to: tables[1],
            alterations: try TableDiff.changes(from: old, to: new, flavour: .mariadb),
            checksForeignKeys: true, parents: [], spelling: nil)
    }

    @Test("changes that are the same but for their names are tried once")
    func alike() throws {
        let server = try MariaDBServer.start()
        let kinds = ["int(11)", "varchar(20)", "text"]
        let changes = try (0..<12).map { try Self.column("t\($0)", type: kinds[$0 % 3]) }
        let (answers, alterations) = try Self.proved(changes, on: server)
        #expect(alterations == 3)
        for (change, answer) in zip(changes, answers) {
            let alone = try Self.proved(
                [change, try Self.column("other", type: "bit(1)")], on: server)
            #expect(answer == alone.answers[0])
            #expect(answer?.map(\.after) == [change.to?.digest])
        }
    }

    @Test("where one of them is refused, each is asked by itself")
    func refused() throws {
        let server = try MariaDBServer.start()
        // The server writes this type in another way, so that nothing leads there.
        let changes = try (0..<3).map { try Self.column("t\($0)", type: "bool") }
        let (answers, alterations) = try Self.proved(changes, on: server)
        #expect(answers == [nil, nil, nil])
        #expect(alterations >= 3)
    }
}
