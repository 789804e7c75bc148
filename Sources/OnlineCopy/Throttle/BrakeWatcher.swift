import Foundation
import MySQLClient
import Schema

/// Watches a server and its replicas while a copy runs, in a thread and sessions of its own.
///
/// Twice a second it asks each replica for the last number that the copy committed, and the server
/// how many threads run; now and then which replicas there are, and what its disk has left.
package final class BrakeWatcher: CopyBrake, @unchecked Sendable {
    /// Where the lag of replicas is seen.
    package enum Replicas: Hashable, Sendable {
        case named([ServerAddress])
        /// Those that the server names: each that has read its log since this began, and says its
        /// address (MySQL's with `report_host`).
        case discovered
    }

    /// Opens a session with a server or one of its replicas.
    package typealias Connect = @Sendable (ServerAddress) throws(MySQLError) -> Connection

    private let limits: @Sendable () -> BrakeLimits
    private let watch: ServerWatch
    private let state = NSCondition()
    private var history = MarkHistory()
    private var commits: [Double] = []
    private var found: ServerWatch.Finding?
    private var foundAt = 0.0
    private var isOver = false
    private let began = ContinuousClock.now

    private static let intervalSeconds = 0.5
    /// The commits of which half may take longer than the limit.
    private static let commitCount = 5

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - table: the copy's own table with its progress, as servers read it: `database`.`table`.
    ///   - limits: asked before each part of the copy, so that they can change meanwhile.
    package init(
        _ server: ServerAddress, replicas: Replicas, table: String,
        limits: @escaping @Sendable () -> BrakeLimits, connect: @escaping Connect
    ) {
        self.limits = limits
        watch = ServerWatch(server, replicas: replicas, table: table, connect: connect)
        let thread = Thread { [self] in look() }
        thread.name = "plumb-throttle"
        thread.start()
    }

    /// Ends the watching, at the latest when a server has answered.
    package func end() {
        state.withLock { isOver = true }
        state.broadcast()
    }

    package func reason() -> String? { limits().reason(readings) }

    package func note(mark: UInt64, commitSeconds seconds: Double) {
        state.withLock {
            history.note(mark, at: now)
            commits.append(seconds)
            if commits.count > Self.commitCount { commits.removeFirst() }
        }
    }

    /// What is known just now.
    package var readings: BrakeReadings {
        state.withLock {
            let sorted = commits.sorted()
            let commit = sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
            guard let found else {
                return BrakeReadings(ageSeconds: nil, commitSeconds: commit)
            }
            return BrakeReadings(
                ageSeconds: now - foundAt, threadsRunning: found.threadsRunning,
                replicas: found.replicas, freeBytes: found.freeBytes, commitSeconds: commit)
        }
    }

    private var now: Double { (ContinuousClock.now - began) / .seconds(1) }

    private func look() {
        while !state.withLock({ isOver }) {
            let finding = watch.look { number in
                state.withLock { history.lagSeconds(of: number, at: now) }
            }
            state.lock()
            found = finding
            foundAt = now
            let end = Date(timeIntervalSinceNow: Self.intervalSeconds)
            while !isOver, state.wait(until: end) {}
            state.unlock()
        }
        watch.end()
    }
}
