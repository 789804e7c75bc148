import Foundation
import Model
import Reports
import Testing

@testable import Views

/// Text, JSON and every other view say the exit status of the report, and none of their own.
@Suite struct ExitLineTests {
    private func lastLine(_ text: String) -> String {
        text.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test(arguments: Model.ExitStatus.allCases) func plan(_ status: Model.ExitStatus) {
        for var report in [Sample.plan, Sample.noChanges] {
            report.exitStatus = status
            check(
                status, report.headline, text: PlanText.text(report), json: JSONView.plan(report),
                markdown: MarkdownView.plan(report))
            check(
                status, html: HTMLView.plan(report), junit: JUnitView.plan(report),
                sarif: SARIFView.plan(report))
        }
    }

    @Test(arguments: Model.ExitStatus.allCases) func drift(_ status: Model.ExitStatus) {
        for var report in [Sample.drift, Sample.inSync] {
            report.exitStatus = status
            check(
                status, report.headline, text: DriftText.text(report),
                json: JSONView.drift(report), markdown: MarkdownView.drift(report))
            check(
                status, html: HTMLView.drift(report), junit: JUnitView.drift(report),
                sarif: SARIFView.drift(report))
        }
    }

    @Test(arguments: Model.ExitStatus.allCases) func reconcile(_ status: Model.ExitStatus) {
        for var report in [Sample.reconcile, Sample.nothingToDo] {
            report.exitStatus = status
            check(
                status, report.headline, text: ReconcileText.text(report),
                json: JSONView.reconcile(report), markdown: MarkdownView.reconcile(report))
        }
        let rollout = StatusText.text(StatusReport(Sample.rollout), exit: status)
        #expect(lastLine(rollout).hasSuffix(" exit \(status.rawValue)"))
    }

    private func check(
        _ status: Model.ExitStatus, _ headline: String, text: String, json: String,
        markdown: String
    ) {
        #expect(lastLine(text).hasSuffix(" exit \(status.rawValue)"))
        #expect(lastLine(text).contains(headline))
        #expect(json.contains("\"exit\":\(status.rawValue),"))
        #expect(json.contains("\"outcome\":\"\(status.label)\","))
        #expect(json.contains("\"summary\":\"\(headline)\""))
        #expect(lastLine(markdown) == "**\(headline)** · exit \(status.rawValue)")
    }

    private func check(_ status: Model.ExitStatus, html: String, junit: String, sarif: String) {
        #expect(html.contains("exit \(status.rawValue)</p></footer>"))
        #expect(junit.contains("<property name=\"exit\" value=\"\(status.rawValue)\"/>"))
        #expect(sarif.contains("\"exitCode\":\(status.rawValue),"))
    }
}
