import Model
import Reports
import Schema

/// The events of a rollout as one line each, for logs and continuous integration.
package enum EventText {
    /// The line for an event, without a line feed; `time` is any short timestamp.
    package static func line(_ event: RolloutEvent, time: String) -> String {
        Visible.line("\(time)  \(text(event))")
    }

    /// The event alone, without a time.
    static func words(_ event: RolloutEvent) -> String { Visible.line(text(event)) }

    /// The line to print when there was no event for a while.
    package static func heartbeat(_ counts: ProgressCounts, time: String) -> String {
        Visible.line("\(time)  working: \(counts.words)")
    }

    private static func text(_ event: RolloutEvent) -> String {
        switch event {
        case .wave(let number, let count, let operations):
            return "wave \(number) of \(count): \(Count.of(operations, "operation"))"
        case .started(let key): return "started   \(key)"
        case .settled(let key, let outcome): return settled(key, outcome)
        case .waiting(let shard, let message, let seconds):
            return "waiting   \(shard): \(message): retry in \(RetryDelay.text(seconds))"
        case .parked(let key): return "ready     \(key): waits for its cutover"
        case .baking(let wave, let seconds):
            return "baking    wave \(wave): \(Quantity.seconds(seconds)) before the next one"
        }
    }

    private static func settled(_ key: OperationKey, _ outcome: OperationOutcome) -> String {
        let reason = outcome.message.map { ": \($0)" } ?? ""
        switch outcome.kind {
        case .completed(let ran):
            return "done      \(key)" + (ran ? reason : " (was as planned already)")
        case .superseded: return "left      \(key)\(reason)"
        case .partly: return "left      \(key): part of it ran, the rest is planned again\(reason)"
        case .notRun: return "left      \(key): nothing of it ran\(reason)"
        case .cancelled: return "left      \(key)\(reason)"
        case .failed:
            let attempts = Count.of(outcome.attempts, "failed attempt")
            return "failed    \(key)\(reason)" + (outcome.attempts > 1 ? " (\(attempts))" : "")
        }
    }
}

/// Pauses before the next attempt, as text.
enum RetryDelay {
    static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "a while" }
        let tenths = Int64((seconds * 10).rounded())
        if tenths >= 100 || tenths % 10 == 0 { return Quantity.seconds((tenths + 5) / 10) }
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
