import Schema

/// The shards of one server that are to be read by a worker, as the process that plans cannot reach
/// the server.
package struct AskedServer: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// As `db-0:3306`.
    package var server: String
    package var shards: [AskedShard]

    package init(server: ServerAddress, shards: [AskedShard]) {
        version = 1
        self.server = server.description
        self.shards = shards
    }

    /// Whether each of its shards has these labels.
    package func allHave(_ labels: [String: String]) -> Bool {
        shards.allSatisfy { ($0.labels ?? [:]).haveAll(labels) }
    }
}

/// What is to be read of one shard.
package struct AskedShard: Codable, Hashable, Sendable {
    package var namespace: String
    package var shard: String
    package var database: String
    /// The kinds of objects to read besides tables, sorted; nil for none.
    package var kinds: [ObjectName.Kind]?
    /// Those that the shard has in the fleet file; nil for none.
    package var labels: [String: String]?

    package init(
        shard: ShardID, database: String, kinds: Set<ObjectName.Kind>, labels: [String: String]
    ) {
        namespace = shard.namespace
        self.shard = shard.shard
        self.database = database
        let sorted = kinds.sorted { $0.rawValue < $1.rawValue }
        self.kinds = sorted.isEmpty ? nil : sorted
        self.labels = labels.isEmpty ? nil : labels
    }

    package var shardID: ShardID { ShardID(namespace: namespace, shard: shard) }
}

/// What a worker saw on one server; it counts for as long as the worker has the lease under which
/// it was written.
package struct SeenServer: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// As `db-0:3306`.
    package var server: String
    /// The worker, which has the lease.
    package var by: String
    /// The token of the lease.
    package var token: Int64
    /// The settings on which the server accepts no changes, such as `read_only`, with their values.
    package var readOnly: [String: String]
    /// The different profiles of its shards.
    package var profiles: [ServerProfile]
    /// The different sets of tables and objects of its shards: digests by encoded name.
    package var schemas: [[String: Digest]]
    package var shards: [SeenShard]

    package init(
        server: ServerAddress, by worker: String, token: Int64, readOnly: [String: String] = [:],
        profiles: [ServerProfile] = [], schemas: [[String: Digest]] = [], shards: [SeenShard] = []
    ) {
        version = 1
        self.server = server.description
        by = worker
        self.token = token
        self.readOnly = readOnly
        self.profiles = profiles
        self.schemas = schemas
        self.shards = shards
    }
}

/// What was seen of one shard: its tables, or why they could not be read.
package struct SeenShard: Codable, Hashable, Sendable {
    /// Why a shard could not be read.
    package struct Problem: Codable, Hashable, Sendable {
        package var code: String
        package var reason: String

        package init(code: String, reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    package var namespace: String
    package var shard: String
    package var database: String
    /// As in ``AskedShard``.
    package var kinds: [ObjectName.Kind]?
    /// What is equal as long as the ledger has the same record of the shard; nil where it had none
    /// before the shard was read.
    package var record: String?
    /// The digests of the records of operations that had begun on it before it was read, sorted;
    /// nil for none.
    package var pending: [Digest]?
    /// Places in the lists of the server's document; nil where it could not be read.
    package var profile: Int?
    package var schema: Int?
    /// The numbers of objects of kinds that are not managed; nil for none.
    package var others: [String: Int]?
    /// Why triggers, routines and events are not among those; nil where they are.
    package var uncounted: String?
    /// Nil where it was read.
    package var problem: Problem?

    package init(of asked: AskedShard, record: String?, pending: [Digest]) {
        namespace = asked.namespace
        shard = asked.shard
        database = asked.database
        kinds = asked.kinds
        self.record = record
        self.pending = pending.isEmpty ? nil : pending.sorted()
    }

    package var shardID: ShardID { ShardID(namespace: namespace, shard: shard) }
}
