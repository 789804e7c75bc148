import Basics
import Diff
import Execution
import Ledger
import Model
import Observed
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

/// A fleet on a real server whose tables are changed by an engine that copies them.
final class CopyingFleet {
    let fixture: ImportFixture
    let engine: CopyingEngine
    let databases: [String]
    let clock = SimulatedClock()

    /// - Parameter policy: the lines of `policy.rollout`, as one mapping.
    init(shards: Int = 1, ticks: Int = 2, rollout: String = "{}") throws {
        fixture = try ImportFixture()
        engine = CopyingEngine(ticks: ticks)
        let fixture = fixture
        databases = try (0..<shards).map { _ in try fixture.database() }
        let list = databases.enumerated().map {
            "{name: s\($0), host: \"\(fixture.server.address)\", database: \($1)}"
        }
        let file = """
            version: 1
            namespaces:
              shop: {schema: schema, shards: [\(list.joined(separator: ", "))]}
            environments:
              production: {namespaces: [shop], connection: {user: root, tls: {mode: disabled}}}
            ledger: "file:../ledger.git"

            """
        try fixture.write(file, to: "plumb.yaml")
        try fixture.write("CREATE TABLE t (id int PRIMARY KEY);", to: "schema/t.sql")
        try fixture.commit("t")
        _ = try pass()
        try fixture.write(file + "policy: {rollout: \(rollout)}\n", to: "plumb.yaml")
        for database in databases {
            try fixture.root.execute("INSERT INTO \(database).t VALUES (1), (2), (3), (4), (5)")
        }
        try change("n int")
    }

    func change(_ column: String) throws {
        try fixture.write(
            "CREATE TABLE t (id int PRIMARY KEY, \(column));", to: "schema/t.sql")
        try fixture.commit(column)
    }

    /// A pass of a process of its own, which dies at the fault point with this number.
    func pass(
        _ own: FaultPoints? = nil, dyingAt end: Int? = nil, engines: Engines? = nil,
        interrupt: Interrupt = Interrupt()
    ) throws -> ReconcileReport {
        var hooks = PassHooks(clock: clock, interrupt: interrupt)
        hooks.engines = engines ?? Engines([engine])
        let count = Lock(0)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if let end, number >= end { throw JournalFailure("killed") }
        }
        return try ReconcilePass(
            pass: PassContext.open(fixture.pass, hooks), faults: own ?? faults
        ).run()
    }

    /// Approves what waits, for a time by the fleet's clock.
    func approve(seconds: Int64) throws {
        try fixture.approve(seconds: seconds, by: clock)
    }

    var requests: RolloutRequests {
        get throws { try RolloutRequests(store: fixture.passContext().store) }
    }

    /// The tables of a shard, the columns and the rows of `t`.
    func live(_ shard: Int = 0) throws -> [String] {
        try fixture.root.select(database: databases[shard])
        let tables = try fixture.root.query("SHOW TABLES").compactMap { $0[0] }.sorted()
        let columns = try fixture.root.query("SHOW COLUMNS FROM t").compactMap { $0[0] }
        let rows = try fixture.root.query("SELECT id FROM t").count
        return tables + columns + ["\(rows) rows"]
    }

    static let before = ["t", "id", "5 rows"]
    static let parked = ["t", "t__new", "id", "5 rows"]
    static let after = ["t", "id", "n", "5 rows"]

    func states() throws -> [OperationState] {
        try fixture.snapshot()?.openRollouts().flatMap { $0.operations.map(\.state) } ?? []
    }

    /// How often each kind of event is in the trail.
    func events() throws -> [String: Int] {
        let history = try fixture.snapshot()?.history(limit: 1_000) ?? []
        return Dictionary(history.map { ($0.event.kind, 1) }, uniquingKeysWith: +)
    }

    var phases: [String] { engine.phases.withLock { $0 } }

    func lockHolder(_ shard: Int = 0) throws -> UInt64? {
        try AdvisoryLock.holderThreadID(
            of: ServerShardOpener.lockName(database: databases[shard]),
            on: fixture.server.connect())
    }
}
