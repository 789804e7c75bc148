import Diff
import Model
import Reports
import Schema

extension JSONView {
    static func revision(_ revision: PlanRevision) -> JSONValue {
        .object([
            "commit": .text(revision.commit), "reference": .string(revision.reference),
            "summary": .string(revision.summary), "label": .string(revision.label),
        ])
    }

    static func place(_ location: SourceLocation?) -> JSONValue {
        guard let location else { return .null }
        return .object([
            "file": .string(location.file), "line": .number(location.line),
            "column": .number(location.column),
        ])
    }

    static func difference(_ difference: PlanDifference) -> JSONValue {
        .object([
            "text": .string(difference.text), "location": place(difference.location),
        ])
    }

    static func unknown(_ shard: UnknownShard) -> JSONValue {
        .object([
            "namespace": .string(shard.shard.namespace), "shard": .string(shard.shard.shard),
            "code": .string(shard.code), "reason": .string(shard.reason),
        ])
    }

    static func unsupported(_ table: UnsupportedTable) -> JSONValue {
        .object([
            "namespace": .string(table.namespace), "table": .string(table.object.encoded),
            "shards": .strings(table.shards), "reason": .string(table.reason),
        ])
    }

    static func notice(_ notice: Notice) -> JSONValue {
        .object(["code": .string(notice.code), "message": .string(notice.message)])
    }

    static func finding(_ finding: TableFinding, _ environment: String) -> JSONValue {
        .object([
            "namespace": .string(finding.namespace),
            "table": .string(finding.object.encoded),
            "status": .string(finding.status.rawValue),
            "shards": .strings(finding.shards),
            "desired": .text(finding.desired?.hex),
            "recorded": .text(finding.recorded?.hex),
            "observed": .text(finding.observed?.hex),
            "differences": .array(finding.differences.map(difference)),
            "reads": .string(finding.reads.rawValue),
            "location": place(finding.location),
            "rollback": finding.rollback.map(rollback) ?? .null,
            "fingerprint": .string(FindingFingerprint.of(finding, in: environment)),
        ])
    }

    static func rollback(_ rollback: PlanRollback) -> JSONValue {
        .object([
            "id": .string(rollback.id), "rollout": .string(rollback.rollout),
            "actor": .string(rollback.actor), "reason": .string(rollback.reason),
            "at": .string(rollback.at), "lost": .strings(rollback.lost),
        ])
    }

    static func key(_ key: OperationKey) -> [String: JSONValue] {
        [
            "namespace": .string(key.namespace), "shard": .string(key.shard),
            "table": .string(key.object.encoded),
        ]
    }

    static func rolloutMembers(_ report: RolloutReport) -> [String: JSONValue] {
        var members = Self.members(of: report)
        if let finalizers = report.finalizers, !finalizers.isEmpty {
            members["finalizers"] = .array(
                finalizers.map { finalizer in
                    .object([
                        "namespace": .string(finalizer.namespace),
                        "state": .string(finalizer.state.rawValue),
                        "message": .text(finalizer.message), "nextAt": .text(finalizer.nextAt),
                        "output": .text(finalizer.output),
                    ])
                })
        }
        if let waves = report.waves {
            members["waves"] = .array(
                waves.map { wave in
                    .object([
                        "counts": .object(wave.counts.mapValues { .number($0) }),
                        "bakeSeconds": .number(wave.bakeSeconds),
                    ])
                })
        }
        if let words = report.takenBack { members["takenBack"] = .string(words) }
        return members
    }

    private static func members(of report: RolloutReport) -> [String: JSONValue] {
        [
            "environment": .string(report.environment),
            "rollout": .text(report.rollout),
            "plan": .text(report.plan?.hex),
            "state": .text(report.state?.rawValue),
            "startedAt": .text(report.startedAt),
            "endedAt": .text(report.endedAt),
            "counts": .object(report.counts.mapValues { .number($0) }),
            "groups": .array(
                report.groups.map { group in
                    .object([
                        "namespace": .string(group.namespace),
                        "table": .string(group.object.encoded),
                        "from": .text(group.from?.hex), "to": .text(group.to?.hex),
                        "state": .string(group.state.rawValue), "shards": .strings(group.shards),
                    ])
                }),
            "active": .array(
                report.active.map { active in
                    .object([
                        "namespace": .string(active.key.namespace),
                        "shard": .string(active.key.shard),
                        "table": .string(active.key.object.encoded),
                        "state": .string(active.state.rawValue),
                        "since": .text(active.since), "message": .text(active.message),
                    ])
                }),
            "troubles": .array(
                report.troubles.map { trouble in
                    .object(
                        key(trouble.key).merging([
                            "state": .string(trouble.state.label),
                            "message": .string(trouble.message),
                        ]) { first, _ in first })
                }),
            "message": .text(report.message),
            "due": report.due.map { due in
                .object([
                    "at": .string(due.at), "baking": due.baking.map { .number($0) } ?? .null,
                    "waves": .number(due.waves),
                    "retrying": due.retrying.map { .string("\($0)") } ?? .null,
                ])
            } ?? .null,
        ]
    }
}
