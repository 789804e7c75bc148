import Desired
import Model
import Schema

/// Asks the shards of a wave how they are, before the next one opens and while it bakes.
///
/// A bad answer pauses the rollout. A shard that does not answer a query is asked again while the
/// wave bakes; when the next one is to open, no answer is a bad one. A program always answers.
struct HealthGate {
    let check: HealthCheck
    let ask: (Asked) -> [ShardID: Answer]
    /// Records that a rollout pauses, with the reason.
    let pause: (RolloutRecord, String) throws(JournalFailure) -> RolloutMark.Standstill?

    /// A wave of which the shards are asked.
    struct Asked {
        let rollout: RolloutRecord
        let operations: RolloutOperations
        /// From 0.
        let wave: Int
        /// Those of its shards that it changed.
        let shards: [ShardID]
        /// Whether the next wave is about to open.
        let isOpening: Bool
    }

    /// What a shard, or the program that is asked about it, said.
    enum Answer: Hashable, Sendable {
        case healthy
        /// What is wrong, as the end of a sentence about the shard.
        case unhealthy(String)
        /// It did not answer, for this reason.
        case unanswered(String)
        /// Nobody asked: another one's answer was bad, or the end of the run is asked for.
        case unasked
    }

    /// What the answers come to.
    enum Verdict: Hashable, Sendable {
        case healthy
        /// The rollout pauses, for this reason.
        case unhealthy(String)
        /// Nothing speaks against it, and not all were asked: nothing opens in this run.
        case undecided
    }

    /// How the wave is.
    func verdict(of asked: Asked) -> Verdict {
        let answers = ask(asked)
        var complaints: [String] = []
        var isWhole = true
        for shard in asked.shards {
            switch answers[shard] {
            case .healthy: continue
            case .unhealthy(let words): complaints.append("\(shard)\(words)")
            case .unanswered(let reason) where asked.isOpening:
                complaints.append("\(shard): \(reason)")
            case .unanswered: continue
            case .unasked: isWhole = false
            case nil where asked.isOpening: complaints.append("\(shard) could not be asked")
            case nil: continue
            }
        }
        guard let first = complaints.first else { return isWhole ? .healthy : .undecided }
        let more = complaints.count > 1 ? " (and \(complaints.count - 1) more)" : ""
        return .unhealthy("its health\(expected): \(first)\(more)")
    }

    private var expected: String {
        switch check.question {
        case .query(_, let expected): ", expected \(expected)"
        case .command: ""
        }
    }
}
