import Basics
import Reports
import Schema

/// How an environment is after a pass, as far as somebody is told of it.
package struct Situation: Hashable, Sendable {
    let environment: String
    /// When the pass got the environment, in milliseconds by the ledger's clock: of two processes
    /// the one with the greater number knows the later state.
    let asOf: Int64
    let time: Timestamp
    /// The shards that have drifted, by namespace.
    let drifted: [String: Set<String>]
    /// The shards that cannot be read or are set aside, by namespace.
    let unknown: [String: Set<String>]
    /// The steps that wait for an approval, as people call them, by the digest that is approved.
    let waiting: [Digest: String]

    init(
        environment: String, asOf: Int64, time: Timestamp, drifted: [String: Set<String>] = [:],
        unknown: [String: Set<String>] = [:], waiting: [Digest: String] = [:]
    ) {
        self.environment = environment
        self.asOf = asOf
        self.time = time
        self.drifted = drifted
        self.unknown = unknown
        self.waiting = waiting
    }

    /// What a pass found and planned.
    init(_ fleet: FleetReport, _ plan: PlanReport, asOf: Int64, time: Timestamp) {
        var (drifted, unknown): ([String: Set<String>], [String: Set<String>]) = ([:], [:])
        for shard in fleet.shards {
            switch shard.state {
            case .drifted, .conflict: drifted[shard.namespace, default: []].insert(shard.name)
            case .unknown, .setAside: unknown[shard.namespace, default: []].insert(shard.name)
            case .suspended, .changing, .pending, .retired, .unmanaged, .inSync: break
            }
        }
        var waiting: [Digest: String] = [:]
        for step in plan.steps where step.holds.contains(where: { $0.code == "approval" }) {
            waiting[step.approval] = step.step.object.label(in: step.step.namespace)
        }
        self.init(
            environment: fleet.environment, asOf: asOf, time: time, drifted: drifted,
            unknown: unknown, waiting: waiting)
    }
}
