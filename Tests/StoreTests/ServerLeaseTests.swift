import Execution
import Foundation
import Store
import TestSupport
import Testing

@Suite("Leases at a server are cheap, and their holders know whether they have them")
struct ServerLeaseTests {
    @Test(arguments: TestServer.available)
    func allLeasesOfAHandleShareASession(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let backend = try store.made()
        _ = try backend.isMade()
        let before = try store.sessionCount()
        let held = try (0..<100).map { try backend.take("operation/\($0)", owner: "me") }
        #expect(try store.sessionCount() == before + 1)
        for lease in held { try lease.renew() }
        // The locks of the server are there too: others see at once that somebody has them.
        let other = store.open()
        #expect(storeError { _ = try other.take("operation/99", owner: "other") }?.code == .locked)
        held[99].giveBack()
        let next = try other.take("operation/99", owner: "other")
        #expect(next.lease.token > held[99].lease.token)
        #expect(held.prefix(99).allSatisfy { $0.isSure } && !held[99].isSure)
    }

    @Test(arguments: TestServer.available)
    func whoTakesALeaseWaitsForNoWriter(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let chain = EventChain(backend: try store.made())
        let other = store.open(waitSeconds: 1)
        try chain.append("1") {
            let held = try other.take("production", owner: "me")
            try held.renew()
            held.giveBack()
        }
        #expect(try chain.events() == ["1"])
    }

    /// What 50 daemons with 2,000 leases cost the server at rest.
    @Test func signsOfLifeOfManyLeasesAreTwoStatements() throws {
        let store = try ServerStore(owning: .mariadb1011)
        _ = try store.made()
        let beat = 1.0
        let backends = (0..<50).map { _ in store.open(heartbeatSeconds: beat) }
        var held: [any HeldLease] = []
        for (place, backend) in backends.enumerated() {
            for number in 0..<40 {
                held.append(try backend.take("operation/\(place)/\(number)", owner: "me"))
            }
        }
        let connection = try store.connect()
        let names = ["Com_update", "Com_select", "Com_commit", "Questions", "Bytes_received"]
        func status() throws -> [String: Int] {
            let rows = try connection.query("SHOW GLOBAL STATUS")
            return Dictionary(
                rows.compactMap { row in row[0].map { ($0, row[1].flatMap { Int($0) } ?? 0) } },
                uniquingKeysWith: { $1 })
        }
        let (before, started) = (try status(), Date())
        usleep(5_000_000)
        let (after, seconds) = (try status(), Date().timeIntervalSince(started))
        func growth(_ name: String) -> Double { Double((after[name] ?? 0) - (before[name] ?? 0)) }
        let beats = Double(backends.count) * seconds / beat
        // One handle may beat once more or less in that time.
        #expect(growth("Com_update") <= beats * 1.2 && growth("Com_update") > beats * 0.5)
        #expect(growth("Com_select") <= beats * 1.2 && growth("Com_commit") == 0)
        print(
            "2,000 leases of 50 handles, for each second with a beat each \(beat) s:",
            names.map { "\($0) \(Int(growth($0) / seconds))" }.joined(separator: ", "))
        #expect(held.allSatisfy { $0.isSure })
    }

    /// As for a process that was stopped: nothing was confirmed for a while.
    @Test(arguments: TestServer.available)
    func whoHasNotBeenConfirmedIsNotSure(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let held = try store.made().take("production", owner: "me")
        let other = try store.connect()
        try other.execute("START TRANSACTION")
        _ = try other.query("SELECT * FROM plumb_heartbeats FOR UPDATE")
        try waits(for: "the holder to doubt") { !held.isSure }
        try other.execute("ROLLBACK")
        try held.renew()
        #expect(held.isSure)
    }

    @Test func aHolderIsNotSureWhileTheServerIsAway() throws {
        let store = try ServerStore(owning: .mariadb1011)
        let held = try store.made().take("production", owner: "me")
        store.server.kill()
        try waits(for: "the holder to doubt") { !held.isSure }
        try store.server.restart()
        try held.renew()
        #expect(held.isSure)
        try EventChain(backend: store.open()).append("1", under: held.lease)
    }

    /// Its sessions stay at the server, with their locks, and one of them perhaps in its turn to
    /// write.
    @Test(arguments: [false, true])
    func aStoppedProcessKeepsNothingAndWritesNothingLater(_ isInItsTurn: Bool) async throws {
        let kind = BackendKind.mariadb1011
        let place = try kind.place()
        let chain = EventChain(backend: try place.made())
        let signal = try TemporaryFolder()
        let file = signal.path + "/go-on"
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(processExitsWith: .success) {
                    [
                        kind = kind as BackendKind, path = place.path as String,
                        file = file as String, isInItsTurn = isInItsTurn as Bool
                    ] in
                    ChildProcess.run {
                        let chain = EventChain(backend: kind.open(path))
                        let held = try chain.backend.take("production", owner: "stopped")
                        if !isInItsTurn { try Self.stop(until: file) }
                        var times = 0
                        let error = storeError {
                            try chain.append("late", under: held.lease) {
                                times += 1
                                if isInItsTurn, times == 1 { try Self.stop(until: file) }
                            }
                        }
                        try #require(error?.code == .stale)
                        try #require(storeError { try held.renew() }?.code == .stale)
                        try #require(!held.isSure)
                    }
                }
            }
            group.addTask {
                #expect(throws: Never.self) {
                    let backend = place.open()
                    var held: (any HeldLease)?
                    try waits(for: "the lease to be taken") {
                        guard try backend.lease("production") != nil else { return false }
                        let error = storeError {
                            held = try backend.take("production", owner: "me")
                        }
                        #expect(error == nil || error?.code == .locked)
                        return held != nil
                    }
                    let lease = try #require(held?.lease)
                    try EventChain(backend: backend).append("1", under: lease)
                    try signal.write("", to: "go-on")
                }
            }
        }
        #expect(try chain.events() == ["1"])
    }

    /// Stops this process until `file` is there.
    private static func stop(until file: String) throws {
        let script = "while [ ! -e '\(file)' ]; do sleep 0.02; done; kill -CONT $0"
        _ = try Shell.spawn("/bin/sh", ["-c", script, "\(getpid())"], descriptors: [])
        kill(getpid(), SIGSTOP)
        // The signal may reach another thread first.
        while access(file, F_OK) != 0 { usleep(1_000) }
    }

    @Test(arguments: TestServer.available, ServerProxy.Moment.allCases)
    func aLeaseWhoseAnswerWasLostIsTakenAgainAtOnce(
        _ kind: TestServer.Kind, _ moment: ServerProxy.Moment
    ) throws {
        let store = try ServerStore(kind)
        _ = try store.made()
        let proxy = try ServerProxy(to: store.socket)
        // So that whoever waited for its own lease would wait for ever.
        let backend = store.open(through: proxy, heartbeatSeconds: 600)
        proxy.cut(at: "COMMIT", moment)
        let held = try backend.take("production", owner: "me")
        #expect(proxy.cutsToCome == 0)
        try held.renew()
        #expect(try store.open().lease("production") == held.lease)
        try EventChain(backend: backend).append("1", under: held.lease)
    }

    @Test func aLeaseIsGivenBackThoughSessionsAreLost() throws {
        let store = try ServerStore(.mariadb1011)
        _ = try store.made()
        let proxy = try ServerProxy(to: store.socket)
        let backend = store.open(through: proxy, heartbeatSeconds: 600)
        let held = try backend.take("production", owner: "me")
        for _ in 0..<3 { proxy.cut(at: "SET held = 0", .beforeTheServer) }
        held.giveBack()
        #expect(proxy.cutsToCome == 0)
        _ = try store.open(heartbeatSeconds: 600).take("production", owner: "other")
    }

    @Test(arguments: TestServer.available)
    func aKilledSessionLosesNoLease(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let backend = try store.made(heartbeatSeconds: 600)
        let held = try ["a", "b"].map { try backend.take($0, owner: "first") }
        #expect(try store.killSessions() > 0)
        for lease in held { try lease.renew() }
        // With the locks of the server, which say that the owner is there.
        #expect(try store.freeLocks(of: ["a", "b", "c"]) == ["c"])
        let next = try backend.take("c", owner: "first")
        try EventChain(backend: backend).append("1", under: held[0].lease, next.lease)
    }

    @Test(arguments: TestServer.available, ["plumb_leases", "plumb_heartbeats"])
    func aLeaseIsLostWithEitherOfItsRows(_ kind: TestServer.Kind, _ table: String) throws {
        let store = try ServerStore(kind)
        let backend = try store.made(heartbeatSeconds: 600)
        let held = try backend.take("production", owner: "me")
        let other = try backend.take("other", owner: "me")
        try store.connect().execute("DELETE FROM \(table) WHERE name = 'production'")
        #expect(storeError { try held.renew() }?.code == .stale)
        #expect(!held.isSure)
        try other.renew()
        #expect(try store.freeLocks(of: ["production", "other"]) == ["production"])
    }
}

/// Returns when `condition` holds, which the test brings about.
func waits(for what: String, _ condition: () throws -> Bool) throws {
    let limit = Date(timeIntervalSinceNow: 60)
    while try !condition() {
        guard Date() < limit else { throw TestSupportError("waited a minute for \(what)") }
        usleep(10_000)
    }
}
