import Desired
import Execution
import Ledger
import Model
import MySQLStore
import Schema

/// Where a ledger is kept, with what it takes to open it.
package enum LedgerPlace: Sendable, CustomStringConvertible {
    /// A bare git repository, by its absolute path.
    case folder(String)
    case database(LedgerAccess)

    /// How long a write waits for another process to finish writing.
    private static let lockWaitSeconds = 10.0

    /// The ledger of a request: the one of `--ledger`, else the fleet's.
    ///
    /// - Parameter fleet: within the limits of the operator's file already.
    package init(_ request: PassRequest, _ fleet: Fleet, places: SecretPlaces) throws {
        guard request.ledger == nil else {
            self = try LedgerPlace.named(request, account: .init(fleet), places: places)
            return
        }
        self.init(
            fleet.ledger, account: .init(fleet), operator: request.operator, places: places,
            folder: request.folder)
    }

    /// The ledger of `--ledger`, where the fleet is not known.
    package static func named(
        _ request: PassRequest, account: LedgerAccess.Account? = nil, places: SecretPlaces
    ) throws -> LedgerPlace {
        try LedgerPlace(
            written: request.ledger ?? "", option: "--ledger",
            account: account ?? request.operator.flatMap { .init($0) },
            operator: request.operator, places: places, folder: request.folder)
    }

    /// The place that the command line names: `file:path`, a plain path, or `mysql://…`.
    ///
    /// - Parameters:
    ///   - option: what names it, for messages.
    ///   - account: the account that is configured, for this ledger or another one.
    ///   - folder: relative paths are relative to it.
    package init(
        written text: String, option: String, account: LedgerAccess.Account?,
        operator rules: Operator?, places: SecretPlaces, folder: String
    ) throws {
        guard text.hasPrefix("file:") || text.hasPrefix("mysql:") else {
            self = .folder(LocalPath(text).resolved(in: folder))
            return
        }
        do throws(LedgerLocation.Fault) {
            self.init(
                try LedgerLocation(text), account: account, operator: rules, places: places,
                folder: folder)
        } catch {
            throw ConfigurationError(
                "\(option): \(error.message("the ledger"))",
                remedy: "write \(LedgerLocation.form); the password comes from `connection` of "
                    + "`ledger`")
        }
    }

    private init(
        _ location: LedgerLocation, account: LedgerAccess.Account?, operator rules: Operator?,
        places: SecretPlaces, folder: String
    ) {
        switch location {
        case .file(let path): self = .folder(LocalPath(path).resolved(in: folder))
        case .mysql(let database):
            self = .database(
                LedgerAccess(to: database, as: account, operator: rules, places: places))
        }
    }

    /// The path, or the address without a password.
    package var description: String {
        switch self {
        case .folder(let path): path
        case .database(let access): access.database.description
        }
    }

    /// The notice about servers that are protected less than by the default TLS settings.
    var notices: [Notice] {
        guard case .database(let access) = self else { return [] }
        return access.database.servers.flatMap { server in
            access.tls(to: server).map { Notice.wire($0, to: [server]) } ?? []
        }
    }

    /// Throws where the ledger's folder is part of a commit that one of `folders` is checked out
    /// from.
    func check(around folders: [String]) throws {
        guard case .folder(let path) = self else { return }
        try CommittedPlace(path: path, what: "ledger").check(around: folders)
    }

    /// Opens the ledger; one that is not there yet counts as empty.
    ///
    /// - Parameters:
    ///   - signingKey: the file of the SSH key that signs each transition.
    ///   - interrupt: raised where the process is to end: a ledger that does not answer is not
    ///     waited for long then.
    ///   - recorded: called with the bytes of each commit's objects.
    package func open(
        signingKey: String? = nil, interrupt: Interrupt? = nil,
        recorded: @escaping @Sendable (_ bytes: Int) -> Void = { _ in }
    ) throws -> Ledger {
        switch self {
        case .folder(let path):
            return try Ledger.open(
                path: path, lockWaitSeconds: Self.lockWaitSeconds, signingKey: signingKey,
                recorded: recorded)
        case .database(let access):
            try access.check()
            return try Ledger.open(
                MySQLBackend(
                    place: description, database: access.database.name, servers: access.servers,
                    waitSeconds: Self.lockWaitSeconds, interrupt: interrupt),
                signingKey: signingKey, recorded: recorded)
        }
    }
}
