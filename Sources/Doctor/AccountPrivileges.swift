import Desired
import MySQLClient
import Reconciler
import Schema

/// The privileges of a server's accounts other than the one that examined it.
struct AccountPrivileges: Sendable {
    /// By purpose; without the purpose whose account examined the server.
    private(set) var facts: [ConnectionPool.Purpose: ExaminedServerFacts] = [:]
    /// Whether no account is configured that could change shards.
    private(set) var isReadOnly = false
    private(set) var checks: [DoctorReport.Check] = []

    /// - Parameter looked: the facts that were read with the account of `own`.
    init(
        server: ServerAddress, examined: ExaminedServerFacts, as own: ConnectionPool.Purpose,
        purposes: [ConnectionPool.Purpose], context: ReconcileContext
    ) {
        let connection: ConnectionConfiguration
        do {
            connection = try context.access.connection(to: server)
        } catch {
            checks.append(
                .init(
                    .grants, server.description, .failed,
                    "the accounts cannot be looked at: \(error)"))
            return
        }
        for purpose in purposes where purpose != own {
            guard let account = connection.account(for: purpose) else {
                isReadOnly = true
                checks.append(
                    .init(
                        .grants, server.description, .ok,
                        "no account is configured to change shards: only `plan` and `drift` "
                            + "work"))
                continue
            }
            guard account != connection.account(for: own) else { continue }
            do {
                facts[purpose] = try context.pool.withConnection(to: server, purpose: purpose) {
                    let facts = try ServerExamination.facts(
                        $0, examined.profile, foldsCase: examined.foldsCase)
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
