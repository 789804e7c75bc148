import Desired
import Diff
import Git
import Ledger
import MySQLClient
import Observed
import Reconciler
import Schema
import Views

/// An error as a person and a script see it.
struct Failure {
    let status: ExitStatus
    let message: String
    /// Every diagnostic, where the error has several.
    let diagnostics: [Diagnostic]

    var location: SourceLocation? { diagnostics.first?.location }

    init(_ error: any Error) {
        var diagnostics: [Diagnostic] = []
        switch error {
        case let error as UsageError:
            status = .usage
            message = error.message
        case let error as DesiredError:
            status = Self.status(of: error)
            diagnostics = error.diagnostics
            message = error.description
        case let error as ConfigurationError:
            status = .configuration
            message = error.message
        case let error as LedgerError:
            status = error.code == .locked ? .blocked : .error
            message = error.message
        case let error as Decisions.Refusal:
            switch error.code {
            case .refused: status = .refused
            case .notFound, .ambiguous: status = .error
            }
            message = error.message
        case let error as PlanInvalid:
            status = .refused
            message = error.description
        case let error as ImportError:
            switch error.code {
            case .invalidName: status = .usage
            case .noDatabase, .nothingToImport, .exists, .unwritable, .invalidResult:
                status = .error
            }
            message = error.message
        case let error as MySQLError:
            status = error.kind == .configuration ? .configuration : .error
            message = error.description
        default:
            status = .error
            message = String(describing: error)
        }
        self.diagnostics = diagnostics
    }

    /// A faulty fleet file is a matter of configuration; a faulty table is an error.
    private static func status(of error: DesiredError) -> ExitStatus {
        let errors = error.diagnostics.filter { $0.severity == .error }
        let isAboutFleet = errors.allSatisfy { error in
            guard let file = error.location?.file else { return true }
            // That of another revision has the revision before it.
            return file == SchemaRepository.fleetFile
                || file.hasSuffix(":" + SchemaRepository.fleetFile)
        }
        return isAboutFleet ? .configuration : .error
    }

    func text(_ style: Style) -> String {
        guard !diagnostics.isEmpty else {
            return ErrorText.text(message, style: style)
        }
        return diagnostics.map { diagnostic in
            ErrorText.text(
                "\(diagnostic.message) [\(diagnostic.code.rawValue)]",
                location: diagnostic.location, remedy: diagnostic.remedy, style: style)
        }.joined(separator: "\n")
    }
}
