import Basics
import Diff
import Ledger
import Model
import MySQLClient
import Observed
import Schema

/// What workers saw of shards, read back and looked at as a whole: nobody knows who wrote it.
///
/// A shard is believed where the worker that wrote the document has the lease of the server, the
/// ledger has nothing newer of the shard, and it is the same database.
struct SeenReading {
    /// What is known of one shard.
    enum Finding {
        case seen(KnownShard)
        /// The worker could not read it.
        case unreadable(ShardProblem)
        /// It has not read it yet, or not since something was done there.
        case awaited
        /// Nobody reads the server.
        case unread
        /// What is recorded cannot be believed.
        case refused(String)
    }

    private enum Document {
        case none
        case refused(String)
        case held(SeenServer, [ShardID: SeenShard], readOnly: ReadOnlyState)
        /// The lease is held, and what counts was not written yet.
        case awaited
    }

    private let documents: [ServerAddress: Document]
    /// The workers that have the leases.
    private(set) var readers: [ServerAddress: String]
    private let snapshot: RecordSnapshot
    private let bases: ShardBases
    private let cache: ProofCache
    private let now: Timestamp

    /// Reads what is recorded of some servers.
    ///
    /// - Parameters:
    ///   - bases: what the pass knows of the shards.
    ///   - readers: the leases that are held, by the server.
    init(
        of servers: [ServerAddress: Int], in snapshot: RecordSnapshot, bases: ShardBases,
        readers: SightLeases, cache: ProofCache, now: Timestamp
    ) throws(LedgerError) {
        self.snapshot = snapshot
        self.bases = bases
        self.cache = cache
        self.now = now
        self.readers = [:]
        var documents: [ServerAddress: Document] = [:]
        for (server, count) in servers {
            guard let lease = readers[server] else { continue }
            self.readers[server] = lease.owner
            do throws(LedgerError) {
                let seen = try snapshot.seen(on: server.description, shardCount: count)
                documents[server] = Self.document(seen, lease)
            } catch  where error.isOfContent {
                documents[server] = .refused(error.fault)
            }
        }
        self.documents = documents
    }

    private static func document(_ seen: SeenServer?, _ lease: SightLeases.Holder) -> Document {
        guard let seen, seen.by == lease.owner, seen.token == lease.token else { return .awaited }
        var shards: [ShardID: SeenShard] = [:]
        for shard in seen.shards where shards.updateValue(shard, forKey: shard.shardID) != nil {
            return .refused("\(shard.shardID) is in it twice")
        }
        if let fault = seen.profiles.lazy.compactMap(ProfileCheck.fault).first {
            return .refused("a profile of the server makes no sense: \(fault)")
        }
        return .held(seen, shards, readOnly: ReadOnlyState(seen.readOnly))
    }

    /// What is known of a shard. Throws where the ledger cannot be read.
    func finding(of target: ObservationTarget) throws(LedgerError) -> Finding {
        switch documents[target.server] ?? .none {
        case .none: return .unread
        case .awaited: return .awaited
        case .refused(let reason): return .refused(reason)
        case .held(let seen, let shards, let readOnly):
            guard let shard = shards[target.id], shard.database == target.database,
                Set(shard.kinds ?? []) == target.kinds,
                try bases.agree(with: shard.record, shard.pending, of: target.id)
            else { return .awaited }
            if let problem = shard.problem { return .unreadable(Self.problem(problem)) }
            do throws(Fault) {
                return .seen(try known(shard, of: seen, readOnly))
            } catch {
                switch error {
                case .ledger(let error): throw error
                case .content(let reason): return .refused(reason)
                }
            }
        }
    }

    private enum Fault: Error {
        case ledger(LedgerError)
        case content(String)
    }

    private func known(
        _ shard: SeenShard, of seen: SeenServer, _ readOnly: ReadOnlyState
    ) throws(Fault) -> KnownShard {
        guard let profile = shard.profile, seen.profiles.indices.contains(profile),
            let schema = shard.schema, seen.schemas.indices.contains(schema)
        else { throw .content("it has no profile or no tables of \(shard.shardID)") }
        let flavour = seen.profiles[profile].flavour
        for (name, digest) in seen.schemas[schema] {
            try check(name, digest, flavour)
        }
        var others: [CountedObjectKind: Int] = [:]
        for (kind, count) in shard.others ?? [:] where (1...1_000_000).contains(count) {
            CountedObjectKind(rawValue: kind).map { others[$0] = count }
        }
        return KnownShard(
            schema: cache.schema(of: seen.schemas[schema]), profile: seen.profiles[profile],
            otherObjects: others, uncounted: shard.uncounted.map(Self.line), observedAt: now,
            readOnly: readOnly)
    }

    /// Loads the text of a table or object, whose digest is worked out again.
    private func check(
        _ name: String, _ digest: Digest, _ flavour: ServerProfile.Flavour
    ) throws(Fault) {
        let table: CatalogTable?
        do throws(LedgerError) {
            table = try cache.table(digest, flavour: flavour, in: snapshot)
        } catch {
            throw .ledger(error)
        }
        let place = NameCheck.escaped(name)
        guard let table else {
            throw .content("the text of `\(place)` (\(digest.short)) is not in the ledger")
        }
        let shown = table.object?.name ?? table.table.map { ObjectName(.table, $0.name) }
        guard let shown else { return }
        guard shown.encoded.lowercased() == name.lowercased() else {
            throw .content("the text of `\(place)` is that of `\(shown.encoded)`")
        }
    }

    private static func problem(_ problem: SeenShard.Problem) -> ShardProblem {
        let isWord =
            (1...40).contains(problem.code.utf8.count)
            && problem.code.utf8.allSatisfy {
                ProfileCheck.isWordByte($0) || $0 == UInt8(ascii: "-")
            }
        return ShardProblem(
            code: isWord ? problem.code : "unreadable",
            reason: line(problem.reason), retry: .retryable)
    }

    /// What somebody else wrote, as part of a line.
    private static func line(_ text: String) -> String {
        NameCheck.escaped(String(text.prefix(1_000)))
    }
}
