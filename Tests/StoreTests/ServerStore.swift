import Execution
import Foundation
import MySQLClient
import MySQLStore
import Schema
import Store
import TestSupport

/// A store on a server, with whose sessions a test meddles.
final class ServerStore: Sendable {
    let server: TestServer
    let database: String
    let failures = ConnectFailures()

    init(_ kind: TestServer.Kind) throws {
        server = try TestServer.shared(kind)
        database = try server.freshDatabase()
    }

    /// On a server of its own, which the test stops and kills; it loses nothing then.
    init(owning kind: TestServer.Kind) throws {
        server = try TestServer.start(kind, options: ["--innodb-flush-log-at-trx-commit=1"])
        database = try server.freshDatabase()
    }

    /// Kills the server as a crash does, and starts it again.
    func restartServer() throws {
        server.kill()
        try server.restart()
    }

    var socket: String { server.folder.path + "/m.sock" }

    /// A session with the store's database, as the administrator or another account.
    func connect(as user: String = "root") throws(MySQLError) -> Connection {
        var settings = server.settings
        settings.credentials = Credentials(user: user)
        return try Connection(to: server.address, settings: settings, database: database)
    }

    /// A handle of its own, as another process has one.
    func open(
        through proxy: ServerProxy? = nil, as user: String = "root", waitSeconds: Double = 60,
        heartbeatSeconds: Double = 0.5, interrupt: Interrupt? = nil
    ) -> any LedgerBackend {
        let address = proxy?.address ?? server.address
        var settings = server.settings
        settings.credentials = Credentials(user: user)
        let server = StoreServer(name: "test") { [settings, failures] () throws(MySQLError) in
            do throws(MySQLError) { return try Connection(to: address, settings: settings) } catch {
                failures.note(error)
                throw error
            }
        }
        return MySQLBackend(
            place: "mysql://test/\(database)", database: database, servers: [server],
            waitSeconds: waitSeconds, heartbeatSeconds: heartbeatSeconds, interrupt: interrupt)
    }

    /// A handle on the store, which is made where there is none.
    func made(
        waitSeconds: Double = 60, heartbeatSeconds: Double = 0.5
    ) throws -> any LedgerBackend {
        try open().make(version: 1)
        return open(waitSeconds: waitSeconds, heartbeatSeconds: heartbeatSeconds)
    }

    /// How many sessions there are with the store.
    func sessionCount() throws -> Int { try sessionIDs().count }

    private func sessionIDs() throws -> [String] {
        try server.connect().query(
            "SELECT id FROM information_schema.processlist WHERE db = '\(database)'"
        ).compactMap { $0[0] }
    }

    /// Those of the leases whose lock of the server nobody has.
    func freeLocks(of names: [String]) throws -> [String] {
        let connection = try connect()
        return try names.filter { name in
            let digest = try Shell.check("sha1sum", [], input: "\(database)\0\(name)").prefix(40)
            return try connection.query("SELECT IS_FREE_LOCK('plumb-lease:\(digest)')").first?[0]
                == "1"
        }
    }

    /// Lets a handle keep as many sessions as it does, each of them idle.
    func keepSessions(of backend: any LedgerBackend) {
        _ = Workers.map(Array(0..<16), total: 8, perKey: 8, key: { _ in 0 }) { _ in
            _ = try? backend.listing(page: 100)
        }
    }

    /// Ends all sessions with the store but that of the caller; says how many.
    func killSessions() throws -> Int {
        let connection = try server.connect()
        let ids = try sessionIDs()
        for id in ids { try? connection.execute("KILL \(id)") }
        return ids.count
    }
}

/// The sessions that could not be opened.
final class ConnectFailures: Sendable {
    private let all = Lock<[MySQLError]>([])
    private let count = DispatchSemaphore(value: 0)

    func note(_ error: MySQLError) {
        all.withLock { $0.append(error) }
        count.signal()
    }

    var kinds: [MySQLError.Kind] { all.withLock { $0.map(\.kind) } }

    /// Returns when there is one that was not waited for yet.
    func waitForAnother() { count.wait() }
}
