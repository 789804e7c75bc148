import Basics
import Model
import Reports

/// What a daemon tells of itself to who watches it.
///
/// Costs a look at each shard of the last pass, and no question to the ledger or a server.
struct DaemonMetrics {
    let version: String
    let startedAt: Timestamp
    let environments: [(name: String, known: EnvironmentState)]
    /// How many requests were answered, by the status of the answer.
    let requests: [Int: Int]
    /// How many deliveries of forges came to what; nil where none are taken.
    let webhooks: [WebhookDoor.Outcome: Int]?
    let notifications: NotificationCounts
    let connectionCount: Int
    let streamCount: Int

    /// Metric by metric, as the format wants it.
    var text: String {
        var page = MetricPage()
        page.add(.build, 1, version)
        page.add(.started, Int(startedAt.secondsSince1970))
        for (name, known) in environments { page.add(.ready, known.isReady ? 1 : 0, name) }
        for (name, known) in environments {
            page.add(.standingBy, known.holder == nil ? 0 : 1, name)
        }
        for (name, known) in environments {
            for ((namespace, state), count) in Self.counts(known.present.fleet?.shards ?? []) {
                page.add(.shards, count, name, namespace, state.rawValue)
            }
        }
        for (name, known) in environments {
            for (outcome, count) in known.passes.sorted(by: { $0.key < $1.key }) {
                page.add(.passes, count, name, outcome)
            }
        }
        times(&page, .lastPass, \.lastPass)
        times(&page, .lastFetch, \.lastFetch)
        for (name, known) in environments { page.add(.fetchFailures, known.allFetchFailures, name) }
        plans(&page)
        rollouts(&page)
        for (code, count) in requests.sorted(by: { $0.key < $1.key }) {
            page.add(.requests, count, String(code))
        }
        if let webhooks {
            for outcome in WebhookDoor.Outcome.allCases {
                page.add(.webhooks, webhooks[outcome] ?? 0, outcome.rawValue)
            }
        }
        for (target, outcome, count) in notifications.all {
            page.add(.notifications, count, target, outcome)
        }
        page.add(.connections, connectionCount)
        page.add(.streams, streamCount)
        return page.text
    }

    private func times(
        _ page: inout MetricPage, _ metric: Metric, _ time: (EnvironmentState) -> Timestamp?
    ) {
        for (name, known) in environments {
            guard let time = time(known) else { continue }
            page.add(metric, Int(time.secondsSince1970), name)
        }
    }

    private func plans(_ page: inout MetricPage) {
        for (name, known) in environments {
            guard let steps = known.report?.plan.steps else { continue }
            let hazards = Dictionary(grouping: steps, by: \.step.hazard.rawValue)
            for (hazard, steps) in hazards.sorted(by: { $0.key < $1.key }) {
                page.add(.steps, steps.count, name, hazard)
            }
        }
        for (name, known) in environments { page.add(.waiting, known.waiting.count, name) }
        times(&page, .oldestWaiting) { $0.waiting.values.min() }
    }

    private func rollouts(_ page: inout MetricPage) {
        for (name, known) in environments {
            var counts: [String: Int] = [:]
            for rollout in known.report.map({ [$0.rollout] + ($0.others ?? []) }) ?? []
            where rollout.rollout != nil && rollout.state?.isTerminal != true {
                counts.merge(rollout.counts, uniquingKeysWith: +)
            }
            for (state, count) in counts.sorted(by: { $0.key < $1.key }) {
                page.add(.rollout, count, name, state)
            }
        }
        for (name, known) in environments { page.add(.working, known.working.count, name) }
        for (name, known) in environments {
            for (state, count) in known.outcomes.sorted(by: { $0.key < $1.key }) {
                page.add(.operations, count, name, state)
            }
        }
        for (name, known) in environments { page.add(.operationSeconds, known.seconds, name) }
        for (name, known) in environments { page.add(.waits, known.waits, name) }
        work(&page)
    }

    private func work(_ page: inout MetricPage) {
        for (name, known) in environments {
            page.add(.statementSeconds, known.work.statementSeconds, name)
        }
        for (name, known) in environments { page.add(.lockWaits, known.work.lockWaits, name) }
        for (name, known) in environments { page.add(.ledgerCommits, known.work.commits, name) }
        for (name, known) in environments { page.add(.ledgerBytes, known.work.bytes, name) }
    }

    /// How many shards of each namespace are in each state, sorted; also the states that none is
    /// in, so that a series does not end where its last shard leaves the state.
    private static func counts(
        _ shards: [FleetReport.Shard]
    ) -> [(key: (namespace: String, state: FleetReport.State), count: Int)] {
        var counts: [String: [FleetReport.State: Int]] = [:]
        for shard in shards { counts[shard.namespace, default: [:]][shard.state, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.flatMap { namespace, states in
            FleetReport.State.allCases.map { ((namespace, $0), states[$0] ?? 0) }
        }
    }
}
