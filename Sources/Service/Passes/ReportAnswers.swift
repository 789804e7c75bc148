import Reports
import Views

extension Answer {
    /// The formats of reports about the whole fleet.
    static let ofReports: [Format] = [.text, .json, .markdown, .sarif, .junit, .html]

    /// What `plumb plan` says.
    package static func plan(_ report: PlanReport) -> Answer {
        Answer(exit: report.exitStatus, formats: ofReports) { format, presentation in
            switch format {
            case .text:
                PlanText.text(report, width: presentation.width, style: presentation.style)
            case .json: JSONView.plan(report) + "\n"
            case .markdown: MarkdownView.plan(report, maxBytes: presentation.maxBytes)
            case .sarif: SARIFView.plan(report) + "\n"
            case .junit: JUnitView.plan(report)
            case .html: HTMLView.plan(report)
            }
        }
    }

    /// What `plumb drift` says.
    package static func drift(_ report: DriftReport) -> Answer {
        Answer(exit: report.exitStatus, formats: ofReports) { format, presentation in
            switch format {
            case .text:
                DriftText.text(report, width: presentation.width, style: presentation.style)
            case .json: JSONView.drift(report) + "\n"
            case .markdown: MarkdownView.drift(report, maxBytes: presentation.maxBytes)
            case .sarif: SARIFView.drift(report) + "\n"
            case .junit: JUnitView.drift(report)
            case .html: HTMLView.drift(report)
            }
        }
    }
}
