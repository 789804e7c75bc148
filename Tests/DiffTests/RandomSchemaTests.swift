import Schema
import TestSupport
import Testing

@testable import Diff

/// Whole schemas with foreign keys, from any to any other, on real servers.
@Suite struct RandomSchemaTests {
    @Test(arguments: TestServer.available, Rounds.seeds(8))
    func reachesRandomSchemas(kind: TestServer.Kind, block: Int) throws {
        try reach(on: kind, block, renaming: [:])
    }

    /// What has another name there is hinted at.
    @Test(arguments: TestServer.available, Rounds.seeds(6))
    func reachesRandomSchemasByOtherNames(kind: TestServer.Kind, block: Int) throws {
        let names = ["id": "nr", "code": "word", "a": "one", "c": "three", "g": "made", "k1": "x"]
        try reach(on: kind, block, renaming: block.isMultiple(of: 2) ? names : ["q": "moved"])
    }

    /// Pairs in one test share a database: fewer connections, the same statements.
    private func reach(
        on kind: TestServer.Kind, _ block: Int, renaming names: [String: String]
    ) throws {
        let server = try ServerPair(kind)
        for seed in block * 10..<block * 10 + 10 {
            var schemas = RandomSchemas(seed: seed, flavour: kind.flavour)
            let from = try server.normalised(schemas.schema())
            let to = try server.normalised(schemas.schema(renaming: names))
            let renames = Renames(of: names, from: from, to: to)
            if !names.isEmpty, from.values.contains(where: \.hasHashedKey) { continue }
            do {
                try server.expect(to, from: from, by: renames, "seed \(seed)")
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

extension Table {
    /// MariaDB copies such a table whatever the statement does, and renames no column of a foreign
    /// key while it copies (error 1846): refused, see `column-rename-hashed`.
    fileprivate var hasHashedKey: Bool {
        showCreate(flavour: .mariadb).contains(" USING HASH")
    }
}

extension Renames {
    /// The hints that a schema can give: those for names that are in it.
    fileprivate init(
        of names: [String: String], from: [String: Table], to: [String: Table]
    ) {
        self.init()
        for (old, new) in names.sorted(by: { $0.key < $1.key }) {
            if to[new] != nil { tables.append(TableRename(from: old, to: new)) }
            for (name, table) in to {
                if table.columns.contains(where: { $0.name == new }) {
                    columns.append(ColumnRename(table: name, from: old, to: new))
                }
                var before = from[name]?.indexes.first { $0.name == old }
                before?.name = new
                if let before, table.indexes.contains(before) {
                    indexes.append(IndexRename(table: name, from: old, to: new))
                }
            }
        }
    }
}

extension ServerPair {
    /// What the server makes of the texts; tables that it refuses are left out.
    fileprivate func normalised(_ texts: [String: String]) throws -> [String: Table] {
        try clear()
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

    /// Makes `from`, goes from there to `to` in one run, and compares.
    fileprivate func expect(
        _ to: [String: Table], from: [String: Table], by renames: Renames, _ comment: Comment,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        try clear()
        try connection.execute("SET foreign_key_checks = 0")
        for (_, table) in from {
            try connection.execute(table.createStatement(flavour: flavour))
        }
        try connection.execute("SET foreign_key_checks = 1")
        for _ in 0..<2 {
            let difference = try SchemaDiff.difference(
                from: tables(), to: to, renames: renames, droppable: Set(from.keys),
                flavour: flavour)
            if let refusal = difference.refusals.first {
                throw refusal
            }
            if difference.steps.isEmpty { break }
            for step in difference.steps {
                switch step {
                case .single(let change): try run(change)
                case .group(let group): try run(group)
                }
            }
        }
        func texts(_ tables: [String: Table]) -> [String: String] {
            tables.mapValues { $0.canonical.showCreate(flavour: flavour) }
        }
        #expect(texts(try tables()) == texts(to), comment, sourceLocation: sourceLocation)
    }

    private func requireStart(of change: TableChange) throws {
        guard let from = change.from else { return }
        let live = try show(from.name)
        guard live == from else {
            throw TestSupportError(
                "\(change.kind) \(change.table) was made for\n\(from.showCreate(flavour: flavour))"
                    + "\nand finds\n\(live.showCreate(flavour: flavour))")
        }
    }

    private func run(_ group: TableGroup) throws {
        for member in group.members { try requireStart(of: member) }
        defer { try? connection.execute("SET foreign_key_checks = 1") }
        for statement in group.statements {
            try connection.execute(
                "SET foreign_key_checks = \(statement.checksForeignKeys ? 1 : 0)")
            let text = statement.sql(flavour: flavour)
            do {
                try send(text)
            } catch {
                throw TestSupportError("\(error)\n\(text)")
            }
        }
    }

    /// A change runs on what it was made for, or not at all.
    private func run(_ change: TableChange) throws {
        try requireStart(of: change)
        if change.withoutForeignKeyChecks { try connection.execute("SET foreign_key_checks = 0") }
        defer { try? connection.execute("SET foreign_key_checks = 1") }
        for statement in change.statements(flavour: flavour) {
            do {
                try send(statement)
            } catch {
                throw TestSupportError("\(error)\n\(statement)")
            }
        }
    }
}
