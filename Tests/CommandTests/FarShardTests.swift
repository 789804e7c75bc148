import Foundation
import TestSupport
import Testing

/// The process that plans cannot reach a server; a worker beside it can.
@Suite("A worker reads for those who cannot reach its servers, and carries out what they plan")
struct FarShardTests {
    struct Kind: CustomTestStringConvertible, Sendable {
        let way: FarFleet.Way
        let ledger: WorkerFleet.Ledger

        var testDescription: String { "\(way.rawValue), \(ledger.rawValue)" }
    }

    static let kinds = [
        Kind(way: .notAllowed, ledger: .git), Kind(way: .unreachable, ledger: .git),
        Kind(way: .notAllowed, ledger: .database), Kind(way: .unreachable, ledger: .database),
    ]

    /// Without a worker the shards are unknown and nothing is asked; with one, a change goes the
    /// whole way.
    @Test(arguments: kinds)
    func aColumnComesToShardsThatOnlyAWorkerReaches(_ kind: Kind) throws {
        let far = try FarFleet(kind.way, ledger: kind.ledger)
        let code = kind.way == .unreachable ? "unreachable" : "not reached"
        let alone = try far.run(6, "reconcile")
        #expect(alone.says(code, far.server), "\(alone)")
        #expect(try far.workers.events("reading-asked") == [])

        let worker = try far.worker()
        try far.workers.change(column: "stripes")
        let run = try far.run(0, "reconcile")
        #expect(run.says("app/s1, app/s3", "read by worker", far.server), "\(run)")
        for shard in 0..<4 { #expect(try far.workers.has(column: "stripes", shard)) }
        let completed = try far.workers.events("operation-completed")
        #expect(completed.count == 8 && Set(completed).count == 8, "\(completed)")

        let drift = try far.run(0, "drift")
        #expect(drift.says("read by worker"), "\(drift)")
        #expect(try far.workers.events("reading-asked").count == 1)
        #expect(worker.stderr.contains("\"reading\""), "\(worker.stderr)")
        let status = try far.run(0, "status")
        #expect(status.says("app/s1, app/s3", "read by worker"), "\(status)")
        let list = try far.run(0, "workers")
        #expect(list.says("reads \(far.server)"), "\(list)")
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
        try far.fleet.expect(0, "store", "verify")
    }

    /// What somebody changes by hand on a far shard is reported, as soon as its worker has read it.
    @Test func driftOfAFarShardIsReported() throws {
        let far = try FarFleet(.unreachable)
        let worker = try far.worker()
        try far.run(0, "reconcile")
        let seen = try far.workers.events("shards-seen").count
        try far.fleet.sql(1, "ALTER TABLE orders ADD COLUMN by_hand int")
        try worker.reaches("another reading") {
            try far.workers.events("shards-seen").count > seen
        }
        let drift = try far.run(2, "drift")
        #expect(drift.says("app/s1", "by_hand"), "\(drift)")
        #expect(!drift.says("app/s3:"), "\(drift)")
        try far.fleet.sql(1, "ALTER TABLE orders DROP COLUMN by_hand")
        try worker.reaches("a third reading") {
            try far.workers.events("shards-seen").count > seen + 1
        }
        try far.run(0, "drift")
        // What is seen grows the ledger only where it changes.
        #expect(try far.workers.events("shards-seen").count == seen + 2)
    }

    /// A daemon, which does not wait, has it with a later pass, and tells who reads.
    @Test func aDaemonTellsWhoReads() throws {
        let far = try FarFleet(.unreachable)
        let daemon = try far.start("daemon", "--interval", "1s")
        try daemon.says("\"outcome\":\"incomplete\"")
        let worker = try far.worker()
        try daemon.says("\"outcome\":\"in-sync\"")
        #expect(daemon.stderr.contains("\"readByWorkers\":\"app/s1, app/s3 on "))
        for process in [daemon, worker] {
            process.send(SIGTERM)
            #expect(try process.wait().status == 0)
        }
    }

    /// A dead worker's word counts no longer than its lease; the next worker takes over.
    @Test(arguments: WorkerFleet.Ledger.allCases)
    func whatADeadWorkerSawIsNotBelieved(_ ledger: WorkerFleet.Ledger) throws {
        let far = try FarFleet(.notAllowed, ledger: ledger)
        let worker = try far.worker()
        try far.run(0, "reconcile")
        worker.send(SIGKILL)
        _ = try worker.wait()
        try far.awaitNoReader()
        let alone = try far.run(6, "drift")
        #expect(alone.says("app/s{1,3}: unknown", "no worker reads it"), "\(alone)")
        #expect(!alone.says("read by worker"), "\(alone)")
        let status = try far.run(0, "status")
        #expect(status.says("no worker reads them"), "\(status)")
        try far.run(6, "reconcile")
        let second = try far.worker()
        let drift = try far.run(0, "drift")
        #expect(drift.says("read by worker"), "\(drift)")
        // Who cannot reach the server never takes back what it asked.
        #expect(try far.workers.events("reading-asked").count == 1)
        second.send(SIGTERM)
        _ = try second.wait()
        // Who reaches the server reads it by itself, and asks no more.
        let own = try far.fleet.expect(
            0, "reconcile", "--operator", "../operator.yaml")
        #expect(!own.says("read by worker"), "\(own)")
        #expect(try far.workers.events("reading-withdrawn").count == 1)
        #expect(try far.workers.fleet.expect(0, "workers").says("nobody works on production"))
    }

    /// What a worker saw before somebody else changed the shard is not taken for its state.
    @Test func whatIsOlderThanTheLedgerIsNotBelieved() throws {
        let far = try FarFleet(.notAllowed)
        let worker = try far.worker()
        try far.run(0, "reconcile")
        worker.send(SIGSTOP)
        try far.workers.change(column: "stripes")
        // Somebody who reaches the server changes one of its shards meanwhile.
        try far.fleet.expect(
            0, "reconcile", "--operator", "../operator.yaml", "--shard", "s1")
        let run = try far.run(6, "reconcile")
        #expect(run.says("app/s1", "is about to read it"), "\(run)")
        let drift = try far.run(6, "drift")
        #expect(!drift.says("s1  app.orders"), "\(drift)")
        worker.send(SIGCONT)
        try far.run(0, "reconcile")
        for shard in 0..<4 { #expect(try far.workers.has(column: "stripes", shard)) }
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
    }

    /// A worker is killed with its statement in flight on the only far shard, of which nothing else
    /// is offered: the next one looks what became of it, and each statement runs once.
    @Test(arguments: WorkerFleet.Ledger.allCases)
    func whatAKilledWorkerLeftOnAFarShardIsSettledByTheNext(
        _ ledger: WorkerFleet.Ledger
    ) throws {
        let far = try FarFleet(.unreachable, ledger: ledger, shards: 2)
        let first = try far.worker()
        try far.run(0, "reconcile")
        let reader = try far.workers.block(1)
        try far.workers.change(column: "stripes")
        let killed = try far.start("reconcile")
        try killed.reaches("a statement on the far shard") { try far.workers.isWaiting(1) }
        for process in [first, killed] {
            process.send(SIGKILL)
            _ = try process.wait()
        }
        reader.close()
        try far.awaitNoReader()
        // This one takes back what the killed one offered, and cannot look at the shard.
        let alone = try far.start("reconcile").wait()
        #expect(alone.status != 0 && alone.says("app/s1"), "\(alone)")
        let second = try far.worker()
        try second.reaches("what became of the statement") {
            try far.workers.events("operation-completed").count == 4
        }
        let run = try far.run(0, "reconcile")
        #expect(run.says("app/s1 on", "read by worker"), "\(run)")
        second.send(SIGTERM)
        _ = try second.wait()
        for shard in 0..<2 { #expect(try far.workers.has(column: "stripes", shard)) }
        let completed = try far.workers.events("operation-completed")
        #expect(completed.count == 4 && Set(completed).count == 4, "\(completed)")
        try far.fleet.expect(0, "store", "verify")
    }
}
