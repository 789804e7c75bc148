import Basics
import Diff
import Model
import Reports
import Schema
import Service

/// What a daemon knows of one environment: what its loop told, and what its last pass found.
struct EnvironmentState: Sendable {
    /// How many passes ended, by the label of their outcome; `failed` where none could be made.
    var passes: [String: Int] = [:]
    /// When the last pass ended that could be made.
    var lastPass: Timestamp?
    /// When a pass last fetched the schema repository, and how many went on with an old copy.
    var lastFetch: Timestamp?
    var fetchFailures = 0
    /// Why the last pass could not be made; nil where it could.
    var fault: String?
    /// Who reconciles the environment instead of this process; nil where nobody does.
    var holder: String?
    var report: ReconcileReport?
    var found = FoundByDaemon()
    /// Since when each step has waited for an approval, by the digest that is approved.
    var waiting: [Digest: Timestamp] = [:]
    /// Since when each operation is at work.
    var working: [OperationKey: Timestamp] = [:]
    /// How many operations ended in each way.
    var outcomes: [String: Int] = [:]
    /// How long operations were at work, in seconds.
    var seconds = Histogram(bounds: [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200])
    /// How often a shard could not go on and was tried again.
    var waits = 0
    var work = MeasuredWork()

    /// How many passes could not fetch the schema repository, whether or not there was a copy.
    var allFetchFailures: Int { fetchFailures + work.fetchFailures }

    /// Whether something was completed since the shards were looked at.
    private(set) var isBehind = false

    /// Whether it knows enough to answer: a pass was made, or another process makes them.
    var isReady: Bool { lastPass != nil || holder != nil }

    /// What it may say of the shards, with what changes right now.
    var present: FoundByDaemon {
        var found = found
        let changing = Set(working.keys.map(\.shardID))
        guard !changing.isEmpty, var fleet = found.fleet else { return found }
        for index in fleet.shards.indices {
            let shard = fleet.shards[index]
            guard changing.contains(ShardID(namespace: shard.namespace, shard: shard.name)) else {
                continue
            }
            fleet.shards[index].state = .changing
        }
        found.fleet = fleet
        return found
    }

    /// Takes in how a pass found the shards, before it changed anything.
    mutating func compared(_ drift: DriftReport, _ fleet: FleetReport) {
        (found.drift, found.fleet, isBehind) = (drift, fleet, false)
    }

    /// Takes in what the loop tells.
    mutating func note(_ event: ReconcileEvent, at time: Timestamp) {
        switch event {
        case .passed(_, let report): pass(report, at: time)
        case .failed(_, let message, _):
            passes["failed", default: 0] += 1
            fault = message
        case .standingBy(let message): holder = message
        case .rollout(let event): note(event, at: time)
        case .gone(let message):
            fault = message
            found = FoundByDaemon()
            report = nil
        case .started, .working, .assisting, .reading, .assistanceFailed, .standingStill, .pausing,
            .ending, .ended:
            break
        }
    }

    private mutating func pass(_ report: ReconcileReport, at time: Timestamp) {
        passes[report.exitStatus.label, default: 0] += 1
        (lastPass, fault, holder) = (time, nil, nil)
        if report.plan.stale == nil { lastFetch = time } else { fetchFailures += 1 }
        self.report = report
        found.plan = report.plan
        var waiting: [Digest: Timestamp] = [:]
        for step in report.plan.steps where step.holds.contains(where: { $0.code == "approval" }) {
            waiting[step.approval] = self.waiting[step.approval] ?? time
        }
        self.waiting = waiting
    }

    private mutating func note(_ event: RolloutEvent, at time: Timestamp) {
        switch event {
        case .started(let key): working[key] = time
        case .settled(let key, let outcome):
            outcomes[outcome.state.label, default: 0] += 1
            if outcome.state == .completed { isBehind = true }
            guard let start = working.removeValue(forKey: key) else { return }
            seconds.note(Double(time.secondsSince1970 - start.secondsSince1970))
        case .parked(let key): working[key] = nil
        case .waiting: waits += 1
        case .wave, .baking: break
        }
    }
}
