import Desired
import MySQLClient
import Reconciler
import Schema

/// What the accounts of one server may do, beside the one that it was looked at with.
struct AccountFacts: Sendable {
    /// By purpose; a purpose whose account looked at the server is left out.
    private(set) var facts: [ConnectionPool.Purpose: ServerFacts] = [:]
    /// True where no account is there that could change anything.
    private(set) var isReadOnly = false
    private(set) var checks: [DoctorReport.Check] = []

    /// - Parameter looked: what the server said to the account of `own`.
    init(
        server: ServerAddress, looked: ServerFacts, as own: ConnectionPool.Purpose,
        purposes: [ConnectionPool.Purpose], context: ReconcileContext
    ) {
        guard let connection = try? context.access.connection(to: server) else { return }
        for purpose in purposes where purpose != own {
            guard let account = connection.account(for: purpose) else {
                isReadOnly = true
                checks.append(
                    .init(
                        .grants, server.description, .ok,
                        "no account changes shards: `plan` and `drift` alone work"))
                continue
            }
            guard account != connection.account(for: own) else { continue }
            do {
                facts[purpose] = try context.pool.withConnection(to: server, purpose: purpose) {
                    let facts = try ServerExamination.facts(
                        $0, looked.profile, foldsCase: looked.foldsCase)
                    checks += try LimitExamination(
                        server: server, account: facts.account,
                        sessions: ReconcileContext.sessionsPerServer(context.concurrency), on: $0
                    ).checks
                    return facts
                }
            } catch {
                checks.append(
                    .init(
                        .grants, server.description, .failed,
                        "the account of `\(purpose)` cannot be looked at: \(error)",
                        remedy: "correct it, or its secret"))
            }
        }
    }
}
