import Basics
import Diff
import Execution
import Foundation
import Model
import Reports
import Schema
import Testing

@testable import Observed
@testable import Reconciler
@testable import TestSupport

@Suite("A change that waits for a table stops nobody for long")
struct LockWaitTests {
    /// A shard whose only table somebody reads in a transaction that does not end by itself.
    private final class HeldTable: Sendable {
        let server: TestServer
        let database: String
        let holder: Connection
        let work: RolloutRunner.ShardWork
        let opener: ServerShardOpener
        let journal = SimulatedJournal()
        let measures = Lock<[Measure]>([])

        init(_ kind: TestServer.Kind) throws {
            server = try TestServer.shared(kind)
            database = try server.freshDatabase()
            let root = try server.connect(database: database)
            try root.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            let catalog = ObjectCatalog()
            let from = try LiveTable.readTable(
                "t", database: database, on: root, catalog: catalog)
            try root.execute("ALTER TABLE t ADD COLUMN n INT")
            let to = try LiveTable.readTable("t", database: database, on: root, catalog: catalog)
            try root.execute("ALTER TABLE t DROP COLUMN n")
            holder = try server.connect(database: database)
            try holder.execute("START TRANSACTION")
            _ = try holder.query("SELECT COUNT(*) FROM t")
            let shard = ShardID(namespace: "commerce", shard: "s0")
            let step = PlanStep(
                kind: .alter, namespace: "commerce", object: "t", shards: ["s0"],
                from: from?.digest, to: to?.digest,
                statements: [
                    PlanStatement(sql: "ALTER TABLE `t` ADD COLUMN `n` INT", after: to?.digest)
                ],
                hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [],
                order: 0)
            work = RolloutRunner.ShardWork(
                shard: shard, server: server.address,
                records: [
                    PendingRecord(
                        rollout: "r1", key: OperationKey(shard: shard, object: "t"), step: step,
                        approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "ada")
                ])
            var session = server.settings
            session.lockWaitTimeoutSeconds = LockWaits(ddlSeconds: 1).readingSeconds
            let settings = session
            opener = ServerShardOpener(
                pool: ConnectionPool(limitPerServer: 2) { _ in settings },
                shards: [
                    shard: ObservationTarget(
                        id: shard, server: server.address, database: database)
                ],
                catalog: catalog, lockWaitSeconds: 0, lockWaits: LockWaits(ddlSeconds: 1),
                changed: { _ in },
                measured: { [measures] measure in measures.withLock { $0.append(measure) } })
        }

        func run(
            _ claim: OperationClaim = OperationClaim(),
            pausing: @escaping @Sendable (Int) -> Void
        ) -> OperationOutcome? {
            var work = work
            work.claims[work.records[0].key] = claim
            let result = RolloutRunner(
                opener: opener, journal: journal, clock: PausingClock(body: pausing),
                control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()), total: 1,
                perServer: 1
            ).run([work])
            return result.outcomes.values.first
        }

        /// Sessions that wait for a table of this shard.
        func waiting() throws -> Int {
            try server.connect().query(
                "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = \(SQL.literal(database)) "
                    + "AND STATE LIKE 'Waiting for table%'"
            ).count
        }

        /// The session that has the lock of the shard.
        func lockHolders() throws -> [UInt64] {
            let name = ServerShardOpener.lockName(database: database)
            return try AdvisoryLock.holderThreadID(of: name, on: server.connect()).map { [$0] }
                ?? []
        }

        func columns() throws -> [String?] {
            try server.connect(database: database).query("SHOW COLUMNS FROM t").map { $0[0] }
        }
    }

    /// A clock whose pauses are what a test does in them.
    private struct PausingClock: Clock {
        let count = Lock(0)
        let body: @Sendable (Int) -> Void

        init(body: @escaping @Sendable (Int) -> Void) { self.body = body }

        var now: Timestamp { Timestamp(secondsSince1970: 1_800_000_000) }

        func wait(seconds: Double, unless interrupt: Interrupt) -> Bool {
            let number = count.withLock { count in
                count += 1
                return count
            }
            body(number)
            return !interrupt.isRaised
        }
    }

    @Test(
        "who comes behind a waiting ALTER goes on while the table is still held, and it runs then",
        arguments: TestServer.available)
    func givesWay(kind: TestServer.Kind) throws {
        let held = try HeldTable(kind)
        let answered = DispatchSemaphore(value: 0)
        let answer = Lock<Result<Int, any Error>?>(nil)
        Thread.detachNewThread {
            let result = Result {
                // Longer than the ALTER may wait, shorter than a session of Plumb that reads.
                let reader = try held.server.connect(database: held.database)
                try reader.execute("SET SESSION lock_wait_timeout = 6")
                while try held.waiting() == 0 {}
                return try reader.query("SELECT COUNT(*) FROM t").count
            }
            answer.withLock { $0 = result }
            answered.signal()
        }
        let outcome = held.run { pause in
            if pause == 1 {
                answered.wait()
                #expect((try? held.waiting()) == 0)
                #expect(throws: Never.self) { try held.holder.execute("COMMIT") }
            }
        }
        #expect(try answer.withLock { try $0?.get() } == 1)
        #expect(outcome?.kind == .completed(ran: true))
        let measures = held.measures.withLock { $0 }
        #expect(measures.count { $0 == .lockWait } == 1)
        // The first statement waited for as long as it may, the second one hardly.
        let seconds = measures.compactMap { measure in
            if case .statement(let seconds) = measure { seconds } else { nil }
        }
        #expect(seconds.count == 2 && seconds[0] >= 1 && seconds[1] > 0, "\(seconds)")
        #expect(try held.columns() == ["id", "n"])
    }

    @Test("a table that stays held is left alone after short pauses, and in the end as it was")
    func givesUp() throws {
        let held = try HeldTable(.mariadb1011)
        let pauses = Lock(0)
        let pausing: @Sendable (Int) -> Void = { _ in
            pauses.withLock { $0 += 1 }
            #expect((try? held.waiting()) == 0)
            #expect((try? held.lockHolders()) == [])
        }
        #expect(held.run(pausing: pausing) == nil)
        #expect(pauses.withLock { $0 } == 3)
        // The next try is a time in the ledger; nobody holds anything until then.
        let retry = held.journal.state.withLock { $0.retries.values.first }
        let since = Timestamp(secondsSince1970: 1_800_000_000)
        #expect(retry?.attempts == 4 && retry?.since == since)
        #expect(retry?.next == since.adding(seconds: 8))
        #expect(held.journal.state.withLock { $0.pending.isEmpty })
        #expect(try held.lockHolders() == [])
        let last = OperationClaim(
            origin: .init(state: .failedRetryable, attempts: 9), failingSince: since)
        let outcome = held.run(last, pausing: pausing)
        #expect(outcome?.kind == .failed)
        #expect(outcome?.message?.contains("(after 10 attempts)") == true)
        #expect(pauses.withLock { $0 } == 3)
        #expect(try held.columns() == ["id"])
        #expect(held.journal.state.withLock { $0.pending.isEmpty })
        try held.holder.execute("COMMIT")
    }
}
