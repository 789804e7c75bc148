import Basics
import Execution
import MySQLClient
import Schema

/// Reads shards: which tables each has, or why that is unknown.
///
/// Keeps each shard's last reading with what proves that it still holds: the mark of its server
/// (``StatementMark``), which costs three questions for a server on which no schema changed, and
/// its own fingerprint (``ServerFingerprints``) where some schema on the server did.
package final class Observer: Sendable {
    /// What is read, and what is remembered.
    package enum Mode: Sendable {
        /// Reads every table of every shard and remembers nothing, for a process that then ends.
        case once
        /// Reads every table of every shard and remembers it.
        case exact
        /// Reads only shards of which nothing proves that they did not change.
        case unlessUnchanged
    }

    /// The server's processors are the limit: more connections at once slow it down.
    package static let connectionsPerServer = 4

    private let pool: ConnectionPool
    private let catalog: ObjectCatalog
    private let totalConcurrency: Int
    private let perServer: Int
    private let clock: any Clock
    private let marks: Bool
    private let memory = Lock<[ShardID: Memory]>([:])

    /// The last exact reading of a shard, with what proves that it still holds: one of both at
    /// least.
    struct Memory {
        let target: ObservationTarget
        let schema: ShardSchema
        let profile: ServerProfile
        let profileDigest: Digest
        let otherObjects: [CountedObjectKind: Int]
        let uncounted: String?
        /// The mark of the server before the reading.
        var mark: StatementMark?
        let fingerprint: ServerFingerprints.Fingerprint?
    }

    /// - Parameter marks: whether servers are asked for marks; else fingerprints alone decide.
    package init(
        pool: ConnectionPool, catalog: ObjectCatalog, totalConcurrency: Int,
        perServer: Int = Observer.connectionsPerServer, clock: any Clock, marks: Bool = true
    ) {
        self.pool = pool
        self.catalog = catalog
        self.totalConcurrency = totalConcurrency
        self.perServer = perServer
        self.clock = clock
        self.marks = marks
    }

    /// An observation for each of `targets`; failures are problems of the shard, not errors.
    ///
    /// Blocks until all are read. Servers are read in parallel, each over a few connections.
    package func observe(
        _ targets: [ObservationTarget], mode: Mode
    ) -> [ShardID: ShardObservation] {
        let unfit = targets.filter { NameCheck.isUnfit($0.database) }
        let fit = unfit.isEmpty ? targets : targets.filter { !NameCheck.isUnfit($0.database) }
        let servers = Dictionary(grouping: fit, by: \.server)
            .map { ServerShards(server: $0.key, targets: $0.value) }
            .sorted { $0.server < $1.server }
        let states = Workers.map(
            servers, total: totalConcurrency, perKey: 1, key: \.server
        ) { shards in
            ServerPass.begin(
                shards, pool: self.pool, mode: mode, memory: self.remembered(shards.targets),
                marks: self.marks)
        }
        var result: [ShardID: ShardObservation] = [:]
        for target in unfit { result[target.id] = .unknown(.unfitName(target)) }
        let now = clock.now
        for state in states {
            result.merge(state.observedWithoutReading(at: now)) { first, _ in first }
            let renewed = state.renewed(catalog)
            // What was forgotten meanwhile stays so.
            memory.withLock { memory in
                for (shard, known) in renewed where memory[shard] != nil { memory[shard] = known }
            }
        }
        let counts = mode == .unlessUnchanged ? [] : states.map(ServerWork.count)
        let chunks = states.flatMap { $0.chunks(connections: self.perServer) }
        let work = counts + chunks.map(ServerWork.read)
        let readings = Workers.map(
            work, total: totalConcurrency, perKey: perServer, key: \.server
        ) { $0.run(pool: self.pool, catalog: self.catalog) }
        for (item, reading) in zip(work, readings) {
            guard case .read(let chunk) = item else { continue }
            for (target, outcome) in zip(chunk.targets, reading) {
                result[target.id] = conclude(target, outcome, chunk.pass, at: now)
            }
        }
        return result
    }

    /// Forgets a shard's last reading, so that the shard is read exactly the next time.
    package func forget(_ shard: ShardID) {
        memory.withLock { _ = $0.removeValue(forKey: shard) }
    }

    /// Forgets every shard but these, and returns the tables of those that are remembered.
    ///
    /// - Parameter shards: nil forgets none.
    package func keep(only shards: Set<ShardID>?) -> Set<Digest> {
        let kept = memory.withLock { memory in
            if let shards, memory.keys.contains(where: { !shards.contains($0) }) {
                memory = memory.filter { shards.contains($0.key) }
            }
            return memory.values.map(\.schema)
        }
        // Shards with the same schema share one value, of which each is visited once.
        var seen: Set<ObjectIdentifier> = []
        var tables: Set<Digest> = []
        for schema in kept where seen.insert(ObjectIdentifier(schema)).inserted {
            tables.formUnion(schema.tables.values)
        }
        return tables
    }

    private func remembered(_ targets: [ObservationTarget]) -> [ShardID: Memory] {
        memory.withLock { memory in
            var result: [ShardID: Memory] = [:]
            for target in targets {
                if let known = memory[target.id], known.target == target {
                    result[target.id] = known
                }
            }
            return result
        }
    }

    private func conclude(
        _ target: ObservationTarget, _ outcome: Result<ShardReader.Reading, ShardProblem>,
        _ pass: ServerPass, at now: Timestamp
    ) -> ShardObservation {
        switch outcome {
        case .failure(let problem):
            forget(target.id)
            return .unknown(problem)
        case .success(let reading):
            guard let profile = pass.facts?.profile(of: target.database) else {
                forget(target.id)
                return .unknown(.unseenDatabase(target))
            }
            let others = reading.others.merging(
                pass.objects(in: target.database), uniquingKeysWith: +)
            let shard = KnownShard(
                schema: catalog.schema(of: reading.tables), profile: profile,
                otherObjects: others.filter { !$0.key.isAmong(target.kinds) },
                uncounted: pass.uncounted, observedAt: now, isRemembered: false,
                readOnly: pass.readOnly)
            remember(target, shard, pass)
            return .known(shard)
        }
    }

    private func remember(_ target: ObservationTarget, _ shard: KnownShard, _ pass: ServerPass) {
        guard let proof = pass.proof(of: target, shard, catalog),
            let digest = pass.facts?.profileDigest(of: target.database)
        else { return forget(target.id) }
        let known = Memory(
            target: target, schema: shard.schema, profile: shard.profile,
            profileDigest: digest, otherObjects: shard.otherObjects, uncounted: shard.uncounted,
            mark: proof.mark,
            fingerprint: proof.fingerprint)
        memory.withLock { $0[target.id] = known }
    }
}
