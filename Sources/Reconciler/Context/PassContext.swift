import Desired
import MySQLClient

/// The context of a pass, which reaches shards too.
///
/// The daemon keeps connections and proofs from one pass to the next; everything else is read
/// again.
package struct PassContext {
    package let ledgerSession: LedgerSession
    package let context: ReconcileContext

    package init(ledgerSession: LedgerSession, context: ReconcileContext) {
        self.ledgerSession = ledgerSession
        self.context = context
    }

    package var request: PassRequest { ledgerSession.request }
    package var hooks: PassHooks { ledgerSession.hooks }
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
        _ request: PassRequest, _ hooks: PassHooks, context old: ReconcileContext? = nil,
        purposes: Set<ConnectionPool.Purpose> = [.read, .workspace]
    ) throws -> PassContext {
        try open(LedgerSession.open(request, hooks), context: old, purposes: purposes)
    }

    /// The same where the source is fetched and the ledger open already.
    package static func open(
        _ session: LedgerSession, context old: ReconcileContext? = nil,
        purposes: Set<ConnectionPool.Purpose> = [.read, .workspace]
    ) throws -> PassContext {
        let hooks = session.hooks
        let access = try session.trusted.access(session.request, session.environment)
        let concurrency = session.fleet.policy.rollout.concurrency
        if let old, old.fits(access, concurrency) {
            return PassContext(ledgerSession: session, context: old)
        }
        let context = try ReconcileContext(
            access: access, purposes: purposes, concurrency: concurrency,
            clock: hooks.clock, interrupt: hooks.interrupt, measured: hooks.measured)
        if let old { context.forgive(like: old) }
        return PassContext(ledgerSession: session, context: context)
    }
}
