import Basics
import Desired
import Ledger
import Model
import Observed
import Schema

/// What a pass wants workers to read, as it cannot reach the servers itself: recorded when it
/// changes, and taken back when it reaches them again.
struct AskedReading {
    /// The shards of the pass that it cannot reach.
    let unreached: Set<ShardID>
    /// The shards of the pass that it did not try, as they could not be read before.
    let untried: Set<ShardID>
    /// The shards of the pass.
    let shards: [Shard]
    let kinds: [String: Set<ObjectName.Kind>]
    /// Whether a shard that is not among those is still one of the fleet.
    let isOther: (ShardID) -> Bool
    /// Whether somebody is there who could read.
    let hasReaders: Bool

    /// What is to be asked, by server.
    ///
    /// - Parameter present: what is asked already.
    func wanted(_ present: [String: AskedServer]) -> [String: AskedServer] {
        var lists: [ServerAddress: [AskedShard]] = [:]
        let known = Set(shards.map(\.id))
        for (name, asked) in present {
            guard let server = ServerAddress(name) else { continue }
            lists[server] = asked.shards.filter {
                !known.contains($0.shardID) && isOther($0.shardID)
            }
        }
        for shard in shards {
            let earlier = present[shard.server.description]?.shards.first {
                $0.shardID == shard.id
            }
            guard unreached.contains(shard.id) || untried.contains(shard.id) && earlier != nil,
                earlier != nil || hasReaders
            else { continue }
            lists[shard.server, default: []].append(
                AskedShard(
                    shard: shard.id, database: shard.database,
                    kinds: kinds[shard.id.namespace] ?? [], labels: shard.labels))
        }
        var wanted: [String: AskedServer] = [:]
        for (server, shards) in lists where !shards.isEmpty {
            wanted[server.description] = AskedServer(
                server: server, shards: shards.sorted { $0.shardID < $1.shardID })
        }
        return wanted
    }

    /// Records what is asked, in one commit, or in none where that is what is recorded.
    static func record(
        _ wanted: [String: AskedServer], over present: [String: AskedServer],
        also damaged: [String], in store: LedgerStore
    ) throws(LedgerError) {
        let changed = wanted.filter { present[$0.key] != $0.value }
        let gone = Set(present.keys).union(damaged).subtracting(wanted.keys).sorted()
        guard !changed.isEmpty || !gone.isEmpty else { return }
        let event = event(changed, gone)
        try store.transact(event) { draft throws(LedgerError) in
            for server in gone { try draft.removeAsked(on: server) }
            for (server, asked) in changed.sorted(by: { $0.key < $1.key }) {
                try draft.set(RecordPath.asked(server), json: asked)
            }
            return .commit
        }
    }

    private static func event(
        _ changed: [String: AskedServer], _ gone: [String]
    ) -> LedgerEvent {
        guard !changed.isEmpty else {
            return LedgerEvent(
                "reading-withdrawn",
                subject: "Ask no worker any more to read \(Count.of(gone.count, "server"))",
                key: gone.first ?? "")
        }
        let count = changed.values.reduce(0) { $0 + $1.shards.count }
        return LedgerEvent(
            "reading-asked",
            subject: "Ask workers to read \(Count.of(count, "shard")) on "
                + Count.of(changed.count, "server"), key: changed.keys.min() ?? "")
    }
}
