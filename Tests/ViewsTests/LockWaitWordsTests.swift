import Model
import Reports
import Testing

@testable import Views

@Suite struct LockWaitWordsTests {
    private static let report = {
        var report = Sample.plan
        report.lockWaits = LockWaits(ddlSeconds: 1)
        return report
    }()

    @Test(arguments: [
        PlanText.text(report, width: 200), MarkdownView.plan(report), HTMLView.plan(report),
    ])
    func everyViewSaysHowLong(text: String) {
        #expect(
            text.contains(
                "a statement waits at most 1 s for a lock on its table, up to 10 times, with "
                    + "pauses from 1 s to 60 s in which it holds no lock"))
    }

    @Test func inJSON() {
        #expect(
            JSONView.plan(Self.report).contains(
                #""lockWaits":{"attempts":10,"firstPauseSeconds":1,"longestPauseSeconds":60,"#
                    + #""statementSeconds":1}"#))
    }

    @Test func nothingToRunNothingToWaitFor() {
        var report = Sample.noChanges
        report.lockWaits = LockWaits(ddlSeconds: 1)
        #expect(!PlanText.text(report).contains("waits at most"))
    }
}
