import Basics
import Desired
import Model
import Observed
import Reports
import Schema

extension FleetReport {
    /// Every shard as a pass found it, each with the worst that is to be said of it.
    ///
    /// Costs a look at each shard, and at each shard of a finding.
    ///
    /// - Parameter suspensions: those that hold.
    init(
        _ planned: PlanningPass.Result, _ drift: DriftReport, suspensions: [SuspensionRecord],
        at time: Timestamp
    ) {
        var looks: [ShardID: Look] = [:]
        for finding in drift.findings + drift.unmanaged {
            let state = State(finding.status)
            for shard in finding.shards {
                let id = ShardID(namespace: finding.namespace, shard: shard)
                looks[id, default: Look()].add(state, isDifference: finding.status != .unmanaged)
            }
        }
        for unknown in planned.plan.unknown {
            looks[unknown.shard, default: Look()].add(
                unknown.code == "set-aside" ? .setAside : .unknown, isDifference: false,
                unknown.reason)
        }
        for suspension in suspensions {
            for shard in planned.shards where suspension.covers(shard.id) {
                looks[shard.id, default: Look()].add(
                    .suspended, isDifference: false, suspension.words)
            }
        }
        self.init(
            environment: planned.plan.environment, revision: planned.plan.revision, time: time.iso,
            shards: planned.shards.map { shard in
                let look = looks[shard.id] ?? Look()
                return Shard(
                    namespace: shard.id.namespace, name: shard.id.shard,
                    server: shard.server.description, state: look.state,
                    differing: look.differing, reason: look.reason)
            })
    }

    /// What is to be said of one shard.
    private struct Look {
        var state = State.inSync
        var differing = 0
        var reason: String?

        mutating func add(_ state: State, isDifference: Bool, _ reason: String? = nil) {
            if isDifference { differing += 1 }
            let order = State.allCases
            if let new = order.firstIndex(of: state), let old = order.firstIndex(of: self.state),
                new < old
            {
                (self.state, self.reason) = (state, reason)
            }
        }
    }
}
