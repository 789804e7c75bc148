import Basics
import Execution
import Model
import Reports
import Schema

/// Drives open rollouts until nothing is due: runs what may start, wave by wave, and waits for
/// bakes where it is asked to.
///
/// Several rollouts are driven in turn. On one shard the operations of an older one go first.
struct RolloutDrive {
    /// A rollout with what is known of it.
    struct Driven {
        var record: RolloutRecord
        var operations: [OperationKey: OperationRecord]
        let control: RolloutControl
        var result = RolloutRunner.Result()
        /// What it does next, as it was last asked.
        var next = RolloutProgress.Next.end
        fileprivate var attempted: Set<OperationKey> = []

        init(
            _ record: RolloutRecord, _ operations: [OperationKey: OperationRecord],
            interrupt: Interrupt
        ) {
            self.record = record
            self.operations = operations
            control = RolloutControl(policy: record.policy, interrupt: interrupt)
        }

        /// Takes over what became of operations.
        fileprivate mutating func note(_ run: RolloutRunner.Result, now: Timestamp) {
            for (key, outcome) in run.outcomes {
                operations[key]?.state = outcome.state
                operations[key]?.message = outcome.message
                operations[key]?.endedAt = outcome.state.isTerminal ? now.iso : nil
            }
            result.outcomes.merge(run.outcomes) { _, new in new }
            result.obstacles.merge(run.obstacles) { _, new in new }
            result.journalFailure = result.journalFailure ?? run.journalFailure
        }
    }

    let runner: (Driven) -> RolloutRunner
    /// What the gate lets start.
    let isReady: (OperationKey) -> Bool
    /// The work on operations of a rollout.
    let work: (RolloutRecord, [OperationKey]) -> [RolloutRunner.ShardWork]
    let clock: any Clock
    let interrupt: Interrupt
    let listener: RolloutListener
    /// Whether it waits for bakes.
    let waits: Bool

    /// - Parameter rollouts: the older ones first.
    func run(_ rollouts: inout [Driven]) {
        while true {
            for place in rollouts.indices { runDue(place, in: &rollouts) }
            guard waits, mayGoOn(rollouts), let bake = earliestBake(of: rollouts) else { return }
            let seconds = bake.until.secondsSince1970 - clock.now.secondsSince1970
            listener.note(.baking(wave: bake.wave + 1, seconds: seconds))
            guard clock.wait(seconds: Double(seconds), unless: interrupt) else { return }
        }
    }

    /// Runs the waves of a rollout that are due.
    private func runDue(_ place: Int, in rollouts: inout [Driven]) {
        while true {
            let driven = rollouts[place]
            let busy = Self.busyShards(rollouts[..<place], isReady)
            rollouts[place].next = RolloutProgress(driven.record).next(
                driven.operations, now: clock.now
            ) { key in
                isReady(key) && !driven.attempted.contains(key) && !busy.contains(key.shardID)
            }
            guard case .run(let wave, let keys) = rollouts[place].next,
                driven.control.mayStart, mayGoOn(rollouts)
            else { return }
            listener.note(
                .wave(
                    number: wave + 1, count: driven.record.waves.count, operations: keys.count))
            rollouts[place].attempted.formUnion(keys)
            let result = runner(driven).run(work(driven.record, keys))
            rollouts[place].note(result, now: clock.now)
        }
    }

    private func mayGoOn(_ rollouts: [Driven]) -> Bool {
        !interrupt.isRaised && rollouts.allSatisfy { $0.result.journalFailure == nil }
    }

    /// The shards on which operations of older rollouts may still start.
    private static func busyShards(
        _ older: ArraySlice<Driven>, _ isReady: (OperationKey) -> Bool
    ) -> Set<ShardID> {
        var busy: Set<ShardID> = []
        for driven in older {
            for (key, operation) in driven.operations
            where !operation.state.isTerminal && isReady(key) { busy.insert(key.shardID) }
        }
        return busy
    }

    private func earliestBake(of rollouts: [Driven]) -> (wave: Int, until: Timestamp)? {
        rollouts.compactMap { driven -> (wave: Int, until: Timestamp)? in
            guard case .bake(let wave, let until) = driven.next, driven.control.mayStart else {
                return nil
            }
            return (wave, until)
        }.min { $0.until < $1.until }
    }
}
