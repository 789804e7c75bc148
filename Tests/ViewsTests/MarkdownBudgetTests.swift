import Diff
import Foundation
import Model
import Reports
import Schema
import Testing

@testable import Views

/// A comment that is too large loses whole parts, in a fixed order, and says which.
@Suite struct MarkdownBudgetTests {
    /// A plan of `count` steps, each with long SQL and many difference lines.
    private static func plan(_ count: Int) -> PlanReport {
        let steps = (0..<count).map { number in
            var step = Sample.addColumn
            step.object = "t\(1000 + number)"
            step.statements[0].sql = "ALTER TABLE " + String(repeating: "x", count: 900)
            step.differences = (0..<6).map {
                PlanDifference(text: "+ column_\($0) varchar(200) DEFAULT NULL")
            }
            return step
        }
        let plan = Plan(
            environment: "production", revision: Sample.revision, steps: steps,
            unknown: Sample.unknown, unsupported: [], shardCount: 24)
        return PlanReport(
            plan: plan, digest: Sample.digest("plan"),
            steps: plan.steps.map {
                .init(
                    step: $0, approval: Sample.digest($0.object.encoded), needsApproval: false,
                    holds: [])
            }, exitStatus: .incomplete)
    }

    private static let full = MarkdownView.plan(plan(60), maxBytes: .max)

    private func count(_ part: String, _ text: String) -> Int {
        text.components(separatedBy: part).count - 1
    }

    @Test func nothingIsLeftOutThatFits() {
        #expect(MarkdownView.plan(Self.plan(60), maxBytes: Self.full.utf8.count) == Self.full)
        #expect(!Self.full.contains("Left out"))
        #expect(count("```sql", Self.full) == 60)
    }

    @Test(arguments: [70_000, 60_000, 40_000, 20_000, 8_000, 3_000, 900])
    func fits(_ maxBytes: Int) {
        let text = MarkdownView.plan(Self.plan(60), maxBytes: maxBytes)
        #expect(text.utf8.count <= maxBytes)
        #expect(text.hasPrefix("<!-- plumb:plan:production -->\n### Plan `production`: 60 changes"))
        #expect(text.hasSuffix("**60 changes on 22 shards, 1 shard unknown** · exit 6\n"))
        #expect(text.contains("See all with `plumb plan --environment production`."))
        #expect(count("<details>", text) == count("</details>", text))
        #expect(count("```", text) % 2 == 0)
    }

    /// First SQL goes, then difference lines, then steps.
    @Test func order() {
        let noSQL = MarkdownView.plan(Self.plan(60), maxBytes: 60_000)
        #expect(count("```sql", noSQL) < 60 && count("```sql", noSQL) > 0)
        #expect(count("```diff", noSQL) == 60)
        let left = 60 - count("```sql", noSQL)
        #expect(noSQL.contains("Left out to fit: the SQL of \(left) of 60."))
        let noLines = MarkdownView.plan(Self.plan(60), maxBytes: 30_000)
        #expect(count("```sql", noLines) == 0)
        #expect(count("```diff", noLines) < 60 && count("```diff", noLines) > 0)
        #expect(count("<details>", noLines) == 60)
        let noSteps = MarkdownView.plan(Self.plan(60), maxBytes: 8_000)
        #expect(count("```", noSteps) == 0)
        #expect(count("<details>", noSteps) < 60 && count("<details>", noSteps) > 0)
        #expect(noSteps.contains("steps: all of \(60 - count("<details>", noSteps)) of 60"))
    }

    @Test func driftAndReconcileFitToo() {
        var drift = Sample.drift
        drift.findings = (0..<500).map { number in
            var finding = Sample.drift.findings[0]
            finding.object = "t\(number)"
            return finding
        }
        drift.unknown = (0..<2000).map { number in
            UnknownShard(
                shard: ShardID(namespace: "n", shard: "s\(number)"), code: "unreachable",
                reason: "refused by host \(number)")
        }
        let text = MarkdownView.drift(drift, maxBytes: 20_000)
        #expect(text.utf8.count <= 20_000)
        #expect(text.contains("findings: all of 501 of 501"))
        var reconcile = Sample.reconcile
        reconcile.plan.plan.unknown = drift.unknown
        let short = MarkdownView.reconcile(reconcile, maxBytes: 5_000)
        #expect(short.utf8.count <= 5_000)
        #expect(short.contains("Left out to fit"))
    }

    /// An answer that is too long is better than none.
    @Test func theAnswerAlwaysStands() {
        let text = MarkdownView.plan(Self.plan(60), maxBytes: 10)
        #expect(text.hasSuffix("exit 6\n"))
        #expect(text.contains("steps: all of 60 of 60"))
    }
}
