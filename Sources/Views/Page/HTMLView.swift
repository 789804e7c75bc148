import Diff
import Model
import Reports
import Schema

/// Reports as one HTML page without scripts or other files.
package enum HTMLView {
    /// The page of a plan.
    package static func plan(_ report: PlanReport) -> String {
        let revision = report.plan.revision
        var body = [
            paragraph(
                "plan \(HTML.code(report.digest.short)) · \(HTML.code(revision.label)) "
                    + "\(HTML.text(revision.summary)) · "
                    + Count.of(report.plan.shardCount, "shard"))
        ]
        body += picture(of: report)
        body += stale(report.stale)
        if let waits = LockWaitWords.text(report) { body.append(paragraph(HTML.text(waits))) }
        body += StepFacts.all(of: report).flatMap(section)
        body += open(OpenFacts(report))
        return page("Plan", report.plan.environment, report.headline, report.exitStatus, body)
    }

    /// The page of a drift report.
    package static func drift(_ report: DriftReport) -> String {
        let recorded = report.recordedAt.map { "recorded \($0)" } ?? "never recorded"
        var body = [
            paragraph("against \(HTML.code(report.revision.label)), \(HTML.text(recorded))")
        ]
        body += picture(of: report)
        body += stale(report.stale)
        let names = FindingFacts.names(of: report)
        for finding in report.findings + report.unmanaged {
            body += section(FindingFacts(finding, of: report, names: names))
        }
        body += open(OpenFacts(report))
        return page("Drift", report.environment, report.headline, report.exitStatus, body)
    }

    // MARK: The fleet

    private static func picture(of report: PlanReport) -> [String] {
        var picture = FleetPicture(shardCount: report.plan.shardCount)
        for step in report.steps {
            for shard in step.step.shardIDs { picture.note(.pending, of: shard) }
        }
        for unknown in report.plan.unknown { picture.note(.unknown, of: unknown.shard) }
        return picture.html
    }

    private static func picture(of report: DriftReport) -> [String] {
        var picture = FleetPicture(shardCount: report.shardCount)
        for finding in report.findings + report.unmanaged {
            for shard in finding.shards {
                picture.note(
                    FleetReport.State(finding.status),
                    of: ShardID(namespace: finding.namespace, shard: shard))
            }
        }
        for unknown in report.unknown { picture.note(.unknown, of: unknown.shard) }
        return picture.html
    }

    // MARK: Sections

    private static func section(_ step: StepFacts) -> [String] {
        var lines = [
            "<section>",
            "<h2>\(HTML.code(step.table)) <small>\(step.shardCount) · \(HTML.code(step.digests))"
                + " · "
                + sign(step.hazard.rawValue, step.hazardText) + "</small></h2>",
        ]
        if let cause = step.cause {
            lines.append(paragraph(HTML.text(cause) + place(step.causeLocation)))
        }
        lines += differences(step.differences.map { .init(line: $0, meaning: "") })
        for sql in step.sql { lines.append("<pre>\(HTML.block(sql))</pre>") }
        let remarks = step.remarks + (step.suggestion.map { ["hint: \($0)"] } ?? [])
        lines += list(remarks.map(HTML.text))
        lines.append(paragraph("shards: \(HTML.code(step.shards))"))
        for hold in step.holds {
            lines.append(
                paragraph(
                    "<b>\(HTML.text(hold.text))</b><br>\(hold.label): \(HTML.code(hold.command))"))
        }
        return lines + ["</section>"]
    }

    private static func section(_ finding: FindingFacts) -> [String] {
        var lines = [
            "<section class=\"\(weight(of: finding.status))\">",
            "<h2>\(HTML.code(finding.table)) <small>"
                + sign(weight(of: finding.status), finding.statusText)
                + " · \(finding.shardCount)</small></h2>",
            paragraph("shards: \(HTML.code(finding.shards))"),
        ]
        lines += differences(finding.differences)
        lines.append(paragraph(HTML.text(finding.digests) + place(finding.location)))
        lines += list(
            finding.actions.map {
                "\($0.label): " + ($0.isCommand ? HTML.code($0.text) : HTML.text($0.text))
            })
        return lines + ["</section>"]
    }

    private static func differences(_ lines: [FindingFacts.Difference]) -> [String] {
        guard !lines.isEmpty else { return [] }
        let rows = lines.map { difference in
            let text = difference.line.text
            let kind = text.hasPrefix("-") ? "less" : text.hasPrefix("+") ? "more" : nil
            return "<tr\(kind.map { " class=\"\($0)\"" } ?? "")><td>\(HTML.code(text))</td>"
                + "<td>\(HTML.text(difference.meaning))</td>"
                + "<td>\(place(difference.line.location))</td></tr>"
        }
        return ["<table class=\"diff\">"] + rows + ["</table>"]
    }

    private static func open(_ open: OpenFacts) -> [String] {
        let items = open.items.map { item in
            "\(HTML.code(item.subject)): \(sign("bad", item.state)) · \(HTML.text(item.reason))"
        }
        let notices = open.notices.map { notice in
            "note (\(HTML.text(notice.code))): \(HTML.text(notice.message))"
        }
        return list(items + notices)
    }

    /// A word with the sign and the colour of its kind.
    private static func sign(_ kind: String, _ text: String) -> String {
        "<span class=\"sign \(kind)\">\(HTML.text(text))</span>"
    }

    /// How bad a status is, as a kind of ``sign(_:_:)``.
    private static func weight(of status: TableStatus) -> String {
        switch status {
        case .conflict, .unknown: "bad"
        case .drifted: "warn"
        case .pending, .retired, .unmanaged: "due"
        case .inSync: "good"
        }
    }

    private static func stale(_ stale: String?) -> [String] {
        stale.map { [paragraph("<b>stale:</b> \(HTML.text($0))")] } ?? []
    }

    // MARK: Page

    static func page(
        _ kind: String, _ environment: String, _ headline: String, _ status: ExitStatus,
        _ body: [String]
    ) -> String {
        let title = "\(kind) \(HTML.text(environment))"
        let policy = "default-src 'none'; style-src 'unsafe-inline'"
        let head = [
            "<!doctype html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">",
            "<title>\(title)</title>", "<style>\n\(StyleSheet.text)</style>", "</head>", "<body>",
            "<h1>\(title)</h1>", paragraph("<b>\(HTML.text(headline))</b>"),
        ]
        let tail = [
            "<footer><p>\(HTML.text(headline)) · exit \(status.rawValue)</p></footer>", "</body>",
            "</html>",
        ]
        return (head + body + tail).map { $0 + "\n" }.joined()
    }

    private static func paragraph(_ content: String) -> String { "<p>\(content)</p>" }

    static func list(_ items: [String]) -> [String] {
        items.isEmpty ? [] : ["<ul>"] + items.map { "<li>\($0)</li>" } + ["</ul>"]
    }

    private static func place(_ location: SourceLocation?) -> String {
        location.map { " " + HTML.code("\($0.file):\($0.line)") } ?? ""
    }
}
