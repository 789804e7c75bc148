import Desired
import Execution
import Ledger
import MySQLClient
import Observed
import Schema

/// Stage 4: every desired schema as the servers of its shards write it back.
///
/// One server is asked for each distinct schema and profile, once: the answer is kept.
package struct NormaliseStage {
    /// The desired schemas, normalised, and which of them each shard follows.
    package struct Output {
        package var schemas: [Comparison.Schema] = []
        /// For each of `schemas`, its place in `DesiredState.schemas`.
        package var sources: [Int] = []
        package var assignment: [ShardID: Int] = [:]
    }

    private let knowledge: Knowledge
    private let snapshot: LedgerSnapshot?
    private let workshop: Workshop

    package init(knowledge: Knowledge, snapshot: LedgerSnapshot?, workshop: Workshop) {
        self.knowledge = knowledge
        self.snapshot = snapshot
        self.workshop = workshop
    }

    /// - Parameter known: the shards that could be read, with their profile.
    package func run(
        _ desired: DesiredState, known: [(shard: Shard, profile: ServerProfile)]
    ) throws -> Output {
        var output = Output()
        var places: [Key: Int] = [:]
        var digests: [ServerProfile: Digest] = [:]
        for (shard, profile) in known {
            guard let source = desired.assignment[shard.id] else { continue }
            let digest = digests[profile] ?? profile.digest
            digests[profile] = digest
            let key = Key(schema: source, profile: digest)
            if let place = places[key] {
                output.assignment[shard.id] = place
                continue
            }
            let schema = desired.schemas[source]
            let tables = try normalise(schema, profile: profile, server: shard.server)
            places[key] = output.schemas.count
            output.assignment[shard.id] = output.schemas.count
            output.sources.append(source)
            output.schemas.append(
                Comparison.Schema(
                    namespace: schema.namespace, profile: profile, tables: tables))
        }
        return output
    }

    private struct Key: Hashable {
        let schema: Int
        let profile: Digest
    }

    private func normalise(
        _ schema: DesiredSchema, profile: ServerProfile, server: ServerAddress
    ) throws -> [String: CatalogTable] {
        if let tables = try knowledge.normalised(
            schema: schema.digest, profile: profile, in: snapshot)
        {
            return tables
        }
        let tables = try workshop.use(for: profile, server: server) {
            (workspace) throws(WorkspaceError) in
            try workspace.normalise(
                schema.tables.map {
                    TableToNormalise(name: $0.name, text: $0.text, location: $0.location)
                },
                objects: schema.objects.map {
                    ObjectToNormalise(name: $0.name, text: $0.text, location: $0.location)
                })
        }
        knowledge.remember(tables, schema: schema.digest, profile: profile)
        return tables
    }
}

/// Where a pass finds a workspace: a scratch database on a server like the shards'.
package final class Workshop {
    private let pool: ConnectionPool
    private let catalog: TableCatalog
    private let preferred: ServerAddress?
    private let prefix: String
    private var places: [ServerProfile: ServerAddress] = [:]
    private var swept: Set<ServerAddress> = []

    /// - Parameter preferred: the server that the fleet file names; it is used for the profiles
    ///   that it has, and for the others a server of theirs.
    package init(
        pool: ConnectionPool, catalog: TableCatalog, preferred: ServerAddress?, prefix: String
    ) {
        self.pool = pool
        self.catalog = catalog
        self.preferred = preferred
        self.prefix = prefix
    }

    /// Runs `body` with a workspace on a server of `profile`; `server` is one that has it.
    package func use<Value>(
        for profile: ServerProfile, server: ServerAddress,
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        let place = places[profile] ?? choose(profile, server)
        places[profile] = place
        if swept.insert(place).inserted {
            // What a dead run left is dropped first; what is in use stays.
            _ = try? Workspace.sweep(on: place, pool: pool, prefix: prefix)
        }
        return try Workspace.use(
            on: place, pool: pool, catalog: catalog, profile: profile, prefix: prefix, body)
    }

    private func choose(_ profile: ServerProfile, _ server: ServerAddress) -> ServerAddress {
        guard let preferred else { return server }
        // The database's own defaults are given to the workspace; the server's must be equal.
        let own = try? pool.withConnection(to: preferred, purpose: .read) { connection in
            try connection.profile(database: "mysql")
        }
        guard var own else { return server }
        own.characterSet = profile.characterSet
        own.collation = profile.collation
        return own == profile ? preferred : server
    }
}
