import Diff
import Reports
import Schema

/// Identifies a finding across reports of different times.
enum FindingFingerprint {
    /// Of a finding of a drift report. The shards are left out, so that it stays the same finding
    /// while some of them are corrected.
    static func of(_ finding: TableFinding, in environment: String) -> String {
        hash([
            "drift", environment, finding.namespace, finding.object.encoded,
            finding.status.rawValue,
            finding.desired?.hex ?? "", finding.observed?.hex ?? "",
        ])
    }

    static func of(_ step: PlanStep, rule: String, in environment: String) -> String {
        hash([
            rule, environment, step.namespace, step.object.encoded, step.kind.rawValue,
            step.from?.hex ?? "", step.to?.hex ?? "",
        ])
    }

    static func of(_ item: OpenFacts.Item, in environment: String) -> String {
        hash([item.state, environment, item.subject])
    }

    /// Includes the lengths, so that different lists with the same joined text have different
    /// hashes.
    static func hash(_ parts: [String]) -> String {
        Digest(of: parts.map { "\($0.utf8.count):\($0)" }.joined()).hex
    }
}
