import Model
import Reports
import Schema

extension LintReport {
    /// The exit status: only errors count as a difference.
    package var exitStatus: ExitStatus { ExitStatus(errors.isEmpty ? [] : [.lintErrors]) }

    /// `2 errors, 1 warning and 1 waived in 12 tables of main@3f2a91c`, and the revision it was
    /// compared with.
    var headline: String {
        let others = objects.isEmpty ? "" : " and \(Count.of(objects.count, "other object"))"
        let comparison = since.map { ", compared with \($0)" } ?? ""
        let place = "in \(Count.of(tables.count, "table"))\(others) of \(label)\(comparison)"
        if findings.isEmpty { return "nothing found \(place)" }
        var parts: [String] = []
        if !errors.isEmpty { parts.append(Count.of(errors.count, "error")) }
        if !warnings.isEmpty { parts.append(Count.of(warnings.count, "warning")) }
        if !waived.isEmpty { parts.append("\(waived.count) waived") }
        return "\(parts.joined(separator: ", ")) \(place)"
    }
}

extension LintFinding {
    /// The identity of a finding in reports of different days: everything but its position in the
    /// file.
    var fingerprint: String {
        FindingFingerprint.hash([
            "lint", rule.rawValue, namespace ?? "", table ?? "", column ?? "", message,
        ])
    }
}
