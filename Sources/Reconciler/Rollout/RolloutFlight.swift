import Execution
import Foundation
import Ledger
import Observed
import Schema

/// The work of one pass on rollouts, in a thread of its own.
final class RolloutFlight: Sendable {
    /// A rollout that it drives.
    struct Work: Sendable {
        let rollout: String
        /// Tells how far it is.
        let control: RolloutControl
        /// What of it may begin.
        let keys: [ShardID: [OperationKey]]
        /// Where its shards are.
        var places: [ShardID: ObservationTarget] = [:]
    }

    enum State: Sendable {
        /// The pass that began it waits for it.
        case awaited
        /// The pass has gone on without it.
        case left
        case over(any Sendable)
    }

    let works: [Work]
    let state = Lock(State.awaited)
    /// Signalled when the thread has nothing to do any more.
    let end = DispatchSemaphore(value: 0)
    /// Nil once it is over.
    private let held: Lock<EnvironmentLease?>

    init(_ works: [Work], under lease: EnvironmentLease) {
        self.works = works
        held = Lock(lease)
    }

    /// The environment's lease, as long as it is held for this.
    var lease: EnvironmentLease? { held.withLock { $0 } }

    func giveBackLease() { held.withLock { $0 = nil } }

    func add(to atWork: inout OperationsAtWork) {
        for work in works {
            atWork.rollouts.insert(work.rollout)
            let settled = work.control.settled
            for (shard, keys) in work.keys {
                for key in keys where !settled.contains(key) {
                    atWork.keys[key] = work.rollout
                    atWork.shards.insert(shard)
                }
            }
            atWork.shards.formUnion(work.control.shardsAtWork)
        }
    }

    func isDone(with shard: ShardID) -> Bool {
        works.allSatisfy { work in
            let settled = work.control.settled
            return !work.control.shardsAtWork.contains(shard)
                && (work.keys[shard] ?? []).allSatisfy(settled.contains)
        }
    }
}
