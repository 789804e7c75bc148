import Desired
import Lint

/// Findings as workflow commands, which show beside the lines of a pull request.
///
/// The syntax is that of
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
package enum GitHubView {
    /// A step shows no more annotations of one level than this.
    private static let mostPerLevel = 10

    /// At most ten annotations of each level, those about the change before the others, and a line
    /// that sums up.
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
        // A place in another revision is none in the files that are shown.
        guard finding.revision == nil else {
            return command + title + "::\(data("\(finding.place): \(text)"))"
        }
        return command
            + "file=\(property(place.file)),line=\(place.line),col=\(place.column),\(title)"
            + "::\(data(text))"
    }

    /// What stands behind the second `::`.
    static func data(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        // Another runner than GitHub's may read the same output.
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

    /// What stands between `=` and the next `,`.
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
