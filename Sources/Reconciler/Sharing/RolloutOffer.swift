import Basics
import Diff
import Foundation
import Ledger
import Model
import Observed
import Schema

/// What a pass offers of a rollout to other workers, and takes back again.
///
/// It is in the ledger, so it counts in the very transition in which an operation begins.
final class RolloutOffer: @unchecked Sendable {
    // Sendable because what changes is used with `mutex` locked.

    /// What is offered.
    struct Content: Hashable {
        let perServer: Int
        let after: [String]
        let until: Timestamp
        let servers: [ServerAddress: [OfferedShard]]
    }

    private let store: LedgerStore
    private let rollout: String
    private let worker: WorkerName
    private let mutex = NSLock()
    private var present: (offer: OfferRecord, content: Content)?
    /// The servers for which there may be documents; nil where that was not looked up.
    private var documents: [String]?

    init(store: LedgerStore, rollout: String, by worker: WorkerName) {
        self.store = store
        self.worker = worker
        self.rollout = rollout
    }

    /// Offers this and nothing else; one commit, or none where that is what is offered.
    func set(_ content: Content) throws(LedgerError) {
        mutex.lock()
        defer { mutex.unlock() }
        guard !content.servers.isEmpty else { return try remove() }
        if let present, present.content.isLike(content, at: store.now) { return }
        let now = store.now
        let seed = "\(rollout) \(now.iso) \(UInt64.random(in: 0...UInt64.max))"
        let offer = OfferRecord(
            id: String(Digest(of: seed).hex.prefix(12)), rollout: rollout, by: worker.text,
            until: content.until.iso, perServer: content.perServer, after: content.after,
            at: now.iso)
        let servers = content.servers.map { server, shards in
            OfferedServer(offer: offer.id, server: server, shards: shards)
        }
        let count = content.servers.values.joined().reduce(0) { $0 + $1.operations.count }
        let event = LedgerEvent(
            "operations-offered",
            subject: "Offer \(Count.of(count, "operation")) of rollout \(rollout)", key: rollout)
        let known = try known()
        try store.transact(event) { draft throws(LedgerError) in
            try draft.setOffer(offer, servers, replacing: known)
            return .commit
        }
        documents = servers.map(\.server)
        present = (offer, content)
    }

    /// Takes back what is offered; one commit, or none where nothing is.
    func withdraw() throws(LedgerError) {
        mutex.lock()
        defer { mutex.unlock() }
        try remove()
    }

    private func remove() throws(LedgerError) {
        guard present != nil else { return }
        try Self.remove(rollout, documents ?? [], in: store)
        present = nil
        documents = []
    }

    /// Takes back what an earlier process has offered of a rollout.
    static func withdraw(_ rollout: String, in store: LedgerStore) throws(LedgerError) {
        guard let snapshot = try store.snapshot() else { return }
        try remove(rollout, snapshot.offeredServers(rollout), in: store)
    }

    private static func remove(
        _ rollout: String, _ servers: [String], in store: LedgerStore
    ) throws(LedgerError) {
        let event = LedgerEvent(
            "offer-withdrawn", subject: "Withdraw the offer of rollout \(rollout)", key: rollout)
        try store.transact(event) { draft throws(LedgerError) in
            try draft.removeOffer(of: rollout, servers: servers) ? .commit : .nothing
        }
    }

    /// The servers of an offer that a process that is gone may have left.
    private func known() throws(LedgerError) -> [String] {
        if let documents { return documents }
        let found = try store.snapshot()?.offeredServers(rollout) ?? []
        documents = found
        return found
    }
}

extension RolloutOffer.Content {
    /// Whether the same is offered, and for about as long.
    fileprivate func isLike(_ other: Self, at now: Timestamp) -> Bool {
        let isLong = until == other.until || until.secondsSince1970 - now.secondsSince1970 > 3_600
        return perServer == other.perServer && after == other.after && servers == other.servers
            && isLong
    }
}

extension OfferedShard {
    /// What is offered of the work on one shard: the operations that `mayBegin`.
    ///
    /// Nil where there is none, or where one needs what no other process has.
    init?(
        _ work: RolloutRunner.ShardWork, at target: ObservationTarget, labels: [String: String],
        _ mayBegin: (OperationKey) -> Bool
    ) throws(LedgerError) {
        var operations: [OfferedOperation] = []
        for record in work.records where mayBegin(record.key) {
            guard (record.step.engine ?? .direct) == .direct, record.engine == nil else {
                return nil
            }
            operations.append(
                OfferedOperation(
                    object: record.key.object, step: try PendingDocuments.step(of: record).digest,
                    approval: record.approval, approvedUntil: record.approvedUntil,
                    revision: record.revision, begun: record.begun))
        }
        guard !operations.isEmpty else { return nil }
        self.init(
            shard: work.shard, database: target.database,
            changesReadOnly: target.changesReadOnly, labels: labels, operations: operations,
            // Of a part of them nobody knows more than that their order is right.
            needs: operations.count == work.records.count ? work.order.needs : nil)
    }
}
