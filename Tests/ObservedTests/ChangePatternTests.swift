import Basics
import Diff
import Foundation
import Testing

@testable import Observed
@testable import TestSupport

@Suite("One proof for changes that are the same but for their names")
struct ChangePatternTests {
    /// The text with another name in place of each one but those of `own`.
    private static func renamed(_ table: CatalogTable, _ flavour: ServerProfile.Flavour)
        -> CatalogTable
    {
        let text = table.text.replacing(/`([a-z0-9]+)`/) { "`other_\($0.output.1)`" }
        return CatalogTable(canonicalText: text, flavour: flavour)
    }

    private static func change(
        _ from: CatalogTable, _ to: CatalogTable, _ parents: [CatalogTable],
        _ flavour: ServerProfile.Flavour
    ) throws -> ChangeToProve? {
        let (old, new) = (try #require(from.table), try #require(to.table))
        let alterations = try TableDiff.changes(from: old, to: new, flavour: flavour)
        guard !alterations.isEmpty else { return nil }
        return ChangeToProve(
            from: from, to: to, table: old.name, alterations: alterations, parents: parents)
    }

    /// Changes, and the tables that their foreign keys refer to.
    private static let cases: [(from: String, to: String)] =
        ProvingTests.cases.map { ($0.from, $0.to) } + [
            (
                "id INT PRIMARY KEY, p INT, KEY kp (p), "
                    + "CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id)",
                "id INT PRIMARY KEY, p INT, b INT, KEY kp (p), "
                    + "CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id)"
            ),
            (
                "id INT PRIMARY KEY, p INT, KEY kp (p)",
                "id INT PRIMARY KEY, p INT, KEY kp (p), "
                    + "CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id)"
            ),
            // Two statements, as one would rebuild the table.
            (
                "id INT PRIMARY KEY, a INT NOT NULL",
                "id INT PRIMARY KEY, a INT NOT NULL, b INT NOT NULL, KEY kb (b)"
            ),
            // The new index is printed behind the other.
            (
                "id INT PRIMARY KEY, a INT, KEY ka (a)",
                "id INT PRIMARY KEY, a INT, KEY kb (a, id), KEY ka (a)"
            ),
        ]

    @Test("it is the proof that the other gets by itself", arguments: TestServer.available)
    func asAlone(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let flavour = fixture.profile.flavour
        let parent = "CREATE TABLE parent (id INT PRIMARY KEY)"
        func normal(_ columns: String) throws -> [String: CatalogTable] {
            try fixture.normalise([parent, "CREATE TABLE t (" + columns + ")"])
        }
        var compared = 0
        for one in Self.cases {
            // What only MariaDB knows is refused by MySQL.
            guard let old = try? normal(one.from), let new = try? normal(one.to),
                let from = old["t"], let to = new["t"], let parent = new["parent"]
            else {
                #expect(kind == .mysql9)
                continue
            }
            let parents = to.table?.foreignKeys.isEmpty == false ? [parent] : []
            let other = parents.map { Self.renamed($0, flavour) }
            guard let change = try Self.change(from, to, parents, flavour),
                let renamed = try Self.change(
                    Self.renamed(from, flavour), Self.renamed(to, flavour), other, flavour),
                let pattern = ChangePattern(change, profile: fixture.profile)
            else { continue }
            let second = try #require(ChangePattern(renamed, profile: fixture.profile))
            #expect(pattern.digest == second.digest, "\(one.to)")
            let proofs = try fixture.use { workspace throws(WorkspaceError) in
                [change, renamed].map { change in
                    Result { () throws(WorkspaceError) in try workspace.prove(change) }
                }
            }
            guard case .success(let known) = proofs[0] else {
                // MySQL writes some checks otherwise after a change than in a new table.
                #expect(kind == .mysql9 && (try? proofs[1].get()) == nil, "\(one.to)")
                continue
            }
            let alone = try proofs[1].get()
            let made = second.proof(from: known, of: pattern, in: fixture.catalog)
            #expect(made?.statements == alone.statements, "\(one.to)")
            #expect(made?.final?.text == alone.final?.text, "\(one.to)")
            #expect(alone.statements.compactMap(\.after).allSatisfy { fixture.catalog[$0] != nil })
            compared += 1
        }
        #expect(compared > 15)
    }

    private static func table(_ name: String, _ more: String = "") -> CatalogTable {
        CatalogTable(
            canonicalText: "CREATE TABLE `\(name)` (\n  `id` int(11) NOT NULL,\(more)\n"
                + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=latin1 "
                + "COLLATE=latin1_swedish_ci", flavour: .mariadb)
    }

    @Test("what is not the same is not alike: other parents, checks, names of their own")
    func different() throws {
        let profile = ServerProfile(
            flavour: .mariadb, version: "10.11.1", sqlMode: "", characterSet: "latin1",
            collation: "latin1_swedish_ci")
        let more = "\n  `a` int(11) DEFAULT NULL,"
        let change = try #require(
            try Self.change(Self.table("t"), Self.table("t", more), [], .mariadb))
        let digest = { ChangePattern($0, profile: profile)?.digest }
        let own = try #require(digest(change))
        var other = change
        other.parents = [Self.table("p")]
        #expect(digest(other).map { $0 != own } == true)
        var further = change
        further.parents = [Self.table("p", more)]
        #expect(digest(further) != digest(other))
        var unchecked = change
        unchecked.checksForeignKeys = false
        #expect(digest(unchecked).map { $0 != own } == true)
        // A live table refused it: it has a past that its text does not tell.
        var refused = change
        refused.refused = ["ALTER TABLE `t` ADD COLUMN `a` int"]
        #expect(digest(refused) == nil)
        var renamed = change
        renamed.alterations = [Alteration(clauses: [.renameTable(to: "u")])]
        #expect(digest(renamed) == nil)
        var made = change
        made.from = nil
        made.alterations = []
        #expect(digest(made) == nil)
    }

    @Test("a proof that does not lead to the wanted table is none")
    func notWanted() throws {
        let fixture = try WorkspaceFixture()
        let more = "\n  `a` int(11) DEFAULT NULL,"
        let changes = try ["t", "u"].map {
            try #require(try Self.change(Self.table($0), Self.table($0, more), [], .mariadb))
        }
        let patterns = try changes.map {
            try #require(ChangePattern($0, profile: fixture.profile))
        }
        let proof = try fixture.use { workspace throws(WorkspaceError) in
            try workspace.prove(changes[0])
        }
        #expect(patterns[1].proof(from: proof, of: patterns[0], in: fixture.catalog) != nil)
        // The catalog does not have the tables on its way.
        #expect(patterns[1].proof(from: proof, of: patterns[0], in: ObjectCatalog()) == nil)
        var wrong = proof.statements
        wrong[0].after = changes[0].from?.digest
        fixture.catalog.insert(try #require(changes[0].from))
        let elsewhere = Proof(statements: wrong, final: changes[0].from)
        #expect(patterns[1].proof(from: elsewhere, of: patterns[0], in: fixture.catalog) == nil)
    }
}
