import Foundation
import TestSupport
import Testing

/// The daemon as a service manager sees it.
@Suite("A daemon tells its service manager") struct ServiceTests {
    private func start(
        _ fleet: FleetFixture, _ socket: NotifySocket, watchdog: String? = nil
    ) throws -> RunningPlumb {
        fleet.setEnvironment("NOTIFY_SOCKET", socket.place)
        if let watchdog { fleet.setEnvironment("WATCHDOG_USEC", watchdog) }
        return try fleet.start("daemon", "--interval", "1h")
    }

    @Test func thatItIsReadyReloadsAndStops() throws {
        let fleet = try FleetFixture(shards: 1)
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        let daemon = try start(fleet, socket)
        let first = try socket.all(until: "READY=1")
        #expect(first.count == 1)
        #expect(first.last?.contains("STATUS=production: in-sync") == true, "\(first)")
        daemon.send(SIGHUP)
        let reload = try socket.all(until: "READY=1")
        #expect(reload.first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true, "\(reload)")
        daemon.send(SIGTERM)
        let end = try socket.all(until: "STOPPING=1")
        #expect(end.last?.contains("STATUS=ending: the running statements") == true, "\(end)")
        #expect(try daemon.wait().status == 0)
        #expect(socket.next(seconds: 0) == nil)
    }

    @Test func whatAWorkerIsAt() throws {
        let workers = try WorkerFleet(shards: 2, servers: 2, total: 1)
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        workers.fleet.setEnvironment("NOTIFY_SOCKET", socket.place)
        workers.fleet.setEnvironment("WATCHDOG_USEC", "900000")
        let worker = try workers.worker()
        let first = try socket.all(until: "READY=1")
        #expect(first.last?.contains("STATUS=production: works") == true, "\(first)")
        _ = try socket.all(until: "WATCHDOG=1")
        worker.send(SIGTERM)
        _ = try socket.all(until: "STOPPING=1")
        #expect(try worker.wait().status == 0)
    }

    @Test func whyItIsNotReady() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.write("plumb.yaml", "version: 2\n")
        try fleet.commitFiles("A later version")
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        let daemon = try start(fleet, socket)
        let told = try socket.all(until: "STATUS=plumb: failed:")
        #expect(told.count == 1 && told[0].contains("plumb.yaml"), "\(told)")
        #expect(!told[0].contains("READY"))
        daemon.send(SIGTERM)
        _ = try daemon.wait()
    }

    @Test func nothingOfALoopThatStandsStill() throws {
        let fleet = try FleetFixture(shards: 1)
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        // The pass never comes back from its first commit.
        fleet.setEnvironment("PLUMB_FAULT", "beforeLedgerWrite:park")
        let daemon = try start(fleet, socket, watchdog: "900000")
        try daemon.says("parked: beforeLedgerWrite")
        let told = try socket.all(until: "STATUS=standing still: production")
        #expect(told.dropLast().contains("WATCHDOG=1"), "\(told)")
        #expect(socket.next(seconds: 2) == nil)
        #expect(try daemon.says("\"event\":\"standing-still\""))
        daemon.send(SIGKILL)
    }

    @Test func theWatchdogWhileItWaits() throws {
        let fleet = try FleetFixture(shards: 1)
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        let daemon = try start(fleet, socket, watchdog: "3000000")
        _ = try socket.all(until: "READY=1")
        // The next pass is in an hour, and the loop lives.
        for _ in 0..<6 { #expect(socket.next() == "WATCHDOG=1") }
        daemon.send(SIGTERM)
        _ = try daemon.wait()
    }
}
