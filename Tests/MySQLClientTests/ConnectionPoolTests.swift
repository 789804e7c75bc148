import Testing
import TestSupport

@testable import MySQLClient

@Suite struct ConnectionPoolTests {
    private func pool(_ limit: Int, user: String? = nil) throws -> ConnectionPool {
        let server = try MariaDBServer.shared
        let settings = try user.map {
            try server.account($0, password: "p", privileges: "ALL ON *.*")
        }
        return ConnectionPool(limitPerServer: limit) { [own = server.settings] _ in
            settings ?? own
        }
    }

    /// The sessions a user has on the shared server.
    private func sessions(of user: String) throws -> Int {
        let rows = try MariaDBServer.shared.connect().query(
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '\(user)'")
        return rows.first?[0].flatMap { Int($0) } ?? -1
    }

    @Test func theLimitHoldsOverAllThreads() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(3, user: "limited")
        let counts = Workers.map(Array(0..<160), total: 16, perKey: 16, key: { _ in 0 }) { _ in
            try? pool.withConnection(to: server.address, purpose: .read) { connection in
                try connection.query(
                    "SELECT COUNT(*), SLEEP(0.002) FROM information_schema.PROCESSLIST "
                        + "WHERE USER = 'limited'"
                ).first?[0].flatMap { Int($0) }
            }
        }
        #expect(counts.count == 160)
        #expect(counts.allSatisfy { (1...3).contains(($0 ?? nil) ?? -1) })
        #expect((1...3).contains(try sessions(of: "limited")))
    }

    @Test("a server that nobody asks any more keeps neither sessions nor a place in memory")
    func unusedServers() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(2, user: "unused")
        let read = { try pool.withConnection(to: server.address, purpose: .read) { $0.threadID } }
        let first = try read()
        pool.forgetUnused()
        #expect(try read() == first)
        pool.forgetUnused()
        try pool.withConnection(to: server.address, purpose: .read) { _ in
            pool.forgetUnused()
            pool.forgetUnused()
            #expect(pool.serverCount == 1)
        }
        pool.forgetUnused()
        pool.forgetUnused()
        #expect(pool.serverCount == 0)
        #expect(try read() != first)
    }

    /// Behind a name or a balancer that leads elsewhere by now, it would be with the former server
    /// for ever.
    @Test(arguments: [ConnectionPool.Purpose.read, .change])
    func anOldSessionIsNotLentAgain(_ purpose: ConnectionPool.Purpose) throws {
        let server = try MariaDBServer.shared
        let settings = server.settings
        func sessions(_ life: Duration) throws -> Set<UInt64> {
            let pool = ConnectionPool(limitPerServer: 2, longestLife: life) { _, _ in settings }
            return Set(
                try (0..<3).map { _ in
                    try pool.withConnection(to: server.address, purpose: purpose) { $0.threadID }
                })
        }
        #expect(try sessions(.zero).count == 3)
        #expect(try sessions(.seconds(300)).count == 1)
    }

    @Test func readsAndChangesShareTheLimit() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(3)
        let now = Lock((running: 0, most: 0))
        let errors = Workers.map(Array(0..<96), total: 16, perKey: 16, key: { _ in 0 }) { number in
            mysqlError {
                try pool.withConnection(
                    to: server.address, purpose: number % 3 == 0 ? .change : .read
                ) { connection in
                    now.withLock { now in
                        now.running += 1
                        now.most = max(now.most, now.running)
                    }
                    defer { now.withLock { $0.running -= 1 } }
                    // The first ones wait for each other, so that the limit is reached for sure.
                    while now.withLock({ $0.most < 3 }) { try connection.execute("DO 1") }
                    try connection.execute("DO SLEEP(0.002)")
                }
            }
        }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(now.withLock { $0.most } == 3)
    }

    @Test func theServersOwnLimitIsNeverHit() throws {
        let server = try MariaDBServer.shared
        let settings = try server.account(
            "strict", password: "p", requirements: "WITH MAX_USER_CONNECTIONS 4")
        let pool = ConnectionPool(limitPerServer: 4) { _ in settings }
        let errors = Workers.map(Array(0..<200), total: 16, perKey: 16, key: { _ in 0 }) { _ in
            mysqlError {
                try pool.withConnection(to: server.address, purpose: .read) { connection in
                    _ = try connection.query("SELECT SLEEP(0.001)")
                }
            }
        }
        #expect(errors.allSatisfy { $0 == nil }, "\(errors.compactMap { $0 }.first as Any)")
    }

    @Test func aHealthySessionIsUsedAgain() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(2)
        for purpose in [ConnectionPool.Purpose.read, .change] {
            let ids = try (0..<5).map { _ in
                try pool.withConnection(to: server.address, purpose: purpose) { $0.threadID }
            }
            #expect(Set(ids).count == 1)
        }
    }

    @Test func anErrorOfAStatementKeepsTheSession() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(1)
        let first = try pool.withConnection(to: server.address, purpose: .read) { $0.threadID }
        let error = mysqlError {
            try pool.withConnection(to: server.address, purpose: .read) { connection in
                _ = try connection.query("SELEC")
            }
        }
        #expect(error?.kind == .syntax)
        let second = try pool.withConnection(to: server.address, purpose: .read) { $0.threadID }
        #expect(first == second)
    }

    @Test func aBrokenOrOpenEndedSessionIsThrownAway() throws {
        let server = try MariaDBServer.shared
        let pool = try pool(1)
        let spoils: [(String, (Connection) throws -> Void)] = [
            ("lost", { _ = try? $0.query("KILL CONNECTION_ID()") }),
            ("closed", { $0.close() }),
            ("in a transaction", { try $0.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT") }),
            ("killed while idle", { _ in }),
        ]
        for (name, spoil) in spoils {
            let first = try pool.withConnection(to: server.address, purpose: .read) { connection in
                try spoil(connection)
                return connection.threadID
            }
            if name == "killed while idle" {
                try server.connect().execute("KILL \(first)")
            }
            let second = try pool.withConnection(to: server.address, purpose: .read) { connection in
                try connection.query("SELECT CONNECTION_ID()").first?[0].flatMap { UInt64($0) }
            }
            #expect(second != nil)
            #expect(first != second, "\(name)")
        }
    }

    @Test func aChangeStartsWithACleanSession() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let pool = try pool(1)
        try pool.withConnection(
            to: server.address, purpose: .change, database: database
        ) { connection in
            #expect(try connection.query("SELECT DATABASE()").first?[0] == database)
            try connection.execute("SET foreign_key_checks = 0, @x = 1")
            #expect(try AdvisoryLock.acquire(name: "clean", on: connection) != nil)
        }
        try pool.withConnection(to: server.address, purpose: .change) { connection in
            let row = try connection.query(
                "SELECT @@foreign_key_checks, @x, IS_USED_LOCK('clean'), @@lock_wait_timeout"
            ).first
            #expect((0..<4).map { row?[$0] } == ["1", nil, nil, "5"])
        }
    }

    @Test func aChangeHasNoReadTimeout() throws {
        let server = try MariaDBServer.shared
        let pool = ConnectionPool(limitPerServer: 1) { [settings = server.settings] _ in
            var settings = settings
            settings.readTimeoutSeconds = 1
            return settings
        }
        let error = mysqlError {
            try pool.withConnection(to: server.address, purpose: .read) { connection in
                _ = try connection.query("SELECT SLEEP(2)")
            }
        }
        #expect(error?.kind == .timeout)
        try pool.withConnection(to: server.address, purpose: .change) { connection in
            try connection.execute("DO SLEEP(2)")
        }
    }

    @Test func aFailedConnectGivesItsPlaceBack() throws {
        let folder = try TemporaryFolder()
        let pool = try pool(1)
        for _ in 0..<3 {
            let error = mysqlError {
                try pool.withConnection(
                    to: .socket(path: folder.path + "/none"), purpose: .read
                ) { _ in }
            }
            #expect(error?.kind == .unreachable)
        }
    }

    @Test func idleSessionsAreClosed() throws {
        let server = try MariaDBServer.shared
        var pool: ConnectionPool? = try pool(4)
        func use() throws -> UInt64? {
            try pool?.withConnection(to: server.address, purpose: .read) { $0.threadID }
        }
        func isGone(_ id: UInt64?) throws -> Bool {
            let connection = try server.connect()
            let question =
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(id ?? 0)"
            // The server ends a session a moment after the client hung up.
            for _ in 0..<1_000 {
                if try connection.query(question).first?[0] == "0" { return true }
                _ = try connection.query("SELECT SLEEP(0.01)")
            }
            return false
        }
        let first = try use()
        pool?.closeIdle()
        #expect(try isGone(first))
        let second = try use()
        #expect(first != second)
        pool = nil
        #expect(try isGone(second))
    }
}
