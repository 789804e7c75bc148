/// The exit statuses of every command; ``Outcome`` says which fact leads to which.
package enum ExitStatus: Int32, Codable, Sendable, CaseIterable {
    case done = 0
    case error = 1
    case difference = 2
    case blocked = 3
    case partial = 4
    case refused = 5
    case incomplete = 6
    case usage = 64
    case configuration = 78

    /// The meaning of the status in one word, for reports.
    package var label: String {
        switch self {
        case .done: "in-sync"
        case .error: "error"
        case .difference: "difference"
        case .blocked: "blocked"
        case .partial: "partial"
        case .refused: "refused"
        case .incomplete: "incomplete"
        case .usage: "usage"
        case .configuration: "configuration"
        }
    }
}
