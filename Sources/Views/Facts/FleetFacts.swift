import Reports
import Schema

/// What a report of the whole fleet comes to.
enum FleetFacts {
    /// The states of shards as people read them.
    static func words(_ state: FleetReport.State) -> String {
        switch state {
        case .unknown: "unknown"
        case .setAside: "set aside"
        case .conflict: "in conflict"
        case .drifted: "drifted"
        case .suspended: "suspended"
        case .changing: "changing"
        case .pending: "pending"
        case .retired: "left git"
        case .unmanaged: "unmanaged"
        case .inSync: "in sync"
        }
    }

    /// How many shards are in each state, the worst first.
    static func headline(_ report: FleetReport) -> String {
        let counts = Dictionary(grouping: report.shards, by: \.state).mapValues(\.count)
        let parts = FleetReport.State.allCases.compactMap { state in
            counts[state].map { "\($0) \(words(state))" }
        }
        let whole = "\(report.environment): \(Count.of(report.shards.count, "shard"))"
        return ([whole] + parts).joined(separator: ", ")
    }
}
