import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("What watches a daemon fits what it tells") struct MonitoringTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private let folder = Self.root + "/monitoring"

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    /// The names of series in a text, those of histograms without their ends.
    private func names(_ text: String) -> Set<String> {
        Set(
            text.matches(of: /plumb_[a-z_]+/).map {
                String($0.0).replacing(/_(bucket|sum|count)$/, with: "")
            })
    }

    @Test func theAlertsAreSound() throws {
        try Shell.check("promtool", ["check", "rules", "alerts.yml"], folder: folder)
        try Shell.check("promtool", ["test", "rules", "alerts_test.yml"], folder: folder)
    }

    @Test func alertsAndDashboardAskForWhatThereIs() throws {
        let known = Set(Metric.allCases.map(\.rawValue))
        for file in ["alerts.yml", "dashboard.json"] {
            let asked = names(try text("\(folder)/\(file)"))
            #expect(asked.count > 3 && asked.isSubset(of: known), "\(asked.subtracting(known))")
        }
    }

    @Test func eachAlertHasItsTestAndItsRunbook() throws {
        let alerts = try text("\(folder)/alerts.yml").matches(of: /alert: (\w+)/).map {
            String($0.1)
        }
        let (tests, runbooks) = (
            try text("\(folder)/alerts_test.yml"), try text(Self.root + "/docs/runbooks.md")
        )
        #expect(alerts.count > 5)
        for alert in alerts {
            #expect(tests.contains("alertname: \(alert)\n"))
            #expect(runbooks.contains("\n## \(alert)\n"))
            #expect(try text("\(folder)/alerts.yml").contains("#\(alert.lowercased())\n"))
        }
    }

    @Test func aRunningDaemonTellsWhatTheAlertsAskFor() throws {
        let fleet = try FleetFixture(shards: 1)
        try DaemonOverHTTP.leaveADropWaiting(in: fleet)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "a step that waits", at: "/approvals") { !$0.rows.isEmpty }
        let page = try daemon.ask("//metrics", may: "read").text
        // No operation is at work in an open rollout here, and nobody is to be told.
        let asked = names(try text("\(folder)/alerts.yml"))
            .subtracting(["plumb_rollout_operations", "plumb_notifications_total"])
        #expect(asked.isSubset(of: names(page)), "\(asked.subtracting(names(page)))")
        #expect(page.contains(#"plumb_approvals_waiting{environment="production"} 1"#))
        let checked = try Shell.run("promtool", ["check", "metrics"], input: page)
        #expect(checked.status == 0, "\(checked)")
    }

    @Test func theDocumentListsEachMetric() throws {
        let document = try text(Self.root + "/docs/metrics.md")
        for metric in Metric.allCases {
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            let row =
                "| `\(metric.rawValue)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |"
            #expect(document.contains("\n\(row)\n"), "\(row)")
        }
        #expect(names(document).isSubset(of: Set(Metric.allCases.map(\.rawValue))))
    }
}
