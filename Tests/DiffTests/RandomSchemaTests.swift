import Schema
import TestSupport
import Testing

@testable import Diff

/// Whole schemas with foreign keys, from any to any other, on real servers.
@Suite struct RandomSchemaTests {
    /// Pairs in one test share a database: fewer connections, the same statements.
    @Test(arguments: TestServer.available, Rounds.seeds(10))
    func reachesRandomSchemas(kind: TestServer.Kind, block: Int) throws {
        let server = try ServerPair(kind)
        for seed in block * 10..<block * 10 + 10 {
            var schemas = RandomSchemas(seed: seed, flavour: kind.flavour)
            let from = try server.normalised(schemas.schema())
            let to = try server.normalised(schemas.schema())
            do {
                try server.expect(to, from: from, "seed \(seed)")
            } catch {
                let texts = [from, to].map { schema in
                    schema.sorted { $0.key < $1.key }
                        .map { $1.showCreate(flavour: kind.flavour) }.joined(separator: "\n")
                }
                Issue.record("seed \(seed): \(error)\n\(texts.joined(separator: "\nto\n"))")
            }
        }
    }
}

extension ServerPair {
    /// What the server makes of the texts; tables that it refuses are left out.
    fileprivate func normalised(_ texts: [String: String]) throws -> [String: Table] {
        defer { try? clear() }
        // Parents of foreign keys may come later, and a parent that is refused never comes.
        for _ in texts {
            for (_, text) in texts.sorted(by: { $0.key < $1.key }) {
                try? connection.execute(text)
            }
        }
        return try tables()
    }

    fileprivate func tables() throws -> [String: Table] {
        var result: [String: Table] = [:]
        for row in try connection.query("SHOW TABLES") {
            guard let name = row[0] else { continue }
            result[name] = try show(name)
        }
        return result
    }

    fileprivate func clear() throws {
        try connection.execute("SET foreign_key_checks = 0")
        for name in try tables().keys { try connection.execute("DROP TABLE \(name)") }
        try connection.execute("SET foreign_key_checks = 1")
    }

    /// Makes `from`, goes from there to `to` in as many runs as it takes, and compares.
    fileprivate func expect(
        _ to: [String: Table], from: [String: Table], _ comment: Comment,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        try clear()
        try connection.execute("SET foreign_key_checks = 0")
        for (_, table) in from {
            try connection.execute(table.createStatement(flavour: flavour))
        }
        try connection.execute("SET foreign_key_checks = 1")
        for _ in 0..<4 {
            let difference = try SchemaDiff.difference(
                from: tables(), to: to, droppable: Set(from.keys), flavour: flavour)
            if let refusal = difference.refusals.first { throw refusal }
            if difference.changes.isEmpty { break }
            for change in difference.changes { try run(change) }
        }
        func texts(_ tables: [String: Table]) -> [String: String] {
            tables.mapValues { $0.canonical.showCreate(flavour: flavour) }
        }
        #expect(texts(try tables()) == texts(to), comment, sourceLocation: sourceLocation)
    }

    private func run(_ change: TableChange) throws {
        if change.withoutForeignKeyChecks { try connection.execute("SET foreign_key_checks = 0") }
        defer { try? connection.execute("SET foreign_key_checks = 1") }
        for statement in change.statements(flavour: flavour) {
            do {
                try connection.execute(statement)
            } catch {
                throw TestSupportError("\(error)\n\(statement)")
            }
        }
    }
}
