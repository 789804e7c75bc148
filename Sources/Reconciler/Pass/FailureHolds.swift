import Basics
import Diff
import Model
import Schema

/// Holds, in a loop, operations that failed before and that it does not try again yet: a pure
/// function of the records and the time.
struct FailureHolds {
    /// The failures that are recorded and that the loop heeds.
    let failures: [OperationKey: FailureRecord]
    /// Until when an operation waits that could not begin; nil where it does not.
    var waits: (OperationTarget) -> Timestamp? = { _ in nil }
    /// Whether one failure ends a rollout: then the step waits on all its shards, so that a loop
    /// does not try it on one shard after the other.
    let halts: Bool
    let now: Timestamp

    func hold(_ decision: inout Gate.Decision) {
        var halted: [StepTarget: String] = [:]
        for item in decision.ready where halts {
            guard let found = wait(for: item), halted[StepTarget(item)] == nil else { continue }
            halted[StepTarget(item)] = "it failed on \(item.shard): tried again at \(found.until)"
        }
        var ready: [Gate.Ready] = []
        for item in decision.ready {
            guard let reason = reason(for: item) ?? halted[StepTarget(item)] else {
                ready.append(item)
                continue
            }
            decision.held.append(
                Gate.Held(step: item.step, shards: [item.shard], hold: .backOff(reason: reason)))
        }
        decision.ready = ready
    }

    private func reason(for item: Gate.Ready) -> String? {
        if let found = wait(for: item) {
            return "it \(found.failure.words): tried again at \(found.until)"
        }
        return waits(item.target).map { "it could not begin: tried again at \($0)" }
    }

    /// The failure because of which an operation waits, and until when. With other ends than those
    /// it is another operation.
    private func wait(for item: Gate.Ready) -> (failure: FailureRecord, until: Timestamp)? {
        guard let failure = failures[item.key], failure.from == item.step.from,
            failure.to == item.step.to, let until = failure.wait(now: now)
        else { return nil }
        return (failure, until)
    }

    /// A change of an object, whatever its shards.
    private struct StepTarget: Hashable {
        let namespace: String
        let object: ObjectName
        let to: Digest?

        init(_ item: Gate.Ready) {
            namespace = item.step.namespace
            object = item.step.object
            to = item.step.to
        }
    }
}
