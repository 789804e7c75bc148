import Model
import Reports

/// Lint findings for a terminal, one line each, in the `file:line:column` form that editors
/// understand.
package enum LintText {
    /// The text of a report.
    package static func text(
        _ report: LintReport, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        for finding in report.standing {
            page.line(
                Span("\(finding.place): "),
                Span("\(finding.level.rawValue):", role(of: finding.level)),
                Span(" \(finding.message) "), Span("[\(finding.rule.rawValue)]", .faint))
            page.prose(finding.remedy, .faint, indent: 4)
        }
        page.end(report.headline, report.exitStatus)
        return page.text
    }

    private static func role(of level: LintLevel) -> Style.Role {
        switch level {
        case .error: .bad
        case .warning: .warning
        case .off: .plain
        }
    }
}
