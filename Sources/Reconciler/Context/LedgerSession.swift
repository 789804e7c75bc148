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

    /// The same in the name of somebody else.
    package func acting(as actor: LedgerActor) -> LedgerSession {
        var request = request
        request.actor = actor
        return LedgerSession(
            request: request, hooks: hooks, trusted: trusted, environment: environment,
            store: LedgerStore(
                ledger: store.ledger, environment: store.environment, actor: actor,
                clock: hooks.clock))
    }

    /// Fetches the source, reads the fleet file and opens the ledger.
    package static func open(
        _ request: PassRequest, _ hooks: PassHooks
    ) throws -> LedgerSession {
        hooks.stage("fetching the schema repository")
        var trusted = try TrustedSource.open(request)
        let environment = try trusted.fleet.selectEnvironment(request.scope.environment)
        let place = try LedgerPlace(request, trusted.fleet, places: trusted.places)
        try place.check(around: request.folders)
        trusted.source = trusted.source.adding(place.notices)
        if case .database(let access) = place {
            trusted.fleet = try trusted.fleet.keepingLedger(in: access.database)
        }
        // Where a proposal could place another file at the key's path, no key is used: such a run
        // writes nothing to the ledger.
        let key = trusted.places.folder == nil ? nil : trusted.fleet.ledgerKey
        let ledger = try place.open(
            signingKey: key?.resolved(in: request.folder), interrupt: hooks.interrupt,
            recorded: { [measured = hooks.measured] in measured(.recorded(bytes: $0)) })
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
        let trusted = try TrustedSource.open(request)
        guard let name = request.scope.environment else { return 0 }
        let place = try LedgerPlace(request, trusted.fleet, places: trusted.places)
        let store = LedgerStore(
            ledger: try place.open(), environment: name, actor: request.actor, clock: hooks.clock)
        return try store.snapshot()?.list(RecordPath.pendingFolder).count ?? 0
    }
}
