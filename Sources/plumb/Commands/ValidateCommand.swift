import Desired
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb validate`.
enum ValidateCommand {
    static let command = Command(
        name: "validate", summary: "check plumb.yaml and every schema file; needs no server",
        options: [.source, .ref, .workingTree, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let source = try FetchStage(request: try invocation.source()).run()
        let diagnostics = SchemaRepository.validate(source.tree) { try source.pinned($0) }
            .map(Self.withoutSecrets)
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
        let lines = diagnostics.map { diagnostic in
            diagnostic.severity == .error
                ? ErrorText.text(
                    "\(diagnostic.message) [\(diagnostic.code.rawValue)]",
                    location: diagnostic.location,
                    excerpt: excerpt(diagnostic, source), remedy: diagnostic.remedy,
                    style: format == .markdown ? .plain : invocation.style)
                : Visible.line(diagnostic.description)
        }
        let end = "\(Visible.line(summary))  exit \(status.rawValue)\n"
        invocation.answer(lines.map { $0 + "\n" }.joined() + end, as: format)
        return status
    }

    private static func withoutSecrets(_ diagnostic: Diagnostic) -> Diagnostic {
        Diagnostic(
            diagnostic.code, Redacted.text(diagnostic.message),
            remedy: Redacted.text(diagnostic.remedy), at: diagnostic.location,
            severity: diagnostic.severity, excerpt: diagnostic.excerpt)
    }

    private static func excerpt(
        _ diagnostic: Diagnostic, _ source: FetchedSource
    ) -> ErrorText.Excerpt? {
        // A line of the fleet file may hold what an error must not repeat. Where the file cannot be
        // read again, the error is told without its line.
        guard let location = diagnostic.location, location.file.hasSuffix(".sql"),
            let bytes = try? source.tree.read(location.file)
        else { return nil }
        return ErrorText.Excerpt(
            number: location.line, of: String(decoding: bytes, as: UTF8.self))
    }
}
