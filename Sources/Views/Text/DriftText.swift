import Diff
import Reports
import Schema

/// A drift report for a terminal.
package enum DriftText {
    /// The text of a report; `width` is in columns.
    package static func text(
        _ report: DriftReport, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        let open = OpenFacts(report)
        if report.findings.isEmpty, report.unmanaged.isEmpty, open.items.isEmpty,
            open.notices.isEmpty, open.stale == nil
        {
            page.end(
                "\(report.environment): \(report.headline) with \(report.revision.label)",
                report.exitStatus)
            return page.text
        }
        let recorded = report.recordedAt.map { "recorded \($0)" } ?? "never recorded"
        page.line(
            Span("Drift", .strong), "  ", Span(report.environment), "  ",
            Span("against \(report.revision.label), \(recorded)"))
        page.addStale(report.stale)
        page.blank()
        page.prose(report.headline, TextPage.role(of: report.exitStatus))
        let names = FindingFacts.names(of: report)
        for finding in report.findings {
            page.blank()
            add(FindingFacts(finding, of: report, names: names), to: &page)
        }
        addUnmanaged(report, to: &page)
        page.add(open)
        page.end(report.headline, report.exitStatus)
        return page.text
    }

    private static func add(_ facts: FindingFacts, to page: inout TextPage) {
        page.pair(
            [
                Span(facts.shards, .strong), "  ", Span(facts.table, .strong), "  ",
                Span(facts.statusText, .warning),
            ],
            [Span(facts.shardCount, .faint)])
        for difference in facts.differences {
            let role = TextPage.role(ofLine: difference.line.text)
            page.pair(
                [Span(difference.line.text, role)],
                evidence(difference), indent: 2)
        }
        page.pair([Span(facts.digests, .faint)], TextPage.place(facts.location), indent: 2)
        for action in facts.actions {
            page.line(
                Span("\(action.label):  "), Span(action.text, action.isCommand ? .strong : .plain),
                indent: 4)
        }
    }

    private static func evidence(_ difference: FindingFacts.Difference) -> [Span] {
        let meaning = difference.meaning.isEmpty ? [] : [Span(difference.meaning, .faint)]
        let place = TextPage.place(difference.line.location)
        return meaning + (meaning.isEmpty || place.isEmpty ? [] : [Span("  ")]) + place
    }

    /// Tables that were never in git, in one line each.
    private static func addUnmanaged(_ report: DriftReport, to page: inout TextPage) {
        guard !report.unmanaged.isEmpty else { return }
        page.blank()
        page.line("unmanaged: never in git, and left alone")
        for finding in report.unmanaged {
            let shards = ShardNames.compact(finding.shards)
            page.prose(
                "\(finding.object.label(in: finding.namespace)) on \(shards)", .faint,
                indent: 2, hanging: 4)
        }
    }
}
