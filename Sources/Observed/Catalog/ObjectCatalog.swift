import Execution
import Schema

#if canImport(Glibc)
    import Glibc
#endif

/// Every distinct table text that was read, parsed once.
///
/// Ten thousand shards with the same schema share one `CatalogTable` per table. A known text costs
/// one hash and a comparison of its bytes: no `String`, no SHA-256, no parsing.
package final class ObjectCatalog: Sendable {
    private let state = Lock(State())

    private struct State {
        var entries: [Int: [Entry]] = [:]
        var tables: [Digest: CatalogTable] = [:]
        var schemas: [[String: Digest]: ShardSchema] = [:]
        /// By the digest of the schema.
        var traits: [Digest: SchemaTraits] = [:]

        func find(
            _ bytes: [UInt8], _ hash: Int, _ flavour: ServerProfile.Flavour
        ) -> CatalogTable? {
            entries[hash]?.first { entry in
                entry.flavour == flavour && entry.bytes.count == bytes.count
                    && entry.bytes.withUnsafeBytes { known in
                        bytes.withUnsafeBytes { new in
                            guard let left = known.baseAddress, let right = new.baseAddress else {
                                return known.count == new.count
                            }
                            return memcmp(left, right, known.count) == 0
                        }
                    }
            }?.table
        }
    }

    private struct Entry {
        let bytes: [UInt8]
        let flavour: ServerProfile.Flavour
        let table: CatalogTable
    }

    package init() {}

    /// The table with this digest, if it was ever read.
    package subscript(digest: Digest) -> CatalogTable? {
        state.withLock { $0.tables[digest] }
    }

    /// How changes of the schema can show without reading it; computed once per schema.
    func traits(of schema: ShardSchema) -> SchemaTraits {
        if let known = state.withLock({ $0.traits[schema.digest] }) { return known }
        let made = SchemaTraits(of: schema.tables.values.map { self[$0] })
        state.withLock { $0.traits[schema.digest] = made }
        return made
    }

    /// The number of distinct tables.
    package var count: Int { state.withLock { $0.tables.count } }

    /// Adds a table that came from elsewhere, such as the ledger.
    package func insert(_ table: CatalogTable) {
        state.withLock { state in
            if state.tables[table.digest] == nil { state.tables[table.digest] = table }
        }
    }

    /// The shared entry for the `SHOW CREATE TABLE` text of a table of `database`.
    package func table(
        showCreate text: UnsafeBufferPointer<UInt8>, database: String,
        flavour: ServerProfile.Flavour, folding: NameFolding = .bytes
    ) -> CatalogTable {
        if folding == .asGiven, let bytes = FoldedText.ofTable(text) {
            return bytes.withUnsafeBufferPointer {
                table(showCreate: $0, database: database, flavour: flavour)
            }
        }
        guard let bytes = OwnDatabaseQualifier.removedFromDefaults(database, of: text) else {
            return table(showCreate: text, flavour: flavour)
        }
        return bytes.withUnsafeBufferPointer { table(showCreate: $0, flavour: flavour) }
    }

    /// The shared entry for a `SHOW CREATE TABLE` text, with or without its counter.
    package func table(
        showCreate text: UnsafeBufferPointer<UInt8>, flavour: ServerProfile.Flavour
    ) -> CatalogTable {
        let bytes = CanonicalText.stripAutoIncrement(text).bytes
        let hash = Self.hash(bytes)
        if let known = state.withLock({ $0.find(bytes, hash, flavour) }) { return known }
        let parsed = CatalogTable(canonicalText: bytes, flavour: flavour)
        return state.withLock { state in
            // Another thread may have added the same text meanwhile.
            if let known = state.find(bytes, hash, flavour) { return known }
            let table = state.tables[parsed.digest] ?? parsed
            state.tables[table.digest] = table
            state.entries[hash, default: []].append(
                Entry(bytes: bytes, flavour: flavour, table: table))
            return table
        }
    }

    /// The shared entry for a view, trigger, routine, event or sequence.
    package func object(
        _ definition: ObjectDefinition, flavour: ServerProfile.Flavour
    ) -> CatalogTable {
        if let known = self[Digest(of: definition.text)] { return known }
        let made = CatalogTable(definition, flavour: flavour)
        insert(made)
        return self[made.digest] ?? made
    }

    /// The shared schema with these tables and other objects, by encoded name.
    package func schema(of tables: [String: Digest]) -> ShardSchema {
        if let known = state.withLock({ $0.schemas[tables] }) { return known }
        let made = ShardSchema(tables: tables)
        return state.withLock { state in
            if let known = state.schemas[tables] { return known }
            state.schemas[tables] = made
            return made
        }
    }

    /// Forgets every table but these, and the schemas that contain others.
    ///
    /// Call it while no other thread uses the catalog. Forgotten tables are parsed again when read.
    package func keep(only digests: Set<Digest>) {
        state.withLock { state in
            state.tables = state.tables.filter { digests.contains($0.key) }
            state.entries = state.entries.compactMapValues { entries in
                let kept = entries.filter { digests.contains($0.table.digest) }
                return kept.isEmpty ? nil : kept
            }
            state.schemas = state.schemas.filter { $0.key.values.allSatisfy(digests.contains) }
            let known = Set(state.schemas.values.map(\.digest))
            state.traits = state.traits.filter { known.contains($0.key) }
        }
    }

    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
