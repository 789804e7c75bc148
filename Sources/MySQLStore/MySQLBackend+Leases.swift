import Basics
import Crypto
import Execution
import Foundation
import MySQLClient
import Schema
import Store

extension MySQLBackend {
    package func lease(_ name: String) throws(StoreError) -> Lease? {
        try requireMade()
        return try reading { connection throws(MySQLError) in
            try Self.row(of: name, on: connection)?.lease
        }
    }

    package func leases(below prefix: String) throws(StoreError) -> [LeaseStanding] {
        try requireMade()
        let rows = try reading { connection throws(MySQLError) in
            try Self.rows(
                "LEFT(l.name, \(prefix.utf8.count)) = \(StoreTables.literal(prefix))",
                on: connection)
        }
        return rows.map { row in
            LeaseStanding(
                row.lease, isHeld: row.isHeld && row.age < 6 * heartbeatSeconds,
                renewed: row.renewed)
        }
    }

    package func take(_ name: String, owner: String) throws(StoreError) -> any HeldLease {
        try Lease.check(name: name)
        try requireMade()
        let session = LeaseSession(name: name, sessions: sessions)
        let started = ProcessInfo.processInfo.systemUptime
        var patience = patienceOfWrites
        while true {
            let answer: LeaseSession.Answer
            do throws(MySQLError) { answer = try session.try(owner: owner) } catch {
                try patience.wait(after: error)
                continue
            }
            switch answer {
            case .taken(let lease):
                if leaseSweeps.isNow() { removeOldLeases() }
                return MySQLLease(lease, session, every: heartbeatSeconds)
            case .held(let by):
                throw StoreError(.locked, by)
            case .silent(let by, let age, let isGone):
                // An owner whose session has ended may be about to come back with another one.
                let limit = heartbeatSeconds * (isGone ? 2 : 6)
                guard age < limit else {
                    session.expected = by
                    continue
                }
                let waited = ProcessInfo.processInfo.systemUptime - started
                guard isGone, waited < limit else { throw StoreError(.locked, by.owner) }
                Thread.sleep(forTimeInterval: min(0.1, heartbeatSeconds / 4))
            }
        }
    }

    /// Removes what is known of leases that nobody has held for a day.
    private func removeOldLeases() {
        let lastSign = "COALESCE(h.renewed, l.taken)"
        // Where that fails, a later one does it.
        try? sessions.use { connection throws(MySQLError) in
            // Only those rows are locked: transitions write to the others.
            let old = try Self.rows(
                "\(lastSign) < \(Self.yesterday)", on: connection)
            for lease in old.map(\.lease) {
                for table in [StoreTables.leases, StoreTables.heartbeats] {
                    try connection.execute(
                        "DELETE FROM \(table) WHERE name = \(StoreTables.literal(lease.name)) "
                            + "AND token = \(lease.token)")
                }
            }
        }
    }

    /// Throws `stale` where a lease is another one's by now.
    func require(_ lease: Lease, on connection: Connection) throws {
        guard try Self.row(of: lease.name, on: connection)?.isHeld(by: lease) == true else {
            throw Self.stale(lease)
        }
    }

    /// The same, in a way that no other session can change before the transaction ends.
    func count(under lease: Lease, on connection: Connection) throws {
        try connection.execute(
            "UPDATE \(StoreTables.leases) SET writes = writes + 1 WHERE name = "
                + "\(StoreTables.literal(lease.name)) AND token = \(lease.token) AND held = 1")
        guard try connection.query("SELECT ROW_COUNT()").first?[0] == "1" else {
            throw Self.stale(lease)
        }
    }

    static func stale(_ lease: Lease) -> StoreError {
        StoreError(.stale, "the lease \(lease.name), number \(lease.token), is not held any more")
    }

    /// A lease as the tables have it.
    struct LeaseRow {
        let lease: Lease
        let isHeld: Bool
        let node: String
        /// The last sign of life of its owner; nil once it was given back.
        let renewed: Date?
        /// The seconds since then.
        let age: Double

        func isHeld(by other: Lease) -> Bool {
            isHeld && lease.token == other.token && lease.owner == other.owner
        }
    }

    static func row(
        of name: String, on connection: Connection, locking: Bool = false
    ) throws(MySQLError) -> LeaseRow? {
        try rows("l.name = \(StoreTables.literal(name))", locking: locking, on: connection).first
    }

    private static func rows(
        _ condition: String, locking: Bool = false, on connection: Connection
    ) throws(MySQLError) -> [LeaseRow] {
        let rows = try connection.query(
            """
            SELECT l.name, l.owner, l.token, \(microseconds("l.taken")), l.held, l.node,
              \(microseconds("h.renewed")),
              TIMESTAMPDIFF(MICROSECOND, COALESCE(h.renewed, l.taken), UTC_TIMESTAMP(6))
            FROM \(StoreTables.leases) l
            LEFT JOIN \(StoreTables.heartbeats) h ON h.name = l.name AND h.token = l.token
            WHERE \(condition) ORDER BY l.name\(locking ? " FOR UPDATE" : "")
            """)
        return rows.compactMap { row in
            guard let name = row[0], let owner = row[1], let token = row[2].flatMap({ Int64($0) }),
                let taken = date(row[3])
            else { return nil }
            return LeaseRow(
                lease: Lease(name: name, owner: owner, token: token, taken: taken),
                isHeld: row[4] == "1", node: row[5] ?? "", renewed: date(row[6]),
                age: (row[7].flatMap { Double($0) } ?? 0) / 1_000_000)
        }
    }

    private static func microseconds(_ column: String) -> String {
        "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', \(column))"
    }
}

/// The session of a process that takes a lease and holds it; it has a lock of the server by which
/// others see at once that the process has ended.
final class LeaseSession: @unchecked Sendable {
    enum Answer {
        case taken(Lease)
        /// Another process has it.
        case held(by: String)
        /// Another process took it and did not give it back; `isGone`: its session has ended.
        case silent(Lease, seconds: Double, isGone: Bool)
    }

    private let name: String
    private let sessions: StoreSessions
    private let lock: String
    private let mutex = NSLock()
    private var connection: Connection?
    /// Whether it has the lock of the server.
    private var hasLock = false
    /// The lease that may be taken from its owner, who gives no sign of life.
    var expected: Lease?

    init(name: String, sessions: StoreSessions) {
        self.name = name
        self.sessions = sessions
        let digest = ObjectHash.digest(of: Array("\(sessions.database)\0\(name)".utf8))
        lock = "plumb-lease:" + digest.map { Self.hex($0) }.joined()
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }

    private func session() throws(MySQLError) -> Connection {
        if let connection, connection.isUsable { return connection }
        hasLock = false
        let new = try sessions.open()
        connection = new
        return new
    }

    /// Takes the lock of the server where it is free. Another session may still have it for a lease
    /// of which somebody removed the row, until it finds that out.
    private func lock(on connection: Connection) throws(MySQLError) -> Bool {
        if !hasLock {
            hasLock = try connection.query("SELECT GET_LOCK('\(lock)', 0)").first?[0] == "1"
        }
        return hasLock
    }

    /// Takes the lease where nobody has it.
    func `try`(owner: String) throws(MySQLError) -> Answer {
        mutex.lock()
        defer { mutex.unlock() }
        let sent = Patience.now
        let connection = try session()
        let mine = try lock(on: connection)
        try connection.execute("START TRANSACTION")
        do throws(MySQLError) {
            let answer = try take(owner: owner, mine, on: connection)
            try connection.execute(Self.ending(answer))
            if case .taken = answer {
                lastConfirmed.withLock { $0 = sent }
                return answer
            }
            if mine { _ = try connection.query("SELECT RELEASE_LOCK('\(lock)')") }
            hasLock = false
            return answer
        } catch {
            if connection.isUsable { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func ending(_ answer: Answer) -> String {
        if case .taken = answer { return "COMMIT" }
        return "ROLLBACK"
    }

    private func take(
        owner: String, _ isLockMine: Bool, on connection: Connection
    ) throws(MySQLError) -> Answer {
        let last =
            try connection.query(
                "SELECT token FROM \(StoreTables.store) WHERE id = 1 FOR UPDATE"
            ).first?[0].flatMap { Int64($0) } ?? 0
        let node = try connection.query(Self.nodeQuestion).first?[0] ?? ""
        let present = try MySQLBackend.row(of: name, on: connection, locking: true)
        if let present, present.isHeld, present.lease != expected {
            guard isLockMine else { return .held(by: present.lease.owner) }
            return .silent(present.lease, seconds: present.age, isGone: present.node == node)
        }
        let token = max(last, present?.lease.token ?? 0) + 1
        let (key, text) = (StoreTables.literal(name), StoreTables.literal(owner))
        try connection.execute(
            "UPDATE \(StoreTables.store) SET token = \(token) WHERE id = 1")
        try connection.execute(
            """
            REPLACE INTO \(StoreTables.leases) (name, token, owner, taken, held, node, writes)
            VALUES (\(key), \(token), \(text), UTC_TIMESTAMP(6), 1, \(StoreTables.literal(node)), 0)
            """)
        try connection.execute(
            "REPLACE INTO \(StoreTables.heartbeats) (name, token, renewed) VALUES "
                + "(\(key), \(token), UTC_TIMESTAMP(6))")
        guard let row = try MySQLBackend.row(of: name, on: connection) else {
            return .held(by: "nobody: its row is gone")
        }
        return .taken(row.lease)
    }

    /// What tells one server of a cluster from another.
    private static let nodeQuestion = "SELECT CONCAT_WS(':', @@hostname, @@port, @@server_id)"

    /// When the last sign of life that the server has confirmed was sent, by ``Patience/now``.
    var confirmed: Double { lastConfirmed.withLock { $0 } }
    private let lastConfirmed = Lock(-Double.infinity)

    /// A sign of life; false where the lease is another one's by now.
    func renew(_ lease: Lease) throws(MySQLError) -> Bool {
        mutex.lock()
        defer { mutex.unlock() }
        let sent = Patience.now
        let connection = try session()
        _ = try lock(on: connection)
        let key = StoreTables.literal(name)
        try connection.execute(
            "UPDATE \(StoreTables.heartbeats) SET renewed = UTC_TIMESTAMP(6) WHERE name = \(key) "
                + "AND token = \(lease.token)")
        let isHeld = try MySQLBackend.row(of: name, on: connection)?.isHeld(by: lease) == true
        // Who has it now is not to be taken for dead because of this session.
        if !isHeld { connection.close() }
        lastConfirmed.withLock { $0 = isHeld ? sent : -.infinity }
        return isHeld
    }

    func giveBack(_ lease: Lease) {
        mutex.lock()
        defer { mutex.unlock() }
        if let connection = try? session() {
            // Where that fails, it ends with its signs of life.
            try? connection.execute(
                "UPDATE \(StoreTables.leases) SET held = 0 WHERE name = "
                    + "\(StoreTables.literal(name)) AND token = \(lease.token)")
            connection.close()
        }
        connection = nil
    }
}

/// A lease of a ``MySQLBackend``, which gives signs of life until it is given back.
private final class MySQLLease: HeldLease {
    let lease: Lease
    private let session: LeaseSession
    private let end = Interrupt()
    private let isOver = Lock(false)
    private let seconds: Double

    init(_ lease: Lease, _ session: LeaseSession, every seconds: Double) {
        self.seconds = seconds
        self.lease = lease
        self.session = session
        let thread = Thread { [session, end, lease] in
            while end.wait(seconds: seconds) {
                // Where the server cannot be reached now, the next one may come in time.
                guard (try? session.renew(lease)) != false else { return }
            }
        }
        thread.name = "plumb-heartbeat"
        thread.stackSize = 1 << 19
        thread.start()
    }

    deinit { giveBack() }

    var isSure: Bool {
        !isOver.withLock { $0 } && Patience.now - session.confirmed < 2 * seconds
    }

    func renew() throws(StoreError) {
        guard !isOver.withLock({ $0 }) else { throw MySQLBackend.stale(lease) }
        let isHeld: Bool
        do throws(MySQLError) { isHeld = try session.renew(lease) } catch {
            throw StoreError(error, at: "the lease \(lease.name)")
        }
        guard isHeld else { throw MySQLBackend.stale(lease) }
    }

    func giveBack() {
        let isFirst = isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
        guard isFirst else { return }
        end.raise()
        session.giveBack(lease)
    }
}
