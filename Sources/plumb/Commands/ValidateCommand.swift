import Desired
import Reconciler
import Schema
import Views

/// `plumb validate`.
enum ValidateCommand {
    static let command = Command(
        name: "validate", summary: "check plumb.yaml and every schema file; needs no server",
        options: [.source, .ref, .workingTree, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let source = try FetchStage(request: try invocation.request().source).run()
        let diagnostics = SchemaRepository.validate(source.tree) { try source.pinned($0) }
        let errors = diagnostics.filter { $0.severity == .error }
        let status: ExitStatus = errors.isEmpty ? .done : Failure(DesiredError(errors)).status
        let warnings = diagnostics.count - errors.count
        let warned = Count.of(warnings, "warning")
        let verdict =
            errors.isEmpty
            ? "valid" + (warnings > 0 ? ", \(warned)" : "")
            : "\(Count.of(errors.count, "error")), \(warned)"
        let summary = "\(source.label): \(verdict)"
        if format == .json {
            let rows = diagnostics.map { diagnostic in
                [
                    "severity": diagnostic.severity.rawValue, "code": diagnostic.code.rawValue,
                    "message": diagnostic.message, "remedy": diagnostic.remedy,
                    "location": diagnostic.location?.description ?? "",
                ]
            }
            invocation.terminal.answer(
                JSONView.table(kind: "validate", rows: rows, summary: summary, exit: status)
                    + "\n")
            return status
        }
        for diagnostic in diagnostics {
            let text =
                diagnostic.severity == .error
                ? ErrorText.text(
                    "\(diagnostic.message) [\(diagnostic.code.rawValue)]",
                    location: diagnostic.location,
                    excerpt: excerpt(diagnostic, source), remedy: diagnostic.remedy,
                    style: invocation.style) : diagnostic.description
            invocation.terminal.answer(text + "\n")
        }
        invocation.terminal.answer("\(summary)  exit \(status.rawValue)\n")
        return status
    }

    private static func excerpt(
        _ diagnostic: Diagnostic, _ source: FetchedSource
    ) -> ErrorText.Excerpt? {
        guard let location = diagnostic.location,
            let bytes = try? source.tree.read(location.file)
        else { return nil }
        return ErrorText.Excerpt(
            number: location.line, of: String(decoding: bytes, as: UTF8.self))
    }
}
