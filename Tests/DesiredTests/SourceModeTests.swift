import Git
import Schema
import Testing

@testable import Desired

/// Files are read in the SQL mode of the server that they are for, or in the one that is said.
@Suite struct SourceModeTests {
    private static let backslash =
        #"CREATE TABLE paths (p varchar(9) DEFAULT 'C:\', q varchar(9) DEFAULT '\');"#
    private static let names = #"CREATE TABLE "t" ("id" int PRIMARY KEY, "x y" int);"#

    private func fleet(_ namespace: String = "") -> String {
        """
        version: 1
        namespaces:
          commerce:
            schema: schema/commerce
            shards: [{name: a, host: h}, {name: b, host: h}]
            \(namespace)
        environments: {production: {namespaces: [commerce], connection: {user: u}}}
        """
    }

    private func load(
        _ text: String, _ modes: [(String, String)] = [], _ namespace: String = ""
    ) throws(DesiredError) -> DesiredState {
        let tree = repository(fleet(namespace), ["schema/commerce/t.sql": text])
        let known = try SchemaRepository.fleet(tree)
        let said = modes.map { (ShardID(namespace: "commerce", shard: $0.0), $0.1) }
        return try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil,
            modes: SourceModes(said.map { (shard: $0.0, mode: $0.1) }, of: known),
            pinned: { _ in tree }, discovered: { _, _ in [] })
    }

    private func columns(_ state: DesiredState, of shard: String) -> [String] {
        let id = ShardID(namespace: "commerce", shard: shard)
        return state.schema(of: id)?.tables.filter { $0.name != "orders" }.flatMap {
            [$0.name] + $0.source.columns.map(\.name)
        } ?? []
    }

    @Test func whatTheServerSaysDecides() throws {
        let modes = [("a", "ANSI_QUOTES,STRICT_TRANS_TABLES"), ("b", "STRICT_TRANS_TABLES")]
        // As long as no server was asked, the files are read in a way in which they can be.
        #expect(columns(try load(Self.names), of: "b") == ["t", "id", "x y"])
        #expect(columns(try load(Self.backslash), of: "a") == ["paths", "p", "q"])
        // A server that does not read them so is an error.
        #expect(throws: DesiredError.self) { try load(Self.backslash, modes) }
        let all = [("a", "NO_BACKSLASH_ESCAPES"), ("b", "ANSI,NO_BACKSLASH_ESCAPES")]
        let state = try load(Self.backslash, all)
        #expect(columns(state, of: "a") == ["paths", "p", "q"])
        #expect(columns(state, of: "b") == ["paths", "p", "q"])
        #expect(state.schemas.count == 2)
        // Other modes change no token: all shards have one schema.
        let usual = try load(
            "CREATE TABLE u (id int);", [("a", "PIPES_AS_CONCAT"), ("b", "")])
        #expect(usual.schemas.count == 1)
    }

    @Test func oneStringMayHoldWhatAnotherModeTakesForATable() throws {
        let text =
            #"CREATE TABLE x (p char(60) DEFAULT 'a\', q char(60) DEFAULT ' COMMENT 'COMMENT' -- '"#
            + "\n);"
        let state = try load(text, [("a", ""), ("b", "NO_BACKSLASH_ESCAPES")])
        #expect(columns(state, of: "a") == ["x", "p"])
        #expect(columns(state, of: "b") == ["x", "p", "q"])
    }

    @Test func theFleetFileHasTheLastWord() throws {
        let said = #"sql_mode: "ansi_quotes, STRICT_TRANS_TABLES""#
        let state = try load(Self.names, [("a", ""), ("b", "")], said)
        #expect(columns(state, of: "a") == ["t", "id", "x y"])
        #expect(
            state.fleet.namespace("commerce")?.sqlMode?.value == "ANSI_QUOTES,STRICT_TRANS_TABLES")
        #expect(throws: DesiredError.self) {
            try load(Self.names, [("a", "ANSI_QUOTES")], #"sql_mode: """#)
        }
        // Without a server, too.
        func findings(_ namespace: String) -> [String] {
            SchemaRepository.validate(
                repository(fleet(namespace), ["schema/commerce/t.sql": Self.backslash])
            ).map(\.code.rawValue)
        }
        #expect(findings("sql_mode: NO_BACKSLASH_ESCAPES") == [])
        #expect(findings("") == ["invalid-sql"])
    }

    @Test(arguments: ["'A;B'", "'A B'", "'A,,B'", "'A\\'''", "[A]"])
    func aModeIsAListOfNames(value: String) throws {
        #expect(throws: DesiredError.self) {
            try load("CREATE TABLE u (id int);", [], "sql_mode: \(value)")
        }
    }

    /// Whatever is made of a program's text later has to know where its strings end.
    @Test func anObjectCarriesTheModeInWhichItIsCut() throws {
        let text = #"CREATE PROCEDURE "p"() SELECT 'C:\';"#
        let mode = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"
        let state = try load(text, [("a", mode), ("b", mode)], "manage: all")
        #expect(
            state.schemas.first?.objects.map(\.text)
                == ["-- sql_mode: \(mode)\n" + #"CREATE PROCEDURE "p"() SELECT 'C:\'"#])
    }
}
