import Basics
import Diff
import Execution
import Observed

/// Recent answers of rows, so that a loop does not scan tables in every pass.
///
/// A single command starts without any. Only answers for the latest plan are kept.
package final class ProbeMemory: Sendable {
    /// For how many seconds an answer is used again.
    package static let seconds: Int64 = 600

    private struct Known {
        let answer: DataProbe.Answer
        let time: Timestamp
    }

    private let known = Lock<[DataQuestionRunner.Request: Known]>([:])

    package init() {}

    /// The answers in the order of `requests`: remembered ones, and for the others those of `ask`.
    package func complete(
        _ requests: [DataQuestionRunner.Request], now: Timestamp,
        ask: ([DataQuestionRunner.Request]) -> [DataProbe.Answer?]
    ) -> [DataProbe.Answer?] {
        var kept = known.withLock { $0 }.filter {
            $0.value.time.adding(seconds: Self.seconds) > now
        }
        var due: [DataQuestionRunner.Request] = []
        var seen: Set<DataQuestionRunner.Request> = []
        for request in requests where kept[request] == nil && seen.insert(request).inserted {
            due.append(request)
        }
        if !due.isEmpty {
            for case (let request, let answer?) in zip(due, ask(due)) {
                kept[request] = Known(answer: answer, time: now)
            }
        }
        let wanted = Set(requests)
        known.withLock { $0 = kept.filter { wanted.contains($0.key) } }
        return requests.map { kept[$0]?.answer }
    }
}
