import Desired
import Foundation
import Ledger
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb store copy`.
enum StoreCopyCommand {
    static let command = Command(
        name: "store copy", summary: "copy a ledger with its whole history",
        arguments: "from to",
        details: """
            Both are places as in `ledger:` of plumb.yaml: file:path, or
            mysql://user@host:3306/database. What is there already is not copied again; both are
            compared at the end. The account of a database is the one that `ledger` of the
            operator's file or of plumb.yaml has for its hosts, or that of --option-file or
            --password-env.
            """,
        options: [
            .optionFile, .passwordEnvironment, .source, .ref, .base, .operatorFile, .output,
            .noColor,
        ], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        guard invocation.arguments.count == 2 else {
            throw UsageError(
                message: "`store copy` takes two places, and was given "
                    + Count.of(invocation.arguments.count, "argument"),
                remedy: "give the ledger to copy and the new place, as file:path or mysql://…")
        }
        let ledgers = try LedgerPlaces(invocation).places.map { try $0.open() }
        let report = try Ledger.copy(from: ledgers[0], to: ledgers[1])
        let summary =
            "\(Count.of(report.objects, "object")) and "
            + "\(Count.of(report.references, "reference")) are the same in both; "
            + "\(report.copied) copied"
        guard format != .json else {
            let row = [
                "objects": "\(report.objects)", "copied": "\(report.copied)",
                "references": "\(report.references)",
            ]
            invocation.terminal.answer(
                JSONView.table(kind: "store-copy", rows: [row], summary: summary, exit: .done)
                    + "\n", as: .json)
            return .done
        }
        invocation.answer(summary + "\n", as: format)
        return .done
    }
}

/// The places that the arguments of `store copy` name.
private struct LedgerPlaces {
    let places: [LedgerPlace]

    init(_ invocation: Invocation) throws {
        let isInDatabase = invocation.arguments.contains { $0.hasPrefix("mysql:") }
        let request = try invocation.request(.baseOnly)
        var account: LedgerAccess.Account?
        var secrets = SecretPlaces(folder: request.folder)
        if isInDatabase, !invocation.namesAccount, invocation.hasFleet {
            let trusted = try TrustedSource.open(request)
            account = .init(trusted.fleet)
            secrets = trusted.places
        } else if isInDatabase {
            account = request.operator.flatMap { .init($0) }
        }
        places = try invocation.arguments.map { written in
            try LedgerPlace(
                written: written, option: "store copy",
                account: try invocation.account(written) ?? account, operator: request.operator,
                places: secrets, folder: request.folder)
        }
    }
}

extension Invocation {
    /// Whether the command line names an account.
    fileprivate var namesAccount: Bool {
        value(.optionFile) != nil || value(.passwordEnvironment) != nil
    }

    /// Whether there is a schema repository whose settings count.
    fileprivate var hasFleet: Bool {
        value(.source) != nil
            || FileManager.default.fileExists(atPath: folder + "/" + Fleet.fileName)
    }

    /// The account that the command line names for a ledger.
    fileprivate func account(_ written: String) throws -> LedgerAccess.Account? {
        guard namesAccount, case .mysql(let database)? = try? LedgerLocation(written) else {
            return nil
        }
        guard value(.optionFile) == nil || value(.passwordEnvironment) == nil else {
            throw UsageError(
                message: "--option-file and --password-env exclude each other",
                remedy: "leave one of them out")
        }
        let credentials: ConnectionConfiguration.Credentials =
            if let file = value(.optionFile) {
                .optionFile(LocalPath(file))
            } else {
                .user(
                    database.user,
                    password: value(.passwordEnvironment).map { .environment($0) } ?? .none)
            }
        return LedgerAccess.Account(for: database, ConnectionConfiguration(only: credentials))
    }
}
