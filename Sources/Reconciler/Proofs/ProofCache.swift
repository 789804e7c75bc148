import Diff
import Execution
import Ledger
import Observed
import Schema

/// What servers answered before: how they print desired schemas, and the changes that they proved.
///
/// The ledger keeps it by digest, so that an unchanged file is never sent to a server again; a
/// daemon keeps it in memory between passes.
package final class ProofCache: Sendable {
    /// One desired schema as a server of one profile prints it.
    struct NormalisedRecord: Codable {
        var version = 1
        var tables: [String: Digest]
    }

    /// The statements that were proved for one change, with the algorithms that were tried.
    struct ProofRecord: Codable {
        var version = 1
        var statements: [PlanStatement]
    }

    private struct State {
        var normalised: [Key: [String: Digest]] = [:]
        var proofs: [Key: [PlanStatement]] = [:]
        /// The entries that the ledger does not have yet.
        var newNormalised: Set<Key> = []
        var newProofs: Set<Key> = []
        var newTables: Set<Digest> = []
        /// The entries that were used since `forgetUnused`.
        var used: Set<Key> = []
    }

    private struct Key: Hashable {
        let profile: Digest
        let subject: Digest
    }

    private let catalog: ObjectCatalog
    private let state = Lock(State())

    package init(catalog: ObjectCatalog) {
        self.catalog = catalog
    }

    // MARK: Desired schemas

    /// The desired schema as a server of `profile` prints it; nil when none was asked yet.
    package func normalised(
        schema: Digest, profile: ServerProfile, in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> [String: CatalogTable]? {
        let key = Key(profile: profile.digest, subject: schema)
        var tables = state.withLock { state in
            state.used.insert(key)
            return state.normalised[key]
        }
        if tables == nil, let snapshot {
            let path = RecordPath.normalised(profile: key.profile, schema: schema)
            tables = try snapshot.read(NormalisedRecord.self, at: path)?.tables
        }
        guard let tables else { return nil }
        var result: [String: CatalogTable] = [:]
        for (name, digest) in tables {
            guard let table = try table(digest, flavour: profile.flavour, in: snapshot) else {
                return nil
            }
            result[name] = table
        }
        let found = tables
        state.withLock { $0.normalised[key] = found }
        return result
    }

    /// Remembers a desired schema as a server of `profile` printed it.
    package func remember(
        _ tables: [String: CatalogTable], schema: Digest, profile: ServerProfile
    ) {
        let key = Key(profile: profile.digest, subject: schema)
        tables.values.forEach(catalog.insert)
        state.withLock { state in
            state.normalised[key] = tables.mapValues(\.digest)
            state.newNormalised.insert(key)
            state.newTables.formUnion(tables.values.map(\.digest))
        }
    }

    /// The table with a digest, from memory or the ledger.
    package func table(
        _ digest: Digest, flavour: ServerProfile.Flavour, in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> CatalogTable? {
        if let table = catalog[digest] { return table }
        guard let bytes = try snapshot?.read(RecordPath.catalog(digest)) else { return nil }
        let table = CatalogTable(canonicalText: bytes, flavour: flavour)
        guard table.digest == digest else { return nil }
        catalog.insert(table)
        return table
    }

    /// The shared schema with these tables and other objects, by encoded name.
    package func schema(of tables: [String: Digest]) -> ShardSchema { catalog.schema(of: tables) }

    // MARK: Proofs

    /// The proved statements of a change, from memory or the ledger; nil when it was not proved
    /// yet.
    package func proof(
        of change: Digest, profile: ServerProfile, in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> [PlanStatement]? {
        let key = Key(profile: profile.digest, subject: change)
        let known = state.withLock { state in
            state.used.insert(key)
            return state.proofs[key]
        }
        if let known { return known }
        let path = RecordPath.proof(profile: key.profile, change: change)
        guard let record = try snapshot?.read(ProofRecord.self, at: path) else { return nil }
        state.withLock { $0.proofs[key] = record.statements }
        return record.statements
    }

    /// Remembers the proved statements of a change.
    package func remember(
        _ statements: [PlanStatement], for change: Digest, profile: ServerProfile
    ) {
        let key = Key(profile: profile.digest, subject: change)
        state.withLock { state in
            state.proofs[key] = statements
            state.newProofs.insert(key)
        }
    }

    // MARK: The ledger

    /// Marks tables whose texts the ledger has to keep.
    package func keep(_ digests: some Sequence<Digest>) {
        let digests = Array(digests)
        state.withLock { $0.newTables.formUnion(digests) }
    }

    /// Whether there are entries that the ledger does not have yet.
    package var hasUnsaved: Bool {
        state.withLock {
            !$0.newTables.isEmpty || !$0.newNormalised.isEmpty || !$0.newProofs.isEmpty
        }
    }

    /// Writes every entry that the ledger does not have yet.
    package func save(into draft: inout LedgerDraft) throws(LedgerError) {
        let state = state.withLock { $0 }
        for digest in state.newTables.sorted() {
            let path = RecordPath.catalog(digest)
            guard let table = catalog[digest], table.unsupported == nil,
                try draft.read(path) == nil
            else { continue }
            try draft.set(path, Array(table.text.utf8))
        }
        for key in state.newNormalised {
            let tables = state.normalised[key] ?? [:]
            try draft.set(
                RecordPath.normalised(profile: key.profile, schema: key.subject),
                json: NormalisedRecord(tables: tables))
        }
        for key in state.newProofs {
            try draft.set(
                RecordPath.proof(profile: key.profile, change: key.subject),
                json: ProofRecord(statements: state.proofs[key] ?? []))
        }
    }

    /// Drops the entries that the ledger has and that were not used since the last call; returns
    /// the digests of the tables in the others.
    package func forgetUnused() -> Set<Digest> {
        state.withLock { state in
            let kept = state.used.union(state.newNormalised).union(state.newProofs)
            state.normalised = state.normalised.filter { kept.contains($0.key) }
            state.proofs = state.proofs.filter { kept.contains($0.key) }
            state.used = []
            return state.normalised.values.reduce(into: state.newTables) {
                $0.formUnion($1.values)
            }
        }
    }

    /// The number of entries in memory.
    package var count: Int { state.withLock { $0.normalised.count + $0.proofs.count } }

    /// Marks the new entries as saved; to be called once the ledger has them.
    package func saved() {
        state.withLock { state in
            state.newTables = []
            state.newNormalised = []
            state.newProofs = []
        }
    }
}
