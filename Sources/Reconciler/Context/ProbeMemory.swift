import Basics
import Diff
import Execution
import Observed

/// What rows said lately, so that a loop does not scan tables again with every pass.
///
/// A single command begins with an empty one. Only what the last plan asked is kept.
package final class ProbeMemory: Sendable {
    /// How long an answer is taken for the present one.
    package static let seconds: Int64 = 600

    private struct Known {
        let answer: DataProbe.Answer
        let time: Timestamp
    }

    private let known = Lock<[DataAsking.Request: Known]>([:])

    package init() {}

    /// The answers in the order of `requests`: remembered ones, and what `ask` says to the others.
    package func complete(
        _ requests: [DataAsking.Request], now: Timestamp,
        ask: ([DataAsking.Request]) -> [DataProbe.Answer?]
    ) -> [DataProbe.Answer?] {
        var kept = known.withLock { $0 }.filter {
            $0.value.time.adding(seconds: Self.seconds) > now
        }
        var due: [DataAsking.Request] = []
        var seen: Set<DataAsking.Request> = []
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
