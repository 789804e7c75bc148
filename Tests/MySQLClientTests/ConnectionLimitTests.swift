import Basics
import Foundation
import TestSupport
import Testing

@testable import MySQLClient

/// A server, or an account, that lets in fewer sessions than Plumb would use.
@Suite struct ConnectionLimitTests {
    private func pool(
        _ user: String, _ requirements: String, patienceSeconds: Double = 30,
        interrupt: Interrupt? = nil
    ) throws -> ConnectionPool {
        let settings = try MariaDBServer.shared.account(
            user, password: "p", requirements: requirements)
        return ConnectionPool(
            limitPerServer: 8, patienceSeconds: patienceSeconds, interrupt: interrupt
        ) { _, _ in settings }
    }

    @Test("more threads than sessions: all of them wait, none fails", arguments: [1, 2, 3])
    func allWait(limit: Int) throws {
        let pool = try pool("few_\(limit)", "WITH MAX_USER_CONNECTIONS \(limit)")
        let server = try MariaDBServer.shared.address
        let errors = Workers.map(Array(0..<60), total: 12, perKey: 12, key: { _ in 0 }) { number in
            mysqlError {
                let purposes = ConnectionPool.Purpose.allCases
                try pool.withConnection(to: server, purpose: purposes[number % purposes.count]) {
                    _ = try $0.query("SELECT SLEEP(0.002)")
                }
            }
        }
        #expect(errors.allSatisfy { $0 == nil }, "\(errors.compactMap { $0 }.first as Any)")
    }

    @Test("a session of somebody else that ends lets a waiting thread in")
    func anothersSession() throws {
        let server = try MariaDBServer.shared
        let settings = try server.account(
            "shared_account", password: "p", requirements: "WITH MAX_USER_CONNECTIONS 1")
        let other = try Connection(to: server.address, settings: settings)
        let attempts = Lock(0)
        let pool = ConnectionPool(limitPerServer: 8) { _, _ in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            // By the third one the server has let it in twice not.
            if attempt == 3 { other.close() }
            return settings
        }
        try pool.withConnection(to: server.address, purpose: .read) {
            _ = try $0.query("SELECT 1")
        }
        #expect(attempts.withLock { $0 } >= 3)
        #expect(!other.isUsable)
    }

    @Test("a wait that nothing will end ends by itself, or when the end is asked for")
    func endlessWaits() throws {
        let interrupt = Interrupt()
        let patient = try pool("held", "WITH MAX_USER_CONNECTIONS 1", patienceSeconds: 0.2)
        let server = try MariaDBServer.shared
        let settings = server.settings(of: "held", password: "p")
        let other = try Connection(to: server.address, settings: settings)
        defer { other.close() }
        func failure(_ pool: ConnectionPool) -> MySQLError? {
            mysqlError { try pool.withConnection(to: server.address, purpose: .read) { _ in } }
        }
        let error = failure(patient)
        #expect(error?.kind == .connectionLimit && error?.retry == .retryable)
        #expect("\(error as Any)".contains("max_user_connections"))
        interrupt.raise()
        let asked = ConnectionPool(limitPerServer: 8, interrupt: interrupt) { _, _ in settings }
        #expect(failure(asked)?.kind == .connectionLimit)
    }

    @Test("a workspace that is held while another session is wanted does not wait for itself")
    func aHeldWorkspace() throws {
        let pool = try pool("lonely", "WITH MAX_USER_CONNECTIONS 1", patienceSeconds: 0.2)
        let server = try MariaDBServer.shared.address
        try pool.withConnection(to: server, purpose: .workspace) { _ in
            let error = mysqlError {
                try pool.withConnection(to: server, purpose: .read) { _ in }
            }
            #expect(error?.kind == .connectionLimit)
        }
        try pool.withConnection(to: server, purpose: .read) { _ in }
    }

    @Test("what an account has used up for the hour is not asked for again")
    func hourlyLimits() throws {
        let pool = try pool("spent", "WITH MAX_QUERIES_PER_HOUR 12")
        let server = try MariaDBServer.shared.address
        var errors: [MySQLError] = []
        for _ in 0..<20 {
            if let error = mysqlError({
                try pool.withConnection(to: server, purpose: .read) { _ = try $0.query("SELECT 1") }
            }) {
                errors.append(error)
            }
        }
        #expect(errors.first?.kind == .hourlyLimit && errors.first?.retry == .permanent)
        #expect(errors.first?.remedy?.contains("hour") == true)
    }
}
