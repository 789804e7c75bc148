import Model
import Reconciler
import Service
import Views

/// The common part of `plumb plan` and `plumb drift`, which compare the fleet and change nothing.
struct ReportCommand<Report> {
    /// What the command does with a proposal.
    let proposals: ProposalUse
    /// Makes the report.
    let pass: (PassContext) throws -> Report
    let exitStatus: (Report) -> ExitStatus
    let text: (Report, Int, Style) -> String
    let markdown: (Report, Int) -> String
    let json: (Report) -> String
    let sarif: (Report) -> String
    let junit: (Report) -> String
    let html: (Report) -> String

    /// Makes the report and prints it in the requested format.
    func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format([.text, .json, .markdown, .sarif, .junit, .html])
        let maxBytes = try invocation.number(.maxBytes, default: 60_000)
        let progress = Progress(invocation.terminal)
        let context = try PassContext.open(
            try invocation.request(proposals), progress.hooks)
        let report = try pass(context)
        progress.finish()
        let answer =
            switch format {
            case .text: text(report, invocation.terminal.width, invocation.style)
            case .json: json(report) + "\n"
            case .markdown: markdown(report, maxBytes)
            case .sarif: sarif(report) + "\n"
            case .junit: junit(report)
            case .html: html(report)
            }
        invocation.terminal.answer(answer, as: format.output)
        return exitStatus(report)
    }
}
