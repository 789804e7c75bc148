import Reports

/// Findings as GitHub workflow commands, which appear as annotations beside the lines of a pull
/// request.
///
/// For the syntax see
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
package enum GitHubView {
    /// GitHub shows at most this many annotations of one level for a step.
    private static let mostPerLevel = 10

    /// At most ten annotations of each level, those about the change first, and a line with the
    /// totals.
    package static func lint(_ report: LintReport) -> String {
        let shown = [report.errors, report.warnings].flatMap { findings in
            let changes = findings.filter(\.rule.isAboutChanges)
            return (changes + findings.filter { !$0.rule.isAboutChanges }).prefix(mostPerLevel)
        }
        let hidden = report.standing.count - shown.count
        let rest = hidden > 0 ? "; \(hidden) not shown here" : ""
        let summary = "::notice title=plumb lint::\(data(report.headline + rest))"
        return (shown.map(annotation) + [summary]).map { $0 + "\n" }.joined()
    }

    private static func annotation(_ finding: LintFinding) -> String {
        let place = finding.location
        let command = "::\(finding.level == .error ? "error" : "warning") "
        let title = "title=\(property(finding.rule.rawValue))"
        let text = "\(finding.message): \(finding.remedy)"
        // A place in another revision is not in the files that GitHub shows.
        guard finding.revision == nil else {
            return command + title + "::\(data("\(finding.place): \(text)"))"
        }
        return command
            + "file=\(property(place.file)),line=\(place.line),col=\(place.column),\(title)"
            + "::\(data(text))"
    }

    /// Escapes a message, which comes after the second `::`.
    static func data(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        // Runners other than GitHub's may read the same output.
        let places = Set(RunnerCommand.places(in: scalars))
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default:
                let isWritten = !Visible.isHidden(scalar) && !places.contains(index)
                result += isWritten ? String(scalar) : Visible.escape(scalar)
            }
        }
        return result
    }

    /// Escapes the value of a property, between `=` and the next `,`.
    static func property(_ text: String) -> String {
        var result = ""
        for scalar in data(text).unicodeScalars {
            switch scalar {
            case ":": result += "%3A"
            case ",": result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
