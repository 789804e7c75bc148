import Basics
import Binlog
import Desired
import MySQLClient
import Observed
import OnlineCopy
import Reconciler
import Schema

/// Checks that a server's tables can be copied online, where the policy asks for it, and names what
/// copies have left.
struct OnlineExamination {
    let server: ServerAddress
    private(set) var checks: [DoctorReport.Check] = []

    /// What a session needs on all databases to read the binary log.
    private static let globalPrivileges = ["REPLICATION SLAVE"]
    /// What it needs on a shard's database besides what changes need.
    private static let privileges = ["INSERT", "UPDATE", "DELETE", "LOCK TABLES"]

    /// - Parameter facts: those of the account that changes tables.
    init(
        server: ServerAddress, shards: [Shard], facts: ExaminedServerFacts,
        context: ReconcileContext
    ) {
        self.server = server
        examine(facts, shards)
        do {
            try context.pool.withConnection(to: server, purpose: .change) { connection in
                try examineLog(connection)
                for shard in shards.sorted(by: { $0.id < $1.id }) {
                    try examineLeftovers(connection, shard)
                }
            }
        } catch {
            add(.unknown, "whether tables can be copied online is not known: \(error)")
        }
    }

    private mutating func add(
        _ status: DoctorReport.Check.Status, _ message: String, _ remedy: String? = nil
    ) {
        checks.append(
            DoctorReport.Check(.server, server.description, status, message, remedy: remedy))
    }

    private mutating func examine(_ facts: ExaminedServerFacts, _ shards: [Shard]) {
        let missing = Self.globalPrivileges.filter { !facts.grants.holdsGlobally($0) }
        if !missing.isEmpty {
            add(
                .failed, "no \(missing.joined(separator: ", ")), which online copies need",
                "GRANT \(missing.joined(separator: ", ")) ON *.* TO \(facts.account)")
        }
        for database in Set(shards.map(\.database)).sorted() {
            let missing = Self.privileges.filter {
                !facts.grants.holds($0, on: database, foldsCase: facts.foldsCase)
            }
            guard !missing.isEmpty else { continue }
            let names = missing.joined(separator: ", ")
            add(
                .failed, "no \(names) on \(SQL.identifier(database)), which online copies need",
                "GRANT \(names) ON \(SQL.identifier(database)).* TO \(facts.account)")
        }
    }

    private mutating func examineLog(_ connection: MySQLClient.Connection) throws {
        do throws(BinlogError) {
            _ = try BinlogSource(on: connection)
            add(.ok, "its binary log has what online copies need")
        } catch {
            let remedy =
                error.kind == .missingGrant
                ? "grant it to the account that changes tables"
                : "see the settings in docs/online.md, or leave out policy.online"
            add(.failed, "no table can be copied online: \(error)", remedy)
        }
    }

    private mutating func examineLeftovers(
        _ connection: MySQLClient.Connection, _ shard: Shard
    ) throws {
        for leftover in try CopyLeftover.list(in: shard.database, on: connection) {
            let name = "\(shard.id): the copy of \(SQL.identifier(leftover.names.table))"
            switch (leftover.progress.phase, leftover.secondsLeft) {
            case (.swapped, let seconds?):
                add(
                    .ok,
                    "\(name) has taken its place; the former table is "
                        + "\(SQL.identifier(leftover.names.former)) for \(seconds) s more")
            case (.swapped, nil):
                add(
                    .warning, "\(name) has taken its place, and was not tidied up after",
                    "run plumb reconcile, which does that for rollouts that are open; else drop "
                        + "\(SQL.identifier(leftover.names.former)) and "
                        + SQL.identifier(leftover.names.progress))
            default:
                add(
                    .warning,
                    "\(name) is not done: \(leftover.progress.rows) rows copied",
                    "plumb status shows the rollout that it belongs to, which goes on with it; where "
                        + "none does, drop \(SQL.identifier(leftover.names.shadow)) and "
                        + SQL.identifier(leftover.names.progress))
            }
        }
    }
}
