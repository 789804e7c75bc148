import Basics
import Execution
import MySQLClient
import Schema

/// The shards to observe on one server.
struct ServerShards: Sendable {
    let server: ServerAddress
    let targets: [ObservationTarget]

    var databases: [String] { Array(Set(targets.map(\.database))) }
}

/// One server in one pass over the fleet.
// Sendable: what changes is behind locks.
final class ServerPass: Sendable {
    let shards: ServerShards
    /// Nil where the server could not be read at all; `broken` then says why.
    let facts: ServerFacts?
    private let fingerprints: ServerFingerprints?
    /// The last readings whose fingerprints are still the same.
    private let unchangedMemory: [ShardID: Observer.Memory]
    /// Whether those are reused instead of reading the shards again.
    private let skipsUnchanged: Bool
    /// By database: objects that are no tables; empty where nobody asked.
    private let objects = Lock<Result<[String: [CountedObjectKind: Int]], MySQLError>>(
        .success([:]))
    /// Why the server is not contacted again in this pass; nil while it works.
    private let broken: Lock<ShardProblem?>

    private init(
        shards: ServerShards, facts: ServerFacts?, fingerprints: ServerFingerprints?,
        memory: [ShardID: Observer.Memory] = [:], skipsUnchanged: Bool = false,
        broken: ShardProblem?
    ) {
        self.shards = shards
        self.facts = facts
        self.fingerprints = fingerprints
        self.skipsUnchanged = skipsUnchanged
        unchangedMemory = memory.filter { _, known in
            fingerprints?.fingerprint(of: known.target.database) == known.fingerprint
        }
        self.broken = Lock(broken)
    }

    /// Reads what is needed once per server.
    static func begin(
        _ shards: ServerShards, pool: ConnectionPool, mode: Observer.Mode,
        memory: [ShardID: Observer.Memory]
    ) -> ServerPass {
        let readsObjects = shards.targets.contains { !$0.kinds.isEmpty }
        let result = Result { () throws(MySQLError) in
            let facts = try pool.using(shards.server) { connection throws(MySQLError) in
                try ServerFacts(on: connection, readsObjects: readsObjects)
            }.get()
            guard mode != .once else { return (facts, ServerFingerprints?.none) }
            let fingerprints = try ServerFingerprints.read(
                from: shards.server, pool: pool, facts: facts, databases: shards.databases,
                known: Dictionary(
                    memory.values.map { ($0.target.database, $0.fingerprint) },
                    uniquingKeysWith: { first, _ in first }))
            return (facts, fingerprints)
        }
        switch result {
        case .success(let (facts, fingerprints)):
            return ServerPass(
                shards: shards, facts: facts, fingerprints: fingerprints, memory: memory,
                skipsUnchanged: mode == .unlessUnchanged, broken: nil)
        case .failure(let error):
            return ServerPass(
                shards: shards, facts: nil, fingerprints: nil,
                broken: ShardProblem(server: error))
        }
    }

    /// The shards of which nothing has to be read, with what is known of them.
    func observedWithoutReading(at now: Timestamp) -> [ShardID: ShardObservation] {
        var result: [ShardID: ShardObservation] = [:]
        for target in shards.targets {
            if let problem = problem(of: target) {
                result[target.id] = .unknown(problem)
            } else if skipsUnchanged, let known = unchangedMemory[target.id] {
                result[target.id] = .known(
                    KnownShard(
                        schema: known.schema, profile: known.profile,
                        otherObjects: known.otherObjects, uncounted: known.uncounted,
                        observedAt: now, isFromFingerprint: true, readOnly: readOnly))
            }
        }
        return result
    }

    /// Whether the server accepts changes; of a server that could not be read nothing is known.
    var readOnly: ReadOnlyState { facts?.readOnly ?? ReadOnlyState([:]) }

    /// The other shards in portions, enough of them that all connections stay busy to the end.
    func chunks(connections: Int) -> [ShardChunk] {
        let due = shards.targets.filter { target in
            problem(of: target) == nil && !(skipsUnchanged && unchangedMemory[target.id] != nil)
        }
        let portions = max(1, connections) * 4
        let size = min(Self.largestChunk, max(1, (due.count + portions - 1) / portions))
        return stride(from: 0, to: due.count, by: size).map { start in
            ShardChunk(pass: self, targets: Array(due[start..<min(start + size, due.count)]))
        }
    }

    /// Counts what else there is in the databases.
    func countObjects(pool: ConnectionPool) {
        guard let facts else { return }
        let counted = pool.using(shards.server) { connection throws(MySQLError) in
            try ObjectCounts.read(
                on: connection, databases: shards.databases, folding: facts.folding)
        }
        objects.withLock { $0 = counted }
    }

    /// The numbers of objects other than tables in the database, once they are counted.
    func objects(in name: String) -> [CountedObjectKind: Int] {
        guard case .success(let found) = objects.withLock({ $0 }) else { return [:] }
        return found[facts?.folded(name) ?? name, default: [:]]
    }

    /// Why such objects could not be counted; nil where they were, or nobody asked.
    var uncounted: String? {
        guard case .failure(let error) = objects.withLock({ $0 }) else { return nil }
        return "\(error.server): \(error.message)"
    }

    /// A fingerprint that proves, as long as it is the same, that the shard's tables are too.
    func conclusiveFingerprint(
        of target: ObservationTarget, _ shard: KnownShard, _ catalog: ObjectCatalog
    ) -> ServerFingerprints.Fingerprint? {
        // Only changes of tables show in fingerprints, so shards with other objects are always
        // read.
        guard let fingerprints, target.kinds.isEmpty else { return nil }
        // A fingerprint that was conclusive for the same tables still is.
        if let known = unchangedMemory[target.id], known.target == target,
            known.schema === shard.schema
        {
            return known.fingerprint
        }
        guard catalog.leavesTraces(shard.schema),
            fingerprints.isConclusive(for: target.database, tables: shard.schema.tables)
        else { return nil }
        return fingerprints.fingerprint(of: target.database)
    }

    /// Why the server was given up, so that its other shards are not tried one by one.
    var breakdown: ShardProblem? { broken.withLock { $0 } }

    /// Gives the server up for the rest of the pass.
    func give(up problem: ShardProblem) {
        broken.withLock { $0 = $0 ?? problem }
    }

    private static let largestChunk = 16

    private func problem(of target: ObservationTarget) -> ShardProblem? {
        guard let facts else { return breakdown }
        guard facts.seesAllTables(of: target.database) else { return .partialGrant(target) }
        return facts.hiddenKind(of: target.kinds, in: target.database).map {
            .hiddenKind(target, $0)
        }
    }
}
