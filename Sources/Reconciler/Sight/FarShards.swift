import Basics
import Ledger
import Model
import Schema

/// The shards on servers that this process cannot reach, and that a worker reads for it.
package struct FarShards: Sendable {
    /// The workers, by the server that each reads.
    package internal(set) var readers: [ServerAddress: String] = [:]
    /// The shards that they saw, by server.
    package internal(set) var seen: [ServerAddress: [ShardID]] = [:]

    package init() {}

    /// Why a server's rows, sizes and health are not known; nil where this process reaches it.
    func obstacle(on server: ServerAddress) -> String? {
        readers[server].map { "only worker \($0) reaches \(server)" }
    }

    /// The same for all such servers.
    var obstacles: [ServerAddress: String] {
        readers.keys.reduce(into: [:]) { all, server in all[server] = obstacle(on: server) }
    }

    /// Which shards are seen by whom, for people.
    var notices: [Notice] {
        let workers = Dictionary(grouping: seen.keys.sorted()) { readers[$0] ?? "" }
        return workers.sorted { $0.key < $1.key }.map { worker, servers in
            let shards = servers.flatMap { seen[$0] ?? [] }.sorted()
            return Notice(
                code: Notice.readByWorker,
                message: "\(Self.list(shards.map(\.description), "shard")) on "
                    + "\(Self.list(servers.map(\.description), "server")): read by worker "
                    + "\(worker), as the process that plans cannot reach them")
        }
    }

    /// Which servers workers are asked to read, and who does, one sentence for each of them.
    package static func words(of store: LedgerStore) throws(LedgerError) -> [String] {
        guard let snapshot = try store.snapshot() else { return [] }
        var (far, unread) = (FarShards(), FarShards())
        let names = try snapshot.askedServers()
        guard !names.isEmpty else { return [] }
        let leases = try SightLeases(of: store)
        for name in names {
            guard let server = ServerAddress(name) else { continue }
            var shards: [ShardID] = []
            do throws(LedgerError) {
                shards = try snapshot.asked(on: name)?.shards.map(\.shardID) ?? []
            } catch  where error.isOfContent {
                // The next pass writes it anew.
                continue
            }
            if let holder = leases[server] {
                (far.readers[server], far.seen[server]) = (holder.owner, shards)
            } else {
                unread.seen[server] = shards
            }
        }
        let servers = unread.seen.keys.sorted()
        guard !servers.isEmpty else { return far.notices.map(\.message) }
        let shards = servers.flatMap { unread.seen[$0] ?? [] }.sorted()
        return far.notices.map(\.message) + [
            "\(list(shards.map(\.description), "shard")) on "
                + "\(list(servers.map(\.description), "server")): the process that plans cannot "
                + "reach them, and no worker reads them"
        ]
    }

    /// The first of some names, and how many there are.
    private static func list(_ names: [String], _ what: String) -> String {
        let shown = names.prefix(most).joined(separator: ", ")
        let more = names.count - most
        return more > 0 ? "\(shown) and \(Count.of(more, "more \(what)"))" : shown
    }

    private static let most = 3
}
