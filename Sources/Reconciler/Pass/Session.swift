import Desired
import Execution
import Foundation
import Git
import Ledger
import MySQLClient
import Schema

/// The context of a command that needs the source, the fleet and the ledger, but no server.
package struct LedgerSession {
    package let request: PassRequest
    package let surroundings: PassSurroundings
    package let trusted: TrustedSource
    package let environment: Desired.Environment
    package let store: LedgerStore

    /// The source whose schemas are read.
    package var source: FetchedSource { trusted.source }
    /// The source whose `plumb.yaml` and approvals count.
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
        // Where a proposal could place another file at the key's path, no key is used: such a run
        // writes nothing to the ledger.
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

    /// The ledger's folder: of `--ledger`, else of the fleet file.
    static func ledgerPath(_ request: PassRequest, _ fleet: Fleet) throws -> String {
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

/// The context of a pass, which reaches shards too.
///
/// The daemon keeps connections and proofs from one pass to the next; everything else is read
/// again.
package struct Session {
    package let ledgerSession: LedgerSession
    package let engine: Engine

    package var request: PassRequest { ledgerSession.request }
    package var surroundings: PassSurroundings { ledgerSession.surroundings }
    package var source: FetchedSource { ledgerSession.source }
    /// The source whose `plumb.yaml` and approvals count.
    package var followed: FetchedSource { ledgerSession.followed }
    /// True where the plan is a proposal's and is not recorded.
    package var isProposal: Bool { ledgerSession.trusted.isProposal }
    package var fleet: Fleet { ledgerSession.fleet }
    package var environment: Desired.Environment { ledgerSession.environment }
    package var store: LedgerStore { ledgerSession.store }

    /// Fetches the source and opens the ledger, but connects to no server; `old` is used again
    /// where the settings of the fleet file still fit.
    ///
    /// - Parameter purposes: the purposes for which an account must be configured. For others the
    ///   error comes when they are needed.
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

    /// Reads and plans; changes nothing.
    ///
    /// - Parameter asksRows: whether the plan says which rows stand in its way.
    package func survey(asksRows: Bool = true) throws -> Survey.Result {
        try Survey(request: request, surroundings: surroundings, engine: engine)
            .run(source, fleet: fleet, store: store, asksRows: asksRows)
    }

    /// Which steps policy and approvals allow to run now.
    func gate(_ survey: Survey.Result) throws -> GateStage.Output {
        try GateStage(session: self).run(survey)
    }
}

extension FetchedSource {
    /// The folder of the files, which relative paths start from; nil for a mirror.
    var folder: String? { repository?.workFolder ?? (tree as? WorkingTree)?.root }
}
