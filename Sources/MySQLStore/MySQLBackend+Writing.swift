import Basics
import MySQLClient
import Schema
import Store

extension MySQLBackend {
    package func reference(_ name: String) throws(StoreError) -> ObjectID? {
        try requireMade()
        return try reading { connection throws(MySQLError) in
            try Self.target(of: name, on: connection)
        }
    }

    package func references(below prefix: String) throws(StoreError) -> [String] {
        try requireMade()
        return try reading { connection throws(MySQLError) in
            try Self.names(on: connection).filter { $0.hasPrefix(prefix) }
        }
    }

    private static func names(on connection: Connection) throws(MySQLError) -> [String] {
        try connection.query("SELECT name FROM \(StoreTables.references) ORDER BY name")
            .compactMap { $0[0] }
    }

    private static func target(
        of name: String, on connection: Connection, locking: Bool = false
    ) throws(MySQLError) -> ObjectID? {
        try connection.query(
            "SELECT target FROM \(StoreTables.references) WHERE name = \(StoreTables.literal(name))"
                + (locking ? " FOR UPDATE" : "")
        ).first?.bytes(0).map { ObjectID(bytes: $0) }
    }

    package func write(
        _ purpose: String, under leases: [Lease], _ compose: () throws -> StoreWrite?
    ) throws -> Bool {
        var patience = patienceOfWrites
        try requireMade(&patience)
        try requireCurrentTables()
        var attempt = WriteAttempt(leases: leases.sorted { $0.name < $1.name }, end: patience.end)
        while true {
            switch try carryOut(attempt, compose) {
            case .over(let isWritten):
                if isWritten, writeSweeps.isNow() { removeOldNumbers() }
                return isWritten
            case .wasStale: continue
            case .neverHappened:
                attempt.number = WriteAttempt.newNumber
                attempt.isUnsure = false
            case .overtaken(let error, let expected):
                // Who expects the same again has not looked.
                guard attempt.expected != expected else { throw error }
                attempt.expected = expected
                try patience.wait(after: error)
            case .failed(let error, let atCommit):
                if atCommit, error.kind != .deadlock { attempt.isUnsure = true }
                do throws(StoreError) { try patience.wait(after: error) } catch {
                    throw attempt.isUnsure ? unsure(error) : error
                }
            }
        }
    }

    /// One write, which is tried until it is over.
    private struct WriteAttempt {
        /// Kept with what is written: however often it is tried, it happens once, and who lost the
        /// answer finds out.
        var number = Self.newNumber
        let leases: [Lease]
        /// Until when it is waited for.
        let end: Double
        /// Whether an attempt may have happened whose answer was lost.
        var isUnsure = false
        /// What the last attempt expected of references that another node of a cluster moved.
        var expected: [String: ObjectID?]?

        static var newNumber: [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255) } }
    }

    private enum AttemptEnd {
        case over(isWritten: Bool)
        /// An attempt whose answer was lost did not happen, and never will.
        case neverHappened
        /// A kept session was lost already: that says nothing about the next one.
        case wasStale
        /// A reference is not what the write expects. In a cluster each node has a turn of its own:
        /// another one may have moved it since the write was composed.
        case overtaken(StoreError, expected: [String: ObjectID?])
        /// Nothing happened, unless the session was lost at the commit.
        case failed(MySQLError, atCommit: Bool)
    }

    /// What `compose` throws, which is the caller's own whatever it is.
    private struct ComposeFailure: Error { let error: any Error }

    private func carryOut(
        _ attempt: WriteAttempt, _ compose: () throws -> StoreWrite?
    ) throws -> AttemptEnd {
        let (connection, wasKept): (Connection, Bool)
        do throws(MySQLError) { (connection, wasKept) = try sessions.take() } catch {
            return .failed(error, atCommit: false)
        }
        var isOver = false
        // Closing the session of a transaction that did not end takes it back.
        defer { if isOver { sessions.giveBack(connection) } else { connection.close() } }
        var (hasBegun, isCommitting) = (false, false)
        do {
            if attempt.isUnsure {
                let isKept = try Self.settle(attempt.number, on: connection)
                isOver = true
                return isKept ? .over(isWritten: true) : .neverHappened
            }
            try begin(on: connection)
            hasBegun = true
            for lease in attempt.leases { try require(lease, on: connection) }
            let composed: StoreWrite?
            do { composed = try composing(until: attempt.end, compose) } catch {
                throw ComposeFailure(error: error)
            }
            guard let write = composed else {
                isOver = (try? connection.execute("ROLLBACK")) != nil
                return .over(isWritten: false)
            }
            do { try keep(write, under: attempt.leases, on: connection) } catch let error
                as StoreError where error.code == .modified
            {
                let expected = write.moves.map { ($0.name, $0.old) }
                return .overtaken(error, expected: Dictionary(expected) { $1 })
            }
            try Self.keep(attempt.number, on: connection)
            isCommitting = true
            try connection.execute("COMMIT")
            isOver = true
            return .over(isWritten: true)
        } catch let failure as ComposeFailure {
            throw failure.error
        } catch let error as MySQLError {
            if error.isOfNode { connection.close() }
            if wasKept, !hasBegun, !connection.isUsable { return .wasStale }
            return .failed(error, atCommit: isCommitting)
        }
    }

    /// Whether the write with this number happened. Where it did not, it never will: its number is
    /// taken, also for a transaction that a node of a cluster has sent on before it was lost.
    private static func settle(
        _ number: [UInt8], on connection: Connection
    ) throws(MySQLError) -> Bool {
        let key = StoreTables.literal(number)
        try connection.execute(
            "INSERT INTO \(StoreTables.writes) (number, happened, written) VALUES "
                + "(\(key), 0, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE number = "
                + "\(StoreTables.writes).number")
        return try connection.query(
            "SELECT happened FROM \(StoreTables.writes) WHERE number = \(key)"
        ).first?[0] == "1"
    }

    private static func keep(_ number: [UInt8], on connection: Connection) throws(MySQLError) {
        try connection.execute(
            "INSERT INTO \(StoreTables.writes) (number, happened, written) VALUES "
                + "(\(StoreTables.literal(number)), 1, UTC_TIMESTAMP(6))")
    }

    private func unsure(_ error: StoreError) -> StoreError {
        StoreError(
            .indeterminate,
            "the session was lost while a transition was made durable, and it cannot be found out "
                + "whether it is: \(error.fault)", remedy: error.remedy)
    }

    /// Removes the numbers of writes that nobody tries any more.
    private func removeOldNumbers() {
        // Where that fails, a later one does it.
        try? sessions.use { connection throws(MySQLError) in
            try connection.execute(
                "DELETE FROM \(StoreTables.writes) WHERE written < \(Self.yesterday) LIMIT 5000")
        }
    }

    /// Before which time nobody comes back to what was written.
    static let yesterday = "UTC_TIMESTAMP(6) - INTERVAL 1 DAY"

    /// Begins a transaction and takes the turn, which another writer may have for a while.
    private func begin(on connection: Connection) throws {
        try connection.execute("START TRANSACTION")
        let rows = try connection.query(TableVersion.turn)
        guard !rows.isEmpty else { throw StoreError(.noStore, "there is no ledger at \(place)") }
        // Another process may have upgraded the tables since this one looked.
        try TableVersion.check(
            TableVersion.found(try connection.query(TableVersion.question)), at: place)
    }

    /// Does what the write says, all but the commit.
    private func keep(_ write: StoreWrite, under leases: [Lease], on connection: Connection) throws
    {
        try Self.check(write.objects)
        let names = try Self.names(on: connection)
        if let fault = ReferenceRules.fault(write.moves.map(\.name), beside: names) {
            throw StoreError(.invalid, fault)
        }
        if let long = write.moves.map(\.name).first(where: { $0.utf8.count > 255 }) {
            throw StoreError(.invalid, "\(long.prefix(40))… is too long for a reference")
        }
        let moves = write.moves.sorted { $0.name < $1.name }
        for move in moves {
            guard try Self.target(of: move.name, on: connection, locking: true) == move.old else {
                throw StoreError(.modified, "\(move.name) is not what was expected")
            }
        }
        let new = Set(write.objects.map(\.id))
        let absent = try Self.absent(
            of: moves.map(\.new).filter { !new.contains($0) }, on: connection)
        if let id = absent.min() { throw StoreError(.missing, "object \(id) is not there") }
        try Self.insert(write.objects, on: connection)
        for move in moves {
            let (name, target) = (StoreTables.literal(move.name), StoreTables.literal(move.new))
            try connection.execute(
                move.old == nil
                    ? "INSERT INTO \(StoreTables.references) (name, target) VALUES "
                        + "(\(name), \(target))"
                    : "UPDATE \(StoreTables.references) SET target = \(target) WHERE name = "
                        + name)
        }
        for lease in leases { try count(under: lease, on: connection) }
    }

    /// Runs in a transaction what changes the same whether it runs once or twice; again where it
    /// fails by something that passes.
    func transaction(
        _ body: (Connection) throws(MySQLError) -> Void
    ) throws(StoreError) {
        try changing { connection throws(MySQLError) in
            try connection.execute("START TRANSACTION")
            do throws(MySQLError) {
                try body(connection)
                try connection.execute("COMMIT")
            } catch {
                if connection.isUsable, (try? connection.execute("ROLLBACK")) == nil {
                    connection.close()
                }
                throw error
            }
        }
    }
}
