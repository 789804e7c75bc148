import Basics
import Desired
import Diff
import Import
import Ledger
import Model
import MySQLClient
import Observed
import Reconciler
import Schema
import Views

/// An error as text, as a document and as an exit status, all from the same problems.
package struct Failure: Sendable {
    package let status: ExitStatus
    /// What is wrong, each problem with its place and remedy; at least one.
    package let problems: [Problem]
    /// The status of a response over HTTP.
    package let httpStatus: Int

    package init(_ error: any Error) {
        status = (error as? AnsweredFailure)?.status ?? ExitStatus([Self.outcome(of: error)])
        httpStatus = Self.httpStatus(of: error)
        problems = Self.problems(of: error).map { problem in
            Problem(
                Redacted.text(problem.fault), code: problem.code,
                remedy: problem.remedy.map(Redacted.text), location: problem.location)
        }
    }

    /// All problems in one string.
    package var message: String { problems.map(\.description).joined(separator: "\n") }

    package func text(_ style: Style) -> String {
        problems.map { problem in
            ErrorText.text(
                problem.text, location: problem.location, remedy: problem.remedy, style: style)
        }.joined(separator: "\n")
    }

    private static func httpStatus(of error: any Error) -> Int {
        switch error {
        case is UsageError, is UnknownTransition: 400
        case is NothingFoundYet: 503
        case let error as ConfigurationError:
            switch error.kind {
            case .setting: 500
            case .notFound: 404
            case .conflict: 409
            }
        case let error as DecisionRecorder.Refusal:
            switch error.code {
            case .refused: 409
            case .notFound: 404
            case .ambiguous: 400
            }
        case let error as LedgerError where error.code == .missing: 404
        default:
            switch outcome(of: error) {
            case .refused, .ledgerLocked: 409
            default: 500
            }
        }
    }

    private static func outcome(of error: any Error) -> Outcome {
        switch error {
        case is UsageError, is UnknownTransition: .usage
        case let error as DesiredError: outcome(of: error)
        case is ConfigurationError, is OperatorFile.Refusal: .configuration
        case is ProposalRefused: .refused
        case let error as LedgerError: error.code == .locked ? .ledgerLocked : .error
        case let error as JournalFailure:
            error.isLocked ? .ledgerLocked : .ledgerUnwritable
        case let error as DecisionRecorder.Refusal:
            switch error.code {
            case .refused: .refused
            case .notFound, .ambiguous: .error
            }
        case is PlanInvalid: .refused
        case let error as ImportError:
            switch error.code {
            case .invalidName: .usage
            case .noDatabase, .nothingToImport, .exists, .unwritable, .invalidResult: .error
            }
        case let error as MySQLError: error.kind == .configuration ? .configuration : .error
        default: .error
        }
    }

    /// A fault of the fleet file is a configuration error; one of a schema file is an error.
    private static func outcome(of error: DesiredError) -> Outcome {
        let errors = error.diagnostics.filter { $0.severity == .error }
        let isAboutFleet = errors.allSatisfy { error in
            guard let file = error.location?.file else { return true }
            // For another revision the path begins with that revision.
            return file == Fleet.fileName
                // The operator's file is outside the schema repository and has an absolute path.
                || file.hasPrefix("/")
                || file.hasSuffix(":" + Fleet.fileName)
        }
        return isAboutFleet ? .configuration : .error
    }

    private static func problems(of error: any Error) -> [Problem] {
        switch error {
        case let error as AnsweredFailure: error.problems
        case let error as DesiredError:
            error.diagnostics.map { diagnostic in
                Problem(
                    diagnostic.message, code: diagnostic.code.rawValue,
                    remedy: diagnostic.remedy, location: diagnostic.location)
            }
        case let error as WorkspaceError where !error.rejections.isEmpty:
            error.rejections.map { table in
                Problem(
                    "\(ObjectName(encoded: table.table)): \(table.reason)",
                    location: table.location)
            }
        case let error as DecisionRecorder.Refusal where error.code == .notFound:
            // The plan of a pull request is not recorded, so its digests are not in the ledger.
            [
                Problem(
                    error.fault,
                    remedy: [
                        error.remedy, "what is only in a proposal is approved after the merge",
                    ]
                    .compactMap { $0 }.joined(separator: "; "))
            ]
        case let error as any RemediedError: [Problem(error.fault, remedy: error.remedy)]
        default: [Problem(String(describing: error))]
        }
    }
}
