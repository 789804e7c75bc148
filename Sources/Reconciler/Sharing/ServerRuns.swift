import Execution
import Foundation
import Ledger
import Model
import Schema

/// Runs operations server by server, each under its claim: several servers at once, and those that
/// other processes have as soon as they are free.
final class ServerRuns: @unchecked Sendable {
    // Sendable because what changes is used with `condition` locked, and the rest is constant.

    /// The work of this process on one server.
    private struct Own {
        let server: ServerAddress
        let works: [RolloutRunner.ShardWork]
        /// Whether the claim was another process's, or nobody's, before.
        let isNew: Bool
    }

    private let batch: SharedBatch
    private let keeper: OfferKeeper
    private let condition = NSCondition()
    private var waiting: [ServerAddress: [RolloutRunner.ShardWork]]
    /// The servers in the order of their works.
    private let servers: [ServerAddress]
    private var result = RolloutRunner.Result()
    /// Why this process could not do the work on a server: it is left to others for a while.
    private var refused: [ServerAddress: [ShardID: ShardFailure]] = [:]
    private var isLooking = false
    /// When somebody last brought something further, by the time since the system began.
    private var lastMove = ProcessInfo.processInfo.systemUptime
    private var pauses = 0

    init(_ batch: SharedBatch, _ works: [RolloutRunner.ShardWork], _ keeper: OfferKeeper) {
        self.batch = batch
        self.keeper = keeper
        waiting = Dictionary(grouping: works, by: \.server)
        var seen: Set<ServerAddress> = []
        servers = works.map(\.server).filter { seen.insert($0).inserted }
        for work in works {
            guard let reason = batch.unreached[work.server] else { continue }
            refused[work.server, default: [:]][work.shard] = ShardFailure(
                "\(work.shard): \(reason), and it did not carry it out", retry: .retryable)
        }
    }

    /// Returns when each operation has ended or was left, here or elsewhere.
    func run() -> RolloutRunner.Result {
        let group = DispatchGroup()
        for number in 0..<min(batch.serverLimit, servers.count) {
            group.enter()
            let thread = Thread { [self] in
                while let own = next() { work(own) }
                group.leave()
            }
            thread.name = "plumb-server-\(number)"
            // What others have written is parsed.
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        for server in waiting.keys {
            result.obstacles.merge(refused[server] ?? [:]) { _, new in new }
        }
        return result
    }

    /// With the condition locked.
    private var secondsWithoutMove: Double { ProcessInfo.processInfo.systemUptime - lastMove }

    // MARK: What is next

    /// A server that this process may work on now; waits for one. Nil where there is none any more.
    private func next() -> Own? {
        while true {
            condition.lock()
            let isOver = waiting.isEmpty || result.journalFailure != nil
            let candidates = servers.filter { waiting[$0] != nil && refused[$0] == nil }
            let isStuck =
                candidates.isEmpty
                && (secondsWithoutMove > WorkSharing.patienceSeconds || !batch.isOffered)
            condition.unlock()
            guard !isOver, !isStuck, keeper.failure == nil else { return nil }
            if batch.control.mayStart {
                for server in candidates {
                    if let own = take(server) { return own }
                }
            }
            guard wait() else { return nil }
        }
    }

    private func take(_ server: ServerAddress) -> Own? {
        do {
            let entry = try batch.sharing.claims.enter(server, limit: batch.serverLimit)
            guard entry != .elsewhere else { return nil }
            condition.lock()
            defer { condition.unlock() }
            guard let works = waiting.removeValue(forKey: server) else {
                // Another thread of this process was first.
                if entry == .new { batch.sharing.claims.settled(server) }
                batch.sharing.claims.leave(server)
                return nil
            }
            pauses = 0
            return Own(server: server, works: works, isNew: entry == .new)
        } catch {
            keeper.fail(error)
            return nil
        }
    }

    /// Waits a little for others, and takes over what they have recorded; false where nobody waits
    /// any more.
    private func wait() -> Bool {
        condition.lock()
        if isLooking {
            // One thread looks for all of them.
            condition.wait()
            condition.unlock()
            return true
        }
        isLooking = true
        pauses += 1
        let seconds = min(WorkSharing.lookSeconds, 0.02 * Double(1 << min(pauses, 6)))
        let works = servers.compactMap { waiting[$0] }.flatMap { $0 }
        condition.unlock()
        defer {
            condition.lock()
            isLooking = false
            condition.broadcast()
            condition.unlock()
        }
        guard batch.control.interrupt.wait(seconds: seconds) else { return false }
        do {
            var taken = try OthersWork(of: batch.rollout, in: batch.store)
            let rest = try works.compactMap { try taken.rest(of: $0) }
            condition.lock()
            // What this process has taken meanwhile it does itself, and what it put back meanwhile
            // was not looked at.
            let left = Dictionary(grouping: rest, by: \.server)
            for server in Set(works.map(\.server)) where waiting[server] != nil {
                waiting[server] = left[server]
            }
            if rest.count < works.count || taken.isRunning {
                lastMove = ProcessInfo.processInfo.systemUptime
            }
            add(taken)
            condition.unlock()
            // What runs elsewhere has an end, also where nothing more begins.
            return batch.control.mayStart || taken.isRunning
        } catch {
            keeper.fail(error)
            return false
        }
    }

    /// With the condition locked.
    private func add(_ taken: OthersWork) {
        result.others.merge(taken.records) { _, new in new }
        for (key, outcome) in taken.outcomes {
            result.outcomes[key] = outcome
            batch.control.note(key, outcome, of: batch.rollout.id, at: batch.store.now.iso)
        }
    }

    /// Leaves shards to others that this process cannot reach, with the condition locked.
    private func leave(
        _ works: [RolloutRunner.ShardWork], on server: ServerAddress,
        _ part: inout RolloutRunner.Result
    ) {
        guard batch.isOffered, batch.control.mayStart else { return }
        let unreached = part.obstacles.filter { $0.value.isOfReach }
        guard !unreached.isEmpty else { return }
        for shard in unreached.keys { part.obstacles[shard] = nil }
        refused[server] = unreached
        waiting[server] = works.filter { unreached[$0.shard] != nil }
    }

    // MARK: Work

    private func work(_ own: Own) {
        defer { batch.sharing.claims.leave(own.server) }
        do {
            let found: LeftOnServer.Finding
            do {
                defer { if own.isNew { batch.sharing.claims.settled(own.server) } }
                found = own.isNew ? try batch.settle(own.server) : .init()
            }
            // Others may have been at it since it was planned.
            var taken = try OthersWork(of: batch.rollout, in: batch.store)
            var part = RolloutRunner.Result()
            let rest = try own.works.compactMap { try taken.rest(of: $0) }.filter { work in
                guard let reason = found.unknown[work.shard] else { return true }
                // Nobody knows what became of what began there: nothing else begins.
                part.obstacles[work.shard] = ShardFailure(reason, retry: .retryable)
                return false
            }
            part.add(batch.runner.run(rest))
            condition.lock()
            lastMove = ProcessInfo.processInfo.systemUptime
            add(taken)
            leave(rest, on: own.server, &part)
            result.add(part)
            condition.unlock()
        } catch {
            keeper.fail(error)
        }
    }
}
