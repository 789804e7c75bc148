import Execution
import Model
import Schema

/// State that the workers of one rollout share: whether new operations may start.
package final class RolloutControl: Sendable {
    package let interrupt: Interrupt
    private let rule: FailureRule
    private let failures: Lock<Failures>
    private let still = Lock<RolloutMark.Standstill?>(nil)

    private let over = Lock<Set<OperationKey>>([])
    private let inside = Lock<Set<ShardID>>([])
    private let newer = Lock<Hook<OperationKey, String?>?>(nil)
    private let watcher = Lock<Hook<ShardID, Void>?>(nil)
    private let holdWatcher = Lock<Hook<Void, Void>?>(nil)
    private let closed: @Sendable () -> Bool
    private let renewal: @Sendable () -> Void
    private let gate = ShardGate()

    private struct Failures {
        var count: Int
        /// The message of the first one of this run, with its shard.
        var first: String?
        /// The operations that failed in this run.
        var keys: Set<OperationKey> = []
    }

    /// - Parameters:
    ///   - failures: how many operations of the rollout have failed before.
    ///   - closed: whether no change may start just now, whatever it is.
    ///   - renewal: has `closed` look again at what it remembers.
    package init(
        rule: FailureRule, failures: Int = 0, interrupt: Interrupt,
        closed: @escaping @Sendable () -> Bool = { false },
        renewal: @escaping @Sendable () -> Void = {}
    ) {
        self.rule = rule
        self.interrupt = interrupt
        self.closed = closed
        self.renewal = renewal
        self.failures = Lock(Failures(count: failures))
    }

    /// The message of the first failure of this run, with its shard.
    package var firstFailure: String? { failures.withLock { $0.first } }

    /// False once failures halted the rollout, it stands still or the run was interrupted.
    var mayStart: Bool {
        guard !interrupt.isRaised, standstill == nil, !isHalted else { return false }
        return !closed()
    }

    /// A wave is about to open: what was remembered of whether changes may start is looked at
    /// again.
    func renew() { renewal() }

    /// Whether no change may start just now, whatever it is: the windows are closed, or an
    /// environment before this one is not as it was.
    package var isClosed: Bool { closed() }

    /// What keeps the rollout from going on until somebody lets it; nil where nothing does.
    package var standstill: RolloutMark.Standstill? { still.withLock { $0 } }

    /// Nothing of the rollout begins any more in this run.
    package func halt(_ standstill: RolloutMark.Standstill) {
        still.withLock { $0 = $0 ?? standstill }
    }

    /// Whether failures keep new operations from starting.
    package var isHalted: Bool { rule.isHalted(failures: failures.withLock { $0.count }) }

    /// From now on nothing begins for which `hold` has a reason: what a newer pass found.
    func heed(_ hold: @escaping @Sendable (OperationKey) -> String?) {
        newer.withLock { $0 = Hook(hold) }
        holdWatcher.withLock { $0 }?.call(())
    }

    /// - Parameter changed: called when a newer pass has said what may begin.
    func watchHolds(_ changed: (@Sendable () -> Void)?) {
        holdWatcher.withLock { $0 = changed.map { changed in Hook { changed() } } }
    }

    /// Why an operation does not begin as a newer pass has it; nil where none says so.
    func hold(of key: OperationKey) -> String? { newer.withLock { $0 }?.call(key) ?? nil }

    /// The operations that have ended in this run.
    var settled: Set<OperationKey> { over.withLock { $0 } }

    // MARK: How many shards are at work

    /// From now on at most so many shards of the rollout are at work; nil for no limit of its own.
    func throttle(_ shards: Int?) { gate.limit(shards) }

    /// Whether fewer shards than usual are at work at once.
    var isThrottled: Bool { gate.isLimited }

    /// Waits until the work on one more shard may begin; false where nothing begins any more.
    func enter(_ shard: ShardID) -> Bool {
        guard gate.enter({ [self] in mayStart }) else { return false }
        inside.withLock { _ = $0.insert(shard) }
        return true
    }

    func leave(_ shard: ShardID) {
        gate.leave()
        inside.withLock { _ = $0.remove(shard) }
        watcher.withLock { $0 }?.call(shard)
    }

    /// The shards that are at work.
    var shardsAtWork: Set<ShardID> { inside.withLock { $0 } }

    /// - Parameter left: called with each shard that is not at work any more.
    func watch(_ left: @escaping @Sendable (ShardID) -> Void) {
        watcher.withLock { $0 = Hook(left) }
    }

    /// Takes note of an outcome.
    ///
    /// - Parameter rollout: the rollout of the operation, which its failure may pause.
    func note(_ key: OperationKey, _ outcome: OperationOutcome, of rollout: String, at now: String)
    {
        over.withLock { _ = $0.insert(key) }
        guard outcome.kind == .failed else { return }
        let reason = OperationOutcome.failure(of: key, outcome.message)
        let isNews = failures.withLock { failures in
            // A failure elsewhere may be heard of in more than one way.
            guard failures.keys.insert(key).inserted else { return false }
            failures.count += 1
            failures.first = failures.first ?? reason
            return true
        }
        guard isNews, rule.policy == .pause else { return }
        let mark = RolloutMark(pause: .init(reason: reason, at: now))
        if let standstill = mark.standstill(of: rollout) { halt(standstill) }
    }
}

extension OperationOutcome {
    /// What failed where, for the record of the rollout.
    static func failure(of key: OperationKey, _ message: String?) -> String {
        "\(key): \(message ?? "failed")"
    }
}
