import Diff
import Reports
import Schema

/// The text of one finding of a drift report, shared by all views.
struct FindingFacts {
    let table: String
    let shards: String
    let shardCount: String
    let status: TableStatus
    let statusText: String
    /// The three digests: `git 5d0c, recorded 5d0c, live 77f0`.
    let digests: String
    let differences: [Difference]
    let location: SourceLocation?
    /// What can be done, with a command or a place.
    let actions: [Action]

    struct Difference {
        let line: PlanDifference
        /// Which of git, the record and the shard have the line.
        let meaning: String
    }

    struct Action {
        let label: String
        let text: String
        /// Whether `text` is a command to run.
        var isCommand = true
    }

    init(_ finding: TableFinding, of report: DriftReport, names: DigestNames) {
        table = finding.object.label(in: finding.namespace)
        shards = ShardNames.compact(finding.shards)
        shardCount = ShardNames.count(finding.shards.count, of: report.shardCount)
        status = finding.status
        let back = finding.rollback.map { " · rolled back by \($0.actor): \($0.reason)" }
        statusText = Self.status(finding) + (back ?? "")
        let wanted = back == nil ? "git" : "before the rollout"
        digests =
            "\(wanted) \(names.name(finding.desired)), recorded \(names.name(finding.recorded)), "
            + "live \(names.name(finding.observed))"
        differences = finding.differences.map {
            Difference(
                line: $0,
                meaning: back == nil
                    ? Self.meaning(of: $0.text, finding)
                    : Self.meaningTakenBack($0.text, finding))
        }
        location = finding.location
        actions = Self.actions(finding, environment: report.environment)
    }

    static func names(of report: DriftReport) -> DigestNames {
        DigestNames(
            (report.findings + report.unmanaged).flatMap {
                [$0.desired, $0.recorded, $0.observed].compactMap { $0 }
            })
    }

    static func word(_ status: TableStatus) -> String {
        switch status {
        case .inSync: "in sync"
        case .pending, .drifted, .conflict, .unmanaged, .retired, .unknown: status.rawValue
        }
    }

    /// The status, and which way the lines read: `pending · live → git`.
    static func status(_ finding: TableFinding) -> String {
        let wanted = finding.rollback == nil ? "git" : "before the rollout"
        let reads = finding.differences.isEmpty ? "" : " · \(words(finding.reads, wanted))"
        return word(finding.status) + reads
    }

    private static func words(_ reads: TableFinding.Reading, _ wanted: String) -> String {
        switch reads {
        case .liveToGit: "live → \(wanted)"
        case .gitToLive: "\(wanted) → live"
        case .recordedToLive: "recorded → live"
        }
    }

    private static func meaning(of line: String, _ finding: TableFinding) -> String {
        let isOfRecord = finding.reads == .recordedToLive
        return switch (line.first, finding.status) {
        case ("-", .drifted): "in git and recorded, missing live"
        case ("+", .drifted): "live only, neither in git nor recorded"
        case ("+", .pending): "in git, not live yet"
        case ("-", .pending), ("-", .retired): "live, no longer in git"
        case ("-", .conflict): isOfRecord ? "recorded, missing live" : "in git, missing live"
        case ("+", .conflict): isOfRecord ? "live, not recorded" : "live, not in git"
        case (_, .inSync), (_, .pending), (_, .drifted), (_, .conflict), (_, .unmanaged),
            (_, .retired), (_, .unknown):
            ""
        }
    }

    /// The same for a table that is wanted as before a rollout.
    private static func meaningTakenBack(_ line: String, _ finding: TableFinding) -> String {
        switch (line.first, finding.status) {
        case ("+", .pending), ("+", .retired): "before the rollout, not live yet"
        case ("-", .pending), ("-", .retired): "live since the rollout, is to go"
        default: meaning(of: line, finding)
        }
    }

    private static func actions(
        _ finding: TableFinding, environment: String
    ) -> [Action] {
        let place =
            finding.differences.lazy.compactMap(\.location).first ?? finding.location
        let file = place.map { "\($0.file):\($0.line)" } ?? "the schema repository"
        let plan = NextCommand.plan(environment: environment)
        let keep = Action(label: "keep", text: "say the same in \(file)", isCommand: false)
        switch finding.status {
        case .drifted:
            let heal = NextCommand.heal(
                environment: environment, namespace: finding.namespace, shards: finding.shards)
            return [Action(label: "put back", text: heal), keep]
        case .conflict: return [Action(label: "what git changed", text: plan), keep]
        case .pending:
            return [
                Action(label: "roll out", text: NextCommand.reconcile(environment: environment))
            ]
        case .retired where finding.rollback != nil:
            return [Action(label: "take back", text: plan)]
        case .retired: return [Action(label: "drop", text: plan)]
        case .inSync, .unmanaged, .unknown: return []
        }
    }
}
