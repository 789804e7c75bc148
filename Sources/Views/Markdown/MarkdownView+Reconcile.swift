import Diff
import Reports
import Schema

extension MarkdownView {
    /// The outcome of a pass: the summary, what failed, and what still waits.
    package static func reconcile(
        _ report: ReconcileReport, maxBytes: Int = defaultMaxBytes
    ) -> String {
        let held = StepFacts.all(of: report.plan).filter { !$0.holds.isEmpty }
        let open = OpenFacts(report.plan)
        let notes = self.notes(report)
        let full = MarkdownBudget.Limits(
            sql: 0, differences: 0, steps: held.count,
            others: open.items.count + open.notices.count + notes.count)
        let environment = report.plan.plan.environment
        return MarkdownBudget(maxBytes: maxBytes).fit(full) { limits in
            var page = MarkdownPage()
            page.title("Reconcile", environment: environment, report.headline)
            page.paragraph(
                "plan \(Markdown.code(report.plan.digest.short)) · "
                    + Markdown.code(MarkdownPage.sentence(report.plan.plan.revision.label)))
            page.addStale(report.plan.stale)
            addRollout(report.rollout, to: &page)
            if limits.others > 0, !notes.isEmpty { page.blank() }
            page.add(Array(notes.prefix(limits.others)))
            page.table(
                ["table", "shards", "change", "hazard", "state"],
                held.prefix(limits.steps).map(row))
            for step in held.prefix(limits.steps) {
                for hold in step.holds {
                    page.paragraph(
                        "\(hold.label): \(Markdown.code(MarkdownPage.sentence(hold.command)))")
                }
            }
            let rest = page.add(open, limit: max(0, limits.others - notes.count))
            let total = full.others
            page.leftOut(
                [
                    (held.count - limits.steps, held.count, "waiting steps: all"),
                    (max(0, notes.count - limits.others) + rest, total, "other lines"),
                ], see: NextCommand.status(environment: environment))
            page.end(report.headline, report.exitStatus)
            return page.text
        }
    }

    private static func addRollout(_ report: RolloutReport, to page: inout MarkdownPage) {
        guard let rollout = report.rollout else { return }
        let state = report.state.map(RolloutReport.word) ?? "undetermined"
        page.paragraph("rollout \(Markdown.code(rollout)): **\(Markdown.text(state))**")
        if report.progress.total > 0 {
            page.add("<br>\(Markdown.text(ProgressBar.line(report.progress)))")
        }
        if let due = report.due?.words(isServed: report.isServed) {
            page.add("<br>\(Markdown.text(due))")
        }
        if let next = StatusText.next(report) {
            page.add("<br>\(next.label): \(Markdown.code(next.command))")
        }
    }

    /// Failures first, then other operations that did not complete, what was recovered and what was
    /// adopted.
    private static func notes(_ report: ReconcileReport) -> [String] {
        var lines = report.rollout.message.map { [$0] } ?? []
        lines += TroubleFacts.all(of: report.rollout).map { "\($0.mark) \($0.text)" }
        lines += report.recovered.map { item in
            "recovered \(item.key): \(item.finding.rawValue)"
                + (item.message.isEmpty ? "" : ": \(item.message)")
        }
        if report.adopted > 0 { lines.append(ReconcileText.adoptedWords(report.adopted)) }
        return lines.map { "- " + Markdown.text(MarkdownPage.sentence($0)) }
    }
}
