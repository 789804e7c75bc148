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
        let workspace = try workshop.workspace(for: profile, server: server)
        let tables = try workspace.normalise(
            schema.tables.map {
                TableToNormalise(name: $0.name, text: $0.text, location: $0.location)
            })
        knowledge.remember(tables, schema: schema.digest, profile: profile)
        return tables
    }
}

/// The workspaces of one pass: opened when first needed, all dropped at its end.
package final class Workshop {
    private let pool: ConnectionPool
    private let preferred: ServerAddress?
    private let prefix: String
    private var open: [ServerProfile: Workspace] = [:]
    private var swept: Set<ServerAddress> = []

    /// - Parameter preferred: the server that the fleet file names; it is used for the profiles
    ///   that it has, and for the others a server of theirs.
    package init(pool: ConnectionPool, preferred: ServerAddress?, prefix: String) {
        self.pool = pool
        self.preferred = preferred
        self.prefix = prefix
    }

    /// A workspace on a server of `profile`; `server` is one that has it.
    package func workspace(
        for profile: ServerProfile, server: ServerAddress
    ) throws -> Workspace {
        if let workspace = open[profile] { return workspace }
        let place = preferred.flatMap { Self.fits($0, profile, pool) ? $0 : nil } ?? server
        if swept.insert(place).inserted {
            // What a dead run left is dropped first; what is in use stays.
            _ = try? Workspace.sweep(on: place, pool: pool, prefix: prefix)
        }
        let workspace = try Workspace.open(
            on: place, pool: pool, profile: profile, prefix: prefix)
        open[profile] = workspace
        return workspace
    }

    /// Drops every workspace.
    package func close() {
        for workspace in open.values { workspace.close() }
        open = [:]
    }

    private static func fits(
        _ server: ServerAddress, _ profile: ServerProfile, _ pool: ConnectionPool
    ) -> Bool {
        // The database's own defaults are given to the workspace; the server's must be equal.
        let own = try? pool.withConnection(to: server, purpose: .read) { connection in
            try connection.profile(database: "mysql")
        }
        guard var own else { return false }
        own.characterSet = profile.characterSet
        own.collation = profile.collation
        return own == profile
    }
}
