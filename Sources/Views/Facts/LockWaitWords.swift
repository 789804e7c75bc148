import Model
import Reports

/// How long the statements of a plan may wait for a lock on their table.
enum LockWaitWords {
    /// Nil where nothing is to run, or the report does not have it.
    static func text(_ report: PlanReport) -> String? {
        guard let waits = report.lockWaits, !report.steps.isEmpty else { return nil }
        return "a statement waits at most \(Quantity.seconds(Int64(waits.ddlSeconds))) for "
            + "a lock on its table, up to \(waits.attempts) times, with pauses from "
            + "\(Quantity.seconds(Int64(waits.firstPauseSeconds))) to "
            + "\(Quantity.seconds(Int64(waits.longestPauseSeconds))) in which it holds no lock"
    }
}
