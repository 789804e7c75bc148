import Basics
import MySQLClient
import Schema
import Store

extension MySQLBackend {
    /// How often a transaction is tried that was taken back for the sake of another one.
    private static let attempts = 20

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
        _ purpose: String, under lease: Lease?, _ compose: () throws -> StoreWrite?
    ) throws -> Bool {
        try requireMade()
        var composed: StoreWrite??
        for attempt in 1... {
            let connection = try translating { () throws(MySQLError) in try sessions.take() }
            var isOver = false
            // Closing the session of a transaction that did not end takes it back.
            defer { if isOver { sessions.giveBack(connection) } else { connection.close() } }
            do {
                try begin(on: connection)
                if let lease { try require(lease, on: connection) }
                if composed == nil { composed = .some(try compose()) }
                guard let write = composed ?? nil else {
                    try connection.execute("ROLLBACK")
                    isOver = true
                    return false
                }
                try keep(write, under: lease, on: connection)
                guard try commit(write, on: connection) else { continue }
                isOver = true
                return true
            } catch let error as MySQLError {
                // What was lost before the commit did not happen.
                let isLost = error.kind == .lostConnection && attempt < Self.lostLimit
                guard error.isConflict && attempt < Self.attempts || isLost else {
                    throw StoreError(error, at: place)
                }
            }
        }
        return false
    }

    /// How often a transaction is tried whose session was lost.
    private static let lostLimit = 3

    /// Begins a transaction and takes the turn, which another writer may have for a while.
    private func begin(on connection: Connection) throws {
        try connection.execute("START TRANSACTION")
        let row = try connection.query(
            "SELECT version FROM \(StoreTables.store) WHERE id = 1 FOR UPDATE")
        guard !row.isEmpty else { throw StoreError(.noStore, "there is no ledger at \(place)") }
    }

    /// Does what the write says, all but the commit.
    private func keep(_ write: StoreWrite, under lease: Lease?, on connection: Connection) throws {
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
        if let lease { try count(under: lease, on: connection) }
    }

    /// Makes the transaction durable; false where it is known that it is not, as its session was
    /// lost. Throws `indeterminate` where that cannot be found out.
    private func commit(_ write: StoreWrite, on connection: Connection) throws -> Bool {
        do throws(MySQLError) {
            try connection.execute("COMMIT")
            return true
        } catch {
            guard error.retry == .indeterminate else { throw error }
            return try isKept(write)
        }
    }

    /// Whether a write happened whose session was lost in the end. The lock of the row is waited
    /// for, which the server keeps as long as it is at it.
    private func isKept(_ write: StoreWrite) throws -> Bool {
        do throws(MySQLError) {
            let connection = try sessions.open()
            defer { connection.close() }
            try connection.execute("START TRANSACTION")
            _ = try connection.query(
                "SELECT version FROM \(StoreTables.store) WHERE id = 1 FOR UPDATE")
            guard let move = write.moves.first else {
                return try Self.absent(of: write.objects.map(\.id), on: connection).isEmpty
            }
            let target = try Self.target(of: move.name, on: connection, locking: true)
            // Another writer may have gone on from there, so what is asked is whether it was there.
            guard target != move.old, target != move.new else { return target == move.new }
            return try Self.absent(of: [move.new], on: connection).isEmpty
        } catch {
            throw StoreError(
                .indeterminate,
                "\(place): the session was lost while a transition was made durable, and it cannot "
                    + "be found out whether it is: \(error.fault)", remedy: error.remedy)
        }
    }

    /// Runs `body` in a transaction, again where it was taken back for the sake of another one.
    func transaction(
        _ body: (Connection) throws(MySQLError) -> Void
    ) throws(StoreError) {
        try translating { () throws(MySQLError) in
            for attempt in 1... {
                do throws(MySQLError) {
                    try sessions.use { connection throws(MySQLError) in
                        try connection.execute("START TRANSACTION")
                        do throws(MySQLError) {
                            try body(connection)
                            try connection.execute("COMMIT")
                        } catch {
                            if connection.isUsable { try? connection.execute("ROLLBACK") }
                            throw error
                        }
                    }
                    return
                } catch {
                    guard error.isConflict, attempt < Self.attempts else { throw error }
                }
            }
        }
    }
}
