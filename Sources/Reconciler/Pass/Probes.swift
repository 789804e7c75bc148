import Basics
import Desired
import Diff
import Observed
import Schema

/// Asks the rows of the shards the questions of a plan's findings, such as "does any value exceed
/// the new length?".
struct Probes {
    let policy: ProbePolicy
    let context: ReconcileContext
    let far: FarShards
    let now: Timestamp
    let stage: (String) -> Void

    /// The place of a question in the plan, and the shard that is asked.
    private struct Place: Hashable {
        let step: Int
        let finding: Int
        let shard: String
    }

    /// The plan with the answers; asks nothing where it has no question.
    func added(to plan: Plan, shards: [(shard: Shard, profile: ServerProfile)]) -> Plan {
        var plan = plan
        guard policy.isEnabled else { return Self.without(plan) }
        let (places, requests, unasked) = requests(of: plan, shards)
        guard !requests.isEmpty || !unasked.isEmpty else { return plan }
        let answers =
            requests.isEmpty ? [] : context.answers.complete(requests, now: now, ask: ask)
        var found: [Place: [String: DataProbe.Answer]] = [:]
        for (place, reason) in unasked {
            let finding = Place(step: place.step, finding: place.finding, shard: "")
            found[finding, default: [:]][place.shard] = .notAnswered(reason)
        }
        for (place, answer) in zip(places, answers) {
            let finding = Place(step: place.step, finding: place.finding, shard: "")
            found[finding, default: [:]][place.shard] =
                answer ?? .notAnswered("the \(policy.totalSeconds) s for all questions were over")
        }
        for (place, answers) in found {
            plan.steps[place.step].findings[place.finding].probe?.take(answers)
        }
        return plan
    }

    private func ask(_ requests: [DataQuestionRunner.Request]) -> [DataProbe.Answer?] {
        stage("asking the rows \(Count.of(requests.count, "question"))")
        let limits = DataQuestionRunner.Limits(
            eachSeconds: policy.eachSeconds, totalSeconds: policy.totalSeconds)
        return DataQuestionRunner(pool: context.pool, limits: limits).ask(
            requests, totalConcurrency: context.concurrency.total,
            perServer: context.concurrency.perHost)
    }

    private func requests(
        of plan: Plan, _ shards: [(shard: Shard, profile: ServerProfile)]
    ) -> ([Place], [DataQuestionRunner.Request], unasked: [Place: String]) {
        let byID = Dictionary(
            shards.map { ($0.shard.id, $0) }, uniquingKeysWith: { first, _ in first })
        var places: [Place] = []
        var requests: [DataQuestionRunner.Request] = []
        var unasked: [Place: String] = [:]
        for (number, step) in plan.steps.enumerated() {
            for (place, finding) in step.findings.enumerated() {
                guard let question = finding.probe?.question else { continue }
                for id in step.shardIDs {
                    guard let known = byID[id] else { continue }
                    if let reason = far.obstacle(on: known.shard.server) {
                        let asked = Place(step: number, finding: place, shard: id.shard)
                        unasked[asked] = "\(reason): it asks right before the statement"
                        continue
                    }
                    places.append(Place(step: number, finding: place, shard: id.shard))
                    requests.append(
                        .init(
                            question, of: ObservationTarget(known.shard),
                            flavour: known.profile.flavour))
                }
            }
        }
        return (places, requests, unasked)
    }

    private static func without(_ plan: Plan) -> Plan {
        var plan = plan
        for step in plan.steps.indices {
            for place in plan.steps[step].findings.indices
            where plan.steps[step].findings[place].probe?.question != nil {
                plan.steps[step].findings[place].probe = DataProbe(
                    notAsked: "questions are switched off (policy.probe)")
            }
        }
        return plan
    }
}
