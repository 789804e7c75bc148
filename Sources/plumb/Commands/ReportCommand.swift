import Model
import Reconciler
import Service

/// The common part of `plumb plan` and `plumb drift`, which compare the fleet and change nothing.
struct ReportCommand {
    /// Who is asked what a daemon's last pass found.
    let endpoint: Endpoint
    /// What the command does with a proposal.
    let proposals: ProposalUse
    /// Makes a pass of its own.
    let pass: (PassContext) throws -> Answer

    /// Makes the report and prints it in the requested format.
    func run(_ invocation: Invocation) throws -> ExitStatus {
        if invocation.server != nil {
            guard invocation.value(.write) == nil else {
                throw UsageError(
                    message: "--write: a daemon gives one format at a time",
                    remedy: "ask it once for each with --output")
            }
            let asking = try Asking(endpoint, invocation)
            return asking.show(try asking.answer())
        }
        let format = try invocation.format(endpoint.formats)
        let presentation = try invocation.presentation()
        let documents = try WrittenDocuments(invocation, formats: endpoint.formats)
        let progress = Progress(invocation.terminal)
        let context = try PassContext.open(
            try invocation.request(proposals), progress.hooks)
        let answer = try pass(context)
        progress.finish()
        invocation.terminal.write(answer.text(format, presentation))
        var plain = presentation
        plain.isColoured = false
        try documents.write { answer.text($0, plain) }
        return answer.exit
    }
}
