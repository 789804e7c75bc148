import Basics
import Execution
import Foundation
import MySQLClient
import MySQLStore
import Store
import TestSupport
import Testing

@Suite("What passes by itself at the server of a store is waited out")
struct ServerStoreTests {
    /// However many sessions were kept, not one of them may cost an attempt.
    @Test(arguments: TestServer.available)
    func aServerRestartedBetweenTwoWritesIsNotNoticed(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(owning: kind)
        let writer = EventChain(backend: try store.made(waitSeconds: 0))
        let reader = EventChain(backend: store.open(waitSeconds: 0))
        try writer.append("1")
        for backend in [writer.backend, reader.backend] { store.keepSessions(of: backend) }
        try store.restartServer()
        #expect(try reader.events() == ["1"])
        try writer.append("2")
        #expect(try reader.events() == ["1", "2"])
    }

    @Test(arguments: TestServer.available)
    func aServerRestartedDuringAWriteIsNotNoticed(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(owning: kind)
        let chain = EventChain(backend: try store.made())
        try chain.append("1")
        var times = 0
        try chain.append("2") {
            times += 1
            if times == 1 { try store.restartServer() }
        }
        #expect(times == 2, "what was composed before is composed anew")
        #expect(try chain.events() == ["1", "2"])
    }

    /// It is killed while a write composes, and comes back when somebody has failed to reach it.
    @Test func aServerThatIsAwayIsWaitedFor() throws {
        let store = try ServerStore(owning: .mariadb1011)
        let backend = try store.made()
        let chain = EventChain(backend: backend)
        try chain.append("1")
        let failures = store.failures
        let restart = Thread {
            failures.waitForAnother()
            try? store.server.restart()
        }
        var isFirst = true
        try chain.append("2") {
            guard isFirst else { return }
            isFirst = false
            store.server.kill()
            restart.start()
            // Also what is read for a write waits as long as the write does.
            let tip = try backend.reference(chain.references[0])
            #expect(tip != nil)
        }
        #expect(try chain.events() == ["1", "2"])
    }

    @Test(arguments: TestServer.available)
    func aSessionKilledBeforeTheCommitIsNotNoticed(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let chain = EventChain(backend: try store.made())
        try chain.append("1")
        var times = 0
        try chain.append("2") {
            times += 1
            let killed = times <= 2 ? try store.killSessions() : 1
            #expect(killed > 0)
        }
        #expect(times == 3)
        #expect(try chain.events() == ["1", "2"])
    }

    /// Whether the server got to the commit or not: it is once there.
    @Test(arguments: TestServer.available, ServerProxy.Moment.allCases)
    func aSessionLostAtTheCommitHappensOnce(
        _ kind: TestServer.Kind, _ moment: ServerProxy.Moment
    ) throws {
        let store = try ServerStore(kind)
        let chain = EventChain(backend: try store.made())
        try chain.append("1")
        let proxy = try ServerProxy(to: store.socket)
        let cut = EventChain(backend: store.open(through: proxy))
        var times = 0
        proxy.cut(at: "COMMIT", moment)
        try cut.append("2") { times += 1 }
        #expect(proxy.cutsToCome == 0)
        #expect(times == (moment == .afterTheServer ? 1 : 2))
        #expect(try chain.events() == ["1", "2"])
        // Another writer may have gone on from there before this one asks.
        proxy.cut(at: "COMMIT", moment) { _ = try? chain.append("between") }
        try cut.append("3")
        let events = moment == .afterTheServer ? ["3", "between"] : ["between", "3"]
        #expect(try chain.events() == ["1", "2"] + events)
    }

    /// Two sessions wait for each other, and the server ends the one that has written less.
    @Test(arguments: TestServer.available)
    func aConflictWithAnotherSessionIsTriedAgain(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        let chain = EventChain(backend: try store.made())
        try chain.append("1")
        let other = try store.connect()
        try other.execute("CREATE TABLE weight (a INT PRIMARY KEY)")
        var times = 0
        let isOver = DispatchSemaphore(value: 0)
        try chain.append("2") {
            times += 1
            guard times == 1 else { return }
            try other.execute("START TRANSACTION")
            let rows = (0..<500).map { "(\($0))" }.joined(separator: ", ")
            try other.execute("INSERT INTO weight VALUES \(rows)")
            _ = try other.query("SELECT target FROM plumb_references FOR UPDATE")
            let thread = Thread {
                _ = try? other.query("SELECT version FROM plumb_store FOR UPDATE")
                try? other.execute("ROLLBACK")
                isOver.signal()
            }
            thread.start()
        }
        isOver.wait()
        #expect(times == 2)
        #expect(try chain.events() == ["1", "2"])
    }

    @Test(arguments: TestServer.available)
    func aServerWithTooManySessionsIsWaitedFor(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        _ = try store.made()
        let account = "writer\(getpid())"
        try store.connect().execute("CREATE USER \(account) WITH MAX_USER_CONNECTIONS 2")
        try store.connect().execute("GRANT ALL ON \(store.database).* TO \(account)")
        let taken = try (0..<2).map { _ in try store.connect(as: account) }
        let failures = store.failures
        let release = Thread {
            failures.waitForAnother()
            for connection in taken { connection.close() }
        }
        release.start()
        let chain = EventChain(backend: store.open(as: account))
        try chain.append("1")
        #expect(failures.kinds.contains(.connectionLimit))
        #expect(try chain.events() == ["1"])
    }

    @Test func whatWasWaitedForIsSaidAtTheEnd() throws {
        let store = try ServerStore(owning: .mariadb1011)
        let chain = EventChain(backend: try store.made(waitSeconds: 1))
        try chain.append("1")
        let other = try store.connect()
        try other.execute("START TRANSACTION")
        _ = try other.query("SELECT version FROM plumb_store FOR UPDATE")
        let locked = storeError { try chain.append("2") }
        #expect(locked?.code == .locked)
        #expect(locked?.fault.contains("another process is writing") == true)
        other.close()
        store.server.stop()
        let started = Date()
        let away = storeError { try chain.append("2") }
        #expect(Date().timeIntervalSince(started) > 0.9)
        #expect(away?.code == .unreadable)
        #expect(away?.fault.contains("tried ") == true && away?.remedy != nil, "\(away as Any)")
        // An address that never answered may be a wrong one: who looks at it is told at once.
        let first = storeError { _ = try store.open().reference(chain.references[0]) }
        #expect(first?.code == .unreadable && first?.fault.contains("tried") == false)
        try store.server.restart()
        try chain.append("2")
        #expect(try chain.events() == ["1", "2"])
    }

    /// A write that cannot find out whether it happened says so.
    @Test func aCommitOfWhichNothingIsHeardIsUnknown() throws {
        let store = try ServerStore(.mariadb1011)
        let proxy = try ServerProxy(to: store.socket)
        _ = try store.made()
        let chain = EventChain(backend: store.open(through: proxy, waitSeconds: 1))
        let cuts = 60
        proxy.cut(at: "COMMIT", .afterTheServer) {
            for _ in 0..<cuts { proxy.cut(at: "INTO plumb_writes", .beforeTheServer) }
        }
        let error = storeError { try chain.append("1") }
        #expect((1..<cuts - 1).contains(proxy.cutsToCome), "asked again and again")
        #expect(error?.code == .indeterminate)
        #expect(try EventChain(backend: store.open()).events() == ["1"])
    }

    /// Sessions of two writers are killed at any moment.
    @Test(arguments: TestServer.available)
    func sessionsKilledAtAnyMomentLoseAndDoubleNothing(_ kind: TestServer.Kind) throws {
        let store = try ServerStore(kind)
        _ = try store.made()
        let isOver = Interrupt()
        let killer = Thread {
            while isOver.wait(seconds: .random(in: 0.001...0.02)) { _ = try? store.killSessions() }
        }
        killer.start()
        let results = Workers.map([0, 1], total: 2, perKey: 2, key: { _ in 0 }) { writer in
            Result {
                let chain = EventChain(backend: store.open())
                for number in 100..<130 { try chain.append("\(writer)-\(number)") }
            }
        }
        isOver.raise()
        for result in results { try result.get() }
        let events = try EventChain(backend: store.open()).events()
        for writer in [0, 1] {
            let own = events.filter { $0.hasPrefix("\(writer)-") }
            #expect(own == (100..<130).map { "\(writer)-\($0)" })
        }
        #expect(events.count == 60)
    }
}
