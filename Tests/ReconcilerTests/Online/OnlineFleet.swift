import Basics
import Diff
import Execution
import Ledger
import Model
import Reports
import Testing

@testable import Reconciler
@testable import TestSupport

/// A table on a server with a binary log, in a fleet that is changed online.
final class OnlineFleet {
    let fixture: ImportFixture
    let database: String
    let clock = SimulatedClock()
    private let file: String

    /// The server of all these fleets.
    private static let server = Result {
        try MariaDBServer.start(options: [
            "--log-bin=log", "--server-id=1", "--binlog-format=ROW",
            "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0",
        ])
    }

    /// - Parameters:
    ///   - columns: what stands between the parentheses of the table.
    ///   - rows: how many rows it has.
    ///   - policy: the entries of `policy`.
    ///   - server: another server; nil for one with a binary log.
    init(
        _ columns: String = OnlineFleet.before, rows: Int = 2_000,
        policy: String = "online: {below: 0B, keep: 0s}", on server: MariaDBServer? = nil
    ) throws {
        fixture = try ImportFixture(on: try server ?? Self.server.get())
        database = try fixture.database()
        file = """
            version: 1
            namespaces:
              shop:
                schema: schema
                shards: [{name: s0, host: "\(fixture.server.address)", database: \(database)}]
            environments:
              production: {namespaces: [shop], connection: {user: root, tls: {mode: disabled}}}
            ledger: "file:../ledger.git"

            """
        try fixture.write(file, to: "plumb.yaml")
        try write(columns)
        _ = try pass()
        try set(policy)
        try root.execute(
            "INSERT INTO t (id, k, c) SELECT seq, seq % 7, CONCAT('row ', seq) "
                + "FROM seq_1_to_\(rows)")
    }

    static let before = "id int NOT NULL PRIMARY KEY, k int, c varchar(40)"
    static let after = "id int NOT NULL PRIMARY KEY, k bigint, c varchar(40)"

    var root: MySQLClient.Connection {
        get throws {
            try fixture.root.select(database: database)
            return fixture.root
        }
    }

    func set(_ policy: String) throws {
        try fixture.write(file + "policy: {\(policy)}\n", to: "plumb.yaml")
        try fixture.commit("policy")
    }

    func write(_ columns: String) throws {
        try fixture.write("CREATE TABLE t (\(columns));", to: "schema/t.sql")
        try fixture.commit(columns)
    }

    /// A pass of a process of its own, which dies at the fault point with this number.
    func pass(
        dyingAt end: Int? = nil, interrupt: Interrupt = Interrupt(), partSeconds: Double = 0.05
    ) throws -> ReconcileReport {
        var hooks = PassHooks(clock: clock, interrupt: interrupt)
        hooks.engines = Engines([CopyEngine(partSeconds: partSeconds)])
        let count = Lock(0)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if let end, number >= end { throw JournalFailure("killed") }
        }
        return try ReconcilePass(
            pass: PassContext.open(fixture.pass, hooks), faults: faults
        ).run()
    }

    /// Approves what waits.
    func approve() throws {
        try fixture.approve(seconds: 86_400, by: clock)
    }

    func plan() throws -> [PlanStep] {
        try PassContext.open(fixture.pass, PassHooks(clock: clock)).plan().plan.steps
    }

    func tables() throws -> [String] {
        try root.query("SHOW TABLES").compactMap { $0[0] }.sorted()
    }

    func type(of column: String) throws -> String? {
        try root.query("SHOW COLUMNS FROM t LIKE '\(column)'").first?[1]
    }

    /// All rows, as text.
    func rows() throws -> [String] {
        try root.query("SELECT id, k, c FROM t ORDER BY id").map { row in
            (0..<3).map { row[$0] ?? "NULL" }.joined(separator: " ")
        }
    }

    /// What is recorded of the operation of the last rollout.
    func operation() throws -> OperationRecord? {
        guard let snapshot = try fixture.snapshot(),
            let rollout = try snapshot.environmentRecord()?.latestRollout
        else { return nil }
        let shard = ShardID(namespace: "shop", shard: "s0")
        return try snapshot.keptOperation(rollout, OperationKey(shard: shard, object: "t"))
    }
}
