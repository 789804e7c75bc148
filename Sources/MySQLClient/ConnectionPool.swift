import Execution
import Foundation
import Schema

/// Lends connections, to each server at most `limitPerServer` over all threads.
///
/// A thread that holds a connection to a server must not ask for a second one to it: if all
/// connections were held by such threads, they would wait for each other for ever.
// Sendable: everything that changes is guarded by `mutex`.
package final class ConnectionPool: @unchecked Sendable {
    /// What a connection is used for, which decides its time limits.
    package enum Purpose: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// Short statements: an answer has to come within the settings' read timeout.
        case read
        /// Statements of any length in workspace databases.
        case workspace
        /// Statements that may run for hours, without a read timeout: TCP keep-alive finds dead
        /// peers.
        case change

        package static func < (left: Purpose, right: Purpose) -> Bool {
            left.rawValue < right.rawValue
        }

        /// Whether its statements have no read timeout.
        fileprivate var hasNoReadTimeout: Bool { self != .read }
    }

    /// The settings for a server and purpose; throws where no login there is allowed.
    package typealias Settings =
        @Sendable (ServerAddress, Purpose) throws(MySQLError) -> ConnectionSettings

    private struct Place {
        /// Connections that are lent, idle or being opened.
        var count = 0
        var idle: [Purpose: [Connection]] = [:]
        /// Connections that are lent or being opened.
        var lent: [Purpose: Int] = [:]
        /// The number of sessions when the server refused another one, and how long that limit
        /// holds.
        var allowance: (count: Int, until: Date)?
        /// Whether a session was lent since the last ``forgetUnused()``.
        var isOfUse = true
        /// The server's settings, as the last session read them.
        var basis: SessionBasis?
        /// The threads that wait for a connection to this server, the first to be woken first.
        var waiting: [Waiting] = []

        /// Whether all lent connections are for workspaces, which return only at the end of a plan.
        var isLentForLong: Bool { lent.allSatisfy { $0.key == .workspace || $0.value == 0 } }

        func limit(_ own: Int) -> Int {
            guard let allowance, allowance.until > Date() else { return own }
            return min(own, allowance.count)
        }
    }

    /// A thread that waits for a connection.
    private struct Waiting {
        let sign = DispatchSemaphore(value: 0)
        /// False for one that the server refused a moment ago: a returned connection is all that
        /// helps it now.
        let mayOpen: Bool
    }

    /// The most connections to one server.
    package let limitPerServer: Int
    /// How long to wait, in seconds, while the server refuses more sessions and no connection of
    /// Plumb's own is about to be returned.
    private let patienceSeconds: Double
    private let interrupt: Interrupt?
    private let longestLife: Duration
    private let settings: Settings
    private let mutex = NSLock()
    private var places: [ServerAddress: Place] = [:]

    /// - Parameters:
    ///   - longestLife: how old a session may be to be lent again: where a balancer or a name leads
    ///     to another server by now, it would be with the former one for ever.
    ///   - interrupt: ends the wait for a server that refuses more sessions.
    ///   - settings: the settings for a server and purpose.
    package init(
        limitPerServer: Int, patienceSeconds: Double = 30, longestLife: Duration = .seconds(300),
        interrupt: Interrupt? = nil, settings: @escaping Settings
    ) {
        self.limitPerServer = max(1, limitPerServer)
        self.patienceSeconds = patienceSeconds
        self.longestLife = longestLife
        self.interrupt = interrupt
        self.settings = settings
    }

    /// A pool with the same settings for every purpose.
    package convenience init(
        limitPerServer: Int, settings: @escaping @Sendable (ServerAddress) -> ConnectionSettings
    ) {
        self.init(limitPerServer: limitPerServer) { server, _ in settings(server) }
    }

    /// Runs `body` with a connection; waits while all connections to the server are lent.
    ///
    /// Where `database` is given, it is selected first. A session that is lost, or left inside a
    /// transaction, is closed. Variables, locks and temporary tables are reset between two changes,
    /// but not between two reads: do not set any there.
    ///
    /// - Parameter waits: where false, it throws `connectionLimit` instead of waiting. So asks who
    ///   helps a thread that holds a connection, and is waited for by it.
    package func withConnection<Result>(
        to server: ServerAddress, purpose: Purpose, database: String? = nil, waits: Bool = true,
        _ body: (Connection) throws -> Result
    ) throws -> Result {
        let connection = try borrow(server, purpose, waits: waits)
        defer { giveBack(connection, purpose) }
        if let database { try connection.select(database: database) }
        return try body(connection)
    }

    /// Closes all idle connections.
    package func closeIdle() {
        mutex.lock()
        var closing: [Connection] = []
        for (server, place) in places {
            let idle = place.idle.values.flatMap { $0 }
            closing += idle
            places[server]?.idle = [:]
            places[server]?.count -= idle.count
            for _ in idle { wakeOne(server, toOpen: true) }
        }
        mutex.unlock()
        for connection in closing { connection.close() }
    }

    /// Ends the sessions on servers to which nothing was lent since the last call, and forgets
    /// those servers: call it between two passes of a loop.
    package func forgetUnused() {
        mutex.lock()
        var closing: [Connection] = []
        for (server, place) in places {
            let idle = place.idle.values.flatMap { $0 }
            guard place.isOfUse || place.count > idle.count else {
                closing += idle
                places[server] = nil
                continue
            }
            places[server]?.isOfUse = false
        }
        mutex.unlock()
        for connection in closing { connection.close() }
    }

    /// How many servers it knows.
    package var serverCount: Int {
        mutex.lock()
        defer { mutex.unlock() }
        return places.count
    }

    private func borrow(
        _ server: ServerAddress, _ purpose: Purpose, waits: Bool
    ) throws(MySQLError) -> Connection {
        var refusal: Refusal?
        while true {
            let (kept, surplus) = try takePlace(server, purpose, refusal, waits: waits)
            surplus?.close()
            if let kept {
                if isFit(kept, purpose), isCurrent(kept) { return kept }
                kept.close()
                releasePlace(server, purpose)
                continue
            }
            do throws(MySQLError) {
                return try open(server, purpose)
            } catch {
                guard waits, error.kind == .connectionLimit else { throw error }
                let until = refusal?.until ?? Date(timeIntervalSinceNow: patienceSeconds)
                refusal = Refusal(
                    error: error, until: until, attempts: (refusal?.attempts ?? 0) + 1)
            }
        }
    }

    /// The server's refusal of another session.
    private struct Refusal {
        let error: MySQLError
        /// When to stop trying again.
        let until: Date
        let attempts: Int

        /// 50 ms, doubled with each attempt, up to 2 s.
        var pauseSeconds: Double { min(2, 0.05 * Double(1 << min(attempts - 1, 6))) }
    }

    /// Waits for a free place. Returns an idle session to use, or one to close first, if there is
    /// any.
    ///
    /// - Parameter refusal: the server's last refusal to this thread. While connections of Plumb's
    ///   own will be returned, it waits for them without a limit, else until `refusal.until`.
    private func takePlace(
        _ server: ServerAddress, _ purpose: Purpose, _ refusal: Refusal?, waits: Bool
    ) throws(MySQLError) -> (kept: Connection?, surplus: Connection?) {
        let start = Date()
        mutex.lock()
        defer { mutex.unlock() }
        while true {
            let place = places[server, default: Place()]
            places[server]?.isOfUse = true
            if let kept = places[server]?.idle[purpose]?.popLast() {
                places[server]?.lent[purpose, default: 0] += 1
                return (kept, nil)
            }
            let isDue = refusal.map { Date().timeIntervalSince(start) >= $0.pauseSeconds } ?? true
            if isDue, place.count < place.limit(limitPerServer) {
                places[server, default: Place()].count += 1
                places[server]?.lent[purpose, default: 0] += 1
                return (nil, nil)
            }
            for other in Purpose.allCases where other != purpose {
                if let surplus = places[server]?.idle[other]?.popLast() {
                    places[server]?.lent[purpose, default: 0] += 1
                    return (nil, surplus)
                }
            }
            guard waits else {
                throw MySQLError(
                    kind: .connectionLimit, message: "all connections are in use", server: server)
            }
            try waitForPlace(place, server, since: start, refusal, mayOpen: isDue)
        }
    }

    /// Waits until a place may be free; call it with the lock held.
    private func waitForPlace(
        _ place: Place, _ server: ServerAddress, since start: Date, _ refusal: Refusal?,
        mayOpen: Bool
    ) throws(MySQLError) {
        guard place.allowance != nil || refusal != nil else {
            return sleep(until: .distantFuture, for: server, mayOpen: mayOpen)
        }
        let error =
            refusal?.error
            ?? MySQLError(
                kind: .connectionLimit,
                message: "the server lets in no more sessions than "
                    + "those that are in use", server: server)
        if interrupt?.isRaised == true { throw error }
        let until = refusal?.until ?? start.addingTimeInterval(patienceSeconds)
        if place.isLentForLong, Date() > until { throw error }
        sleep(until: .now() + 0.05, for: server, mayOpen: mayOpen)
    }

    /// Gives the lock up until this thread is woken for `server`, or until the time has come.
    private func sleep(until: DispatchTime, for server: ServerAddress, mayOpen: Bool) {
        let own = Waiting(mayOpen: mayOpen)
        places[server, default: Place()].waiting.append(own)
        mutex.unlock()
        let result = own.sign.wait(timeout: until)
        mutex.lock()
        guard result == .timedOut else { return }
        // One that is woken as its time is over looks again in any case.
        places[server]?.waiting.removeAll { $0.sign === own.sign }
    }

    /// - Parameter isRefused: the server refused the session: for a minute, no more are opened than
    ///   there are.
    private func releasePlace(
        _ server: ServerAddress, _ purpose: Purpose, isRefused: Bool = false
    ) {
        mutex.lock()
        let count = (places[server]?.count ?? 1) - 1
        places[server]?.count = count
        places[server]?.lent[purpose, default: 1] -= 1
        if isRefused {
            places[server]?.allowance = (max(1, count), Date(timeIntervalSinceNow: 60))
        }
        wakeOne(server, toOpen: true)
        mutex.unlock()
    }

    /// The settings of a session, for whoever opens one that is not lent: to keep it for long.
    package func settings(
        of server: ServerAddress, for purpose: Purpose
    ) throws(MySQLError) -> ConnectionSettings {
        var settings = try settings(server, purpose)
        if purpose.hasNoReadTimeout { settings.readTimeoutSeconds = nil }
        return settings
    }

    private func open(
        _ server: ServerAddress, _ purpose: Purpose
    ) throws(MySQLError) -> Connection {
        do throws(MySQLError) {
            let settings = try settings(of: server, for: purpose)
            let connection = try Connection(to: server, settings: settings)
            try connection.liftLimits()
            return connection
        } catch {
            releasePlace(server, purpose, isRefused: error.kind == .connectionLimit)
            throw error
        }
    }

    /// Whether an idle session can be lent again.
    ///
    /// If not, opening another one shows whether only the session is gone or the server.
    private func isFit(_ connection: Connection, _ purpose: Purpose) -> Bool {
        guard connection.isQuiet, connection.age < longestLife else { return false }
        guard purpose != .read else { return true }
        return (try? connection.reset()) != nil
    }

    /// Whether the session has the server's latest known settings: one with another time zone would
    /// show other times than the rest.
    private func isCurrent(_ connection: Connection) -> Bool {
        mutex.lock()
        defer { mutex.unlock() }
        return places[connection.server]?.basis.map { $0 == connection.basis } ?? true
    }

    private func giveBack(_ connection: Connection, _ purpose: Purpose) {
        guard connection.isUsable, !connection.isInTransaction else {
            connection.close()
            return releasePlace(connection.server, purpose)
        }
        mutex.lock()
        places[connection.server]?.lent[purpose, default: 1] -= 1
        if connection.hasLooked { places[connection.server]?.basis = connection.basis }
        connection.hasLooked = false
        places[connection.server]?.idle[purpose, default: []].append(connection)
        wakeOne(connection.server)
        mutex.unlock()
    }

    /// Wakes one of the threads that wait for `server`: call it with the lock held, for each
    /// connection that was returned, or, with `toOpen`, for each that may be opened now.
    private func wakeOne(_ server: ServerAddress, toOpen: Bool = false) {
        let place = places[server]?.waiting.firstIndex { $0.mayOpen || !toOpen }
        guard let place else { return }
        places[server]?.waiting.remove(at: place).sign.signal()
    }
}
