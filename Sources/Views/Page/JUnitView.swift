import Diff
import Model
import Reports
import Schema

/// Reports as JUnit XML: a test suite for each namespace, a test case for each shard.
///
/// A shard with a change or drift is a failure, one that cannot be read is an error. Shards that a
/// report only counts as in sync are one case in a suite of their own.
package enum JUnitView {
    /// The test suites of a plan.
    package static func plan(_ report: PlanReport) -> String {
        var cases: [ShardID: Case] = [:]
        for (step, facts) in zip(report.steps, StepFacts.all(of: report)) {
            let lines = step.step.differences.map(\.text) + step.step.statements.map(\.sql)
            for shard in step.step.shardIDs {
                cases[shard, default: Case()].failures.append(
                    "\(facts.table): \(facts.hazardText)\n" + lines.joined(separator: "\n"))
            }
        }
        add(report.plan.unknown, report.plan.unsupported, to: &cases)
        return document(
            cases, quiet: report.plan.shardCount - cases.count, report.plan.environment,
            report.headline, report.exitStatus, failure: "pending")
    }

    /// The test suites of a drift report.
    package static func drift(_ report: DriftReport) -> String {
        var cases: [ShardID: Case] = [:]
        for finding in report.findings {
            let lines = finding.differences.map(\.text)
            let status = FindingFacts.status(finding)
            for shard in finding.shards {
                let id = ShardID(namespace: finding.namespace, shard: shard)
                cases[id, default: Case()].failures.append(
                    "\(finding.object.label(in: finding.namespace)): \(status)\n"
                        + lines.joined(separator: "\n"))
            }
        }
        add(report.unknown, report.unsupported, to: &cases)
        return document(
            cases, quiet: report.shardCount - cases.count, report.environment, report.headline,
            report.exitStatus, failure: "drift")
    }

    private struct Case {
        var failures: [String] = []
        var errors: [(code: String, text: String)] = []
    }

    private static func add(
        _ unknown: [UnknownShard], _ unsupported: [UnsupportedTable],
        to cases: inout [ShardID: Case]
    ) {
        for shard in unknown {
            cases[shard.shard, default: Case()].errors.append((shard.code, shard.reason))
        }
        for table in unsupported {
            for shard in table.shards {
                let id = ShardID(namespace: table.namespace, shard: shard)
                cases[id, default: Case()].errors.append(
                    (
                        "unsupported",
                        "\(table.object.label(in: table.namespace)): \(table.reason)"
                    ))
            }
        }
    }

    private static func document(
        _ cases: [ShardID: Case], quiet: Int, _ environment: String, _ headline: String,
        _ status: ExitStatus, failure: String
    ) -> String {
        let suites = Dictionary(grouping: cases.keys, by: \.namespace)
        var body: [String] = []
        for (namespace, shards) in suites.sorted(by: { $0.key < $1.key }) {
            body += suite(
                namespace, shards.sorted().map { ($0.shard, cases[$0] ?? Case()) }, failure)
        }
        if quiet > 0 {
            let words = "\(Count.of(quiet, "shard")) in sync"
            body += suite("in sync", [(words, Case())], failure)
        }
        let totals = counts(Array(cases.values), extra: quiet > 0 ? 1 : 0)
        let head = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"plumb \(HTML.text(environment))\" \(totals)>",
        ]
        let tail = [
            "  <testsuite name=\"outcome\" tests=\"0\" failures=\"0\" errors=\"0\">",
            "    <properties>",
            "      <property name=\"exit\" value=\"\(status.rawValue)\"/>",
            "      <property name=\"outcome\" value=\"\(status.label)\"/>",
            "      <property name=\"summary\" value=\"\(HTML.text(headline))\"/>",
            "    </properties>", "  </testsuite>", "</testsuites>",
        ]
        return (head + body + tail).map { $0 + "\n" }.joined()
    }

    private static func counts(_ cases: [Case], extra: Int = 0) -> String {
        let errors = cases.filter { !$0.errors.isEmpty }.count
        let failures = cases.filter { $0.errors.isEmpty && !$0.failures.isEmpty }.count
        return "tests=\"\(cases.count + extra)\" failures=\"\(failures)\" errors=\"\(errors)\""
    }

    private static func suite(
        _ name: String, _ cases: [(shard: String, content: Case)], _ failure: String
    ) -> [String] {
        var lines = ["  <testsuite name=\"\(HTML.text(name))\" \(counts(cases.map(\.content)))>"]
        for (shard, content) in cases {
            let head =
                "    <testcase classname=\"\(HTML.text(name))\" name=\"\(HTML.text(shard))\""
            let inner = elements(content, failure)
            lines += inner.isEmpty ? [head + "/>"] : [head + ">"] + inner + ["    </testcase>"]
        }
        return lines + ["  </testsuite>"]
    }

    /// A case is an error or a failure; several of one kind become one element.
    private static func elements(_ content: Case, _ failure: String) -> [String] {
        let failures = content.failures.joined(separator: "\n")
        if let first = content.errors.first {
            let texts = content.errors.map { "\($0.code): \($0.text)" }
            let all = (texts + content.failures).joined(separator: "\n")
            return [
                "      <error type=\"\(HTML.text(first.code))\" "
                    + "message=\"\(HTML.text(first.text))\">\(HTML.block(all))</error>"
            ]
        }
        guard !content.failures.isEmpty else { return [] }
        let message = content.failures.compactMap { $0.split(separator: "\n").first }
            .joined(separator: "; ")
        return [
            "      <failure type=\"\(failure)\" message=\"\(HTML.text(message))\">"
                + "\(HTML.block(failures))</failure>"
        ]
    }
}
