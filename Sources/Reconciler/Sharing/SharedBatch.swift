import Basics
import Execution
import Foundation
import Ledger
import Model
import Observed
import Schema

/// One batch of operations of a rollout, which other workers may help with: what they take is
/// waited for, and what they leave is done here.
///
/// While nobody else is there all of it runs at once, with no claim. As soon as somebody comes,
/// what has not begun is shared out by server.
struct SharedBatch: Sendable {
    let sharing: WorkSharing
    let store: LedgerStore
    let rollout: RolloutRecord
    let control: RolloutControl
    let runner: RolloutRunner
    let places: [ShardID: ObservationTarget]
    /// The labels of shards that have some.
    let labels: [ShardID: [String: String]]
    /// How many servers this process has at once, once others are there.
    let serverLimit: Int
    let perServer: Int
    let after: [String]
    /// Until when operations may begin if nothing changes.
    let until: @Sendable () -> Timestamp
    /// Settles what another process left on a server.
    let settle: @Sendable (ServerAddress) throws -> LeftOnServer.Finding
    /// Whether others may help.
    var isOffered = true
    /// Why this process cannot work on servers at all: they are left to others from the beginning.
    var unreached: [ServerAddress: String] = [:]
    /// Whether shards are worked on one after the other, as they are listed.
    var isInOrder = false

    /// Runs all of `works`; returns when each operation has ended or was left, here or elsewhere.
    func run(_ works: [RolloutRunner.ShardWork]) -> RolloutRunner.Result {
        guard isInOrder else { return share(works) }
        var result = RolloutRunner.Result()
        for works in Self.runs(of: works) where result.journalFailure == nil {
            result.add(share(works))
        }
        return result
    }

    /// The works in their order, cut where the server changes: several servers are worked on at
    /// once.
    static func runs(of works: [RolloutRunner.ShardWork]) -> [[RolloutRunner.ShardWork]] {
        var runs: [[RolloutRunner.ShardWork]] = []
        for work in works {
            if runs.last?.last?.server == work.server {
                runs[runs.count - 1].append(work)
            } else {
                runs.append([work])
            }
        }
        return runs
    }

    private func share(_ works: [RolloutRunner.ShardWork]) -> RolloutRunner.Result {
        let keeper = OfferKeeper(self, works)
        keeper.begin()
        var result =
            sharing.claims.isShared || works.contains { unreached[$0.server] != nil }
            ? ServerRuns(self, works, keeper).run() : beginAlone(works, keeper)
        keeper.end()
        result.journalFailure = result.journalFailure ?? keeper.failure
        return result
    }

    /// Runs works alone, and shares out what has not begun once somebody else is there.
    private func beginAlone(
        _ works: [RolloutRunner.ShardWork], _ keeper: OfferKeeper
    ) -> RolloutRunner.Result {
        let begun = Lock<Set<ShardID>>([])
        let ended = Lock<RolloutRunner.Result?>(nil)
        let claims = sharing.claims
        let signal = keeper.signal
        let thread = Thread {
            let result = runner.run(
                works,
                admit: { work in
                    // Once there are others, the rest is shared out.
                    guard claims.enterAlone(work.server) else { return false }
                    begun.withLock { _ = $0.insert(work.shard) }
                    return true
                }, finished: { claims.leave($0.server) })
            ended.withLock { $0 = result }
            signal.signal()
        }
        thread.name = "plumb-batch"
        thread.stackSize = 1 << 20
        thread.start()
        signal.wait()
        var result = RolloutRunner.Result()
        if ended.withLock({ $0 }) == nil {
            // What has begun goes on beside the rest.
            let rest = works.filter { work in !begun.withLock { $0.contains(work.shard) } }
            result.add(ServerRuns(self, rest, keeper).run())
            while ended.withLock({ $0 }) == nil { signal.wait() }
        }
        if let own = ended.withLock({ $0 }) { result.add(own) }
        return result
    }
}

extension RolloutRunner.Result {
    mutating func add(_ part: Self) {
        outcomes.merge(part.outcomes) { _, new in new }
        rests.merge(part.rests) { _, new in new }
        others.merge(part.others) { _, new in new }
        obstacles.merge(part.obstacles) { _, new in new }
        journalFailure = journalFailure ?? part.journalFailure
    }
}
