import Diff
import Reports
import Schema

/// What makes two findings the same one, in two reports made at different times.
enum Fingerprint {
    /// Of one finding of a drift report; the shards do not count, so that it stays one finding
    /// while more of them are put right.
    static func of(_ finding: TableFinding, in environment: String) -> String {
        hash([
            "drift", environment, finding.namespace, finding.table, finding.status.rawValue,
            finding.desired?.hex ?? "", finding.observed?.hex ?? "",
        ])
    }

    static func of(_ step: PlanStep, rule: String, in environment: String) -> String {
        hash([
            rule, environment, step.namespace, step.table, step.kind.rawValue,
            step.from?.hex ?? "", step.to?.hex ?? "",
        ])
    }

    static func of(_ item: OpenFacts.Item, in environment: String) -> String {
        hash([item.state, environment, item.subject])
    }

    /// The lengths keep two lists apart that only join to the same text.
    static func hash(_ parts: [String]) -> String {
        Digest(of: parts.map { "\($0.utf8.count):\($0)" }.joined()).hex
    }
}
