import Diff
import Model
import Reports
import Schema

/// Reports as SARIF 2.1.0 for code scanning: one run, with stable rules and fingerprints.
package enum SARIFView {
    /// The findings of a plan.
    package static func plan(_ report: PlanReport, pretty: Bool = false) -> String {
        var results: [Result] = []
        for (step, facts) in zip(report.steps, StepFacts.all(of: report)) {
            results += self.results(step.step, facts, report.plan.environment)
        }
        results += open(OpenFacts(report), report.plan.environment)
        return document(results, report.headline, report.exitStatus, pretty)
    }

    /// The findings of a drift report.
    package static func drift(_ report: DriftReport, pretty: Bool = false) -> String {
        let names = FindingFacts.names(of: report)
        let findings = (report.findings + report.unmanaged).map { finding in
            result(finding, FindingFacts(finding, of: report, names: names), report.environment)
        }
        let results = findings + open(OpenFacts(report), report.environment)
        return document(results, report.headline, report.exitStatus, pretty)
    }

    private struct Result {
        let rule: String
        let level: String
        let message: String
        let table: String
        let location: SourceLocation?
        let fingerprint: String
    }

    // MARK: Results

    private static func results(
        _ step: PlanStep, _ facts: StepFacts, _ environment: String
    ) -> [Result] {
        let location = step.differences.lazy.compactMap(\.location).first ?? step.cause.location
        let lines = step.differences.map(\.text).joined(separator: "; ")
        let change = Result(
            rule: "change/\(step.kind.rawValue)", level: "note",
            message: "\(facts.table) on \(facts.shardCount): \(facts.hazardText)"
                + (lines.isEmpty ? "" : ": \(lines)"),
            table: facts.table, location: location,
            fingerprint: FindingFingerprint.of(step, rule: "change", in: environment))
        let hazards = step.findings.filter { $0.hazard > .safe }.map { finding in
            let rows =
                finding.probe.map { ProbeWords.lines($0, shardCount: step.shards.count) } ?? []
            return Result(
                rule: "hazard/\(finding.rule)", level: level(of: finding.hazard),
                message: "\(facts.table) on \(facts.shardCount): \(finding.reason)"
                    + (finding.remedy.isEmpty ? "" : ": \(finding.remedy)")
                    + rows.map { "; \($0)" }.joined(),
                table: facts.table, location: location,
                fingerprint: FindingFingerprint.hash([
                    FindingFingerprint.of(step, rule: finding.rule, in: environment),
                    finding.reason,
                ]))
        }
        return [change] + hazards
    }

    private static func level(of hazard: Hazard) -> String {
        switch hazard {
        case .safe, .costly: "note"
        case .lossy: "warning"
        case .irreversible: "error"
        }
    }

    private static func result(
        _ finding: TableFinding, _ facts: FindingFacts, _ environment: String
    ) -> Result {
        let lines = finding.differences.map(\.text).joined(separator: "; ")
        let level =
            switch finding.status {
            case .drifted, .conflict, .unknown: "error"
            case .pending, .retired: "warning"
            case .inSync, .unmanaged: "note"
            }
        return Result(
            rule: "drift/\(finding.status.rawValue)", level: level,
            message: "\(facts.table) \(facts.statusText) on \(facts.shards)"
                + (lines.isEmpty ? "" : ": \(lines)"),
            table: facts.table,
            location: finding.differences.lazy.compactMap(\.location).first ?? finding.location,
            fingerprint: FindingFingerprint.of(finding, in: environment))
    }

    private static func open(_ open: OpenFacts, _ environment: String) -> [Result] {
        open.items.map { item in
            Result(
                rule: "state/\(item.state)", level: "error",
                message: "\(item.subject): \(item.state): \(item.reason)", table: item.subject,
                location: nil, fingerprint: FindingFingerprint.of(item, in: environment))
        }
    }

    // MARK: Document

    private static func document(
        _ results: [Result], _ headline: String, _ status: ExitStatus, _ pretty: Bool
    ) -> String {
        let rules = Set(results.map(\.rule)).sorted()
        let driver: JSONValue = .object([
            "name": .string("plumb"),
            "rules": .array(
                rules.map { rule in
                    .object([
                        "id": .string(rule),
                        "shortDescription": .object(["text": .string(description(of: rule))]),
                    ])
                }),
        ])
        let run: JSONValue = .object([
            "tool": .object(["driver": driver]),
            "results": .array(results.map { encode($0, rules) }),
            "invocations": .array([
                .object([
                    "executionSuccessful": .bool(status != .error),
                    "exitCode": .number(status.rawValue),
                    "exitCodeDescription": .string("\(status.label): \(headline)"),
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

    private static func encode(_ result: Result, _ rules: [String]) -> JSONValue {
        var location: [String: JSONValue] = [
            "logicalLocations": .array([
                .object(["fullyQualifiedName": .string(Visible.line(result.table))])
            ])
        ]
        if let place = result.location {
            location["physicalLocation"] = .object([
                "artifactLocation": .object([
                    "uri": .string(Self.uri(place.file)), "uriBaseId": .string("%SRCROOT%"),
                ]),
                "region": .object(["startLine": .number(max(1, place.line))]),
            ])
        }
        return .object([
            "ruleId": .string(result.rule),
            "ruleIndex": .number(rules.firstIndex(of: result.rule) ?? 0),
            "level": .string(result.level),
            "message": .object(["text": .string(message(result.message))]),
            "locations": .array([.object(location)]),
            "partialFingerprints": .object(["plumb/v1": .string(result.fingerprint)]),
        ])
    }

    /// Escapes brackets, which would start a link in a SARIF message, with backslashes.
    ///
    /// It compares scalars and not characters, as a bracket with a combining accent is a bracket,
    /// too.
    static func message(_ text: String) -> String {
        var result = ""
        for scalar in Visible.line(text).unicodeScalars {
            if scalar == "[" || scalar == "]" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static func description(of rule: String) -> String {
        let parts = rule.split(separator: "/", maxSplits: 1).map(String.init)
        let name = (parts.last ?? "").split(separator: "-").joined(separator: " ")
        switch parts.first {
        case "change": return "A change that is planned: \(name)"
        case "hazard": return "What a planned change may do: \(name)"
        case "drift": return "A table that is not as git says: \(name)"
        default: return "What cannot be said or done: \(name)"
        }
    }

    /// A path as a relative URI reference.
    static func uri(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
