import Basics
import Diff
import Execution
import Foundation
import Model
import Schema
import Testing

@testable import MySQLClient
@testable import Observed
@testable import Reconciler
@testable import TestSupport

@Suite("Sessions that work on one shard beside the one that holds its lock")
struct ShardLocksTests {
    /// A shard on a real server, with tables that each get one column.
    private struct LiveShard {
        let server: TestServer
        let database: String
        let id = ShardID(namespace: "commerce", shard: "s0")
        let catalog: ObjectCatalog
        let records: [PendingRecord]
        let pool: ConnectionPool

        /// A table before and after its statement; nil before it is made.
        struct Change {
            let table: String
            let before: String?
            let statement: String

            /// A table that gets a column.
            static func column(_ table: String, _ definition: String? = nil) -> Change {
                Change(
                    table: table,
                    before: definition ?? "CREATE TABLE \(table) (id INT PRIMARY KEY)",
                    statement: "ALTER TABLE `\(table)` ADD COLUMN `n` INT")
            }
        }

        /// - Parameters:
        ///   - sessions: how many the pool opens.
        ///   - allowed: how many the server lets in; nil for as many as it can.
        init(
            _ kind: TestServer.Kind, tables: Int, sessions: Int = 4, allowed: Int? = nil
        ) throws {
            try self.init(
                kind, (0..<tables).map { .column("t\($0)") }, sessions: sessions,
                allowed: allowed)
        }

        init(
            _ kind: TestServer.Kind, _ changes: [Change], preparing: String = "DO 1",
            sessions: Int = 4, allowed: Int? = nil
        ) throws {
            server = try TestServer.shared(kind)
            database = try server.freshDatabase()
            let root = try server.connect(database: database)
            try root.execute(preparing)
            let catalog = ObjectCatalog()
            let database = database
            var records: [PendingRecord] = []
            for (number, change) in changes.enumerated() {
                func read() throws -> CatalogTable? {
                    try LiveTable.readTable(
                        change.table, database: database, on: root, catalog: catalog)
                }
                if let before = change.before { try root.execute(before) }
                let from = try read()?.digest
                try root.execute(change.statement)
                let to = try read()?.digest
                try root.execute("DROP TABLE \(change.table)")
                if let before = change.before { try root.execute(before) }
                let step = PlanStep(
                    kind: from == nil ? .create : .alter, namespace: "commerce",
                    object: ObjectName(.table, change.table), shards: ["s0"], from: from, to: to,
                    statements: [PlanStatement(sql: change.statement, after: to)],
                    hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [],
                    order: number)
                records.append(
                    PendingRecord(
                        rollout: "r1", key: OperationKey(shard: id, object: step.object),
                        step: step, approval: nil, startedAt: "2026-11-21T12:00:00Z",
                        actor: "ada"))
            }
            self.catalog = catalog
            self.records = records
            guard let allowed else {
                pool = Self.pool(server, sessions)
                return
            }
            let settings = try server.account(
                "few_\(database.suffix(12))", password: "p", privileges: "ALL ON *.*",
                requirements: "WITH MAX_USER_CONNECTIONS \(allowed)")
            pool = ConnectionPool(limitPerServer: sessions) { _ in settings }
        }

        private static func pool(_ server: TestServer, _ sessions: Int) -> ConnectionPool {
            ConnectionPool(limitPerServer: sessions) { [settings = server.settings] _ in settings }
        }

        /// - Parameters:
        ///   - isOther: whether it is that of another process.
        ///   - address: where it finds the server.
        ///   - silentSeconds: after which silence its sessions end.
        func opener(
            isOther: Bool = false, waitSeconds: Int = 0, at address: ServerAddress? = nil,
            silentSeconds: Int = Connection.silentSeconds
        ) -> ServerShardOpener {
            let address = address ?? server.address
            return ServerShardOpener(
                pool: isOther ? Self.pool(server, 2) : pool,
                shards: [id: ObservationTarget(id: id, server: address, database: database)],
                catalog: catalog, lockWaitSeconds: waitSeconds, lockWaits: LockWaits(ddlSeconds: 2),
                silentSeconds: silentSeconds, changed: { _ in })
        }

        func run(
            _ records: [PendingRecord], perServer: Int = 1, clock: any Clock = SystemClock()
        ) -> RolloutRunner.Result {
            let order = ChangeOrder(
                ChangeClaims.claims(
                    of: records.map {
                        [.init(from: nil, to: nil, names: [$0.key.object.name])]
                    }, live: []))
            return RolloutRunner(
                opener: opener(), journal: SimulatedJournal(), clock: clock,
                control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()), total: 8,
                perServer: perServer
            ).run([.init(shard: id, server: server.address, records: records, order: order)])
        }

        func hasColumn(_ table: Int) throws -> Bool {
            try server.connect(database: database).query("SHOW COLUMNS FROM t\(table)").count == 2
        }

        /// Why another process does not get the shard; nil where it does.
        func refusal() -> ShardFailure? {
            ShardLocksTests.caught { () throws(ShardFailure) in
                try opener(isOther: true).withShard(id) { _ in }
            }
        }

        /// Ends the session that holds the lock of the shard.
        func killLeader() {
            do {
                let root = try server.connect()
                let name = ShardLocks(database: database).name
                let id = try #require(try AdvisoryLock.holderThreadID(of: name, on: root))
                try root.execute("KILL \(id)")
                while try AdvisoryLock.holderThreadID(of: name, on: root) != nil {}
            } catch {
                Issue.record(error)
            }
        }
    }

    private static func caught(_ body: () throws(ShardFailure) -> Void) -> ShardFailure? {
        do throws(ShardFailure) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// Whoever waits for its turn, or for its ledger, keeps its shard however long that takes.
    @Test func aShardIsKeptWhileItsProcessLives() throws {
        let shard = try LiveShard(.mariadb1011, tables: 1)
        try shard.opener(silentSeconds: 1).withShard(shard.id) { port throws(ShardFailure) in
            _ = try? shard.server.connect().query("SELECT SLEEP(4)")
            #expect(shard.refusal()?.isLocked == true)
            try port.run(shard.records[0].step.statements[0])
        }
        #expect(try shard.hasColumn(0))
        #expect(shard.refusal() == nil)
    }

    /// A machine that is gone without a word, or a process that stands still, does not keep its
    /// shards from the others, and changes nothing there when it comes back.
    @Test func aShardIsFreeSoonAfterItsMachineIsGone() throws {
        let shard = try LiveShard(.mariadb1011, tables: 1)
        guard case .socket(let path) = shard.server.address else { return }
        let proxy = try ServerProxy(to: path)
        let failure = Self.caught { () throws(ShardFailure) in
            try shard.opener(at: proxy.address, silentSeconds: 1).withShard(shard.id) {
                port throws(ShardFailure) in
                proxy.swallowAll()
                // The server ends the session, and the next one has the shard.
                let waiting = Self.caught { () throws(ShardFailure) in
                    try shard.opener(isOther: true, waitSeconds: 30).withShard(shard.id) { _ in }
                }
                #expect(waiting == nil)
                try port.run(shard.records[0].step.statements[0])
            }
        }
        #expect(failure != nil)
        #expect(try !shard.hasColumn(0))
    }

    @Test(
        "a helper keeps everybody else out, and starts nothing once its leader is gone",
        arguments: TestServer.available)
    func leaderIsLost(kind: TestServer.Kind) throws {
        let shard = try LiveShard(kind, tables: 2)
        let statements = shard.records.map { $0.step.statements[0] }
        let failure = Self.caught { () throws(ShardFailure) in
            try shard.opener().withShard(shard.id) { leader throws(ShardFailure) in
                guard let helpers = leader.helpers else {
                    throw ShardFailure("no helpers", retry: .permanent)
                }
                try helpers.withSession(2) { helper throws(ShardFailure) in
                    try helper.run(statements[0])
                    #expect(shard.refusal()?.isLocked == true)
                    shard.killLeader()
                    // The shard's lock is free, and the helper's statement could still run.
                    #expect(shard.refusal()?.isLocked == true)
                    let first = Self.caught { () throws(ShardFailure) in
                        try helper.run(statements[1])
                    }
                    #expect(first?.retry == .retryable)
                    #expect(first?.message.contains("is gone") == true)
                    var hasBegun = false
                    let second = Self.caught { () throws(ShardFailure) in
                        try helpers.withSession(3) { _ in hasBegun = true }
                    }
                    #expect(!hasBegun)
                    #expect(second?.message.contains("is gone") == true)
                }
                #expect(shard.refusal() == nil)
            }
        }
        #expect(failure == nil)
        #expect(try shard.hasColumn(0) && !shard.hasColumn(1))
    }

    @Test("who takes up a shard waits until its last helper has ended", arguments: [3, 31])
    func waitsForHelpers(number: Int) throws {
        let shard = try LiveShard(.mariadb1011, tables: 0)
        let ghost = try shard.server.connect()
        let name = ShardLocks(database: shard.database).helperName(number)
        _ = try #require(try AdvisoryLock.acquire(name: name, on: ghost))
        #expect(shard.refusal()?.isLocked == true)
        let done = DispatchSemaphore(value: 0)
        let failure = Lock<ShardFailure?>(nil)
        let isEnded = Lock(false)
        Thread.detachNewThread {
            do throws(ShardFailure) {
                try shard.opener(isOther: true, waitSeconds: 30).withShard(shard.id) { _ in
                    #expect(isEnded.withLock { $0 })
                }
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        let root = try shard.server.connect()
        let waiting =
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE = 'User lock' "
            + "AND DB = \(SQL.literal(shard.database))"
        let limit = Date().addingTimeInterval(20)
        while try root.query(waiting).isEmpty {
            guard Date() < limit else { throw TestSupportError("nobody waits for the helper") }
        }
        isEnded.withLock { $0 = true }
        ghost.close()
        done.wait()
        #expect(failure.withLock { $0 } == nil)
        #expect(shard.refusal() == nil)
    }

    @Test("several sessions do the work, and leave no lock behind", arguments: TestServer.available)
    func together(kind: TestServer.Kind) throws {
        let shard = try LiveShard(kind, tables: 9)
        let result = shard.run(shard.records, perServer: 3)
        #expect(result.outcomes.count == 9)
        #expect(result.outcomes.values.allSatisfy { $0.kind == .completed(ran: true) })
        #expect(shard.refusal() == nil)
    }

    @Test(
        "an operation takes eight round trips, and each further one four",
        arguments: TestServer.available)
    func roundTrips(kind: TestServer.Kind) throws {
        let shard = try LiveShard(kind, tables: 4, sessions: 1)
        func count() throws -> Int {
            try shard.pool.withConnection(to: shard.server.address, purpose: .change) {
                $0.roundTrips
            }
        }
        // Lending the session for the count resets it and sets it up: two of the trips.
        let start = try count()
        #expect(shard.run([shard.records[0]]).outcomes.count == 1)
        let one = try count()
        #expect(one - start - 2 == 8)
        #expect(shard.run(Array(shard.records[1...])).outcomes.count == 3)
        #expect(try count() - one - 2 == 8 + 2 * 4)
    }
}
