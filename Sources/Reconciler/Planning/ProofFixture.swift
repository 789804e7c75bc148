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
        let texts = tables.compactMap { $0?.text }.filter { $0.contains("val(`") }
        guard !texts.isEmpty else { return [] }
        let names = Set(schema.tables.keys).union(live.tables.keys).map(ObjectName.init(encoded:))
        return names.filter { name in
            name.kind == .sequence
                && texts.contains { $0.contains("val(\(SQL.identifier(name.name)))") }
        }.sorted().compactMap { name in
            schema.tables[name.encoded] ?? live.tables[name.encoded].flatMap(lookup)
        }
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
