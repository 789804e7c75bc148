import Diff
import Reports
import Schema

/// The outcome of a pass of `plumb reconcile` for a terminal.
package enum ReconcileText {
    /// The text of a report; `width` is in columns.
    package static func text(
        _ report: ReconcileReport, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        let plan = report.plan.plan
        page.line(
            Span("Reconcile", .strong), "  ", Span(plan.environment), "  ",
            Span(plan.revision.label), "  ", Span("plan \(report.plan.digest.short)", .faint))
        page.addStale(report.plan.stale)
        addPast(report, to: &page)
        for rollout in (report.others ?? []) + [report.rollout]
        where rollout.rollout != nil || rollout.message != nil {
            page.blank()
            StatusText.add(rollout, to: &page)
        }
        addHeld(report.plan, to: &page)
        page.add(OpenFacts(report.plan))
        page.end(report.headline, report.exitStatus)
        return page.text
    }

    /// Operations that an earlier run had left, and tables that were as git defines them already.
    private static func addPast(_ report: ReconcileReport, to page: inout TextPage) {
        if !report.recovered.isEmpty || report.adopted > 0 { page.blank() }
        for item in report.recovered {
            page.prose(
                "recovered \(item.key): \(item.finding.rawValue)"
                    + (item.message.isEmpty ? "" : ": \(item.message)"), hanging: 4)
        }
        if report.adopted > 0 {
            page.line(Span(adoptedWords(report.adopted)))
        }
    }

    static func adoptedWords(_ count: Int) -> String {
        "\(Count.of(count, "table")) found as git says, now recorded"
    }

    /// Only the steps that still wait; the others are part of the rollout.
    private static func addHeld(_ report: PlanReport, to page: inout TextPage) {
        let held = StepFacts.all(of: report).filter { !$0.holds.isEmpty }
        let columns = PlanText.Columns(held)
        for step in held {
            page.blank()
            PlanText.addHeader(step, columns, to: &page)
            page.prose("shards: \(step.shards)", indent: 2, hanging: 4)
            PlanText.addHolds(step, to: &page)
        }
    }
}
