import Reports

extension JUnitView {
    /// A test case for each table and other object, and one for `plumb.yaml` where a waiver has a
    /// fault.
    ///
    /// Errors fail a case; warnings and waived findings are in its output.
    package static func lint(_ report: LintReport) -> String {
        let bySubject = Dictionary(grouping: report.findings, by: name)
        let checked = report.tables + report.objects
        let fleet = bySubject.keys.filter { !checked.contains($0) }.sorted()
        var seen: Set<String> = []
        let names = (fleet + checked).filter { seen.insert($0).inserted }
        let failed = names.filter { isFailed(bySubject[$0] ?? []) }.count
        let totals = "tests=\"\(names.count)\" failures=\"\(failed)\" errors=\"0\""
        let cases = names.flatMap { testCase($0, bySubject[$0] ?? []) }
        let lines =
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<testsuites name=\"plumb lint\" \(totals)>",
                "  <testsuite name=\"\(HTML.text(report.label))\" \(totals)>",
                "    <properties>",
                "      <property name=\"exit\" value=\"\(report.exitStatus.rawValue)\"/>",
                "      <property name=\"summary\" value=\"\(HTML.text(report.headline))\"/>",
                "    </properties>",
            ] + cases + ["  </testsuite>", "</testsuites>"]
        return lines.map { $0 + "\n" }.joined()
    }

    private static func name(_ finding: LintFinding) -> String {
        guard let namespace = finding.namespace, let table = finding.table else {
            return finding.location.file
        }
        return "\(namespace).\(table)"
    }

    private static func isFailed(_ findings: [LintFinding]) -> Bool {
        findings.contains { $0.waiver == nil && $0.level == .error }
    }

    private static func testCase(_ name: String, _ findings: [LintFinding]) -> [String] {
        let head = "    <testcase classname=\"lint\" name=\"\(HTML.text(name))\""
        guard !findings.isEmpty else { return [head + "/>"] }
        let errors = findings.filter { $0.waiver == nil && $0.level == .error }
        let others = findings.filter { $0.waiver != nil || $0.level != .error }
        var lines = [head + ">"]
        if let first = errors.first {
            let message = errors.map(\.message).joined(separator: "; ")
            lines.append(
                "      <failure type=\"\(first.rule.rawValue)\" message=\"\(HTML.text(message))\">"
                    + "\(HTML.block(errors.map(line).joined(separator: "\n")))</failure>")
        }
        if !others.isEmpty {
            lines.append(
                "      <system-out>\(HTML.block(others.map(line).joined(separator: "\n")))"
                    + "</system-out>")
        }
        return lines + ["    </testcase>"]
    }

    private static func line(_ finding: LintFinding) -> String {
        let level =
            finding.waiver.map { "waived by \($0.owner) until \($0.expires)" }
            ?? finding.level.rawValue
        return Visible.line(
            "\(finding.place): \(level): \(finding.message) [\(finding.rule.rawValue)]; "
                + finding.remedy)
    }
}
