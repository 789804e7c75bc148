import Doctor
import Model
import Reconciler
import Service
import Views

/// `plumb doctor`.
enum DoctorCommand {
    static let command = Command(
        name: "doctor", summary: "grants, versions, settings, reachability, ledger integrity",
        details: "Checks everything that plumb depends on, and changes nothing.",
        options: Option.fleet + [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let progress = Progress(invocation.terminal)
        let request = try invocation.request(.baseOnly)
        var report = Doctor.run(request, progress.hooks)
        if let rules = request.operator {
            let targets = TargetExamination(
                rules: rules, variables: invocation.environmentVariables)
            report = DoctorReport(checks: report.checks + targets.checks)
        }
        progress.finish()
        let counts = DoctorReport.Check.Status.allCases.compactMap { status -> String? in
            let count = report.checks.filter { $0.status == status }.count
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }
        let summary = counts.joined(separator: ", ")
        if format == .json {
            let rows = report.checks.map { check in
                [
                    "area": check.area.rawValue, "subject": check.subject,
                    "status": check.status.rawValue, "message": check.message,
                    "remedy": check.remedy ?? "",
                ]
            }
            invocation.terminal.answer(
                JSONView.table(
                    kind: "doctor", rows: rows, summary: summary, exit: report.exitStatus)
                    + "\n")
            return report.exitStatus
        }
        var table = TextTable(["", "area", "what", "found"])
        for check in report.checks {
            let remedy = check.remedy.map { "; \($0)" } ?? ""
            table.add(
                check.status.rawValue, check.area.rawValue, check.subject, check.message + remedy)
        }
        let style = format == .markdown ? Style.plain : invocation.style
        invocation.answer(
            table.text(style: style) + "\(summary)  exit \(report.exitStatus.rawValue)\n",
            as: format)
        return report.exitStatus
    }
}
