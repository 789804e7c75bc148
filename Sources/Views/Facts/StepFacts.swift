import Diff
import Reports
import Schema

/// The text of one step of a plan, shared by all views.
struct StepFacts {
    /// Why some shards of the step wait, and what to do about it.
    struct Hold {
        let text: String
        /// The text before the command, such as `approve with`.
        let label: String
        let command: String
    }

    let table: String
    let shardCount: String
    let shards: String
    let digests: String
    let hazard: Hazard
    /// `safe · INSTANT`.
    let hazardText: String
    /// Nil where git changed the table and nothing more is known.
    let cause: String?
    let causeLocation: SourceLocation?
    let differences: [PlanDifference]
    let remarks: [String]
    let suggestion: String?
    let sql: [String]
    let holds: [Hold]

    private init(_ report: PlanReport.StepReport, of whole: PlanReport, names: Names) {
        let plan = whole.plan
        let step = report.step
        table = Self.label(step)
        shardCount = ShardNames.count(step.shards.count, of: plan.shardCount)
        shards = ShardNames.compact(step.shards)
        digests = names.tables.move(from: step.from, to: step.to)
        hazard = step.hazard
        hazardText = Self.hazardText(report)
        cause = Self.cause(step.cause, of: step.object.kind.rawValue)
        causeLocation = step.cause.location
        differences = step.differences
        remarks = Self.remarks(step)
        suggestion = step.suggestion
        sql = step.statements.map(\.sql)
        holds = report.holds.map { hold in
            Self.hold(
                hold, of: report, in: whole, approval: names.approvals.name(report.approval))
        }
    }

    /// What the step is about: `commerce.orders`, or `commerce.city, country`.
    private static func label(_ step: PlanStep) -> String {
        let first = step.object.label(in: step.namespace)
        guard let members = step.members else { return first }
        let others = members.map(\.object).filter { $0 != step.object }.map(\.encoded)
        let named = others.count > 2 ? others.prefix(1) : others[...]
        let rest = others.count - named.count
        return ([first] + named).joined(separator: ", ")
            + (rest > 0 ? " and \(Count.of(rest, "more table"))" : "")
    }

    /// Abbreviations that are unique within one report.
    struct Names {
        let tables: DigestNames
        let approvals: DigestNames

        init(_ report: PlanReport) {
            tables = DigestNames(
                report.steps.flatMap { [$0.step.from, $0.step.to] }.compactMap { $0 })
            approvals = DigestNames(
                report.steps.map(\.approval), shortest: Digest.distinctDigits)
        }
    }

    static func all(of report: PlanReport) -> [StepFacts] {
        let names = Names(report)
        return report.steps.map { StepFacts($0, of: report, names: names) }
    }

    // MARK: Words

    private static func hazardText(_ report: PlanReport.StepReport) -> String {
        let step = report.step
        let kind = step.object.kind.rawValue
        var parts = [word(step.hazard)]
        switch step.kind {
        case .create: parts.append("new \(kind)")
        case .drop: parts.append("drops the \(kind)")
        case .alter:
            if let members = step.members { parts.append("\(members.count) tables in one step") }
        }
        if let algorithm = step.algorithm { parts.append(algorithm.rawValue) }
        if step.rebuildsTable {
            parts.append("rebuilds " + (step.size.map(text) ?? "the table"))
        }
        if step.engine == .copy {
            parts.append("copied online")
        } else if step.lock != nil {
            parts.append("blocks writes: \(step.blocksWrites ? "yes" : "no")")
        }
        if report.needsApproval {
            parts.append(approvalWord(holds: report.holds.map(\.code)))
        }
        return parts.joined(separator: " · ")
    }

    /// Whether a held step is approved. The gate checks approvals after drift and refusals and
    /// before windows and earlier environments, so only a step that is held by one of the latter is
    /// known to be approved.
    private static func approvalWord(holds: [String]) -> String {
        if holds.contains("approval") { return "approval needed" }
        if holds.contains("denied") { return "denied" }
        let isApproved = holds.allSatisfy {
            ["window", "environment", "behind", "at-work"].contains($0)
        }
        return isApproved ? "approved" : "needs an approval"
    }

    static func word(_ hazard: Hazard) -> String {
        switch hazard {
        case .safe, .costly, .lossy: hazard.rawValue
        case .irreversible: "IRREVERSIBLE"
        }
    }

    private static func text(_ size: TableSize) -> String {
        "\(Quantity.rows(size.rows)) rows, \(Quantity.bytes(size.bytes))"
    }

    private static func cause(_ cause: PlanCause, of kind: String) -> String? {
        if let rollback = cause.rollback {
            let words =
                "rolled back by \(rollback.actor): \(rollback.reason) (rollout \(rollback.rollout))"
            return cause.kind == .conflict
                ? words + "; the live \(kind) was changed too (see plumb drift)" : words
        }
        switch cause.kind {
        case .git:
            guard let commit = cause.commit else { return nil }
            return "git \(commit.prefix(7))" + (cause.author.map { " by \($0)" } ?? "")
                + others(cause)
        case .liveChanged:
            return "live changed: someone altered the \(kind) behind git's back (see plumb drift)"
        case .conflict:
            return "conflict: git changed, and the live \(kind) was changed too (see plumb drift)"
        case .retired: return "retired: the \(kind) was removed from git and may be dropped"
        case .pruned: return "pruned: the \(kind) was never in git (prune: all)"
        }
    }

    /// The other authors of the step, besides that of the last commit.
    private static func others(_ cause: PlanCause) -> String {
        let author = cause.author ?? ""
        let others = (cause.authors ?? []).filter { author.isEmpty || !$0.contains(author) }
        guard let first = others.first else { return "" }
        let rest = others.count - 1
        return ", also \(first)" + (rest == 0 ? "" : " and \(Count.of(rest, "other"))")
    }

    private static func remarks(_ step: PlanStep) -> [String] {
        var result: [String] = []
        if let size = step.size {
            result.append("size: up to \(text(size)) (\(size.shard))")
        }
        if let reason = step.engineReason {
            let engine = step.engine == .copy ? "copied online" : "altered directly"
            result.append("\(engine): \(reason)")
        }
        for finding in step.findings where finding.hazard > .safe || !finding.remedy.isEmpty {
            let remedy = finding.remedy.isEmpty ? "" : ": \(finding.remedy)"
            result.append("\(word(finding.hazard)) \(finding.rule): \(finding.reason)\(remedy)")
            if let probe = finding.probe {
                result += ProbeWords.lines(probe, shardCount: step.shards.count)
            }
        }
        for line in step.cause.rollback?.lost ?? [] {
            result.append("does not come back: \(line)")
        }
        return result
    }

    private static func hold(
        _ hold: PlanReport.HoldReport, of report: PlanReport.StepReport, in whole: PlanReport,
        approval: String
    ) -> Hold {
        let step = report.step
        let environment = whole.plan.environment
        let place =
            hold.shards.count == step.shards.count
            ? "" : " on \(ShardNames.compact(hold.shards))"
        let text = "\(HoldWords.state(hold.code))\(place): \(hold.reason)"
        switch hold.code {
        case "approval" where whole.isProposal:
            return Hold(
                text: text, label: "after the merge",
                command: NextCommand.plan(environment: environment))
        case "approval":
            return Hold(
                text: text, label: "approve with",
                command: NextCommand.approve(
                    approval, environment: environment,
                    more: whole.approvalsAreSigned == true
                        ? "--sign KEY" : whole.approvalsAreTaken == true ? "--server URL" : nil))
        case "drift":
            return Hold(
                text: text, label: "put back",
                command: NextCommand.heal(
                    environment: environment, namespace: step.namespace, shards: hold.shards))
        case "rows":
            return Hold(
                text: text, label: "once the rows are corrected",
                command: NextCommand.reconcile(environment: environment))
        case "suspended":
            return Hold(
                text: text, label: "when it is resumed",
                command: NextCommand.reconcile(environment: environment))
        case "denied", "refused":
            return Hold(
                text: text, label: "change it in git, then",
                command: NextCommand.plan(environment: environment))
        default:
            return Hold(
                text: text, label: "when that has passed",
                command: NextCommand.reconcile(environment: environment))
        }
    }
}

/// The text for each kind of hold.
enum HoldWords {
    static func state(_ code: String) -> String {
        switch code {
        case "approval": "waits for approval"
        case "denied": "denied"
        case "drift": "left alone as drift"
        case "window": "waits for a window"
        case "back-off": "waits after a failure"
        case "read-only": "held, its server is read-only"
        case "suspended": "suspended"
        case "at-work": "being changed"
        case "incomplete": "waits for every shard"
        case "environment": "waits for an earlier environment"
        case "behind": "waits for another step"
        case "rows": "rows are in the way"
        case "refused": "refused by policy"
        default: "held (\(code))"
        }
    }

    /// The count for the headline: `1 waiting for approval`.
    static func count(_ count: Int, _ code: String) -> String {
        switch code {
        case "approval": "\(count) waiting for approval"
        case "window": "\(count) waiting for a window"
        case "back-off": "\(count) waiting after a failure"
        case "read-only": "\(count) held, the server is read-only"
        case "environment": "\(count) waiting for an earlier environment"
        case "behind": "\(count) waiting for another step"
        case "rows": "\(count) held by rows in the way"
        default: "\(count) \(state(code))"
        }
    }

    /// The order in which holds are counted; others follow by name.
    static let order = [
        "approval", "denied", "refused", "rows", "drift", "window", "environment", "behind",
    ]
}
