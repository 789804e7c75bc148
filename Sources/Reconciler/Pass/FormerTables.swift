import Basics
import Execution
import Model
import MySQLClient
import Observed
import OnlineCopy
import Schema

/// Takes away the tables that online copies have replaced, once they were kept for long enough.
///
/// Only shards on which observation has seen tables of copies are looked at, each again when the
/// next one of them is due: nothing is asked of a fleet without copies.
struct FormerTables {
    let pass: PassContext
    /// When a shard is to be looked at next, over the passes of a loop.
    private var due: FormerTablesDue { pass.context.formerTables }

    /// - Parameter busy: shards that somebody is at work on.
    func clear(_ planned: PlanningPass.Result, but busy: Set<ShardID>) {
        let now = pass.hooks.clock.now
        let shards = planned.observation.filter { id, observation in
            guard case .known(let shard) = observation, !busy.contains(id) else { return false }
            return shard.otherObjects[.onlineCopy] ?? 0 > 0 && due.isDue(id, now: now)
        }.keys.sorted()
        guard !shards.isEmpty, !pass.hooks.interrupt.isRaised else { return }
        pass.hooks.stage("looking at the tables of former copies")
        let opener = pass.shardAccess.opener(
            of: planned.targets, waitSeconds: 0, isForChanges: true)
        for shard in shards where !pass.hooks.interrupt.isRaised {
            let seconds: Int? = try? opener.withShard(shard) { port throws(ShardFailure) in
                try port.removeFormerTables()
            }
            due.set(shard, now.adding(seconds: Int64(seconds ?? Self.retrySeconds)))
        }
    }

    /// After which time a shard is looked at again that could not be opened, or on which a copy is
    /// under way.
    static let retrySeconds = 600
}

extension ShardPort {
    /// Removes the tables that are due; returns after how many seconds to look again.
    fileprivate func removeFormerTables() throws(ShardFailure) -> Int {
        guard let site = try site() else { return FormerTables.retrySeconds }
        do throws(MySQLError) {
            let connection = try site.connect()
            defer { connection.close() }
            let found = try CopyLeftover.list(in: site.target.database, on: connection)
            for leftover in found where leftover.isDue {
                try leftover.removeFormer(from: site.target.database, on: connection)
            }
            let left = found.filter { !$0.isDue }.compactMap(\.secondsLeft).min()
            return left ?? FormerTables.retrySeconds
        } catch {
            throw ShardFailure(asking: error, shard: site.target.id)
        }
    }
}
