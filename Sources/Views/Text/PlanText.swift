import Diff
import Reports
import Schema

/// A plan for a terminal.
package enum PlanText {
    /// The text of a report; `width` is in columns.
    package static func text(
        _ report: PlanReport, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        let open = OpenFacts(report)
        if report.isQuiet, open.notices.isEmpty, open.stale == nil {
            page.end("\(report.plan.environment): \(report.headline)", report.exitStatus)
            return page.text
        }
        addTitle(report, to: &page)
        page.addStale(report.stale)
        if let waits = LockWaitWords.text(report) { page.prose(waits, .faint, hanging: 4) }
        addSteps(StepFacts.all(of: report), to: &page)
        page.add(open)
        page.end(report.headline, report.exitStatus)
        return page.text
    }

    private static func addTitle(_ report: PlanReport, to page: inout TextPage) {
        let revision = report.plan.revision
        let summary = revision.summary.isEmpty ? "" : " \"\(revision.summary)\""
        page.line(
            Span("Plan \(report.digest.short)", .strong), "  ", Span(report.plan.environment),
            "  ", Span(revision.label + summary), "  ",
            Span("(\(Count.of(report.plan.shardCount, "shard")))", .faint))
    }

    static func addSteps(_ steps: [StepFacts], to page: inout TextPage) {
        let columns = Columns(steps)
        for step in steps {
            page.blank()
            addHeader(step, columns, to: &page)
            addEvidence(step, to: &page)
            addHolds(step, to: &page)
        }
    }

    /// The column widths that align the first lines of all steps.
    struct Columns {
        let table: Int
        let shards: Int

        init(_ steps: [StepFacts]) {
            table = min(32, steps.map { Visible.columns(Visible.line($0.table)) }.max() ?? 0)
            shards = steps.map { Visible.columns($0.shardCount) }.max() ?? 0
        }
    }

    static func addHeader(_ step: StepFacts, _ columns: Columns, to page: inout TextPage) {
        page.pair(
            [
                Span(Visible.pad(Visible.line(step.table), to: columns.table), .strong), "  ",
                Span(Visible.pad(step.shardCount, to: columns.shards)), "  ",
                Span(step.digests, .faint),
            ],
            [Span(step.hazardText, TextPage.role(of: step.hazard))])
    }

    private static func addEvidence(_ step: StepFacts, to page: inout TextPage) {
        if let cause = step.cause {
            let isSaid = step.differences.contains { $0.location == step.causeLocation }
            page.pair(
                [Span(cause)], isSaid ? [] : TextPage.place(step.causeLocation), indent: 2)
        } else if step.differences.allSatisfy({ $0.location == nil }),
            let location = step.causeLocation
        {
            page.pair([Span("git")], TextPage.place(location), indent: 2)
        }
        for difference in step.differences {
            page.pair(
                [Span(difference.text, TextPage.role(ofLine: difference.text))],
                TextPage.place(difference.location), indent: 2)
        }
        for sql in step.sql {
            for line in Visible.lines(sql) { page.line(Span(line), indent: 4) }
        }
        for remark in step.remarks { page.prose(remark, indent: 2, hanging: 4) }
        if let suggestion = step.suggestion {
            page.prose("hint: \(suggestion)", indent: 2, hanging: 4)
        }
        page.prose("shards: \(step.shards)", .faint, indent: 2, hanging: 10)
    }

    static func addHolds(_ step: StepFacts, to page: inout TextPage) {
        for hold in step.holds {
            page.prose(hold.text, .warning, indent: 2, hanging: 4)
            page.line(Span("\(hold.label):  "), Span(hold.command, .strong), indent: 4)
        }
    }
}
