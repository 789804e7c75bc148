import Basics
import Diff
import MySQLClient
import Testing

@testable import Observed
@testable import Schema
@testable import TestSupport

@Suite("What a server made of a file is not tried once more where a step makes the same")
struct KnownCreationTests {
    private static let parent =
        "CREATE TABLE `a` ( `id` int(11) NOT NULL, PRIMARY KEY (`id`) ) ENGINE=InnoDB "
        + "DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci"

    /// The changes that create all tables of a schema.
    private static func creations(_ tables: [String: CatalogTable]) -> [ChangeToProve] {
        tables.values.compactMap(\.table).sorted { $0.name < $1.name }.map { table in
            let parents = Set(table.foreignKeys.map(\.referencedTable)).subtracting([table.name])
            return ChangeToProve(
                from: nil, to: tables[table.name], table: table.name, alterations: [],
                parents: parents.sorted().compactMap { tables[$0] })
        }
    }

    private static func file(
        _ name: String, _ text: String, parents: [String] = []
    ) -> TableToNormalise {
        let location = SourceLocation(file: "\(name).sql", line: 1, column: 1)
        var file = TableToNormalise(name: name, text: text, location: location)
        file.references = parents.map {
            SourceTable.Reference(database: nil, table: $0, location: location)
        }
        return file
    }

    private static func created(_ workspace: Workspace) -> Int {
        let rows = try? workspace.connection.query("SHOW SESSION STATUS LIKE 'Com_create_table'")
        return rows?.first?[1].flatMap { Int($0) } ?? -1
    }

    @Test(
        "files as the server shows them: the answers are those of a trial, and nothing is made",
        arguments: [TestServer.Kind.mariadb1011, .mysql9])
    func same(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let rough = try fixture.normalise([
            "CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(20) DEFAULT 'x''y' COMMENT 'c')",
            "CREATE TABLE b (id INT PRIMARY KEY, a_id INT, up INT, "
                + "CONSTRAINT k FOREIGN KEY (a_id) REFERENCES a (id), "
                + "CONSTRAINT l FOREIGN KEY (up) REFERENCES b (id))",
            "CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3",
        ])
        let files = rough.values.compactMap(\.table).sorted { $0.name < $1.name }.map { table in
            Self.file(
                table.name, table.createStatement(flavour: fixture.profile.flavour),
                parents: table.foreignKeys.map(\.referencedTable))
        }
        let changes = Self.creations(rough)
        #expect(changes.count == 3)
        let known = try fixture.use { workspace throws(WorkspaceError) in
            _ = try workspace.normalise(files)
            let before = Self.created(workspace)
            let answers = try changes.map { change throws(WorkspaceError) in
                try workspace.prove(change)
            }
            let together = try workspace.proveTogether(changes)
            #expect(Self.created(workspace) == before)
            #expect(together.map { $0?.statements } == answers.map(\.statements))
            return answers
        }
        for (change, known) in zip(changes, known) {
            let tried = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.prove(change)
            }
            #expect(known.statements == tried.statements, "\(change.table)")
            #expect(known.final?.text == tried.final?.text, "\(change.table)")
        }
    }

    /// A reason why a change has to be tried.
    struct Reason: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let change: @Sendable (inout ChangeToProve) -> Void

        init(
            _ name: String, text: String = parent,
            _ change: @escaping @Sendable (inout ChangeToProve) -> Void = { _ in }
        ) {
            testDescription = name
            self.text = text
            self.change = change
        }
    }

    @Test(
        "everything else is tried",
        arguments: [
            Reason("the file says it in other words", text: "CREATE TABLE a (id INT PRIMARY KEY)"),
            Reason("without checks") { $0.checksForeignKeys = false },
            Reason("under a name in other letters") { $0.spelling = "A" },
            Reason("after a refusal") { $0.refused = ["CREATE TABLE `a`"] },
            Reason("beside a parent that was not there") { change in
                change.parents = [CatalogTable(canonicalText: parent, flavour: .mariadb)]
            },
            Reason("into another table") { change in
                change.to = change.to.map {
                    CatalogTable(
                        canonicalText: $0.text.replacing("int(11)", with: "bigint(20)"),
                        flavour: .mariadb)
                }
            },
            Reason("from a table") { $0.from = $0.to },
        ])
    func tried(_ reason: Reason) throws {
        let fixture = try WorkspaceFixture()
        let isKnown = try fixture.use { workspace throws(WorkspaceError) in
            let made = try workspace.normalise([Self.file("a", reason.text)])
            return Self.creations(made).flatMap { change in
                var other = change
                reason.change(&other)
                return [change, other].map { workspace.knownProof(of: $0) != nil }
            }
        }
        #expect(isKnown == [reason.text == Self.parent, false])
    }

    @Test("a table that came before its parent, and one of a file that is read in another mode")
    func unchecked() throws {
        func text(_ name: String, _ parent: String) -> String {
            "CREATE TABLE `\(name)` ( `id` int(11) NOT NULL, PRIMARY KEY (`id`), "
                + "CONSTRAINT `k\(name)` FOREIGN KEY (`id`) REFERENCES `\(parent)` (`id`) ) "
                + "ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci"
        }
        let circle = [text("a", "b"), text("b", "a")]
        var known = try known(["a": circle[0], "b": circle[1]], parents: ["a": "b", "b": "a"])
        #expect(known == ["a": true, "b": false])
        known = try self.known(["a": Self.parent])
        #expect(known == ["a": true])
        known = try self.known(["a": Self.parent], mode: "ANSI_QUOTES")
        #expect(known == ["a": false])
    }

    /// Which tables need no trial after these files were read.
    private func known(
        _ texts: [String: String], parents: [String: String] = [:], mode: String? = nil
    ) throws -> [String: Bool] {
        let fixture = try WorkspaceFixture()
        let files = texts.sorted { $0.key < $1.key }.map { name, text in
            Self.file(name, text, parents: parents[name].map { [$0] } ?? [])
        }
        return try Workspace.use(
            on: fixture.server.address, pool: fixture.pool, catalog: fixture.catalog,
            profile: fixture.profile.readingFiles(in: mode), prefix: fixture.prefix
        ) { workspace throws(WorkspaceError) in
            let made = try workspace.normalise(files)
            return Dictionary(
                uniqueKeysWithValues: Self.creations(made).map {
                    ($0.table, workspace.knownProof(of: $0) != nil)
                })
        }
    }
}
