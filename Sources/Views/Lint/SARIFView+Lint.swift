import Model
import Reports

extension SARIFView {
    /// Every finding as a result; a waived one is a suppressed result with its reason.
    ///
    /// - Parameter rules: all rules, in the order in which the document lists them.
    package static func lint(
        _ report: LintReport, rules: [LintRuleDescription], pretty: Bool = false
    ) -> String {
        let run: JSONValue = .object([
            "tool": .object([
                "driver": .object([
                    "name": .string("plumb"), "rules": .array(rules.map(descriptor)),
                ])
            ]),
            // SARIF counts columns in UTF-16 units or code points; ours are bytes, so they are left
            // out.
            "results": .array(report.findings.map { result($0, rules) }),
            "invocations": .array([
                .object([
                    "executionSuccessful": .bool(true),
                    "exitCode": .number(report.exitStatus.rawValue),
                    "exitCodeDescription": .string(report.headline),
                ])
            ]),
        ])
        let whole: JSONValue = .object([
            "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
            "version": .string("2.1.0"),
            "runs": .array([run]),
        ])
        return whole.encoded(pretty: pretty) + "\n"
    }

    private static func descriptor(_ rule: LintRuleDescription) -> JSONValue {
        .object([
            "id": .string(id(rule.rule)),
            "shortDescription": .object(["text": .string(rule.summary)]),
            "help": .object(["text": .string(rule.remedy)]),
            "defaultConfiguration": .object([
                "enabled": .bool(rule.level != .off), "level": .string(level(rule.level)),
            ]),
        ])
    }

    private static func id(_ rule: LintRule) -> String { "lint/\(rule.rawValue)" }

    private static func level(_ level: LintLevel) -> String {
        switch level {
        case .error: "error"
        case .warning, .off: "warning"
        }
    }

    private static func result(_ finding: LintFinding, _ rules: [LintRuleDescription]) -> JSONValue
    {
        let place = finding.location
        // What is removed has its place in the earlier revision.
        let text = finding.revision.map { "in \($0): \(finding.message)" } ?? finding.message
        var members: [String: JSONValue] = [
            "ruleId": .string(id(finding.rule)),
            "ruleIndex": .number(rules.firstIndex { $0.rule == finding.rule } ?? 0),
            "level": .string(level(finding.level)),
            "message": .object([
                "text": .string(message("\(text): \(finding.remedy)"))
            ]),
            "locations": .array([
                .object([
                    "logicalLocations": .array([
                        .object([
                            "fullyQualifiedName": .string(Visible.line(finding.subject))
                        ])
                    ]),
                    "physicalLocation": .object([
                        "artifactLocation": .object([
                            "uri": .string(uri(place.file)), "uriBaseId": .string("%SRCROOT%"),
                        ]),
                        "region": .object([
                            "startLine": .number(place.line), "startColumn": .number(place.column),
                        ]),
                    ]),
                ])
            ]),
            "partialFingerprints": .object(["plumb/v1": .string(finding.fingerprint)]),
        ]
        var properties: [String: JSONValue] = [:]
        if let hazard = finding.hazard { properties["hazard"] = .string(hazard.rawValue) }
        if let revision = finding.revision { properties["revision"] = .string(revision) }
        if !properties.isEmpty { members["properties"] = .object(properties) }
        if let waiver = finding.waiver {
            members["suppressions"] = .array([
                .object([
                    "kind": .string("external"), "status": .string("accepted"),
                    "justification": .string(
                        Visible.line(
                            "\(waiver.reason) (\(waiver.owner), until \(waiver.expires))")),
                ])
            ])
        }
        return .object(members)
    }
}
