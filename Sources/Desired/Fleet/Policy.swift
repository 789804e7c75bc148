import Model
import Diff
import Schema

/// What Plumb may do without asking, when, and how fast.
package struct Policy: Sendable {
    /// The hazard classes that need an approval; irreversible steps always need one.
    package internal(set) var approve: Set<Hazard>
    package internal(set) var approvers: Approvers
    package internal(set) var drift: DriftPolicy
    package let rollout: Rollout
    /// Changes start only while one of these is open; empty for any time.
    package let windows: [Window]
    package internal(set) var limits: Limits
    package let probe: ProbePolicy
    /// Nil where every change is made to the table itself.
    package internal(set) var online: OnlinePolicy?
    /// The places of the keys in `plumb.yaml`; keys that it does not have are missing.
    package internal(set) var places: [PolicyTopic: SourceLocation] = [:]
    /// The operator's windows, one of which must be open as well.
    package internal(set) var requiredWindows: [Window] = []

    static let standard = Policy(
        approve: [.lossy, .irreversible], approvers: .standard, drift: .report,
        rollout: .standard, windows: [], limits: .standard, probe: .standard)
}

/// A part of `policy` that requirements are about.
package enum PolicyTopic: String, Hashable, Sendable {
    case approve = "approve"
    case minimum = "approvers.minimum"
    case notAuthor = "approvers.not_author"
    case drift = "drift"
    case dropsPerPlan = "limits.drops_per_plan"
}

extension Hazard: FleetChoice {
    static var title: String { "hazard" }
}

/// How many people, and who, must approve a step.
package struct Approvers: Hashable, Sendable {
    /// How many must approve.
    package let minimum: Int
    /// Whether the author of the change cannot approve it.
    package let notAuthor: Bool

    static let standard = Approvers(minimum: 1, notAuthor: false)
}

extension DriftPolicy: FleetChoice {
    static var title: String { "drift" }
}

extension FailurePolicy: FleetChoice {
    static var title: String { "onFailure" }
}

extension CutoverPolicy: FleetChoice {
    static var title: String { "cutover" }
}

/// How a change is spread over the shards.
package struct Rollout: Hashable, Sendable {
    /// In their order; the last one covers all remaining shards.
    package let waves: [Wave]
    package let concurrency: Concurrency
    package let onFailure: FailurePolicy
    package let cutover: CutoverPolicy
    package let retries: RetryBudget
    /// Under `continue`: with this many failures the rollout halts; nil for no limit.
    package var maxFailures: Int?
    /// What is asked of a wave before the next one opens; nil for nothing.
    package var health: HealthCheck?

    static let standard = Rollout(
        waves: [Wave(size: .percent(100), bakeSeconds: 0)], concurrency: .standard,
        onFailure: .halt, cutover: .rolling, retries: .standard)
}

/// A group of shards that are changed before the next group.
package struct Wave: Hashable, Sendable {
    /// A wave's size, cumulative with the waves before it.
    package enum Size: Hashable, Sendable {
        /// This many shards, with those of earlier waves.
        case shards(Int)
        /// This percentage of the shards, with those of earlier waves.
        case percent(Int)
        /// Those with these labels.
        case selected(Selector)
    }

    package let size: Size
    /// How long to wait after this wave is completed before the next one starts.
    package let bakeSeconds: Int

    /// How many of `count` shards are changed when this wave is done, rounded up; nil where that
    /// follows from their labels.
    package func reach(of count: Int) -> Int? {
        switch size {
        case .shards(let number): min(number, count)
        case .percent(let percent): (count * percent + 99) / 100
        case .selected: nil
        }
    }
}

/// How many operations may run at once.
package struct Concurrency: Hashable, Sendable {
    /// The limit for the whole fleet.
    package let total: Int
    /// The limit for each server.
    package let perHost: Int

    static let standard = Concurrency(total: 32, perHost: 2)

    package init(total: Int, perHost: Int) {
        self.total = total
        self.perHost = perHost
    }
}

/// Limits for one plan.
package struct Limits: Hashable, Sendable {
    /// How many tables one plan may drop.
    package let dropsPerPlan: Int

    static let standard = Limits(dropsPerPlan: 10)
}

/// Whether and how long rows are asked if they forbid a change.
package struct ProbePolicy: Hashable, Sendable {
    /// Whether rows are asked at all.
    package let isEnabled: Bool
    /// The time limit for one question on one shard.
    package let eachSeconds: Int
    /// The time limit for all questions of a plan.
    package let totalSeconds: Int

    static let standard = ProbePolicy(isEnabled: true, eachSeconds: 2, totalSeconds: 30)
}
