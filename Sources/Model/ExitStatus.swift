/// The exit statuses of every command.
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

    /// The strongest of several: 1, 6, 5, 4, 3, 2, 0; usage and configuration end a command
    /// before anything else can be said.
    package static func strongest(_ statuses: [ExitStatus]) -> ExitStatus {
        let order: [ExitStatus] = [
            .usage, .configuration, .error, .incomplete, .refused, .partial, .blocked, .difference,
        ]
        return order.first(where: statuses.contains) ?? .done
    }

    /// What the status means, in one word for people and machines.
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
