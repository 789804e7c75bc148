import Reports

/// What a process measured of its work on one environment since it began.
struct MeasuredWork: Sendable {
    /// How long statements took, in seconds.
    var statementSeconds = Histogram(
        bounds: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 43_200])
    /// How many statements gave up, as another session held a lock.
    var lockWaits = 0
    /// How many commits were recorded in the ledger, and of how many bytes.
    var commits = 0
    var bytes = 0
    /// How many passes could not be made, as there was no copy of the schema repository.
    var fetchFailures = 0

    mutating func note(_ measure: Measure) {
        switch measure {
        case .statement(let seconds): statementSeconds.note(seconds)
        case .lockWait: lockWaits += 1
        case .recorded(let count):
            commits += 1
            bytes += count
        case .fetchFailed: fetchFailures += 1
        }
    }
}
