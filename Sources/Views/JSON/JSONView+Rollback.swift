import Model
import Reports

extension JSONView {
    /// What `plumb rollback` came to, with the plan back.
    ///
    /// - Parameters:
    ///   - isEnd: whether a rollback was given up.
    ///   - plan: nil where the next pass makes it.
    package static func rollback(
        _ answer: RollbackText.Answer, isEnd: Bool, plan: PlanReport?, pretty: Bool = false
    ) -> String {
        let members: [String: JSONValue] = [
            "rollout": .text(answer.rollout),
            "rollback": answer.report.map(rollback) ?? .null,
            "ended": .strings(answer.ended),
            "superseded": .number(answer.superseded), "running": .number(answer.running),
            "left": .array(
                answer.left.map { left in
                    .object(["shards": .string(left.shards), "reason": .string(left.reason)])
                }),
            "unread": .object(answer.unread.mapValues { .string($0) }),
            "plan": plan.map { .object(planMembers($0)) } ?? .null,
        ]
        let summary = isEnd ? answer.endHeadline : answer.headline
        return document("rollback", summary, plan?.exitStatus ?? .done, members, pretty)
    }

    static func rollback(_ report: RollbackReport) -> JSONValue {
        .object([
            "environment": .string(report.environment), "id": .string(report.id),
            "rollout": .string(report.rollout),
            "actor": .string(report.actor), "reason": .string(report.reason),
            "at": .string(report.at), "objects": .strings(report.objects),
            "shardCount": .number(report.shardCount), "lost": .strings(report.lost),
            "change": .strings(report.change), "withdrawn": .strings(report.withdrawn),
        ])
    }
}
