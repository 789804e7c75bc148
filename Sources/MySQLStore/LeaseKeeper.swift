import Basics
import Execution
import Foundation
import MySQLClient
import Store

/// Keeps all leases of one handle of a store: one session that has a lock of the server for each,
/// one thread, and one statement for the signs of life of all.
///
/// What counts are the rows of the leases and of their signs of life. By the locks others only see
/// sooner that a process has ended; they are those of one server, also in a cluster.
final class LeaseKeeper: @unchecked Sendable {
    enum Answer {
        case taken(Lease)
        /// Another process has it.
        case held(by: String)
        /// Another process has it, whose session has ended; for `rest` seconds it may still come
        /// back with another one.
        case silent(by: String, rest: Double)
    }

    /// The seconds without a sign of life after which a lease may be taken from its owner.
    var silentSeconds: Double { 6 * heartbeatSeconds }
    /// The same where the owner's session has ended.
    var goneSeconds: Double { 2 * heartbeatSeconds }

    private let heartbeatSeconds: Double
    private let session: LeaseSession
    /// Held while the session is used.
    private let turn = NSLock()
    private let held = Lock<[Int64: Entry]>([:])
    /// Ends the thread that gives signs of life; nil while there is none.
    private let pulse = Lock<Interrupt?>(nil)
    /// The leases of others as they were seen last, by name.
    private var seen: [[UInt8]: Sight] = [:]

    /// A lease that is held, by its token.
    private struct Entry {
        let lease: Lease
        /// When the last sign of life that the server has confirmed was sent.
        var confirmed: Double
        var isLost = false
    }

    private struct Sight {
        let token: Int64
        let renewed: Date?
        let since: Double
    }

    init(sessions: StoreSessions, heartbeatSeconds: Double) {
        self.heartbeatSeconds = heartbeatSeconds
        session = LeaseSession(sessions: sessions)
    }

    deinit { pulse.withLock { $0?.raise() } }

    /// Seconds of a clock that nobody sets and that goes on while the machine sleeps.
    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    // MARK: Held leases

    func isSure(of lease: Lease) -> Bool {
        guard let entry = held.withLock({ $0[lease.token] }), !entry.isLost else { return false }
        return Self.now - entry.confirmed < goneSeconds
    }

    /// Returns when the server has confirmed a sign of life that was sent after the call; false
    /// where the lease is another one's by now, or was given back.
    func renew(_ lease: Lease) throws(MySQLError) -> Bool {
        let asked = Self.now
        turn.lock()
        defer { turn.unlock() }
        // Who waited for the turn meanwhile may have asked for all.
        if let entry = held.withLock({ $0[lease.token] }), !entry.isLost, entry.confirmed < asked {
            try beat()
        }
        return held.withLock { $0[lease.token].map { !$0.isLost } ?? false }
    }

    func giveBack(_ lease: Lease) {
        let entry = held.withLock { $0.removeValue(forKey: lease.token) }
        guard let entry else { return }
        endPulseIfIdle()
        turn.lock()
        defer { turn.unlock() }
        guard !entry.isLost else { return }
        // Where all of them fail, it ends with its signs of life.
        for _ in 0..<3 where (try? session.giveBack(lease)) != nil { return }
    }

    /// Ends the session where no lease needs it.
    func forget() {
        turn.lock()
        defer { turn.unlock() }
        if held.withLock({ $0.isEmpty }) { session.close() }
    }

    /// A sign of life for all leases; call it with the turn.
    private func beat() throws(MySQLError) {
        let leases = held.withLock { $0.values.filter { !$0.isLost }.map(\.lease) }
        guard !leases.isEmpty else { return }
        let sent = Self.now
        let confirmed = try session.renew(leases)
        var lost: [Lease] = []
        held.withLock { held in
            for lease in leases {
                if confirmed.contains(lease.token) {
                    held[lease.token]?.confirmed = sent
                } else if held[lease.token] != nil {
                    held[lease.token]?.isLost = true
                    lost.append(lease)
                }
            }
        }
        // Who has it now needs the lock of the server.
        for lease in lost { session.unlock(lease.name) }
    }

    // MARK: Signs of life

    private func startPulse() {
        let end = pulse.withLock { pulse -> Interrupt? in
            guard pulse == nil else { return nil }
            let end = Interrupt()
            pulse = end
            return end
        }
        guard let end else { return }
        let thread = Thread { [weak self, heartbeatSeconds] in
            while end.wait(seconds: heartbeatSeconds) {
                // Where the server cannot be reached now, the next one may come in time.
                self?.beatOnce()
            }
        }
        thread.name = "plumb-heartbeat"
        thread.stackSize = 1 << 19
        thread.start()
    }

    private func endPulseIfIdle() {
        guard held.withLock({ $0.isEmpty }) else { return }
        pulse.withLock { pulse in
            pulse?.raise()
            pulse = nil
        }
        // One may have been taken between the two.
        if !held.withLock({ $0.isEmpty }) { startPulse() }
    }

    private func beatOnce() {
        turn.lock()
        defer { turn.unlock() }
        try? beat()
    }

    // MARK: Taking

    /// Takes the lease where nobody has it.
    func take(_ name: String, owner: String) throws(MySQLError) -> Answer {
        turn.lock()
        defer { turn.unlock() }
        let key = Array(name.utf8)
        let own = held.withLock { held in
            held.values.first { Array($0.lease.name.utf8) == key && !$0.isLost }
        }
        if let own { return .held(by: own.lease.owner) }
        let sent = Self.now
        let answer = try session.take(name, owner: owner) { row, isGone, isSameNode in
            self.rest(of: row, isGone, isSameNode)
        }
        switch answer {
        case .taken(let lease):
            seen[key] = nil
            held.withLock { $0[lease.token] = Entry(lease: lease, confirmed: sent) }
            startPulse()
            return answer
        case .held, .silent: return answer
        }
    }

    /// For how many seconds the owner of a lease may still be there.
    ///
    /// The clocks of the servers of a cluster may differ: on another one than the owner's a lease
    /// has to be seen without a sign of life as long, by this process, or must be older by far.
    private func rest(of row: LeaseRow, _ isGone: Bool, _ isSameNode: Bool) -> Double {
        let (key, now) = (Array(row.lease.name.utf8), Self.now)
        if seen[key]?.token != row.lease.token || seen[key]?.renewed != row.renewed {
            // Those for which nobody has come back are forgotten.
            seen = seen.filter { now - $0.value.since < 2 * Self.clockDifferenceSeconds }
            seen[key] = Sight(token: row.lease.token, renewed: row.renewed, since: now)
        }
        let watched = now - (seen[key]?.since ?? now)
        let known = isSameNode ? row.age : row.age - Self.clockDifferenceSeconds
        return (isGone ? goneSeconds : silentSeconds) - max(watched, known)
    }

    /// The most by which the clocks of two servers of a cluster are taken to differ.
    private static let clockDifferenceSeconds: Double = 30
}
