import Execution
import Schema

#if canImport(Glibc)
    import Glibc
#endif

/// Every distinct table text that was seen, parsed once.
///
/// Ten thousand shards with one schema share one `CatalogTable` per table. A text that is known
/// costs a hash and a comparison of its bytes: no `String`, no SHA-256, no parser.
package final class ObjectCatalog: Sendable {
    private let state = Lock(State())

    private struct State {
        var entries: [Int: [Entry]] = [:]
        var tables: [Digest: CatalogTable] = [:]
        var schemas: [[String: Digest]: ShardSchema] = [:]
        /// By the digest of a schema.
        var traces: [Digest: Bool] = [:]

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

    /// The table with this digest, if it was ever seen.
    package subscript(digest: Digest) -> CatalogTable? {
        state.withLock { $0.tables[digest] }
    }

    /// Whether every change of one of the schema's tables stamps its row in
    /// `mysql.innodb_table_stats`; found out once for each schema.
    package func leavesTraces(_ schema: ShardSchema) -> Bool {
        if let known = state.withLock({ $0.traces[schema.digest] }) { return known }
        let answer = schema.tables.values.allSatisfy(leavesTraces)
        state.withLock { $0.traces[schema.digest] = answer }
        return answer
    }

    /// Only InnoDB with persistent statistics does. A foreign key to another database changes
    /// its text when the parent there is renamed, which leaves no trace here.
    private func leavesTraces(_ digest: Digest) -> Bool {
        guard let entry = self[digest] else { return false }
        return entry.text.contains("\n) ENGINE=InnoDB")
            && !entry.text.contains("STATS_PERSISTENT=0")
            && entry.table?.foreignKeys.allSatisfy { $0.referencedSchema == nil } ?? false
    }

    /// How many distinct tables are known.
    package var count: Int { state.withLock { $0.tables.count } }

    /// Adds a table that came from elsewhere, such as the ledger.
    package func insert(_ table: CatalogTable) {
        state.withLock { state in
            if state.tables[table.digest] == nil { state.tables[table.digest] = table }
        }
    }

    /// The one table for what `SHOW CREATE TABLE` printed of a table of `database`.
    package func table(
        showCreate text: UnsafeBufferPointer<UInt8>, database: String,
        flavour: ServerProfile.Flavour, folding: NameFolding = .bytes
    ) -> CatalogTable {
        if folding == .asGiven, let bytes = FoldedText.ofTable(text) {
            return bytes.withUnsafeBufferPointer {
                table(showCreate: $0, database: database, flavour: flavour)
            }
        }
        guard let bytes = DatabaseName.removedFromDefaults(database, of: text) else {
            return table(showCreate: text, flavour: flavour)
        }
        return bytes.withUnsafeBufferPointer { table(showCreate: $0, flavour: flavour) }
    }

    /// The one table for what `SHOW CREATE TABLE` printed, with or without its counter.
    package func table(
        showCreate text: UnsafeBufferPointer<UInt8>, flavour: ServerProfile.Flavour
    ) -> CatalogTable {
        let bytes = CanonicalText.stripAutoIncrement(text).bytes
        let hash = Self.hash(bytes)
        if let known = state.withLock({ $0.find(bytes, hash, flavour) }) { return known }
        let parsed = CatalogTable(canonicalText: bytes, flavour: flavour)
        return state.withLock { state in
            // Another thread may have been quicker with the same text.
            if let known = state.find(bytes, hash, flavour) { return known }
            let table = state.tables[parsed.digest] ?? parsed
            state.tables[table.digest] = table
            state.entries[hash, default: []].append(
                Entry(bytes: bytes, flavour: flavour, table: table))
            return table
        }
    }

    /// The one entry for an object that is no table.
    package func object(
        _ definition: ObjectDefinition, flavour: ServerProfile.Flavour
    ) -> CatalogTable {
        if let known = self[Digest(of: definition.text)] { return known }
        let made = CatalogTable(definition, flavour: flavour)
        insert(made)
        return self[made.digest] ?? made
    }

    /// The one schema with these tables and other objects, by encoded live name.
    package func schema(of tables: [String: Digest]) -> ShardSchema {
        if let known = state.withLock({ $0.schemas[tables] }) { return known }
        let made = ShardSchema(tables: tables)
        return state.withLock { state in
            if let known = state.schemas[tables] { return known }
            state.schemas[tables] = made
            return made
        }
    }

    /// Forgets every table but these, and what was known of schemas with others.
    ///
    /// Call it when nothing looks anything up: what is forgotten is parsed again when it is seen.
    package func keep(only digests: Set<Digest>) {
        state.withLock { state in
            state.tables = state.tables.filter { digests.contains($0.key) }
            state.entries = state.entries.compactMapValues { entries in
                let kept = entries.filter { digests.contains($0.table.digest) }
                return kept.isEmpty ? nil : kept
            }
            state.schemas = state.schemas.filter { $0.key.values.allSatisfy(digests.contains) }
            let known = Set(state.schemas.values.map(\.digest))
            state.traces = state.traces.filter { known.contains($0.key) }
        }
    }

    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
