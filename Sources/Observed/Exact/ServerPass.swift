import Basics
import Execution
import MySQLClient
import Schema

/// The shards of one server that are to be observed.
struct ServerShards: Sendable {
    let server: ServerAddress
    let targets: [ObservationTarget]

    var databases: [String] { Array(Set(targets.map(\.database))) }
}

/// One server in one pass over the fleet.
// Sendable: what changes is behind locks.
final class ServerPass: Sendable {
    let shards: ServerShards
    /// Nil where the server could not be asked at all: then `broken` says why.
    let facts: ServerFacts?
    private let fingerprints: ServerFingerprints?
    /// The last readings, as far as their fingerprints still hold.
    private let holding: [ShardID: Observer.Memory]
    /// Whether what holds is not read again.
    private let sparesUnchanged: Bool
    /// By database: objects that are no tables; empty where they were not counted.
    private let objects = Lock<[String: [ObjectKind: Int]]>([:])
    /// Why the server is not asked again in this pass.
    private let broken: Lock<ShardProblem?>

    private init(
        shards: ServerShards, facts: ServerFacts?, fingerprints: ServerFingerprints?,
        memory: [ShardID: Observer.Memory] = [:], sparesUnchanged: Bool = false,
        broken: ShardProblem?
    ) {
        self.shards = shards
        self.facts = facts
        self.fingerprints = fingerprints
        self.sparesUnchanged = sparesUnchanged
        holding = memory.filter { _, known in
            fingerprints?.fingerprint(of: known.target.database) == known.fingerprint
        }
        self.broken = Lock(broken)
    }

    /// Asks the server what is asked once for all its shards.
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
                sparesUnchanged: mode == .unlessUnchanged, broken: nil)
        case .failure(let error):
            return ServerPass(
                shards: shards, facts: nil, fingerprints: nil,
                broken: ShardProblem(server: error))
        }
    }

    /// The shards of which nothing has to be read, with what is known of them.
    func settled(at now: Timestamp) -> [ShardID: ShardObservation] {
        var result: [ShardID: ShardObservation] = [:]
        for target in shards.targets {
            if let problem = problem(of: target) {
                result[target.id] = .unknown(problem)
            } else if sparesUnchanged, let known = holding[target.id] {
                result[target.id] = .known(
                    KnownShard(
                        schema: known.schema, profile: known.profile,
                        otherObjects: known.otherObjects, observedAt: now,
                        isFromFingerprint: true, readOnly: readOnly))
            }
        }
        return result
    }

    /// Whether the server takes changes; one that could not be asked has no known shards.
    var readOnly: ReadOnlyState { facts?.readOnly ?? ReadOnlyState([:]) }

    /// The other shards in portions, enough of them to keep all connections busy to the end.
    func chunks(connections: Int) -> [ShardChunk] {
        let due = shards.targets.filter { target in
            problem(of: target) == nil && !(sparesUnchanged && holding[target.id] != nil)
        }
        let portions = max(1, connections) * 4
        let size = min(Self.largestChunk, max(1, (due.count + portions - 1) / portions))
        return stride(from: 0, to: due.count, by: size).map { start in
            ShardChunk(pass: self, targets: Array(due[start..<min(start + size, due.count)]))
        }
    }

    /// Counts what else there is in the databases; without an answer nothing is counted.
    func countObjects(pool: ConnectionPool) {
        guard let facts else { return }
        let counted = pool.using(shards.server) { connection throws(MySQLError) in
            ObjectCounts.read(
                on: connection, databases: shards.databases, folding: facts.folding)
        }
        guard case .success(let found) = counted else { return }
        objects.withLock { $0 = found }
    }

    /// Objects of the database that are no tables, once they are counted.
    func objects(in name: String) -> [ObjectKind: Int] {
        objects.withLock { $0[facts?.folded(name) ?? name, default: [:]] }
    }

    /// A fingerprint that proves, while it lasts, that the shard's tables are what was read.
    func conclusiveFingerprint(
        of target: ObservationTarget, _ shard: KnownShard, _ catalog: ObjectCatalog
    ) -> ServerFingerprints.Fingerprint? {
        // Other objects than tables leave no trace: with them a shard is always read exactly.
        guard let fingerprints, target.kinds.isEmpty else { return nil }
        // What was conclusive about the same tables still is.
        if let known = holding[target.id], known.target == target, known.schema === shard.schema {
            return known.fingerprint
        }
        guard catalog.leavesTraces(shard.schema),
            fingerprints.isConclusive(for: target.database, tables: shard.schema.tables)
        else { return nil }
        return fingerprints.fingerprint(of: target.database)
    }

    /// Whether the server was lost, so that its other shards are not tried one by one.
    var breakdown: ShardProblem? { broken.withLock { $0 } }

    /// Keeps the pass from asking this server again.
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
