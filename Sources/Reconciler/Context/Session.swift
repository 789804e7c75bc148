import Desired
import Foundation
import Git
import Ledger
import Model
import MySQLClient
import Schema

/// A command that has its source, its fleet and its ledger, and needs no server.
package struct LedgerSession {
    package let request: PassRequest
    package let surroundings: PassSurroundings
    package let trusted: TrustedSource
    package let environment: Desired.Environment
    package let store: LedgerStore

    /// Whose schemas are read.
    package var source: FetchedSource { trusted.source }
    /// Whose `plumb.yaml` and approvals count.
    package var followed: FetchedSource { trusted.followed }
    package var fleet: Fleet { trusted.fleet }

    /// Fetches the source, reads the fleet file and opens the ledger.
    package static func open(
        _ request: PassRequest, _ surroundings: PassSurroundings
    ) throws -> LedgerSession {
        surroundings.stage("fetching the schema repository")
        let trusted = try TrustedSource.open(request)
        let environment = try trusted.fleet.selectEnvironment(request.scope.environment)
        let path = try ledgerPath(request, trusted.fleet)
        try CommittedPlace(path: path, what: "ledger").check(around: request.folders)
        // Where a proposal could put another file in the place of the key, nothing is written.
        let key = trusted.places.folder == nil ? nil : trusted.fleet.ledgerKey
        let ledger = try Ledger.open(
            path: path, signingKey: key?.resolved(in: request.folder))
        let store = LedgerStore(
            ledger: ledger, environment: environment.name, actor: request.actor,
            clock: surroundings.clock)
        return LedgerSession(
            request: request, surroundings: surroundings, trusted: trusted,
            environment: environment, store: store)
    }

    /// The ledger's folder: `--ledger`, else what the fleet file says.
    package static func ledgerPath(_ request: PassRequest, _ fleet: Fleet) throws -> String {
        if let path = request.ledger {
            let plain = path.hasPrefix("file:") ? String(path.dropFirst(5)) : path
            return LocalPath(plain).resolved(in: request.folder)
        }
        switch fleet.ledger {
        case .file(let path): return LocalPath(path).resolved(in: request.folder)
        case .mysql:
            throw ConfigurationError(
                "ledger: this release keeps the ledger in a git repository",
                remedy: "use `file:` with "
                    + "the path of a folder")
        }
    }
}

/// A pass: a session with an engine to reach the shards.
///
/// The daemon keeps the engine from one pass to the next; everything else is read again.
package struct Session {
    package let ledgerSession: LedgerSession
    package let engine: Engine

    package var request: PassRequest { ledgerSession.request }
    package var surroundings: PassSurroundings { ledgerSession.surroundings }
    package var source: FetchedSource { ledgerSession.source }
    /// Whose `plumb.yaml` and approvals count.
    package var followed: FetchedSource { ledgerSession.followed }
    /// True where what the plan says is not for the record.
    package var isProposal: Bool { ledgerSession.trusted.isProposal }
    package var fleet: Fleet { ledgerSession.fleet }
    package var environment: Desired.Environment { ledgerSession.environment }
    package var store: LedgerStore { ledgerSession.store }

    /// Opens everything but a connection; `old` is used again where the fleet file lets it.
    ///
    /// - Parameter purposes: those for which an account must be there; others are refused when
    ///   they are needed.
    package static func open(
        _ request: PassRequest, _ surroundings: PassSurroundings, engine old: Engine? = nil,
        purposes: Set<ConnectionPool.Purpose> = [.read, .workspace]
    ) throws -> Session {
        let session = try LedgerSession.open(request, surroundings)
        let access = try session.trusted.access(request, session.environment)
        let concurrency = session.fleet.policy.rollout.concurrency
        if let old, old.fits(access, concurrency) {
            return Session(ledgerSession: session, engine: old)
        }
        let engine = try Engine(
            access: access, purposes: purposes, concurrency: concurrency,
            clock: surroundings.clock, interrupt: surroundings.interrupt)
        return Session(ledgerSession: session, engine: engine)
    }
}
