import Basics
import Diff
import MySQLClient
import Schema
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Changes that do not touch each other are proved in one visit")
struct ProvingTogetherTests {
    /// The changes from one schema to another, in the order of the diff.
    private static func changes(
        _ fixture: WorkspaceFixture, from: [String], to: [String]
    ) throws -> [ChangeToProve] {
        let (old, new) = try fixture.use { workspace throws(WorkspaceError) in
            (
                try workspace.normalise(WorkspaceFixture.tables(from)),
                try workspace.normalise(WorkspaceFixture.tables(to))
            )
        }
        func models(_ tables: [String: CatalogTable]) -> [String: Table] {
            tables.compactMapValues(\.table)
        }
        let difference = try SchemaDiff.difference(
            from: models(old), to: models(new), flavour: fixture.profile.flavour)
        return difference.changes.map { change in
            let keys = (change.to?.foreignKeys ?? []) + (change.from?.foreignKeys ?? [])
            let parents = Set(keys.map(\.referencedTable)).subtracting([change.table]).sorted()
            return ChangeToProve(
                from: old[change.table], to: new[change.table], table: change.table,
                alterations: change.alterations, parents: parents.compactMap { new[$0] },
                checksForeignKeys: !change.withoutForeignKeyChecks)
        }
    }

    private static func prove(
        _ fixture: WorkspaceFixture, _ changes: [ChangeToProve]
    ) throws -> (together: [Proof?], alone: [Result<Proof, WorkspaceError>]) {
        try fixture.use { workspace throws(WorkspaceError) in
            let together = try workspace.proveTogether(changes)
            let alone = changes.map { change in
                Result { () throws(WorkspaceError) in try workspace.prove(change) }
            }
            return (together, alone)
        }
    }

    @Test(
        "every kind of statement gets the answer that it gets alone",
        arguments: [
            TestServer.Kind.mariadb1011, .mysql9,
        ])
    func asAlone(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        // What only MariaDB knows is left out for MySQL.
        let common = ProvingTests.cases[0].from
        let cases = ProvingTests.cases.filter { change in
            kind == .mariadb1011 || change.from == common && !change.to.contains("IGNORED")
        }
        let changes = try Self.changes(
            fixture, from: cases.enumerated().map { "CREATE TABLE t\($0) (\($1.from))" },
            to: cases.enumerated().map { "CREATE TABLE t\($0) (\($1.to))" })
        let (together, alone) = try Self.prove(fixture, changes)
        for (place, change) in changes.enumerated() {
            let alone = try alone[place].get()
            guard let proof = together[place] else { continue }
            #expect(proof.statements == alone.statements, "\(change.table)")
            #expect(proof.final?.text == alone.final?.text, "\(change.table)")
        }
        // Full-text indexes have tables of their own.
        #expect(together.count { $0 == nil } * 4 < changes.count)
        #expect(try fixture.leftOvers() == [])
    }

    @Test(
        "a web of foreign keys: tables made, changed and left",
        arguments: [
            TestServer.Kind.mariadb1011, .mysql9,
        ])
    func web(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        func table(_ name: String, _ parents: [String], _ more: String = "") -> String {
            "CREATE TABLE \(name) (id INT PRIMARY KEY\(parents.map { ", \($0)_id INT" }.joined())"
                + more
                + parents.map {
                    ", CONSTRAINT \(name)_\($0) FOREIGN KEY (\($0)_id) REFERENCES \($0) (id)"
                }.joined() + ")"
        }
        let changes = try Self.changes(
            fixture,
            from: [
                table("a", []), table("b", ["a"]), table("c", ["a", "b"]), table("hub", []),
                table("s1", ["hub"]), table("s2", ["hub"]),
            ],
            to: [
                table("a", [], ", x INT"), table("b", ["a"], ", x INT"),
                table("c", ["a", "b"], ", x INT"), table("hub", [], ", x INT"),
                table("s1", ["hub"], ", x INT NOT NULL"), table("s2", ["hub", "a"]),
                table("n1", ["hub"]), table("n2", ["n1"]), table("r1", ["r2"]),
                table("r2", ["r1"]), table("self", ["self"]),
            ])
        let (together, alone) = try Self.prove(fixture, changes)
        #expect(changes.count == 11)
        // It needs tables that change, so it has a visit for itself.
        let last = try #require(changes.firstIndex { $0.table == "c" })
        #expect(ProofVisits(changes).visits.map(\.count).sorted() == [1, 5, 5])
        #expect(together.indices.filter { together[$0] == nil } == [last])
        for (place, change) in changes.enumerated() where place != last {
            let alone = try alone[place].get()
            let proof = try #require(together[place], "\(change.table)")
            #expect(proof.statements == alone.statements, "\(change.table)")
            #expect(proof.final?.text == alone.final?.text, "\(change.table)")
        }
    }

    @Test("a change that the server refuses leaves the others as they are, and has to go alone")
    func refused() throws {
        let fixture = try WorkspaceFixture()
        var changes = try Self.changes(
            fixture, from: (0..<4).map { "CREATE TABLE t\($0) (id INT PRIMARY KEY)" },
            to: (0..<4).map { "CREATE TABLE t\($0) (id INT PRIMARY KEY, a INT)" }
                + [
                    "CREATE TABLE u (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES v (id))",
                    "CREATE TABLE v (id INT PRIMARY KEY, UNIQUE KEY u (id), KEY k (id))",
                ])
        #expect(changes.map(\.table) == ["v", "u", "t0", "t1", "t2", "t3"])
        let nope = try #require(changes[3].to?.table?.columns.last)
        changes[3].alterations = [Alteration(clauses: [.dropColumn(nope)])]
        // It says that it makes something else than it does.
        changes[4].to = Self.edited(changes[4].to, "`a` int", "`b` int")
        // The server shows it in another way, so for its child it is another parent.
        let (unique, key) = ("  UNIQUE KEY `u` (`id`)", "  KEY `k` (`id`)")
        changes[0].to = Self.edited(
            changes[0].to, "\(unique),\n\(key)", "\(key),\n\(unique)")
        changes[1].parents = [changes[0].to].compactMap(\.self)
        let (together, alone) = try Self.prove(fixture, changes)
        #expect(ProofVisits(changes).visits.count == 1)
        #expect(together.map { $0 != nil } == [true, false, true, false, false, true])
        #expect(throws: WorkspaceError.self) { try alone[3].get() }
        for place in [0, 2, 5] {
            #expect(together[place]?.statements == (try alone[place].get().statements))
        }
    }

    private static func edited(
        _ table: CatalogTable?, _ old: String, _ new: String
    ) -> CatalogTable? {
        table.map {
            CatalogTable(canonicalText: $0.text.replacing(old, with: new), flavour: .mariadb)
        }
    }

    // MARK: Which changes share a visit

    /// New tables, or tables that get a column, with the parents of their foreign keys.
    private static func tables(
        _ parents: [[Int]], isNew: Bool
    ) -> [ChangeToProve] {
        func table(_ number: Int, _ more: String) -> CatalogTable {
            let keys = parents[number].enumerated().map { place, parent in
                ",\n  CONSTRAINT `k\(number)_\(place)` FOREIGN KEY (`id`) REFERENCES `t\(parent)` "
                    + "(`id`)"
            }
            return CatalogTable(
                canonicalText: "CREATE TABLE `t\(number)` (\n  `id` int(11) NOT NULL\(more),\n"
                    + "  PRIMARY KEY (`id`)\(keys.joined())\n) ENGINE=InnoDB", flavour: .mariadb)
        }
        return parents.indices.map { number in
            let (from, to) = (table(number, ""), table(number, ",\n  `a` int(11) DEFAULT NULL"))
            return ChangeToProve(
                from: isNew ? nil : from, to: to, table: "t\(number)",
                alterations: isNew ? [] : [Alteration(clauses: [])],
                parents: parents[number].filter { $0 != number }
                    .map { table($0, ",\n  `a` int(11) DEFAULT NULL") })
        }
    }

    struct Sharing: Sendable {
        let name: String
        let parents: @Sendable (Int) -> [Int]
        let isNew: Bool
        let visits: Int
    }

    @Test(
        "the visits do not grow with the tables",
        arguments: [
            Sharing(name: "no keys", parents: { _ in [] }, isNew: false, visits: 1),
            Sharing(name: "self", parents: { [$0] }, isNew: false, visits: 1),
            Sharing(name: "chain", parents: { $0 > 0 ? [$0 - 1] : [] }, isNew: false, visits: 2),
            Sharing(name: "tree", parents: { $0 > 0 ? [$0 / 2] : [] }, isNew: false, visits: 2),
            Sharing(name: "hub", parents: { $0 > 0 ? [0] : [] }, isNew: false, visits: 2),
            Sharing(name: "new chain", parents: { $0 > 0 ? [$0 - 1] : [] }, isNew: true, visits: 1),
            Sharing(name: "new hub", parents: { $0 > 0 ? [0] : [] }, isNew: true, visits: 1),
        ])
    func visits(_ sample: Sharing) {
        for count in [40, 80] {
            let changes = Self.tables((0..<count).map(sample.parents), isNew: sample.isNew)
            let visits = ProofVisits(changes).visits
            #expect(visits.count == sample.visits, "\(sample.name), \(count) tables")
            #expect(visits.joined().sorted() == Array(0..<count))
        }
        let changes = Self.tables((0..<40).map(sample.parents), isNew: sample.isNew)
        #expect(ProofVisits(changes, limit: 10).visits.map(\.count).max() == 10)
    }

    @Test(
        "changes are shared out where few parents are made once more for it",
        arguments: [
            (0, 600, Array(repeating: 50, count: 12)), (1, 240, [80, 80, 80]),
            (400, 150, [150]), (0, 120, [120]),
        ])
    func shared(parents: Int, count: Int, visits: [Int]) {
        let all = Self.tables(
            (0..<parents).map { _ in [] } + (0..<count).map { _ in Array(0..<parents) },
            isNew: false)
        let changes = Array(all.suffix(count))
        let shared = ProofVisits.shared(changes, by: 3)
        #expect(shared.map(\.count) == visits)
        #expect(shared.joined().sorted() == Array(0..<count))
        #expect(ProofVisits.shared(changes, by: 1) == ProofVisits(changes).visits)
        #expect(ProofVisits.shared([], by: 3) == [])
    }

    @Test("what depends on more than the table and its parents is proved alone")
    func notShared() {
        var changes = Self.tables([[], [], [], [], [], []], isNew: false)
        changes[0].refused = ["ALTER TABLE `t0` ADD COLUMN `a` int"]
        changes[1].alterations += changes[1].alterations
        changes[2].spelling = "T2"
        changes[2].from = nil
        changes[3].alterations = [Alteration(clauses: [.removePartitioning])]
        #expect(ProofVisits(changes).visits == [[0], [1], [2], [3], [4, 5]])
    }

    @Test("a name that a key mentions and nobody makes stays free")
    func absent() {
        var changes = Self.tables([[1], [], [1]], isNew: true)
        changes[0].parents = []
        #expect(ProofVisits(changes).visits == [[0], [1, 2]])
    }

    @Test("a parent that two changes need in different forms is there for one of them only")
    func forms() {
        var changes = Self.tables([[], [0], [0]], isNew: false)
        changes[2].parents = [changes[0].from].compactMap(\.self)
        #expect(ProofVisits(changes).visits == [[0], [1], [2]])
    }

    @Test("twice the tables cost twice the statements")
    func statements() throws {
        let fixture = try WorkspaceFixture()
        func changes(_ count: Int) throws -> [ChangeToProve] {
            func texts(_ more: String) -> [String] {
                (0..<count).map { number in
                    "CREATE TABLE t\(number) (id INT PRIMARY KEY, p INT\(more)"
                        + (number == 0 ? ")" : ", FOREIGN KEY (p) REFERENCES t\(number / 2) (id))")
                }
            }
            return try Self.changes(fixture, from: texts(""), to: texts(", a INT"))
        }
        let (small, large) = (try changes(20), try changes(40))
        let counts = try fixture.use { workspace throws(WorkspaceError) in
            try [small, small, large].map { changes throws(WorkspaceError) in
                func asked() -> Int {
                    let rows = try? workspace.connection.query(
                        "SHOW SESSION STATUS LIKE 'Questions'")
                    return rows?.first?[1].flatMap { Int($0) } ?? 0
                }
                let before = asked()
                #expect(try workspace.proveTogether(changes).allSatisfy { $0 != nil })
                return asked() - before
            }
        }
        // Each table is made, looked at, changed and looked at again; half of them are parents.
        #expect(counts[2] - counts[1] == 20 * 4 + 10)
    }
}
