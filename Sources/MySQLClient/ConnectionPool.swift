import Execution
import Foundation
import Schema

/// Lends connections, never more than `limitPerServer` to one server over all threads.
///
/// A thread that already holds a connection to a server must not ask for a second one to it:
/// with every place taken by such threads, all would wait for each other.
// Sendable: everything that changes is guarded by `condition`.
package final class ConnectionPool: @unchecked Sendable {
    package enum Purpose: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// Short statements: an answer has to come within the settings' read timeout.
        case read
        /// Statements of any length in databases that are made for them and dropped again.
        case workspace
        /// Statements that may run for hours: no read timeout; TCP keep-alive finds dead peers.
        case change

        package static func < (left: Purpose, right: Purpose) -> Bool {
            left.rawValue < right.rawValue
        }

        /// Whether a statement may take longer than any answer should.
        fileprivate var isPatient: Bool { self != .read }
    }

    /// How a server is logged in to for a purpose; throws where it must not be.
    package typealias Settings =
        @Sendable (ServerAddress, Purpose) throws(MySQLError) -> ConnectionSettings

    private struct Place {
        /// Lent, idle or being opened.
        var count = 0
        var idle: [Purpose: [Connection]] = [:]
    }

    package let limitPerServer: Int
    private let settings: Settings
    private let condition = NSCondition()
    private var places: [ServerAddress: Place] = [:]

    package init(limitPerServer: Int, settings: @escaping Settings) {
        self.limitPerServer = max(1, limitPerServer)
        self.settings = settings
    }

    /// A pool that logs in alike for every purpose.
    package convenience init(
        limitPerServer: Int, settings: @escaping @Sendable (ServerAddress) -> ConnectionSettings
    ) {
        self.init(limitPerServer: limitPerServer) { server, _ in settings(server) }
    }

    /// Runs `body` with a connection of its own, waiting while the server's places are all taken.
    ///
    /// With `database`, it is selected first. A session that is lost, or left inside a transaction,
    /// is thrown away. Between two changes a session's variables, locks and temporary tables are
    /// reset; between two reads they are not, so do not set any.
    package func withConnection<Result>(
        to server: ServerAddress, purpose: Purpose, database: String? = nil,
        _ body: (Connection) throws -> Result
    ) throws -> Result {
        let connection = try borrow(server, purpose)
        defer { giveBack(connection, purpose) }
        if let database { try connection.select(database: database) }
        return try body(connection)
    }

    /// Ends every session that nobody uses.
    package func closeIdle() {
        condition.lock()
        var closing: [Connection] = []
        for (server, place) in places {
            let idle = place.idle.values.flatMap { $0 }
            closing += idle
            places[server]?.idle = [:]
            places[server]?.count -= idle.count
        }
        condition.broadcast()
        condition.unlock()
        for connection in closing { connection.close() }
    }

    private func borrow(
        _ server: ServerAddress, _ purpose: Purpose
    ) throws(MySQLError) -> Connection {
        while true {
            let (kept, surplus) = takePlace(server, purpose)
            surplus?.close()
            guard let kept else { return try open(server, purpose) }
            if isFit(kept, purpose) { return kept }
            kept.close()
            releasePlace(server)
        }
    }

    /// Waits for a place. Returns an idle session to use, if there is one, or one to close first.
    private func takePlace(
        _ server: ServerAddress, _ purpose: Purpose
    ) -> (kept: Connection?, surplus: Connection?) {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let kept = places[server]?.idle[purpose]?.popLast() { return (kept, nil) }
            if places[server, default: Place()].count < limitPerServer {
                places[server, default: Place()].count += 1
                return (nil, nil)
            }
            for other in Purpose.allCases where other != purpose {
                if let surplus = places[server]?.idle[other]?.popLast() { return (nil, surplus) }
            }
            condition.wait()
        }
    }

    private func releasePlace(_ server: ServerAddress) {
        condition.lock()
        places[server]?.count -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func open(
        _ server: ServerAddress, _ purpose: Purpose
    ) throws(MySQLError) -> Connection {
        do throws(MySQLError) {
            var settings = try settings(server, purpose)
            if purpose.isPatient { settings.readTimeoutSeconds = nil }
            return try Connection(to: server, settings: settings)
        } catch {
            releasePlace(server)
            throw error
        }
    }

    /// Whether an idle session can be lent again.
    ///
    /// When it cannot, opening another one tells whether the server is gone or only the session.
    private func isFit(_ connection: Connection, _ purpose: Purpose) -> Bool {
        guard connection.isQuiet else { return false }
        return purpose.isPatient ? (try? connection.reset()) != nil : true
    }

    private func giveBack(_ connection: Connection, _ purpose: Purpose) {
        guard connection.isUsable, !connection.isInTransaction else {
            connection.close()
            return releasePlace(connection.server)
        }
        condition.lock()
        places[connection.server]?.idle[purpose, default: []].append(connection)
        condition.broadcast()
        condition.unlock()
    }
}
