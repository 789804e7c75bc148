import Diff
import Reports
import Schema

/// Reports as a comment on a pull request: a summary, a table, and the details folded.
package enum MarkdownView {
    /// GitHub's limit for a comment is 65,536 characters; the rest is for text around it.
    package static let defaultMaxBytes = 60_000

    /// A plan, in at most `maxBytes` bytes where that is possible.
    package static func plan(_ report: PlanReport, maxBytes: Int = defaultMaxBytes) -> String {
        let steps = StepFacts.all(of: report)
        let open = OpenFacts(report)
        return MarkdownBudget(maxBytes: maxBytes).fit(full(steps.count, open)) { limits in
            var page = MarkdownPage()
            let plan = report.plan
            page.title("Plan", environment: plan.environment, report.headline)
            page.paragraph(
                "\(Markdown.code(report.digest.short)) · "
                    + "\(Markdown.code(MarkdownPage.sentence(plan.revision.label))) "
                    + Markdown.text(MarkdownPage.sentence(plan.revision.summary)))
            page.addStale(report.stale)
            if let waits = LockWaitWords.text(report) { page.paragraph(Markdown.text(waits)) }
            page.table(
                ["table", "shards", "change", "hazard", "state"],
                steps.prefix(limits.steps).map(row))
            for (place, step) in steps.prefix(limits.steps).enumerated() {
                add(
                    step, sql: place < limits.sql, differences: place < limits.differences,
                    to: &page)
            }
            let others = page.add(open, limit: limits.others)
            leftOut(limits, steps.count, others, open, "plan", plan.environment, in: &page)
            page.end(report.headline, report.exitStatus)
            return page.text
        }
    }

    /// A drift report, in at most `maxBytes` bytes where that is possible.
    package static func drift(_ report: DriftReport, maxBytes: Int = defaultMaxBytes) -> String {
        let names = FindingFacts.names(of: report)
        let findings = (report.findings + report.unmanaged).map {
            FindingFacts($0, of: report, names: names)
        }
        let open = OpenFacts(report)
        var limits = full(findings.count, open)
        limits.sql = 0
        return MarkdownBudget(maxBytes: maxBytes).fit(limits) { limits in
            var page = MarkdownPage()
            page.title("Drift", environment: report.environment, report.headline)
            let recorded = report.recordedAt.map { "recorded \($0)" } ?? "never recorded"
            page.paragraph(
                "against \(Markdown.code(MarkdownPage.sentence(report.revision.label))), "
                    + Markdown.text(recorded))
            page.addStale(report.stale)
            page.table(
                ["table", "status", "shards", "digests"],
                findings.prefix(limits.steps).map(row))
            for (place, finding) in findings.prefix(limits.steps).enumerated() {
                add(finding, differences: place < limits.differences, to: &page)
            }
            let others = page.add(open, limit: limits.others)
            leftOut(limits, findings.count, others, open, "drift", report.environment, in: &page)
            page.end(report.headline, report.exitStatus)
            return page.text
        }
    }

    // MARK: Parts

    private static func full(_ steps: Int, _ open: OpenFacts) -> MarkdownBudget.Limits {
        MarkdownBudget.Limits(
            sql: steps, differences: steps, steps: steps,
            others: open.items.count + open.notices.count)
    }

    private static func leftOut(
        _ limits: MarkdownBudget.Limits, _ steps: Int, _ others: Int, _ open: OpenFacts,
        _ kind: String, _ environment: String, in page: inout MarkdownPage
    ) {
        let noun = kind == "plan" ? "steps" : "findings"
        let command =
            kind == "plan"
            ? NextCommand.plan(environment: environment)
            : NextCommand.drift(environment: environment)
        // A step that is left out has no SQL or difference lines either; it is counted once.
        let shown = min(limits.steps, steps)
        var parts = [(steps - shown, steps, "\(noun): all")]
        if kind == "plan" {
            parts.insert((shown - min(limits.sql, shown), steps, "the SQL"), at: 0)
        }
        parts.insert(
            (shown - min(limits.differences, shown), steps, "the difference lines"),
            at: parts.count - 1)
        let all = open.items.count + open.notices.count
        parts.append((others, all, "other lines"))
        page.leftOut(
            parts.map { (count: $0.0, of: $0.1, what: $0.2) }, see: command)
    }

    static func row(_ step: StepFacts) -> [String] {
        let state = step.holds.map { hold in
            Markdown.text(MarkdownPage.sentence(hold.text))
        }
        return [
            Markdown.code(MarkdownPage.sentence(step.table)), step.shardCount,
            Markdown.code(step.digests), Markdown.text(step.hazardText),
            state.isEmpty ? "ready" : state.joined(separator: "; "),
        ]
    }

    private static func row(_ finding: FindingFacts) -> [String] {
        [
            Markdown.code(MarkdownPage.sentence(finding.table)),
            "**\(Markdown.text(MarkdownPage.sentence(finding.statusText)))**",
            "\(finding.shardCount): \(MarkdownPage.names(finding.shards))",
            Markdown.text(finding.digests),
        ]
    }

    private static func add(
        _ step: StepFacts, sql: Bool, differences: Bool, to page: inout MarkdownPage
    ) {
        page.blank()
        page.add(
            "<details><summary>\(HTML.code(MarkdownPage.sentence(step.table))) on "
                + "\(step.shardCount): \(HTML.text(step.hazardText))</summary>")
        page.blank()
        page.add("shards: \(MarkdownPage.names(step.shards))")
        if let cause = step.cause {
            page.add("<br>\(Markdown.text(cause))\(place(step.causeLocation))")
        }
        if differences, !step.differences.isEmpty {
            page.blank()
            page.add(Markdown.block(step.differences.map(line), language: "diff"))
        }
        if sql {
            page.blank()
            page.add(
                Markdown.block(step.sql.flatMap { Visible.lines($0 + ";") }, language: "sql"))
        }
        let remarks = step.remarks + (step.suggestion.map { ["hint: \($0)"] } ?? [])
        if !remarks.isEmpty { page.blank() }
        page.add(remarks.map { "- " + Markdown.text(MarkdownPage.sentence($0)) })
        for hold in step.holds {
            page.paragraph("\(hold.label): \(Markdown.code(MarkdownPage.sentence(hold.command)))")
        }
        page.blank()
        page.add("</details>")
    }

    private static func add(
        _ finding: FindingFacts, differences: Bool, to page: inout MarkdownPage
    ) {
        let lines = differences ? finding.differences.map { line($0.line) } : []
        guard !lines.isEmpty || !finding.actions.isEmpty else { return }
        page.blank()
        page.add(
            "<details><summary>\(HTML.code(MarkdownPage.sentence(finding.table))) "
                + "\(HTML.text(MarkdownPage.sentence(finding.statusText))) on "
                + "\(finding.shardCount)</summary>")
        if !lines.isEmpty {
            page.blank()
            page.add(Markdown.block(lines, language: "diff"))
        }
        page.blank()
        page.add(
            finding.actions.map { action in
                "- \(action.label): " + MarkdownPage.action(action)
            })
        page.blank()
        page.add("</details>")
    }

    private static func line(_ difference: PlanDifference) -> String {
        let place = difference.location.map { "    \($0.file):\($0.line)" } ?? ""
        return Visible.line(difference.text + place)
    }

    private static func place(_ location: SourceLocation?) -> String {
        location.map { " (\(Markdown.code("\($0.file):\($0.line)")))" } ?? ""
    }
}
