import Model
import Schema

/// What a reconcile loop or a single pass tells while it runs: one value for a terminal, a log, a
/// line of JSON and a stream. Views render it.
package enum ReconcileEvent: Sendable {
    /// The loop began; the pause between two passes in seconds.
    case started(intervalSeconds: Int)
    /// A worker that makes no passes began.
    case working
    /// Something happened in a rollout.
    case rollout(RolloutEvent)
    /// A pass was made, the first one with number 1.
    case passed(number: Int, ReconcileReport)
    /// The pass could not be made; the next one tries again.
    case failed(number: Int, message: String, status: ExitStatus)
    /// Another process reconciles the environment; told once for each.
    case standingBy(message: String)
    /// This process helps with the operations that another one offers.
    case assisting(server: String, rollout: String, operations: Int)
    /// This process reads a server from now on for those that cannot reach it.
    case reading(server: String, shards: Int)
    /// What is offered could not be carried out here; it is tried again later.
    case assistanceFailed(server: String?, message: String)
    /// The fleet file does not have the environment any more; told once, until it is back.
    case gone(message: String)
    /// Loops have given no sign of life for too long, by the names of their environments.
    case standingStill(loops: [String])
    /// The loop pauses until the next pass.
    case pausing(seconds: Double)
    /// The end was asked for, with what asked for it.
    case ending(reason: String)
    /// The loop has ended.
    case ended
}

/// What happens while a rollout runs.
package enum RolloutEvent: Sendable {
    /// Wave `number` of `count` begins, with so many operations.
    case wave(number: Int, count: Int, operations: Int)
    /// An operation begins.
    case started(OperationKey)
    /// An operation ended in one way or another.
    case settled(OperationKey, OperationOutcome)
    /// An operation is ready and waits for its cutover.
    case parked(OperationKey)
    /// A shard cannot go on now, and is tried again in so many seconds.
    case waiting(ShardID, message: String, seconds: Double)
    /// The wave is over, and the next one begins in so many seconds.
    case baking(wave: Int, seconds: Int64)
}
