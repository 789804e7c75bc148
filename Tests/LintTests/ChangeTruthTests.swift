import Diff
import MySQLClient
import Schema
import TestSupport
import Testing

@testable import Lint

/// What lint says of a change without a server is what the plan says with one.
@Suite("A server agrees about changes")
struct ChangeTruthTests {
    /// A database with a parent for foreign keys.
    struct Server {
        let connection: MySQLClient.Connection
        let flavour: ServerProfile.Flavour

        init(_ kind: TestServer.Kind) throws {
            let server = try TestServer.shared(kind)
            connection = try server.connect(
                database: try server.freshDatabase("CHARACTER SET utf8mb4"))
            flavour = kind.flavour
            try connection.execute(ChangeCases.parent)
        }

        /// The table as the server writes it back; nil where it refuses the text.
        func normalised(_ text: String) throws -> Table? {
            guard (try? connection.execute(text)) != nil else { return nil }
            defer { try? connection.execute("DROP TABLE IF EXISTS t") }
            let shown = try connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
            return try TableParser.parse(shown, flavour: flavour)
        }

        /// What the plan would say: `class rule`, safe ones left out; nil where the server does
        /// not take one of the two.
        func hazards(_ old: String, _ new: String) throws -> Set<String>? {
            guard let from = try normalised(old), let to = try normalised(new) else { return nil }
            let statements = try SQLScript.statements(in: Array(new.utf8), file: "t.sql")
            let hints = statements.flatMap(\.hints).compactMap { hint -> ColumnRename? in
                guard case .column(let from, let to) = hint.subject else { return nil }
                return ColumnRename(table: "t", from: from, to: to)
            }
            let alterations = try TableDiff.changes(
                from: from, to: to, renames: hints, flavour: flavour)
            let findings = try TableDiff.findings(of: alterations, on: from).map(\.finding)
            return Set(
                findings.filter { $0.hazard > .safe }.map { "\($0.hazard.rawValue) \($0.rule)" })
        }
    }

    /// `class rule` of all that lint finds.
    static func lint(_ old: String, _ new: String) throws -> Set<String> {
        let parent = ["p.sql": ChangeCases.parent]
        let found = try report(
            from: Files(parent.merging(["t.sql": old]) { $1 }),
            to: Files(parent.merging(["t.sql": new]) { $1 })
        ).findings.filter(\.rule.isAboutChanges)
        return Set(found.map { "\($0.hazard?.rawValue ?? "refused") \($0.rule.rawValue)" })
    }

    @Test("Each change may do what the plan says", arguments: TestServer.available)
    func changes(kind: TestServer.Kind) throws {
        let server = try Server(kind)
        var asked = 0
        for change in ChangeCases.changes {
            guard let truth = try server.hazards(change.old, change.new) else { continue }
            asked += 1
            let found = try Self.lint(change.old, change.new)
            #expect(
                found.subtracting(truth).sorted() == [], "lint alone: \(change.old) → \(change.new)"
            )
            #expect(
                truth.subtracting(found).sorted() == [], "plan alone: \(change.old) → \(change.new)"
            )
        }
        #expect(asked > ChangeCases.changes.count / 2)
    }

    @Test("What lint takes for the same does nothing", arguments: TestServer.available)
    func sameness(kind: TestServer.Kind) throws {
        let server = try Server(kind)
        var asked = 0
        for pair in ChangeCases.same {
            guard let truth = try server.hazards(pair.old, pair.new) else { continue }
            asked += 1
            #expect(truth.sorted() == [], "\(pair.old) → \(pair.new)")
        }
        #expect(asked > ChangeCases.same.count / 2)
    }

    @Test(
        "A table that a server wrote down is the one it was made of",
        arguments: TestServer.available)
    func printed(kind: TestServer.Kind) throws {
        let server = try Server(kind)
        let texts =
            ChangeCases.changes.flatMap { [$0.old, $0.new] }
            + (ChangeCases.same + ChangeCases.unknown).map(\.old)
        var asked = 0
        for text in Set(texts).sorted() {
            guard (try? server.connection.execute(text)) != nil else { continue }
            asked += 1
            let shown = try server.connection.query("SHOW CREATE TABLE t").first?[1] ?? ""
            try server.connection.execute("DROP TABLE t")
            #expect(try Self.lint(text, shown).sorted() == [], "\(text) → \(shown)")
            #expect(try Self.lint(shown, text).sorted() == [], "\(shown) → \(text)")
        }
        #expect(asked > texts.count / 3)
    }

    /// As servers print them, so that nothing is left open: all that lint finds, the plan does;
    /// it may take an index for one under another name.
    @Test("Of random tables lint says what the plan says", arguments: 0..<4)
    func random(block: Int) throws {
        var differences = 0
        for seed in 0..<40 {
            var tables = RandomTables(seed: UInt64(block * 40 + seed))
            let (from, to) = (tables.table(), tables.table())
            let alterations = try TableDiff.changes(from: from, to: to)
            let truth = Set(
                try TableDiff.findings(of: alterations, on: from).map(\.finding)
                    .filter { $0.hazard > .safe }.map { "\($0.hazard.rawValue) \($0.rule)" })
            let texts = [from, to].map { $0.showCreate(flavour: .mariadb) }
            let found = try Self.lint(texts[0], texts[1])
            #expect(found.subtracting(truth).sorted() == [], "\(texts[0]) → \(texts[1])")
            if found != truth { differences += 1 }
        }
        #expect(differences <= 1)
    }
}
