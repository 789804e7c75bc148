import Foundation
import MySQLClient
import TestSupport
import Testing

/// Several processes carry out one rollout.
@Suite("Workers help with a rollout, and whoever dies, nothing is lost or done twice")
struct WorkerTests {
    /// Each operation of the last change began and ended once, in one process or another.
    private func expectEachOnce(
        _ workers: WorkerFleet, column: String,
        at location: Testing.SourceLocation = #_sourceLocation
    ) throws {
        for shard in workers.fleet.file.shards.indices {
            #expect(try workers.has(column: column, shard), sourceLocation: location)
        }
        let completed = try workers.events("operation-completed")
        #expect(
            completed.count == 2 * workers.fleet.file.shards.count
                && Set(completed).count == completed.count, "\(completed)",
            sourceLocation: location)
        try workers.fleet.expect(0, "store", "verify", at: location)
    }

    /// The one that reconciles is at the first server for long; a worker that comes later does the
    /// others meanwhile, and is waited for with nothing.
    @Test(arguments: WorkerFleet.Ledger.allCases)
    func aWorkerDoesWhatTheOtherDoesNotGetTo(_ ledger: WorkerFleet.Ledger) throws {
        let workers = try WorkerFleet(shards: 6, servers: 3, total: 1, ledger: ledger)
        let reader = try workers.block(0)
        try workers.change(column: "stripes")
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("its statement") { try workers.isWaiting(0) }
        let worker = try workers.worker()
        try worker.reaches("the shards of the other servers") {
            try [1, 2, 4, 5].allSatisfy { try workers.has(column: "stripes", $0) }
        }
        #expect(try !workers.has(column: "stripes", 3), "its server is the other one's")
        #expect(!worker.stderr.contains(workers.server(0)))
        let list = try workers.fleet.expect(0, "workers")
        #expect(list.says("worker by", "reconcile by", workers.server(0)), "\(list)")
        #expect(try workers.events("operations-offered").count == 1)
        reader.close()
        #expect(try reconcile.wait().status == 0)
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
        #expect(try workers.events("offer-withdrawn").count == 1)
        #expect(try workers.fleet.expect(0, "workers").says("nobody works on production"))
        try expectEachOnce(workers, column: "stripes")
    }

    /// The worker is killed with its statement in flight: the one that reconciles looks what became
    /// of it and does the rest.
    @Test(arguments: WorkerFleet.Ledger.allCases)
    func whatAKilledWorkerLeavesIsDoneByOthers(_ ledger: WorkerFleet.Ledger) throws {
        let workers = try WorkerFleet(shards: 4, servers: 2, total: 1, ledger: ledger)
        let (own, others) = (try workers.block(0), try workers.block(1))
        try workers.change(column: "stripes")
        let worker = try workers.worker()
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("a statement of each") {
            try workers.isWaiting(0) && workers.isWaiting(1)
        }
        worker.send(SIGKILL)
        _ = try worker.wait()
        others.close()
        own.close()
        let run = try reconcile.wait()
        #expect(run.status == 0, "\(run)")
        try expectEachOnce(workers, column: "stripes")
    }

    /// The one that reconciles is killed: a daemon that stood by takes over, and what the killed
    /// one had begun is done once.
    @Test(arguments: WorkerFleet.Ledger.allCases)
    func aDaemonThatStandsByTakesOver(_ ledger: WorkerFleet.Ledger) throws {
        let workers = try WorkerFleet(shards: 4, servers: 2, total: 1, ledger: ledger)
        let (first, second) = (try workers.block(0), try workers.block(1))
        try workers.change(column: "stripes")
        let leader = try workers.fleet.start("daemon", "--interval", "1s")
        try leader.reaches("its statement") { try workers.isWaiting(0) }
        let other = try workers.fleet.start("daemon", "--interval", "1s")
        try other.says("\"standing-by\"")
        try other.reaches("the server of the second shard") { try workers.isWaiting(1) }
        leader.send(SIGKILL)
        _ = try leader.wait()
        second.close()
        first.close()
        try other.reaches("a pass of its own with everything done") {
            try workers.fleet.file.shards.indices.allSatisfy {
                try workers.has(column: "stripes", $0)
            } && other.stderr.contains("\"outcome\":\"in-sync\"")
        }
        other.send(SIGTERM)
        #expect(try other.wait().status == 0)
        try expectEachOnce(workers, column: "stripes")
    }

    /// A stop counts for workers as well, from the moment at which it is acknowledged.
    @Test func nothingMoreOfAStoppedRolloutBeginsAnywhere() throws {
        let workers = try WorkerFleet(shards: 6, servers: 2, total: 1)
        let (own, others) = (try workers.block(0), try workers.block(1))
        try workers.change(column: "stripes")
        let worker = try workers.worker()
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("a statement of each") {
            try workers.isWaiting(0) && workers.isWaiting(1)
        }
        let rollout = try workers.fleet.expect(2, "status", "--output", "json").json
        let line = try #require((rollout["rollouts"] as? [[String: Any]])?.last ?? rollout)
        let id = try #require((line["rollout"] ?? line["id"]) as? String, "\(rollout)")
        try workers.fleet.expect(0, "stop", id, "--reason", "wait")
        own.close()
        others.close()
        _ = try reconcile.wait()
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
        for shard in 2..<6 { #expect(try !workers.has(column: "stripes", shard)) }
        try workers.fleet.expect(0, "start", id, "--reason", "go on")
        try workers.fleet.expect(0, "reconcile")
        try expectEachOnce(workers, column: "stripes")
    }

    /// Whoever lost its claim, as it stood still for too long, records nothing and sends nothing
    /// more.
    @Test func whoLostItsServerWritesNothing() throws {
        let workers = try WorkerFleet(shards: 4, servers: 2, total: 1, ledger: .database)
        let (own, others) = (try workers.block(0), try workers.block(1))
        try workers.change(column: "stripes")
        let worker = try workers.worker()
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("a statement of each") {
            try workers.isWaiting(0) && workers.isWaiting(1)
        }
        // As if it had been taken by another process, and given back.
        try workers.ledger?.sql(
            "UPDATE plumb_leases SET token = token + 1000000, held = 0 WHERE name LIKE 'claim/%db1%'"
        )
        others.close()
        try worker.says("is not held any more")
        own.close()
        #expect(try reconcile.wait().status == 0)
        worker.send(SIGTERM)
        _ = try worker.wait()
        try expectEachOnce(workers, column: "stripes")
    }

    /// The server that a worker may not reach is left alone by it.
    @Test func aWorkerKeepsToItsHosts() throws {
        let workers = try WorkerFleet(shards: 6, servers: 3, total: 1)
        let reader = try workers.block(0)
        try workers.change(column: "stripes")
        let worker = try workers.worker("--hosts", workers.server(2))
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("its statement") { try workers.isWaiting(0) }
        try worker.reaches("the shards of its server") {
            try [2, 5].allSatisfy { try workers.has(column: "stripes", $0) }
        }
        #expect(try !workers.has(column: "stripes", 1) && !workers.has(column: "stripes", 4))
        reader.close()
        #expect(try reconcile.wait().status == 0)
        worker.send(SIGTERM)
        _ = try worker.wait()
        #expect(!worker.stderr.contains(workers.server(1)))
        try expectEachOnce(workers, column: "stripes")
    }

    /// A worker for a region takes no server that also has shards of another one.
    @Test func aWorkerKeepsToItsLabels() throws {
        // Servers 0 and 1 have shards of one region each; server 2 has shards of both.
        let regions = ["us", "eu", "us", "us", "eu", "eu"]
        let workers = try WorkerFleet(shards: 6, servers: 3, total: 1) {
            "{region: \(regions[$0]), tier: gold}"
        }
        let reader = try workers.block(0)
        try workers.change(column: "stripes")
        let worker = try workers.worker("--labels", "region=eu", "--labels", "tier=gold")
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("its statement") { try workers.isWaiting(0) }
        try worker.reaches("the shards of its region") {
            try [1, 4].allSatisfy { try workers.has(column: "stripes", $0) }
        }
        #expect(try !workers.has(column: "stripes", 2) && !workers.has(column: "stripes", 5))
        reader.close()
        #expect(try reconcile.wait().status == 0)
        worker.send(SIGTERM)
        _ = try worker.wait()
        for other in [0, 2] { #expect(!worker.stderr.contains(workers.server(other))) }
        try expectEachOnce(workers, column: "stripes")
        for wrong in [["region"], ["=eu"], ["region="], ["a=b", "--labels", "a=c"]] {
            let run = try workers.fleet.expect(
                64, ["worker", "--operator", "../operator.yaml", "--labels"] + wrong)
            #expect(run.says("--labels"), "\(run)")
        }
    }

    /// A worker whose account may not change tables gives its servers back, and fails nothing.
    @Test func whatAWorkerMayNotDoIsLeftToOthers() throws {
        let workers = try WorkerFleet(shards: 4, servers: 2, total: 1)
        let user = "w_\(workers.fleet.database(0))"
        _ = try workers.fleet.server.account(
            user, password: "", privileges: "SELECT, PROCESS, SHOW VIEW, TRIGGER ON *.*")
        try workers.writeOperatorFile(connection: "{user: \(user), tls: {mode: disabled}}")
        let reader = try workers.block(0)
        try workers.change(column: "stripes")
        let worker = try workers.worker()
        let reconcile = try workers.fleet.start("reconcile")
        try reconcile.reaches("its statement") { try workers.isWaiting(0) }
        try worker.says("assistance-failed")
        #expect(worker.stderr.contains("1142"), "\(worker.stderr)")
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
        reader.close()
        let run = try reconcile.wait()
        #expect(run.status == 0, "\(run)")
        #expect(try workers.events("operation-failed") == [])
        try expectEachOnce(workers, column: "stripes")
    }

    /// A worker that begins before its ledger can be reached waits for it.
    @Test func aWorkerWaitsForItsLedger() throws {
        let workers = try WorkerFleet(shards: 1, servers: 1, total: 1, ledger: .database)
        let ledger = try #require(workers.ledger)
        guard case .socket(let socket) = ledger.server.address else {
            throw TestSupportError("the server has no socket")
        }
        let late = "\(workers.fleet.folder.path)/late.sock"
        try workers.writeOperatorFile(ledger: "\"\(ledger.place(at: "unix:\(late)"))\"")
        let worker = try workers.fleet.start("worker", "--operator", "../operator.yaml")
        try worker.says("assistance-failed")
        #expect(!worker.stderr.contains("\"working\""), "\(worker.stderr)")
        try FileManager.default.createSymbolicLink(atPath: late, withDestinationPath: socket)
        #expect(try worker.says("\"working\""))
        worker.send(SIGTERM)
        #expect(try worker.wait().status == 0)
    }

    @Test func aWorkerNeedsItsAccountsOutsideOfTheRepository() throws {
        let workers = try WorkerFleet(shards: 1, servers: 1, total: 1)
        let run = try workers.fleet.expect(64, "worker")
        #expect(run.says("a worker needs an operator's file", "--operator"), "\(run)")
        let other = try workers.fleet.expect(
            78, "worker", "--operator", "../operator.yaml", "--environment", "staging")
        #expect(other.says("names no account for the environment `staging`"), "\(other)")
        let hosts = try workers.fleet.expect(
            64, "worker", "--operator", "../operator.yaml", "--hosts", "db 1")
        #expect(hosts.says("--hosts db 1"), "\(hosts)")
    }
}
