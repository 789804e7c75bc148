import Desired
import Ledger
import Observed
import Schema

/// Stage 4: gets every desired schema as the servers of its shards print it.
///
/// For each schema and server profile one server is asked once. After an edit it is asked only for
/// the tables that the edit concerns, as the answers are kept.
package struct NormaliseStage {
    /// The normalised desired schemas, and which of them each shard follows.
    package struct Output {
        /// The schemas as servers print them, one for each desired schema and profile.
        package var schemas: [Comparison.Schema] = []
        /// For each of `schemas`, its index in `DesiredState.schemas`.
        package var sources: [Int] = []
        /// For each of `schemas`, the desired schema with its names as the servers store them.
        package var stored: [DesiredSchema] = []
        /// Shards on whose servers two names of the schema are the same name.
        package var clashes: [ShardID: NameClash] = [:]
        /// For each shard the index of its schema in `schemas`.
        package var assignment: [ShardID: Int] = [:]
        /// Shards whose files no server of their profile could read in this pass.
        package var unread: [ShardID: WorkspaceError] = [:]
        /// Files that servers of one namespace read differently.
        package var differences: [ReadingDifference] = []

        package init(
            schemas: [Comparison.Schema] = [], assignment: [ShardID: Int] = [:]
        ) {
            self.schemas = schemas
            self.assignment = assignment
        }
    }

    private let cache: ProofCache
    private let snapshot: RecordSnapshot?
    private let workspaces: WorkspacePool

    package init(cache: ProofCache, snapshot: RecordSnapshot?, workspaces: WorkspacePool) {
        self.cache = cache
        self.snapshot = snapshot
        self.workspaces = workspaces
    }

    /// Normalises the schemas of the shards that could be read; throws where none can be.
    ///
    /// - Parameters:
    ///   - known: the shards that could be read, with their profile.
    ///   - live: the live table of a shard, by its encoded name; what is live already costs less.
    package func run(
        _ desired: DesiredState, known: [(shard: Shard, profile: ServerProfile)],
        live: (ShardID, String) -> CatalogTable? = { _, _ in nil }
    ) throws -> Output {
        var output = Output()
        var places: [Key: Int] = [:]
        var clashes: [Key: NameClash] = [:]
        var digests: [ServerProfile: Digest] = [:]
        var failures: [Key: WorkspaceError] = [:]
        for (shard, server) in known {
            let profile = server.readingFiles(
                in: desired.fleet.namespace(shard.id.namespace)?.sqlMode?.value)
            guard let source = desired.assignment[shard.id] else { continue }
            let digest = digests[profile] ?? profile.digest
            digests[profile] = digest
            let key = Key(schema: source, profile: digest)
            if let place = places[key] {
                output.assignment[shard.id] = place
                continue
            }
            if let clash = clashes[key] {
                output.clashes[shard.id] = clash
                continue
            }
            let schema: DesiredSchema
            switch desired.schemas[source].stored(by: NameFolding(profile), on: profile.flavour) {
            case .success(let stored): schema = stored
            case .failure(let clash):
                clashes[key] = clash
                output.clashes[shard.id] = clash
                continue
            }
            let tables: [String: CatalogTable]
            do {
                if let failure = failures[key] { throw failure }
                tables = try normalise(schema, profile: profile, server: shard.server) {
                    live(shard.id, $0)
                }
            } catch let error as WorkspaceError where error.isForAnother {
                // Schemas of other profiles can still be normalised.
                failures[key] = error
                output.unread[shard.id] = error
                continue
            }
            places[key] = output.schemas.count
            output.assignment[shard.id] = output.schemas.count
            output.sources.append(source)
            output.stored.append(schema)
            var made = Comparison.Schema(
                namespace: schema.namespace, profile: profile, tables: tables,
                tableRenames: schema.tableRenames)
            made.rebuildsOldTemporals =
                desired.fleet.namespace(schema.namespace)?.oldTemporals == .rebuild
                && !profile.makesOldTemporals
            if NameFolding(profile) == .asGiven {
                made.spelling = Dictionary(
                    desired.schemas[source].tables.map {
                        (NameFolding.asGiven.stored($0.name), $0.name)
                    }
                ) { first, _ in first }
            }
            output.schemas.append(made)
        }
        if output.assignment.isEmpty, let failure = failures.values.first { throw failure }
        output.differences = ReadingDifference.all(in: output, desired)
        return output
    }

    private struct Key: Hashable {
        let schema: Int
        let profile: Digest
    }

    private func normalise(
        _ schema: DesiredSchema, profile: ServerProfile, server: ServerAddress,
        live: (String) -> CatalogTable?
    ) throws -> [String: CatalogTable] {
        if let tables = try cache.normalised(
            schema: schema.digest, profile: profile, in: snapshot)
        {
            return tables
        }
        var tables: [String: CatalogTable] = [:]
        for table in schema.tables {
            tables[table.name] = try cache.normalised(
                schema: table.textDigest, profile: profile, in: snapshot)?[table.name]
        }
        // Which objects views, triggers and routines use is not known here, so all tables are
        // created for them.
        let folding = NameFolding(profile)
        let unread =
            schema.objects.isEmpty
            ? TablesToLoad(schema.tables, known: Set(tables.keys), folding: folding).tables
            : schema.tables
        let alive = Dictionary(
            unread.compactMap { table in
                live(ObjectName(.table, table.name).encoded).map { (table.name, $0) }
            }
        ) { first, _ in first }
        let fresh = try workspaces.use(for: profile, server: server) {
            (workspace) throws(WorkspaceError) in
            try workspace.normalise(
                unread.map {
                    var table = TableToNormalise(
                        name: $0.name, text: $0.text, location: $0.location,
                        like: $0.source.like.map { folding.stored($0.table) })
                    table.references = $0.source.references
                    return table
                },
                objects: schema.objects.map {
                    ObjectToNormalise(name: $0.name, text: $0.text, location: $0.location)
                }, live: alive)
        }
        tables.merge(fresh) { _, new in new }
        for table in unread {
            guard let result = fresh[table.name] else { continue }
            cache.remember([table.name: result], schema: table.textDigest, profile: profile)
        }
        cache.remember(tables, schema: schema.digest, profile: profile)
        return tables
    }
}

/// The tables that a server has to read again after an edit: those with new text, the tables whose
/// foreign keys refer to them, and everything that any of these refers to or is created LIKE.
struct TablesToLoad {
    let tables: [DesiredTable]

    /// - Parameter all: with their names as servers store them (`folding`).
    init(_ all: [DesiredTable], known: Set<String>, folding: NameFolding = .bytes) {
        let new = all.filter { !known.contains($0.name) }
        guard !new.isEmpty else {
            // Each text is known, but not yet with these others: the foreign keys must fit
            // together.
            tables = all
            return
        }
        let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        func parents(_ table: DesiredTable) -> [String] {
            (table.source.references + [table.source.like].compactMap { $0 })
                .map { folding.stored($0.table) }
        }
        let changed = Set(new.map(\.name))
        let children = all.filter { parents($0).contains(where: changed.contains) }
        var wanted: Set<String> = []
        var queue = (new + children).map(\.name)
        while let name = queue.popLast() {
            guard let table = byName[name], wanted.insert(name).inserted else { continue }
            queue += parents(table)
        }
        tables = all.filter { wanted.contains($0.name) }
    }
}
