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
    /// Whether the server accepts changes; of a server that could not be read nothing is known.
    let readOnly: ReadOnlyState
    /// Nil where the server could not be read at all, and `broken` then says why, or where no shard
    /// had to be looked at.
    let facts: ServerFacts?
    private let mark: StatementMark?
    private let fingerprints: ServerFingerprints?
    /// The last readings that hold because the server's mark is still the same.
    private let proven: [ShardID: Observer.Memory]
    /// The last readings whose fingerprints are still the same.
    private let unchangedMemory: [ShardID: Observer.Memory]
    /// Whether those are reused instead of reading the shards again.
    private let skipsUnchanged: Bool
    /// By database: objects that are no tables; empty where nobody asked.
    private let objects = Lock<Result<[String: [CountedObjectKind: Int]], MySQLError>>(
        .success([:]))
    /// Why the server is not contacted again in this pass; nil while it works.
    private let broken: Lock<ShardProblem?>
    /// Whether one session was answered by another server than the others.
    private let hasStrayed: Lock<Bool>

    private init(
        shards: ServerShards, opening: ServerOpening, fingerprints: ServerFingerprints?,
        memory: [ShardID: Observer.Memory], skipsUnchanged: Bool, hasStrayed: Bool
    ) {
        self.shards = shards
        self.fingerprints = fingerprints
        self.skipsUnchanged = skipsUnchanged
        readOnly = opening.settings.readOnly
        facts = opening.facts
        mark = opening.mark
        proven = opening.proven
        unchangedMemory = memory.filter { _, known in
            known.fingerprint != nil
                && fingerprints?.fingerprint(of: known.target.database) == known.fingerprint
        }
        broken = Lock(nil)
        self.hasStrayed = Lock(hasStrayed)
    }

    private init(shards: ServerShards, broken: ShardProblem) {
        self.shards = shards
        readOnly = ReadOnlyState([:])
        facts = nil
        mark = nil
        fingerprints = nil
        proven = [:]
        unchangedMemory = [:]
        skipsUnchanged = false
        self.broken = Lock(broken)
        hasStrayed = Lock(false)
    }

    /// Reads what is needed once per server.
    ///
    /// - Parameter marks: whether the server is asked for a ``StatementMark``.
    static func begin(
        _ shards: ServerShards, pool: ConnectionPool, mode: Observer.Mode,
        memory: [ShardID: Observer.Memory], marks: Bool
    ) -> ServerPass {
        do throws(MySQLError) {
            let opening = try pool.using(shards.server) { connection throws(MySQLError) in
                try ServerOpening(
                    shards, mode: mode, memory: memory, marks: marks, on: connection)
            }.get()
            let rest = memory.filter { opening.proven[$0.key] == nil }
            var answer = ServerFingerprints.Answer.none
            if mode != .once, let facts = opening.facts {
                let due = shards.targets.filter { opening.proven[$0.id] == nil }
                answer = try ServerFingerprints.read(
                    from: shards.server, pool: pool, facts: facts, identity: opening.mark?.identity,
                    databases: Array(Set(due.map(\.database))),
                    known: Dictionary(
                        rest.values.compactMap { known in
                            known.fingerprint.map { (known.target.database, $0) }
                        },
                        uniquingKeysWith: { first, _ in first }))
            }
            return ServerPass(
                shards: shards, opening: opening, fingerprints: answer.fingerprints, memory: rest,
                skipsUnchanged: mode == .unlessUnchanged, hasStrayed: answer.hasStrayed)
        } catch {
            return ServerPass(shards: shards, broken: ShardProblem(server: error))
        }
    }

    /// The shards of which nothing has to be read, with what is known of them.
    func observedWithoutReading(at now: Timestamp) -> [ShardID: ShardObservation] {
        var result: [ShardID: ShardObservation] = [:]
        for target in shards.targets {
            if let known = proven[target.id] {
                result[target.id] = .known(shard(known, at: now))
            } else if let problem = problem(of: target) {
                result[target.id] = .unknown(problem)
            } else if skipsUnchanged, let known = unchangedMemory[target.id] {
                result[target.id] = .known(shard(known, at: now))
            }
        }
        return result
    }

    private func shard(_ known: Observer.Memory, at now: Timestamp) -> KnownShard {
        KnownShard(
            schema: known.schema, profile: known.profile, otherObjects: known.otherObjects,
            uncounted: known.uncounted, observedAt: now, isRemembered: true, readOnly: readOnly)
    }

    /// The last readings that hold by their fingerprints, under the present mark.
    func renewed(_ catalog: ObjectCatalog) -> [ShardID: Observer.Memory] {
        guard skipsUnchanged, let mark, !hasStrayed.withLock({ $0 }) else { return [:] }
        return unchangedMemory.compactMapValues { known in
            guard catalog.traits(of: known.schema).changesByStatements else { return nil }
            var renewed = known
            renewed.mark = mark
            return renewed
        }
    }

    /// The other shards in portions, enough of them that all connections stay busy to the end.
    func chunks(connections: Int) -> [ShardChunk] {
        let due = shards.targets.filter { target in
            proven[target.id] == nil && problem(of: target) == nil
                && !(skipsUnchanged && unchangedMemory[target.id] != nil)
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

    /// What proves, as long as one of both is the same, that the shard's tables are too; nil where
    /// nothing does.
    func proof(
        of target: ObservationTarget, _ shard: KnownShard, _ catalog: ObjectCatalog
    ) -> (mark: StatementMark?, fingerprint: ServerFingerprints.Fingerprint?)? {
        // Of other objects not all changes show, so shards with any are always read.
        guard target.kinds.isEmpty, !hasStrayed.withLock({ $0 }) else { return nil }
        let traits = catalog.traits(of: shard.schema)
        let mark = traits.changesByStatements ? mark : nil
        let fingerprint = traits.leavesTraces ? fingerprint(of: target, shard) : nil
        return mark == nil && fingerprint == nil ? nil : (mark, fingerprint)
    }

    private func fingerprint(
        of target: ObservationTarget, _ shard: KnownShard
    ) -> ServerFingerprints.Fingerprint? {
        guard let fingerprints else { return nil }
        // A fingerprint that was conclusive for the same tables still is.
        if let known = unchangedMemory[target.id], known.target == target,
            known.schema === shard.schema
        {
            return known.fingerprint
        }
        guard fingerprints.isConclusive(for: target.database, tables: shard.schema.tables) else {
            return nil
        }
        return fingerprints.fingerprint(of: target.database)
    }

    /// Notes whether the session is with the server that the pass began with: behind a balancer it
    /// may be another one, and nothing is then remembered of this pass.
    func check(_ connection: Connection) throws(MySQLError) {
        guard let mark, let facts else { return }
        let isSame = try mark.identity.isPlace(of: connection, facts.profile.flavour)
        if !isSame { hasStrayed.withLock { $0 = true } }
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
