import Desired
import Foundation
import Ledger
import Model

/// The context of a command that needs the source, the fleet and the ledger, but no server.
package struct LedgerSession {
    package let request: PassRequest
    package let hooks: PassHooks
    package let trusted: TrustedSource
    package let environment: Desired.Environment
    package let store: LedgerStore

    /// The source whose schemas are read.
    package var source: FetchedSource { trusted.source }
    /// The source whose `plumb.yaml` and approvals count.
    package var followed: FetchedSource { trusted.followed }
    package var fleet: Fleet { trusted.fleet }

    package init(
        request: PassRequest, hooks: PassHooks, trusted: TrustedSource,
        environment: Desired.Environment, store: LedgerStore
    ) {
        self.request = request
        self.hooks = hooks
        self.trusted = trusted
        self.environment = environment
        self.store = store
    }

    /// Fetches the source, reads the fleet file and opens the ledger.
    package static func open(
        _ request: PassRequest, _ hooks: PassHooks
    ) throws -> LedgerSession {
        hooks.stage("fetching the schema repository")
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
            clock: hooks.clock)
        return LedgerSession(
            request: request, hooks: hooks, trusted: trusted,
            environment: environment, store: store)
    }

    /// How many operations have begun in the environment that is asked for and have no outcome,
    /// whether or not the fleet file has it.
    package static func unsettledCount(
        _ request: PassRequest, _ hooks: PassHooks
    ) throws -> Int {
        let fleet = try TrustedSource.open(request).fleet
        guard let name = request.scope.environment else { return 0 }
        let store = LedgerStore(
            ledger: try Ledger.open(path: try ledgerPath(request, fleet)), environment: name,
            actor: request.actor, clock: hooks.clock)
        return try store.snapshot()?.list(RecordPath.pendingFolder).count ?? 0
    }

    /// The ledger's folder: of `--ledger`, else of the fleet file.
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
