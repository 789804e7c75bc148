import Diff
import Schema

/// What has to stand beside a table of a class of shards for its change to be proved.
struct ProofFixture {
    let schema: Comparison.Schema
    let live: Comparison.LiveTables
    let lookup: (Digest) -> CatalogTable?

    /// The sequences from which the tables draw defaults and which must be there first: as git has
    /// them, or as they are live where they go.
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

    /// The parents of the change's foreign keys: as git has them for keys that stay or come, as
    /// they are live for keys that go.
    func parents(of change: TableChange) -> [CatalogTable] {
        // A key to the table itself needs nobody else, under whichever name.
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
