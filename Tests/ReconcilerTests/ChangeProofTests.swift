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

    @Test("each gets the answer that it gets alone, and one that is refused gets none")
    func beside() throws {
        let server = try MariaDBServer.shared
        let pool = ConnectionPool(limitPerServer: 4) { [settings = server.settings] _ in settings }
        var profile = try server.connect().profile(database: "information_schema")
        profile.characterSet = "latin1"
        profile.collation = "latin1_swedish_ci"
        let catalog = ObjectCatalog()
        func proved(_ changes: [Planner.Change]) throws -> [[PlanStatement]?] {
            let workspaces = WorkspacePool(
                pool: pool, catalog: catalog, preferred: nil, prefix: "_plumb_ws",
                servers: WorkspaceServers(writable: [profile: [server.address]]), hands: 3)
            defer { workspaces.close() }
            let stage = PlanStage(
                cache: ProofCache(catalog: catalog), catalog: catalog, snapshot: nil,
                workspaces: workspaces)
            return try stage.proveTogether(changes, profile: profile, server: server.address)
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
}
