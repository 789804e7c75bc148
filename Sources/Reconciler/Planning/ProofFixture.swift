import Diff
import Schema

/// The other objects that must be there to prove a change of a table.
struct ProofFixture {
    let schema: Comparison.Schema
    let live: Comparison.LiveTables
    let lookup: (Digest) -> CatalogTable?

    /// The sequences that the tables' defaults use: as git defines them, or as they are live where
    /// they are dropped.
    func sequences(of tables: [CatalogTable?]) -> [CatalogTable] {
        var names: Set<String> = []
        for table in tables { names.formUnion(table.map { Self.called(in: $0.text) } ?? []) }
        return names.map { ObjectName(.sequence, $0) }.sorted().compactMap { name in
            schema.tables[name.encoded] ?? live.tables[name.encoded].flatMap(lookup)
        }
    }

    /// The names that stand alone in the parentheses of a function like `nextval`.
    private static func called(in text: String) -> Set<String> {
        let call = "val("
        var names: Set<String> = []
        var rest = text[...]
        while let found = rest.firstRange(of: "\(call)`") {
            rest = rest[found.upperBound...]
            guard let name = quoted(&rest) else { break }
            if rest.first == ")" { names.insert(name) }
        }
        return names
    }

    /// The name up to its closing backtick, two of which are one in it; nil where there is none.
    private static func quoted(_ rest: inout Substring) -> String? {
        var name = ""
        while let end = rest.firstIndex(of: "`") {
            name += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first == "`" else { return name }
            name += "`"
            rest = rest.dropFirst()
        }
        return nil
    }

    /// The parents of the change's foreign keys: as git defines them for keys that stay or are
    /// added, as they are live for keys that are dropped.
    func parents(of change: TableChange) -> [CatalogTable] {
        // A key that refers to its own table needs no other, under either name.
        var seen: Set<String> = [change.table, change.renamedFrom ?? change.table]
        func parents(
            _ table: Table?, _ find: (String) -> CatalogTable?
        ) -> [CatalogTable] {
            (table?.foreignKeys ?? []).compactMap { key in
                guard key.referencedSchema == nil, seen.insert(key.referencedTable).inserted
                else { return nil }
                return find(ObjectName(.table, key.referencedTable).encoded)
            }
        }
        let desired = parents(change.to) { schema.tables[$0] }
        return desired
            + parents(change.from) { live.tables[$0].flatMap(lookup) ?? schema.tables[$0] }
    }
}
