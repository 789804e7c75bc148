import Basics
import Foundation
import MySQLClient
import Store

/// How long something is tried again that fails by what passes by itself, and what it waited for
/// meanwhile: a server that cannot be reached, or has too many sessions, a lock that another one
/// holds, a conflict, a session that was lost.
struct Patience {
    private let place: String
    /// Seconds, from the beginning.
    private let limit: Double
    private let ending: Ending
    private let started = Self.now
    private var pause = Self.shortest
    /// The last failure of each kind, with how many there were.
    private var failures: [(last: MySQLError, count: Int)] = []

    /// The pauses between two attempts, in seconds: each is longer than the one before, and so
    /// much shorter by chance that those who failed together do not come back together.
    private static let shortest = 0.005
    private static let longest = 1.0

    init(seconds: Double, at place: String, ending: Ending) {
        limit = seconds
        self.ending = ending
        self.place = place
    }

    /// Seconds of a clock that nobody sets.
    static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// When it ends, by that clock.
    var end: Double { ending.end(started + limit, from: started) }

    /// Waits a while before the next attempt.
    ///
    /// Throws `error` where it does not pass by itself or the time is over, with what was waited
    /// for.
    mutating func wait(after error: MySQLError) throws(StoreError) {
        note(error)
        let rest = end - Self.now
        guard error.passes, rest > 0 else {
            // Who could not do it in time does not try the next thing as long.
            if error.passes { ending.giveUp() }
            throw failure(error)
        }
        // Who waited for a lock has waited.
        guard error.kind != .lockWaitTimeout else { return }
        rise(rest)
    }

    /// The same after somebody else was faster, which passes.
    mutating func wait(after error: StoreError) throws(StoreError) {
        let rest = end - Self.now
        guard rest > 0 else { throw error }
        rise(rest)
    }

    private mutating func rise(_ rest: Double) {
        Thread.sleep(forTimeInterval: min(rest, pause * .random(in: 0.5...1)))
        pause = min(Self.longest, pause * 1.7)
    }

    private mutating func note(_ error: MySQLError) {
        if let place = failures.firstIndex(where: { $0.last.kind == error.kind }) {
            failures[place] = (error, failures[place].count + 1)
        } else {
            failures.append((error, 1))
        }
    }

    private func failure(_ error: MySQLError) -> StoreError {
        let last = StoreError(error, at: place)
        let count = failures.reduce(0) { $0 + $1.count }
        guard count > 1 else { return last }
        let seconds = Int((Self.now - started).rounded())
        let others = failures.filter { $0.last.kind != error.kind }.map {
            "; \($0.count == 1 ? "once" : "\($0.count) times") \($0.last.fault)"
        }
        return StoreError(
            last.code,
            "\(last.fault); tried \(count) times in \(seconds) second\(seconds == 1 ? "" : "s")"
                + others.joined(), remedy: last.remedy)
    }
}

extension MySQLError {
    /// Whether its cause may be gone at the next attempt.
    var passes: Bool { retry != .permanent }
}
