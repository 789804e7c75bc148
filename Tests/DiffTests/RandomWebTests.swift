import Schema
import TestSupport
import Testing

@testable import Diff

/// Webs of foreign keys with rows in them, from any to any other, on real servers.
@Suite struct RandomWebTests {
    @Test(
        "a web ends with every key and every row, or nothing is touched",
        arguments: TestServer.available, Rounds.seeds(3))
    func converges(kind: TestServer.Kind, block: Int) throws {
        let server = try ServerPair(kind)
        for seed in block * 8..<block * 8 + 8 {
            var webs = RandomWebs(seed: seed, flavour: kind.flavour)
            let pair = webs.pair()
            do {
                try server.converge(pair, "seed \(seed), \(pair.kind)")
            } catch {
                Issue.record("seed \(seed), \(pair.kind): \(error)\n\(Self.words(pair))")
            }
        }
    }

    private static func words(_ pair: RandomWebs.Pair) -> String {
        [pair.before, pair.after].map { texts in
            texts.sorted { $0.key < $1.key }.map(\.value).joined(separator: ";\n")
        }.joined(separator: "\nto\n")
    }
}

extension ServerPair {
    /// Makes the web with its rows, changes it in one run, and looks at all of it.
    fileprivate func converge(
        _ pair: RandomWebs.Pair, _ comment: Comment,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let wanted = try made(pair.after)
        let from = try made(pair.before)
        try unchecked(pair.rows)
        let counts = try rowCounts()
        let difference = try SchemaDiff.difference(
            from: from, to: wanted, renames: pair.renames,
            droppable: Set(from.keys).subtracting(pair.renames.tables.map(\.from)),
            flavour: flavour)
        guard difference.refusals.isEmpty else {
            throw TestSupportError("refused: \(difference.refusals)")
        }
        try run(difference.steps)
        func texts(_ tables: [String: Table]) -> [String: String] {
            tables.mapValues { $0.canonical.showCreate(flavour: flavour) }
        }
        let reached = try webTables()
        #expect(texts(reached) == texts(wanted), comment, sourceLocation: sourceLocation)
        let names = Dictionary(
            uniqueKeysWithValues: pair.renames.tables.map { ($0.from, $0.to) })
        let after = try rowCounts()
        for (table, count) in counts where wanted[names[table] ?? table] != nil {
            #expect(after[names[table] ?? table] == count, comment, sourceLocation: sourceLocation)
        }
        for (name, table) in reached {
            for key in table.foreignKeys {
                let orphans = try connection.query(OrphanQuery(key: key, of: name).look)
                #expect(orphans.isEmpty, comment, sourceLocation: sourceLocation)
            }
        }
        let left = try SchemaDiff.difference(
            from: reached, to: wanted, renames: pair.renames, flavour: flavour)
        #expect(left.steps.isEmpty, comment, sourceLocation: sourceLocation)
    }

    /// The server's texts of a web; its tables stay.
    private func made(_ texts: [String: String]) throws -> [String: Table] {
        try unchecked(webTables().keys.sorted().map { "DROP TABLE \($0)" })
        try unchecked(texts.sorted { $0.key < $1.key }.map(\.value))
        return try webTables()
    }

    private func unchecked(_ statements: [String]) throws {
        try connection.execute("SET foreign_key_checks = 0")
        defer { try? connection.execute("SET foreign_key_checks = 1") }
        for statement in statements {
            do {
                try connection.execute(statement)
            } catch {
                throw TestSupportError("\(error)\n\(statement)")
            }
        }
    }

    private func webTables() throws -> [String: Table] {
        var result: [String: Table] = [:]
        for row in try connection.query("SHOW TABLES") {
            if let name = row[0] { result[name] = try show(name) }
        }
        return result
    }

    private func rowCounts() throws -> [String: String] {
        var result: [String: String] = [:]
        for name in try webTables().keys {
            result[name] = try connection.query("SELECT count(*) FROM \(name)").first?[0]
        }
        return result
    }

    /// Runs the steps as they stand; statements that look at rows have to look at them.
    private func run(_ steps: [SchemaStep]) throws {
        for step in steps {
            let unchecked: Set<Int>
            switch step {
            case .single(let change):
                let count = step.statements(flavour: flavour).count
                unchecked = change.withoutForeignKeyChecks ? Set(0..<count) : []
            case .group(let group):
                unchecked = Set(
                    group.statements.indices.filter { !group.statements[$0].checksForeignKeys })
            }
            for (place, statement) in step.statements(flavour: flavour).enumerated() {
                do {
                    if unchecked.contains(place) {
                        try self.unchecked([statement])
                    } else {
                        try send(statement)
                    }
                } catch {
                    let all = steps.flatMap { $0.statements(flavour: flavour) }
                    throw TestSupportError(
                        "\(error)\n\(statement)\nof\n\(all.joined(separator: "\n"))")
                }
            }
        }
    }
}
