import Basics
import Desired
import Model
import Observed
import Schema

/// Asks the shards of a wave how they are, before the next one opens and while it bakes.
///
/// A bad answer pauses the rollout. A shard that does not answer is asked again while the wave
/// bakes; when the next one is to open, no answer is a bad one.
struct HealthGate {
    let check: HealthCheck
    let ask: ([ShardID]) -> [ShardID: HealthQuestion.Answer]
    /// Records that a rollout pauses, with the reason.
    let pause: (RolloutRecord, String) throws(JournalFailure) -> RolloutMark.Standstill?

    /// Why the rollout should not go on; nil where nothing speaks against it.
    ///
    /// - Parameter isOpening: whether the next wave is about to open.
    func complaint(of shards: [ShardID], isOpening: Bool) -> String? {
        let answers = ask(shards)
        var complaints: [String] = []
        for shard in shards {
            switch answers[shard] {
            case .value(let value) where check.expected.isMet(by: value): continue
            case .value(let value):
                complaints.append("\(shard) says \(value.map { "`\($0)`" } ?? "NULL")")
            case .unanswered(let reason) where isOpening: complaints.append("\(shard): \(reason)")
            case .unanswered: continue
            case nil where isOpening: complaints.append("\(shard) could not be asked")
            case nil: continue
            }
        }
        guard let first = complaints.first else { return nil }
        let more = complaints.count > 1 ? " (and \(complaints.count - 1) more)" : ""
        return "its health, expected \(check.expected): \(first)\(more)"
    }
}
