import Desired
import Lint
import Reconciler

/// Findings as workflow commands, which show beside the lines of a pull request.
///
/// The syntax is that of
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
package enum GitHubView {
    /// A step shows no more annotations of one level than this.
    private static let mostPerLevel = 10

    /// At most ten annotations of each level, and a line that sums up.
    package static func lint(_ report: LintReport) -> String {
        let shown =
            report.errors.prefix(mostPerLevel) + report.warnings.prefix(mostPerLevel)
        let hidden = report.standing.count - shown.count
        let rest = hidden > 0 ? "; \(hidden) not shown here" : ""
        let summary = "::notice title=plumb lint::\(data(report.headline + rest))"
        return (shown.map(annotation) + [summary]).map { $0 + "\n" }.joined()
    }

    private static func annotation(_ finding: LintFinding) -> String {
        let place = finding.location
        return "::\(finding.level == .error ? "error" : "warning") "
            + "file=\(property(place.file)),line=\(place.line),col=\(place.column),"
            + "title=\(property(finding.rule.rawValue))"
            + "::\(data("\(finding.message): \(finding.remedy)"))"
    }

    /// What stands behind the second `::`.
    static func data(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default:
                result +=
                    Visible.isHidden(scalar) ? Visible.escape(scalar) : String(scalar)
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
