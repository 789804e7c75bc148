import Model
import Diff
import Schema

/// What may happen by itself, when, and how fast.
package struct Policy: Sendable {
    /// The hazard classes that wait for an approval; irreversible ones always do.
    package internal(set) var approve: Set<Hazard>
    package internal(set) var approvers: Approvers
    package internal(set) var drift: DriftPolicy
    package let rollout: Rollout
    /// Changes start only while one of these is open; none means at any time.
    package let windows: [Window]
    package internal(set) var limits: Limits
    package let probe: ProbePolicy
    /// Where `plumb.yaml` says it; what it is silent about is left out.
    package internal(set) var places: [PolicyTopic: SourceLocation] = [:]
    /// Windows of the operator's, of which one has to be open as well.
    package internal(set) var requiredWindows: [Window] = []

    static let standard = Policy(
        approve: [.lossy, .irreversible], approvers: .standard, drift: .report,
        rollout: .standard, windows: [], limits: .standard, probe: .standard)
}

extension Hazard: FleetChoice {
    static var title: String { "hazard" }
}

/// Who must have approved a step.
package struct Approvers: Hashable, Sendable {
    package let minimum: Int
    /// True where the author of the commit does not count.
    package let notAuthor: Bool

    static let standard = Approvers(minimum: 1, notAuthor: false)
}

extension DriftPolicy: FleetChoice {
    static var title: String { "drift" }
}

extension FailurePolicy: FleetChoice {
    static var title: String { "onFailure" }
    static var unsupported: [String] { ["pause"] }
}

/// How a change spreads over the shards.
package struct Rollout: Hashable, Sendable {
    /// In order; the last one takes all the shards that are left.
    package let waves: [Wave]
    package let concurrency: Concurrency
    package let onFailure: FailurePolicy

    static let standard = Rollout(
        waves: [Wave(size: .percent(100), bakeSeconds: 0)], concurrency: .standard,
        onFailure: .halt)
}

/// Shards that are changed before the next ones.
package struct Wave: Hashable, Sendable {
    package enum Size: Hashable, Sendable {
        /// So many shards, with those of the waves before.
        case shards(Int)
        /// So many of a hundred shards, with those of the waves before.
        case percent(Int)
    }

    package let size: Size
    /// How long the next wave waits after this one is completed.
    package let bakeSeconds: Int

    /// How many of `count` shards are changed when this wave is done; rounds up.
    package func reach(of count: Int) -> Int {
        switch size {
        case .shards(let number): min(number, count)
        case .percent(let percent): (count * percent + 99) / 100
        }
    }
}

/// How many operations run at once.
package struct Concurrency: Hashable, Sendable {
    package let total: Int
    package let perHost: Int

    static let standard = Concurrency(total: 32, perHost: 2)
}

/// When copied tables are swapped in: a word of the format of which this release knows one value,
/// so that nothing keeps it.
enum Cutover: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "cutover"
    static let unsupported = ["barrier", "manual", "parallel"]
    case rolling
}

/// How much one plan may do.
package struct Limits: Hashable, Sendable {
    package let dropsPerPlan: Int

    static let standard = Limits(dropsPerPlan: 10)
}

/// Whether rows are asked if they stand in the way of a change, and how long that may take.
package struct ProbePolicy: Hashable, Sendable {
    package let isEnabled: Bool
    /// For one question on one shard.
    package let eachSeconds: Int
    /// For all questions of a plan.
    package let totalSeconds: Int

    static let standard = ProbePolicy(isEnabled: true, eachSeconds: 2, totalSeconds: 30)
}
