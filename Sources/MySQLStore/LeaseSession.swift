import Basics
import Crypto
import MySQLClient
import Store

/// The session of a ``LeaseKeeper``, with the locks of the server; one thread at a time uses it.
final class LeaseSession {
    private let sessions: StoreSessions
    private var connection: Connection?
    /// The names of the leases whose locks of the server the session has.
    private var locked: Set<[UInt8]> = []
    /// What tells this server of a cluster from another. Where two are not told apart, a lease may
    /// be taken sooner from an owner who gives no sign of life, and never from one who does.
    private var node = ""
    /// Whether leases were taken on another server.
    private var isNodeNew = false
    /// By this a handle knows what it took when it lost the answer.
    private let holder = (0..<16).map { _ in UInt8.random(in: 0...255) }

    init(sessions: StoreSessions) { self.sessions = sessions }

    /// Ends the session, and with it the locks of the server.
    func close() {
        connection?.close()
        connection = nil
    }

    /// Runs `body`; once more, in a new session, where the one there was turns out to be lost.
    private func use<Result>(
        _ body: (Connection) throws(MySQLError) -> Result
    ) throws(MySQLError) -> Result {
        if let connection, connection.isUsable {
            do throws(MySQLError) { return try body(connection) } catch {
                if error.isOfNode { close() }
                guard !connection.isUsable else { throw error }
            }
        }
        return try body(try open())
    }

    private func open() throws(MySQLError) -> Connection {
        close()
        let new = try sessions.open()
        locked = []
        let found = try new.query(Self.nodeQuestion).first?[0] ?? ""
        if found != node { isNodeNew = true }
        node = found
        connection = new
        return new
    }

    private static let nodeQuestion = "SELECT CONCAT_WS(':', @@hostname, @@port, @@server_id)"

    // MARK: Locks of the server

    /// The name of the lock: an owner who has it is there.
    private func lock(of name: [UInt8]) -> String {
        let digest = ObjectHash.digest(of: Array("\(sessions.database)\0".utf8) + name)
        return "'plumb-lease:\(digest.map(Self.hex).joined())'"
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }

    /// Lets the lock of a lease go.
    func unlock(_ name: String) {
        let key = Array(name.utf8)
        guard locked.remove(key) != nil, let connection, connection.isUsable else { return }
        // Where that fails, the session is lost, and the lock with it.
        _ = try? connection.query("SELECT RELEASE_LOCK(\(lock(of: key)))")
    }

    // MARK: Leases

    /// Signs of life of all; returns the tokens of those that are still held.
    func renew(_ leases: [Lease]) throws(MySQLError) -> Set<Int64> {
        try use { connection throws(MySQLError) in
            let tokens = leases.map { String($0.token) }.joined(separator: ", ")
            if isNodeNew {
                try connection.execute(
                    "UPDATE \(StoreTables.leases) SET node = \(StoreTables.literal(node)) "
                        + "WHERE held = 1 AND token IN (\(tokens))")
                isNodeNew = false
            }
            // Somebody else may still have a lock, until its session is over.
            let free = leases.map { Array($0.name.utf8) }.filter { !locked.contains($0) }
            let answers = try connection.answers(
                to: [
                    "UPDATE \(StoreTables.heartbeats) SET renewed = UTC_TIMESTAMP(6) "
                        + "WHERE token IN (\(tokens))",
                    "SELECT l.token FROM \(StoreTables.leases) l JOIN \(StoreTables.heartbeats) h "
                        + "ON h.token = l.token WHERE l.held = 1 AND l.token IN (\(tokens))",
                ] + free.map { "SELECT GET_LOCK(\(lock(of: $0)), 0)" })
            for (name, answer) in zip(free, answers.dropFirst(2)) {
                if try answer.get().first?[0] == "1" { locked.insert(name) }
            }
            _ = try answers[0].get()
            return Set(try answers[1].get().compactMap { $0[0].flatMap { Int64($0) } })
        }
    }

    func giveBack(_ lease: Lease) throws(MySQLError) {
        try use { connection throws(MySQLError) in
            try connection.execute(
                "UPDATE \(StoreTables.leases) SET held = 0 WHERE token = \(lease.token)")
            try connection.execute(
                "UPDATE \(StoreTables.heartbeats) SET renewed = UTC_TIMESTAMP(6) "
                    + "WHERE token = \(lease.token)")
        }
        unlock(lease.name)
    }

    /// Takes a lease where nobody has it.
    ///
    /// - Parameter rest: for how many seconds the owner of a lease may still be there, where its
    ///   session has ended (`isGone`) and where it was on this server (`isSameNode`).
    func take(
        _ name: String, owner: String,
        rest: (LeaseRow, _ isGone: Bool, _ isSameNode: Bool) -> Double
    ) throws(MySQLError) -> LeaseKeeper.Answer {
        let key = Array(name.utf8)
        let answer = try use { connection throws(MySQLError) in
            let answer: LeaseKeeper.Answer
            do throws(MySQLError) {
                answer = try take(key, owner: owner, rest, on: connection)
            } catch {
                // Closing the session of a transaction that did not end takes it back.
                if connection.isUsable, (try? connection.execute("ROLLBACK")) == nil { close() }
                unlock(name)
                throw error
            }
            return answer
        }
        if case .taken = answer { return answer }
        unlock(name)
        return answer
    }

    private func take(
        _ name: [UInt8], owner: String,
        _ rest: (LeaseRow, _ isGone: Bool, _ isSameNode: Bool) -> Double,
        on connection: Connection
    ) throws(MySQLError) -> LeaseKeeper.Answer {
        let key = StoreTables.literal(name)
        // Whoever takes a lease waits here for the others, and not for those who write.
        let answers = try connection.answers(to: [
            "SELECT GET_LOCK(\(lock(of: name)), 0)", "START TRANSACTION",
            "SELECT token, \(LeaseRow.microseconds("UTC_TIMESTAMP(6)")) "
                + "FROM \(StoreTables.store) WHERE id = 2 FOR UPDATE",
            LeaseRow.question("l.name = \(key)") + " FOR UPDATE",
        ])
        if try answers[0].get().first?[0] == "1" { locked.insert(name) }
        let store = try answers[2].get().first
        let present = try answers[3].get().first.flatMap(LeaseRow.init)
        if let present, present.isHeld, present.holder != holder {
            let isSameNode = present.node == node
            let isGone = isSameNode && locked.contains(name)
            let rest = rest(present, isGone, isSameNode)
            if rest > 0 {
                try connection.execute("ROLLBACK")
                return isGone
                    ? .silent(by: present.lease.owner, rest: rest) : .held(by: present.lease.owner)
            }
        }
        let token = max(store?[0].flatMap { Int64($0) } ?? 0, present?.lease.token ?? 0) + 1
        let microseconds = store?[1] ?? "0"
        let taken = "TIMESTAMPADD(MICROSECOND, \(microseconds), '1970-01-01 00:00:00.000000')"
        try connection.execute("UPDATE \(StoreTables.store) SET token = \(token) WHERE id = 2")
        try connection.execute(
            """
            REPLACE INTO \(StoreTables.leases)
              (name, token, owner, taken, held, node, holder, writes)
            VALUES (\(key), \(token), \(StoreTables.literal(owner)), \(taken), 1,
              \(StoreTables.literal(node)), \(StoreTables.literal(holder)), 0)
            """)
        try connection.execute(
            "REPLACE INTO \(StoreTables.heartbeats) (name, token, renewed) VALUES "
                + "(\(key), \(token), \(taken))")
        try connection.execute("COMMIT")
        return .taken(
            Lease(
                name: String(decoding: name, as: UTF8.self), owner: owner, token: token,
                taken: MySQLBackend.date(microseconds) ?? .distantPast))
    }
}
