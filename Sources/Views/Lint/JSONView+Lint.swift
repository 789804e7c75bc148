import Model
import Reports

extension JSONView {
    /// The findings, including waived ones, as `docs/lint.schema.json` describes.
    package static func lint(_ report: LintReport, pretty: Bool = false) -> String {
        let members: [String: JSONValue] = [
            "revision": .string(report.label),
            "since": .text(report.since),
            "tables": .strings(report.tables),
            "objects": .strings(report.objects),
            "findings": .array(report.findings.map(finding)),
            "counts": .object([
                "errors": .number(report.errors.count),
                "warnings": .number(report.warnings.count),
                "waived": .number(report.waived.count),
            ]),
        ]
        return document("lint", report.headline, report.exitStatus, members, pretty)
    }

    private static func finding(_ finding: LintFinding) -> JSONValue {
        .object([
            "rule": .string(finding.rule.rawValue),
            "level": .string(finding.level.rawValue),
            "namespace": .text(finding.namespace),
            "table": .text(finding.table),
            "column": .text(finding.column),
            "message": .string(finding.message),
            "remedy": .string(finding.remedy),
            "location": place(finding.location),
            "revision": .text(finding.revision),
            "hazard": .text(finding.hazard?.rawValue),
            "fingerprint": .string(finding.fingerprint),
            "waiver": finding.waiver.map(waiver) ?? .null,
        ])
    }

    private static func waiver(_ waiver: Waiver) -> JSONValue {
        .object([
            "owner": .string(waiver.owner), "reason": .string(waiver.reason),
            "expires": .string(waiver.expires.description), "location": place(waiver.location),
        ])
    }
}
