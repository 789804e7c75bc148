import Basics
import Desired
import Foundation
import Lint
import Model
import Reconciler
import Reports
import Schema
import Service
import Views

/// `plumb lint`.
enum LintCommand {
    static let command = Command(
        name: "lint", summary: "check tables and other objects against rules; needs no server",
        details: """
            Reads every table and other object of plumb.yaml and checks it against the rules of
            docs/lint.md. Levels and waivers are set in plumb.yaml under `lint`. Exit 2 says that
            there is an error; warnings and waived findings exit 0.

            With --since, also says what the change from that revision may do: a lossy or
            irreversible hazard is an error, a costly one a warning. In a pull request:
            plumb lint --since origin/main
            """,
        options: [.source, .ref, .workingTree, .since, .lintOutput, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try format(of: invocation)
        let stage = FetchStage(request: try invocation.source())
        let source = try stage.run()
        let (fleet, namespaces) = try SchemaRepository.sources(source.tree)
        var change: RevisionChange?
        if let revision = invocation.value(.since) {
            change = try revisionChange(
                to: source, since: try stage.earlier(revision, than: source))
        }
        let report = Linter(settings: fleet.lint, today: try today())
            .report(namespaces, label: source.label, since: change)
        invocation.terminal.answer(
            render(report, format, invocation),
            as: format.document?.output)
        return report.exitStatus
    }

    /// The change from an earlier revision to the checked one.
    private static func revisionChange(
        to source: FetchedSource, since earlier: FetchedSource
    ) throws -> RevisionChange {
        RevisionChange(
            revision: earlier.reference, label: earlier.label,
            before: try SchemaRepository.comparable(
                earlier.tree, revision: earlier.reference),
            after: try SchemaRepository.comparable(source.tree))
    }

    private enum Output: String, CaseIterable {
        case text, json, sarif, junit, github

        /// How an error is written in it; nil for text.
        var document: ErrorDocument.Format? {
            switch self {
            case .text: nil
            case .json: .json
            case .sarif: .sarif
            case .junit: .junit
            case .github: .github
            }
        }
    }

    private static func render(
        _ report: LintReport, _ format: Output, _ invocation: Invocation
    ) -> String {
        switch format {
        case .text:
            LintText.text(report, width: invocation.terminal.width, style: invocation.style)
        case .json: JSONView.lint(report)
        case .sarif: SARIFView.lint(report, rules: RuleCatalog.descriptions)
        case .junit: JUnitView.lint(report)
        case .github: GitHubView.lint(report)
        }
    }

    private static func format(of invocation: Invocation) throws -> Output {
        guard let word = invocation.value(.lintOutput) else { return .text }
        if let format = Output(rawValue: word) { return format }
        let names = Output.allCases.map(\.rawValue)
        let near = NearestName.suggestion(for: word, among: names).map { ", did you mean \($0)?" }
        throw UsageError(
            message: "--output \(word): no such format here",
            remedy: "use \(names.joined(separator: ", "))" + (near ?? ""))
    }

    /// The date in UTC, so that a waiver expires at the same moment everywhere.
    private static func today() throws -> CalendarDay {
        let text = String(Timestamp(Date()).iso.prefix(10))
        guard let day = CalendarDay(text) else {
            throw UsageError(
                message: "the system clock gives \(text), which is not a date",
                remedy: "set the clock")
        }
        return day
    }
}
