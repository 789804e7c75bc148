import Diff
import Execution
import Ledger
import Observed
import Schema

/// What servers said before: desired schemas as they wrote them back, and changes they proved.
///
/// Kept in the ledger by digest, so that an unchanged file costs nothing ever again; kept in
/// memory between the passes of a daemon.
package final class ProofCache: Sendable {
    /// What a server of one profile made of one desired schema.
    struct NormalisedRecord: Codable {
        var version = 1
        var tables: [String: Digest]
    }

    /// The statements that were proved for one change, with the algorithm that was probed.
    struct ProofRecord: Codable {
        var version = 1
        var statements: [PlanStatement]
    }

    private struct State {
        var normalised: [Key: [String: Digest]] = [:]
        var proofs: [Key: [PlanStatement]] = [:]
        /// What the ledger does not hold yet.
        var newNormalised: Set<Key> = []
        var newProofs: Set<Key> = []
        var newTables: Set<Digest> = []
        /// What was asked for since `forgetUnused`.
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

    /// What a server of `profile` made of the desired schema; nil when none was asked yet.
    package func normalised(
        schema: Digest, profile: ServerProfile, in snapshot: LedgerSnapshot?
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

    /// A table by its digest, from memory or the ledger.
    package func table(
        _ digest: Digest, flavour: ServerProfile.Flavour, in snapshot: LedgerSnapshot?
    ) throws(LedgerError) -> CatalogTable? {
        if let table = catalog[digest] { return table }
        guard let bytes = try snapshot?.read(RecordPath.catalog(digest)) else { return nil }
        let table = CatalogTable(canonicalText: bytes, flavour: flavour)
        guard table.digest == digest else { return nil }
        catalog.insert(table)
        return table
    }

    // MARK: Proofs

    package func proof(
        of change: Digest, profile: ServerProfile, in snapshot: LedgerSnapshot?
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

    /// Marks tables whose texts the ledger is to keep.
    package func keep(_ digests: some Sequence<Digest>) {
        let digests = Array(digests)
        state.withLock { $0.newTables.formUnion(digests) }
    }

    /// Whether there is something that the ledger does not hold yet.
    package var hasNews: Bool {
        state.withLock {
            !$0.newTables.isEmpty || !$0.newNormalised.isEmpty || !$0.newProofs.isEmpty
        }
    }

    /// Writes everything that the ledger does not hold yet.
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

    /// Forgets what nobody asked for since the last time and the ledger holds, and returns the
    /// tables that the rest is about.
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

    /// How much is in memory.
    package var count: Int { state.withLock { $0.normalised.count + $0.proofs.count } }

    /// Forgets what was new, once it is in the ledger.
    package func saved() {
        state.withLock { state in
            state.newTables = []
            state.newNormalised = []
            state.newProofs = []
        }
    }
}
