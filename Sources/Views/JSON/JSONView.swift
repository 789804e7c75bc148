import Diff
import Model
import Reports

/// The reports as JSON documents, complete and with sorted keys.
///
/// `docs/plan.schema.json` and `docs/drift.schema.json` describe them. Every member is always
/// present; an unknown one is null.
package enum JSONView {
    /// The report of `plumb plan`.
    package static func plan(_ report: PlanReport, pretty: Bool = false) -> String {
        document("plan", report.headline, report.exitStatus, planMembers(report), pretty)
    }

    /// The report of `plumb drift`.
    package static func drift(_ report: DriftReport, pretty: Bool = false) -> String {
        let members: [String: JSONValue] = [
            "environment": .string(report.environment),
            "revision": revision(report.revision),
            "recordedAt": .text(report.recordedAt),
            "shardCount": .number(report.shardCount),
            "inSyncCount": .number(report.inSyncCount),
            "findings": .array(report.findings.map { finding($0, report.environment) }),
            "unmanaged": .array(report.unmanaged.map { finding($0, report.environment) }),
            "unknown": .array(report.unknown.map(unknown)),
            "unsupported": .array(report.unsupported.map(unsupported)),
            "stale": .text(report.stale),
            "notices": .array(report.notices.map(notice)),
        ]
        return document("drift", report.headline, report.exitStatus, members, pretty)
    }

    /// The report of `plumb reconcile`.
    package static func reconcile(_ report: ReconcileReport, pretty: Bool = false) -> String {
        let members: [String: JSONValue] = [
            "environment": .string(report.plan.plan.environment),
            "plan": .object(planMembers(report.plan)),
            "rollout": .object(rolloutMembers(report.rollout)),
            "others": .array((report.others ?? []).map { .object(rolloutMembers($0)) }),
            "recovered": .array(
                report.recovered.map { item in
                    .object(
                        key(item.key).merging([
                            "finding": .string(item.finding.rawValue),
                            "message": .string(item.message),
                        ]) { first, _ in first })
                }),
            "adopted": .number(report.adopted),
        ]
        return document("reconcile", report.headline, report.exitStatus, members, pretty)
    }

    /// The report of `plumb status`.
    package static func status(
        _ status: StatusReport, exit: ExitStatus, pretty: Bool = false
    ) -> String {
        var members =
            rolloutMembers(status.rollout ?? RolloutReport(environment: status.environment))
        members["others"] = .array(status.others.map { .object(rolloutMembers($0)) })
        members["suspensions"] = .array(
            status.suspensions.map { suspension in
                .object([
                    "namespace": .string(suspension.namespace), "shard": .text(suspension.shard),
                    "actor": .string(suspension.actor), "reason": .string(suspension.reason),
                    "at": .string(suspension.at), "until": .text(suspension.until),
                ])
            })
        members["rollbacks"] = .array(status.rollbacks.map(rollback))
        members["setAside"] = .array(status.setAside.map(shardLine))
        members["failures"] = .array(status.failures.map(failure))
        members["unread"] = .array(status.unread.map(JSONValue.string))
        if !status.readByWorkers.isEmpty {
            members["readByWorkers"] = .array(status.readByWorkers.map(JSONValue.string))
        }
        members["shards"] = status.shards.map { .array($0.map(shardLine)) } ?? .null
        return document("status", status.headline, exit, members, pretty)
    }

    private static func failure(_ failure: FailureRecord) -> JSONValue {
        .object([
            "namespace": .string(failure.key.namespace), "shard": .string(failure.key.shard),
            "table": .string(failure.key.object.encoded), "rollout": .string(failure.rollout),
            "failures": .number(failure.failures), "firstAt": .string(failure.firstAt),
            "lastAt": .string(failure.lastAt), "nextAt": .string(failure.nextAt),
            "message": .text(failure.message),
        ])
    }

    private static func shardLine(_ line: StatusReport.ShardLine) -> JSONValue {
        .object([
            "namespace": .string(line.shard.namespace), "shard": .string(line.shard.shard),
            "revision": .text(line.revision), "since": .text(line.since),
            "objectCount": line.objectCount.map(JSONValue.number) ?? .null,
            "reason": .text(line.reason),
        ])
    }

    /// An error without a report; file, line and remedy are those of the first problem.
    package static func error(
        _ summary: String, _ problems: [Problem], exit: ExitStatus = .error, pretty: Bool = false
    ) -> String {
        let values = problems.map { problem in
            JSONValue.object([
                "code": .text(problem.code), "message": .string(problem.fault),
                "location": place(problem.location), "remedy": .text(problem.remedy),
            ])
        }
        let members: [String: JSONValue] = [
            "location": place(problems.first?.location),
            "remedy": .text(problems.first?.remedy), "problems": .array(values),
        ]
        return document("error", summary, exit, members, pretty)
    }

    /// Rows as objects, for commands that print lists.
    ///
    /// - Parameter next: where the next page begins; nil where there is none.
    package static func table(
        kind: String, rows: [[String: String]], summary: String, exit: ExitStatus,
        next: String? = nil, pretty: Bool = false
    ) -> String {
        let values = rows.map { row in JSONValue.object(row.mapValues(JSONValue.string)) }
        var members: [String: JSONValue] = ["rows": .array(values)]
        if let next { members["next"] = .string(next) }
        return document(kind, summary, exit, members, pretty)
    }

    static func document(
        _ kind: String, _ summary: String, _ status: ExitStatus, _ members: [String: JSONValue],
        _ pretty: Bool
    ) -> String {
        let envelope: [String: JSONValue] = [
            "version": .int(1), "kind": .string(kind), "summary": .string(summary),
            "exit": .number(status.rawValue), "outcome": .string(status.label),
        ]
        let whole = envelope.merging(members) { first, _ in first }
        return JSONValue.object(whole).encoded(pretty: pretty) + "\n"
    }
}
