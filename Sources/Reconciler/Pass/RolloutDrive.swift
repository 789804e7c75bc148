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
        /// Whether the ledger says that this pass began it or goes on with it.
        fileprivate(set) var isBegun: Bool
        var result = RolloutRunner.Result()
        /// What it does next, as it was last asked.
        var next = RolloutProgress.Next.end
        fileprivate var attempted: Set<OperationKey> = []

        init(
            _ record: RolloutRecord, _ operations: [OperationKey: OperationRecord],
            isBegun: Bool, control: RolloutControl
        ) {
            self.record = record
            self.operations = operations
            self.isBegun = isBegun
            self.control = control
        }

        /// Whether something of it may be due after a bake.
        func hasWork(_ isReady: (OperationKey) -> Bool) -> Bool {
            operations.contains { key, operation in
                !operation.state.isTerminal && isReady(key) && !attempted.contains(key)
            }
        }

        /// Whether there is nothing to record of it: no operation ended and nothing is cancelled.
        var isUnmoved: Bool {
            result.outcomes.isEmpty && !control.isHalted && record.number != nil
                && operations.values.contains { !$0.state.isTerminal }
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
    /// Records that the pass goes on with a rollout, before anything of it starts.
    let resume: (RolloutRecord) throws(JournalFailure) -> Void
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
            let busy = busyShards(before: place, of: rollouts)
            rollouts[place].next = RolloutProgress(driven.record).next(
                driven.operations, now: clock.now
            ) { key in
                isReady(key) && !driven.attempted.contains(key) && !busy.contains(key.shardID)
            }
            guard case .run(let wave, let keys) = rollouts[place].next,
                driven.control.mayStart, mayGoOn(rollouts), begin(&rollouts[place])
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

    /// Whether it is recorded that the pass goes on with the rollout.
    private func begin(_ driven: inout Driven) -> Bool {
        guard !driven.isBegun else { return true }
        do throws(JournalFailure) {
            try resume(driven.record)
            driven.isBegun = true
            return true
        } catch {
            driven.result.journalFailure = error
            return false
        }
    }

    /// The shards on which nothing of a rollout starts: operations of older ones may still start
    /// there, or one of any rollout failed in this run.
    private func busyShards(before place: Int, of rollouts: [Driven]) -> Set<ShardID> {
        var busy: Set<ShardID> = []
        for driven in rollouts[..<place] where driven.control.stopReason == nil {
            for (key, operation) in driven.operations
            where !operation.state.isTerminal && isReady(key) { busy.insert(key.shardID) }
        }
        for driven in rollouts {
            for (key, outcome) in driven.result.outcomes where outcome.kind == .failed {
                busy.insert(key.shardID)
            }
        }
        return busy
    }

    private func earliestBake(of rollouts: [Driven]) -> (wave: Int, until: Timestamp)? {
        rollouts.compactMap { driven -> (wave: Int, until: Timestamp)? in
            guard case .bake(let wave, let until) = driven.next, driven.hasWork(isReady),
                driven.control.stopReason == nil, !driven.control.isHalted
            else { return nil }
            return (wave, until)
        }.min { $0.until < $1.until }
    }
}
