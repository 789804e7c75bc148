import Basics
import Desired
import Execution
import Ledger
import Model
import Observed
import Schema

/// Completes what a pass has read by what workers see of the shards that it cannot reach.
struct FarObservation {
    let store: LedgerStore
    let cache: ProofCache
    let hooks: PassHooks
    /// Whether what is to be read may be recorded.
    let mayAsk: Bool
    /// Whether it is waited for workers that are about to read; a loop has its next pass for that.
    let waits: Bool

    /// The codes of problems that somebody elsewhere, or with other accounts, may not have.
    private static let farCodes: Set<String> = ["unreachable", "configuration"]
    /// For a shard that is not tried again yet.
    static let untriedCode = "backing-off"

    /// How long it is waited for a worker that reads the server, and for one to begin with it.
    private static let (awaitedSeconds, unreadSeconds) = (20.0, 5.0)
    private static let lookSeconds = 0.2

    /// Replaces observations of shards that cannot be reached from here; returns whose they are.
    ///
    /// - Parameters:
    ///   - snapshot: what the pass knows, from before it read the other shards.
    ///   - isOther: whether a shard that is not among `shards` is still one of the fleet.
    func complete(
        _ observation: inout [ShardID: ShardObservation], _ shards: [Shard],
        kinds: [String: Set<ObjectName.Kind>], _ snapshot: RecordSnapshot?,
        isOther: @escaping (ShardID) -> Bool
    ) throws(LedgerError) -> FarShards {
        var (unreached, untried): (Set<ShardID>, Set<ShardID>) = ([], [])
        for (id, found) in observation {
            guard case .unknown(let problem) = found else { continue }
            if Self.farCodes.contains(problem.code) { unreached.insert(id) }
            if problem.code == Self.untriedCode { untried.insert(id) }
        }
        var (present, damaged) = try asked(in: snapshot)
        guard !unreached.isEmpty || !present.isEmpty || !damaged.isEmpty else { return FarShards() }
        var hasReaders = false
        if !unreached.isEmpty { hasReaders = try SightLeases.isReaderPresent(in: store) }
        if mayAsk {
            let wanted = AskedReading(
                unreached: unreached, untried: untried, shards: shards, kinds: kinds,
                isOther: isOther, hasReaders: hasReaders
            ).wanted(present)
            try AskedReading.record(wanted, over: present, also: damaged, in: store)
            present = wanted
        }
        let askedShards = Set(present.values.flatMap { $0.shards.map(\.shardID) })
        let targets = shards.filter {
            askedShards.contains($0.id)
                && (unreached.contains($0.id) || untried.contains($0.id))
        }.map { ObservationTarget($0, kinds: kinds[$0.id.namespace] ?? []) }
        guard !targets.isEmpty else { return FarShards() }
        let counts = present.mapValues(\.shards.count)
        return try read(
            targets, counts, &observation, bases: ShardBases(snapshot), hasReaders: hasReaders)
    }

    /// What is asked already, and the servers of which that cannot be read.
    private func asked(
        in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> ([String: AskedServer], damaged: [String]) {
        var present: [String: AskedServer] = [:]
        var damaged: [String] = []
        for name in try snapshot?.askedServers() ?? [] {
            do throws(LedgerError) {
                present[name] = try snapshot?.asked(on: name)
            } catch  where error.isOfContent {
                damaged.append(name)
            }
        }
        return (present, damaged)
    }

    private func read(
        _ targets: [ObservationTarget], _ counts: [String: Int],
        _ observation: inout [ShardID: ShardObservation], bases: ShardBases, hasReaders: Bool
    ) throws(LedgerError) -> FarShards {
        var far = FarShards()
        var open = targets
        var waited = 0.0
        while let snapshot = try store.snapshot() {
            let servers = Dictionary(
                open.map { ($0.server, counts[$0.server.description] ?? 0) },
                uniquingKeysWith: { first, _ in first })
            let reading = try SeenReading(
                of: servers, in: snapshot, bases: bases, readers: SightLeases(of: store),
                cache: cache, now: hooks.clock.now)
            far.readers.merge(reading.readers) { _, new in new }
            var left: [ObservationTarget] = []
            var patience = 0.0
            for target in open {
                let finding = try reading.finding(of: target)
                switch finding {
                case .awaited: patience = Self.awaitedSeconds
                // Its worker writes it once more.
                case .refused: patience = max(patience, Self.unreadSeconds)
                case .unread: patience = max(patience, hasReaders ? Self.unreadSeconds : 0)
                case .seen, .unreadable: break
                }
                if take(finding, of: target, by: reading.readers[target.server], &observation) {
                    far.seen[target.server, default: []].append(target.id)
                } else {
                    left.append(target)
                }
            }
            open = left
            guard waits, waited < patience,
                hooks.clock.wait(seconds: Self.lookSeconds, unless: hooks.interrupt)
            else { break }
            waited += Self.lookSeconds
        }
        far.readers = far.readers.filter { far.seen[$0.key] != nil }
        return far
    }

    /// Notes what is known of a shard; true where it was seen.
    private func take(
        _ finding: SeenReading.Finding, of target: ObservationTarget, by worker: String?,
        _ observation: inout [ShardID: ShardObservation]
    ) -> Bool {
        let reader = "worker \(worker ?? "?")"
        let here = "\(target.server) cannot be reached from here"
        switch finding {
        case .seen(let known):
            observation[target.id] = .known(known)
            return true
        case .unreadable(let problem):
            observation[target.id] = .unknown(
                ShardProblem(
                    code: problem.code, reason: "\(here), and \(reader) says: \(problem.reason)",
                    retry: problem.retry))
        case .awaited:
            observation[target.id] = .unknown(
                ShardProblem(
                    code: "read-again",
                    reason: "\(here), and \(reader) is about to read it: try again",
                    retry: .retryable))
        case .refused(let reason):
            observation[target.id] = .unknown(
                ShardProblem(
                    code: "not-believed",
                    reason: "\(here), and what \(reader) recorded of it is not believed: "
                        + "\(reason); look who can write to the ledger",
                    retry: .retryable))
        case .unread:
            guard case .unknown(let problem) = observation[target.id],
                !problem.reason.hasSuffix(Self.nobody)
            else { break }
            observation[target.id] = .unknown(
                ShardProblem(
                    code: problem.code, reason: problem.reason + Self.nobody, retry: problem.retry))
        }
        return false
    }

    private static let nobody =
        "; no worker reads it: start a `plumb worker` that may reach it"
}
