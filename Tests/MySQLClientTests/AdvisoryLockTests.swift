import Testing
import TestSupport

@testable import MySQLClient

@Suite struct AdvisoryLockTests {
    @Test func oneSessionAtATimeHoldsIt() throws {
        let server = try MariaDBServer.shared
        let one = try server.connect()
        let two = try server.connect()
        let name = "plumb/Shop/EU-1"
        #expect(try AdvisoryLock.holderThreadID(of: name, on: two) == nil)
        let lock = try #require(try AdvisoryLock.acquire(name: name, on: one))
        #expect(try lock.isHeld())
        #expect(try AdvisoryLock.acquire(name: name, on: two) == nil)
        #expect(try AdvisoryLock.acquire(name: name, on: two, waitSeconds: 1) == nil)
        #expect(try AdvisoryLock.holderThreadID(of: name, on: two) == one.threadID)
        #expect(try AdvisoryLock.acquire(name: name + "0", on: two) != nil)
        try lock.release()
        #expect(try !lock.isHeld())
        #expect(mysqlError { try lock.release() }?.kind == .other)
        #expect(try AdvisoryLock.acquire(name: name, on: two) != nil)
    }

    @Test func itGoesWithTheSessionOfItsHolder() throws {
        let server = try MariaDBServer.shared
        let one = try server.connect()
        let two = try server.connect()
        let lock = try #require(try AdvisoryLock.acquire(name: "doomed", on: one))
        try two.execute("KILL \(one.threadID)")
        #expect(try AdvisoryLock.acquire(name: "doomed", on: two, waitSeconds: 30) != nil)
        #expect(mysqlError { _ = try lock.isHeld() }?.kind == .lostConnection)
    }

    @Test("a session that cannot give its lock back ends, and the lock with it")
    func releaseOrEnd() throws {
        let server = try MariaDBServer.shared
        let one = try server.connect()
        let name = "kept"
        try #require(try AdvisoryLock.acquire(name: name, on: one)).releaseOrEndSession()
        #expect(one.isUsable)
        #expect(try AdvisoryLock.holderThreadID(of: name, on: one) == nil)
        let lock = try #require(try AdvisoryLock.acquire(name: name, on: one))
        try lock.release()
        lock.releaseOrEndSession()
        #expect(!one.isUsable)
    }

    @Test("a session that cannot be set back to what it was ends")
    func setBack() throws {
        let connection = try MariaDBServer.shared.connect()
        connection.setBack("SET SESSION sql_mode = ''")
        #expect(connection.isUsable)
        connection.setBack("SET SESSION sql_mode = 'NO_SUCH_MODE'")
        #expect(!connection.isUsable)
    }

    @Test func waitingLongerThanTheReadTimeoutIsRefused() throws {
        let connection = try MariaDBServer.shared.connect()
        let error = mysqlError {
            _ = try AdvisoryLock.acquire(name: "long", on: connection, waitSeconds: 60)
        }
        #expect(error?.kind == .configuration)
    }

    @Test(arguments: [
        ("plumb/shop/eu-1", "plumb/shop/eu-1"),
        (String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
        ("", "#e3b0c44298fc1c149afbf4c8996fb92427ae41e4"),
    ])
    func aPlainNameIsKept(name: String, expected: String) {
        #expect(AdvisoryLock.serverName(of: name) == expected)
    }

    @Test func namesThatTheServerWouldTakeForEachOtherStayApart() {
        let long = String(repeating: "n", count: 70)
        let names = [
            "Shop", "shop", "SHOP", "größe", "GRÖSSE", long + "1", long + "2", "a b", "a b ",
        ]
        let mapped = names.map { AdvisoryLock.serverName(of: $0).lowercased() }
        #expect(Set(mapped).count == names.count)
        #expect(mapped.allSatisfy { $0.count <= 64 })
    }

    @Test func anyNameCanBeLocked() throws {
        let connection = try MariaDBServer.shared.connect()
        for name in ["it's", "back\\slash", "größe 🌱", String(repeating: "n", count: 300), ""] {
            let lock = try #require(try AdvisoryLock.acquire(name: name, on: connection), "\(name)")
            #expect(try lock.isHeld())
            try lock.release()
        }
    }
}
