import Basics
import Desired
import Execution
import Foundation
import Ledger
import Model
import MySQLClient
import Reports
import Schema

/// What a worker has at hand that makes no passes: the operator's file and the ledger. It needs no
/// schema repository.
package struct WorkerSession: Sendable {
    package let store: LedgerStore
    private let context: ReconcileContext
    private let hosts: [HostPattern]
    private let labels: [String: String]
    private let permissions: StatementText.Permissions

    /// Opens the ledger; reaches no server of the fleet.
    ///
    /// - Parameters:
    ///   - rules: the operator's file: its accounts decide which servers can be changed at all.
    ///   - hosts: only these servers; all that the file has an account for where there are none.
    ///   - labels: only servers whose shards all have these labels.
    ///   - total: how many operations are at work at once, at most.
    package init(
        _ rules: Operator, environment: String, ledger: Ledger, actor: LedgerActor,
        hosts: [HostPattern], labels: [String: String], total: Int, folder: String, hooks: PassHooks
    ) throws {
        store = LedgerStore(
            ledger: ledger, environment: environment, actor: actor, clock: hooks.clock)
        self.hosts = hosts
        self.labels = labels
        permissions = .init(directories: rules.allowsDataDirectory)
        context = try ReconcileContext(
            access: ServerAccess(
                of: environment, ruledBy: rules, places: SecretPlaces(folder: folder)),
            purposes: [.change], concurrency: Concurrency(total: total, perHost: total),
            clock: hooks.clock,
            interrupt: hooks.interrupt)
    }

    /// Opens the ledger that the operator's file names, or another one.
    package static func ledger(
        _ named: String?, _ rules: Operator, folder: String, interrupt: Interrupt? = nil
    ) throws -> Ledger {
        guard let written = named ?? rules.ledger?.description else {
            throw ConfigurationError(
                "\(rules.file) names no ledger",
                remedy: "add `ledger` there, or name it with --ledger")
        }
        return try LedgerPlace(
            written: written, option: named == nil ? rules.file : "--ledger",
            account: LedgerAccess.Account(rules), operator: rules,
            places: SecretPlaces(folder: folder), folder: folder
        ).open(signingKey: rules.ledgerKey, interrupt: interrupt)
    }

    /// Whether the shards of a server may be changed, or read, from here.
    private func may(_ purpose: ConnectionPool.Purpose, _ server: ServerAddress) -> Bool {
        guard hosts.isEmpty || hosts.contains(where: { $0.matches(server) }) else { return false }
        return (try? context.access.settings(server, purpose)) != nil
    }

    /// Carries out what is offered and reads what is asked, until the interrupt is raised and
    /// nothing is at work.
    ///
    /// - Parameter pulse: gets the signs of life of its two loops: `offers`, and `reading`.
    package func run(
        _ hooks: PassHooks, pulse: LoopPulse = LoopPulse(),
        notify: @escaping @Sendable (ReconcileEvent) -> Void
    ) throws {
        let sharing = context.sharing(of: store)
        let presence = try sharing.appear(as: "\(SharedNames.readers)by \(store.actor.name)")
        defer { presence?.giveBack() }
        notify(.working)
        let means = Assistant.Means(
            store: store, access: context, total: context.concurrency.total, labels: labels,
            permissions: permissions,
            mayChange: { may(.change, $0) })
        let sight = Lookout.Means(
            store: store, access: context, catalog: context.catalog, labels: labels,
            mayRead: { may(.read, $0) })
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            Lookout(sight, sharing: sharing, hooks: hooks) { notify($0.event) }
                .run { pulse.beat("reading") }
            pulse.end("reading")
            ended.signal()
        }
        thread.name = "plumb-lookout"
        // What others have written is parsed.
        thread.stackSize = 8 << 20
        thread.start()
        Assistant(means, sharing: sharing, hooks: hooks) { notify($0.event) }
            .run { pulse.beat("offers") }
        pulse.end("offers")
        ended.wait()
        context.pool.closeIdle()
    }
}
