import Basics
import Desired
import Execution
import Foundation
import Ledger
import Model
import Observed
import Reports
import Schema

/// Reads the servers that processes which plan cannot reach, each under a lease, and records what
/// it sees when that changes.
///
/// The lease says that it is still so: nothing grows while nothing changes.
package final class Lookout {
    /// What it needs to work.
    package struct Means: Sendable {
        package let store: LedgerStore
        package let access: any FleetAccess
        package let catalog: ObjectCatalog
        /// Whether this process may read the shards of a server.
        package let mayRead: @Sendable (ServerAddress) -> Bool
        /// Only servers are read whose shards all have these labels.
        package let labels: [String: String]

        package init(
            store: LedgerStore, access: any FleetAccess, catalog: ObjectCatalog,
            labels: [String: String], mayRead: @escaping @Sendable (ServerAddress) -> Bool
        ) {
            self.store = store
            self.access = access
            self.catalog = catalog
            self.labels = labels
            self.mayRead = mayRead
        }
    }

    /// What it tells.
    package enum Event: Sendable {
        /// It reads a server from now on.
        case took(ServerAddress, shards: Int)
        /// Something cannot be done here; it is tried again later.
        case failed(ServerAddress?, message: String)
    }

    /// How often the ledger is asked, in seconds: nothing is recorded of a server more often.
    static let lookSeconds = 1.0
    /// How often a server is read where the ledger has nothing new of it, in seconds.
    static let readSeconds = 10.0
    /// After so many readings one reads each table, whatever the fingerprints say.
    static let exactEvery = 60

    private let means: Means
    private let hooks: PassHooks
    private let left: LeftOnServer
    private let sharing: WorkSharing
    private let notify: @Sendable (Event) -> Void
    private var posts: [ServerAddress: Post] = [:]
    private var asked: (folder: ObjectID?, servers: [ServerAddress: AskedServer]) = (nil, [:])
    private var told: [String: String] = [:]
    /// What the ledger was when it was looked at last.
    private var commit: ObjectID?

    /// A server that this process reads.
    private final class Post {
        let server: ServerAddress
        let lease: LedgerClaim
        var asked: AskedServer
        /// What it recorded last, and the bytes of that; nil where it has to be recorded anew.
        var recorded: (seen: SeenServer, bytes: [UInt8])?
        var readings = 0
        /// By the time since the system began.
        var lastReading = -Double.infinity

        init(_ server: ServerAddress, _ lease: LedgerClaim, _ asked: AskedServer) {
            self.server = server
            self.lease = lease
            self.asked = asked
        }
    }

    package init(
        _ means: Means, sharing: WorkSharing, hooks: PassHooks, faults: FaultPoints = .asked,
        notify: @escaping @Sendable (Event) -> Void
    ) {
        self.means = means
        self.sharing = sharing
        self.hooks = hooks
        self.notify = notify
        left = LeftOnServer(
            store: means.store, access: means.access, engines: hooks.engines, faults: faults,
            claim: { [claims = sharing.claims] in claims.claim(of: $0) })
    }

    /// Reads until the interrupt is raised, and gives the servers back.
    ///
    /// Costs one question to the store each second while nothing is asked.
    ///
    /// - Parameter alive: called with each look at the store.
    package func run(alive: () -> Void = {}) {
        let interrupt = hooks.interrupt.follower()
        repeat {
            alive()
            attempt(nil) { try look() }
        } while interrupt.wait(seconds: Self.lookSeconds)
        for post in posts.values { post.lease.giveBack() }
        posts = [:]
    }

    /// Does something, and tells once what keeps it from being done.
    private func attempt(_ server: ServerAddress?, _ body: () throws -> Void) {
        let place = server?.description ?? ""
        do {
            try body()
            told[place] = nil
        } catch {
            let message = "\(error)"
            if told.updateValue(message, forKey: place) != message {
                notify(.failed(server, message: message))
            }
        }
    }

    private func look() throws {
        guard let snapshot = try means.store.snapshot() else { return }
        try readAsked(in: snapshot)
        for (server, post) in posts {
            guard let wanted = asked.servers[server] else {
                post.lease.giveBack()
                posts[server] = nil
                continue
            }
            if post.asked != wanted {
                post.asked = wanted
                post.lastReading = -.infinity
            }
        }
        try take()
        guard !posts.isEmpty else { return }
        if snapshot.commit != commit {
            // Somebody may have taken it back and asked again, or have changed it.
            for (server, post) in posts
            where try snapshot.read(RecordPath.seen(server.description)) != post.recorded?.bytes {
                post.recorded = nil
            }
            commit = snapshot.commit
        }
        let bases = try ShardBases(snapshot)
        let now = ProcessInfo.processInfo.systemUptime
        let due = try posts.values.filter {
            try now - $0.lastReading >= Self.readSeconds || !isCurrent($0, bases)
        }.sorted { $0.server < $1.server }
        for post in due where !hooks.interrupt.isRaised {
            attempt(post.server) { try read(post) }
        }
    }

    /// What is asked of those that may do what this process may; read where it has changed.
    private func readAsked(in snapshot: RecordSnapshot) throws {
        let folder = try snapshot.identity(of: RecordPath.asked)
        guard folder != asked.folder else { return }
        var servers: [ServerAddress: AskedServer] = [:]
        for name in try snapshot.askedServers() {
            guard let server = ServerAddress(name), means.mayRead(server) else { continue }
            attempt(server) {
                guard let wanted = try snapshot.asked(on: name), wanted.allHave(means.labels)
                else { return }
                for shard in wanted.shards {
                    guard let fault = DatabaseName.fault(shard.database) else { continue }
                    throw LedgerError(
                        .damaged,
                        "\(RecordPath.asked(name)): the name of the database of "
                            + "\(shard.shardID) \(fault)")
                }
                servers[server] = wanted
            }
        }
        asked = (folder, servers)
    }

    /// Takes the servers that nobody reads.
    private func take() throws {
        let free = asked.servers.filter { posts[$0.key] == nil }
        guard !free.isEmpty else { return }
        let leases = try SightLeases(of: means.store)
        for (server, wanted) in free.sorted(by: { $0.key < $1.key }) where leases[server] == nil {
            let name = SharedNames.sight(means.store.environment, server.description)
            guard let lease = try means.store.ledger.claim(name, holder: sharing.name.text)
            else { continue }
            posts[server] = Post(server, lease, wanted)
            notify(.took(server, shards: wanted.shards.count))
        }
    }

    /// Whether what was recorded of a server still counts.
    private func isCurrent(_ post: Post, _ bases: ShardBases) throws -> Bool {
        guard let recorded = post.recorded else { return false }
        return try recorded.seen.shards.allSatisfy {
            try bases.agree(with: $0.record, $0.pending, of: $0.shardID)
        }
    }

    private func read(_ post: Post) throws {
        let server = post.server
        post.lastReading = ProcessInfo.processInfo.systemUptime
        do {
            if !post.lease.isSure { try post.lease.confirm() }
        } catch {
            posts[server] = nil
            throw error
        }
        try settle(server)
        guard let snapshot = try means.store.snapshot() else { return }
        let isExact = post.readings % Self.exactEvery == 0
        let bases = try ShardBases(snapshot)
        let found = means.access.observe(
            post.asked.shards.map { ObservationTarget($0, on: server) },
            mode: isExact ? .exact : .unlessUnchanged)
        post.readings += 1
        let seen = try SeenServer(
            post.asked, on: server, by: post.lease, found, bases: bases,
            earlier: post.recorded?.seen, keepsCounts: !isExact)
        guard seen != post.recorded?.seen else { return }
        let bytes = try CanonicalJSON.encode(seen)
        try record(seen, bytes, on: server, under: post.lease)
        post.recorded = (seen, bytes)
    }

    /// Settles what a dead process has begun on the server, where nobody is at work there: the
    /// process that plans cannot look what became of it.
    private func settle(_ server: ServerAddress) throws {
        guard let snapshot = try means.store.snapshot(),
            try snapshot.pendingList().records.contains(where: {
                ObservationTarget(whereBegan: $0)?.server == server
            })
        else { return }
        try sharing.claims.share()
        guard try sharing.claims.enterUnused(server) else { return }
        defer {
            sharing.claims.settled(server)
            sharing.claims.leave(server)
        }
        let found = try left.settle(on: server)
        if let unknown = found.unknown.min(by: { $0.key < $1.key }) {
            notify(.failed(server, message: "\(unknown.key): \(unknown.value)"))
        }
    }

    private func record(
        _ seen: SeenServer, _ bytes: [UInt8], on server: ServerAddress, under lease: LedgerClaim
    ) throws {
        let catalog = means.catalog
        let digests = Set(seen.schemas.flatMap(\.values)).sorted()
        let event = LedgerEvent(
            "shards-seen",
            subject: "See \(Count.of(seen.shards.count, "shard")) on \(server)",
            key: server.description)
        try means.store.transact(event, under: [lease.lease]) { draft throws(LedgerError) in
            guard try draft.read(RecordPath.asked(seen.server)) != nil else { return .nothing }
            for digest in digests {
                let path = RecordPath.catalog(digest)
                guard try draft.read(path) == nil, let table = catalog[digest] else { continue }
                let bytes = Array(table.text.utf8)
                // A text that is not UTF-8 is not kept: the shard is not known then.
                if Digest(of: bytes) == digest { try draft.set(path, bytes) }
            }
            try draft.set(RecordPath.seen(seen.server), bytes)
            return .commit
        }
    }
}

extension Lookout.Event {
    /// The event as a loop tells it.
    package var event: ReconcileEvent {
        switch self {
        case .took(let server, let shards):
            .reading(server: server.description, shards: shards)
        case .failed(let server, let message):
            .assistanceFailed(server: server?.description, message: message)
        }
    }
}
