import Foundation
import TestSupport
import Testing

/// Runs that are asked to end, and the loop.
@Suite struct SignalTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func reconcileFinishesItsStatementAndStartsNoOther(_ signal: Int32) throws {
        let blocked = try BlockedStatement()
        let (fleet, running) = (blocked.fleet, blocked.running)
        running.send(signal)
        #expect(try running.says("ending"))
        blocked.reader.close()
        let run = try running.wait()
        #expect(run.status == 4, "\(run)")
        let done = try (0..<4).map { try fleet.table("orders", on: $0)?.contains("by_status") }
        #expect(done == [true, false, false, false])
        try fleet.expect(0, "store", "verify")
        try fleet.expect(2, "status")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        #expect(try fleet.eventCount("operation-completed") == 8)
    }

    @Test(arguments: ["plan", "drift"])
    func readingCommandsEndAtOnce(_ command: String) throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.expect(0, "reconcile")
        // The pass hangs in the fetch of its own mirror, which the test has locked.
        let folder = fleet.repository + "/.plumb/mirrors"
        let source = "file://" + fleet.repository
        #expect(try fleet.run("plan", "--source", source).status == 0)
        let mirror = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first)
        let lock = open("\(folder)/\(mirror)/plumb.lock", O_RDWR | O_CLOEXEC)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let running = try fleet.start(command, "--source", source)
        try running.reaches("its wait for the lock") {
            try Shell.run("/bin/sh", ["-c", "ls -l /proc/\(running.process)/fd"]).stdout
                .contains("plumb.lock")
        }
        running.send(SIGTERM)
        #expect(try running.wait().status == 128 + SIGTERM)
    }

    @Test func daemonReconcilesInIntervalsAndOnDemandAndEndsWell() throws {
        let fleet = try FleetFixture()
        let daemon = try fleet.start("daemon", "--interval", "1s")
        #expect(try daemon.says("\"event\":\"pass\"", times: 2))
        #expect(try fleet.table("orders") != nil)
        daemon.send(SIGTERM)
        let run = try daemon.wait()
        #expect(run.status == 0 && run.says("\"event\":\"ended\""), "\(run)")
        for line in run.stderr.split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
        #expect(try fleet.eventCount("operation-completed") == 2)
    }

    @Test func hangUpReconcilesNow() throws {
        let fleet = try FleetFixture()
        let daemon = try fleet.start("daemon", "--interval", "1h")
        #expect(try daemon.says("\"event\":\"waiting\""))
        try fleet.change("orders.sql", StoryTests.withStatus)
        daemon.send(SIGHUP)
        #expect(try daemon.says("\"event\":\"waiting\"", times: 2))
        #expect(try fleet.table("orders")?.contains("by_status") == true)
        // Drift is found by the next pass, although nothing moved in git.
        try fleet.sql(1, "ALTER TABLE orders DROP KEY by_status")
        daemon.send(SIGHUP)
        #expect(try daemon.says("\"event\":\"waiting\"", times: 3))
        daemon.send(SIGTERM)
        let run = try daemon.wait()
        #expect(run.status == 0, "\(run)")
        let exits = run.stderr.split(separator: "\n").filter { $0.contains("\"event\":\"pass\"") }
            .compactMap { $0.firstMatch(of: /"exit":"(\d)"/)?.1 }
        #expect(exits == ["0", "0", "2"], "\(run)")
    }

    @Test func daemonSurvivesFailuresAndPausesLonger() throws {
        let fleet = try FleetFixture()
        try fleet.change("orders.sql", "no sql")
        let daemon = try fleet.start("daemon", "--interval", "1s")
        #expect(try daemon.says("\"event\":\"pass-failed\"", times: 3))
        let pauses = daemon.stderr.split(separator: "\n")
            .filter { $0.contains("\"event\":\"waiting\"") }
            .compactMap { $0.firstMatch(of: /"seconds":"(\d+)"/).flatMap { Int($0.1) } }
        #expect(pauses.prefix(2) == [1, 2], "\(daemon.stderr)")
        try fleet.change("orders.sql", FleetFixture.orders)
        daemon.send(SIGHUP)
        #expect(try daemon.says("\"event\":\"pass\""))
        #expect(try fleet.table("orders") != nil)
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }
}
