import Basics
import Foundation
import MySQLClient
import Schema
import Store

extension MySQLBackend {
    package func lease(_ name: String) throws(StoreError) -> Lease? {
        try requireMade()
        let holder = try holderColumn()
        return try reading { connection throws(MySQLError) in
            try LeaseRow.named(name, holder: holder, on: connection)?.lease
        }
    }

    package func leases(below prefix: String) throws(StoreError) -> [LeaseStanding] {
        try requireMade()
        let holder = try holderColumn()
        let rows = try reading { connection throws(MySQLError) in
            try LeaseRow.all(
                where: "LEFT(l.name, \(prefix.utf8.count)) = \(StoreTables.literal(prefix))",
                holder: holder, on: connection)
        }
        return rows.map { row in
            LeaseStanding(
                row.lease, isHeld: row.isHeld && row.age < keeper.silentSeconds,
                renewed: row.renewed)
        }
    }

    package func take(_ name: String, owner: String) throws(StoreError) -> any HeldLease {
        try Lease.check(name: name)
        try requireMade()
        try requireCurrentTables()
        let started = Patience.now
        var patience = patienceOfWrites
        while true {
            let answer: LeaseKeeper.Answer
            do throws(MySQLError) { answer = try keeper.take(name, owner: owner) } catch {
                try patience.wait(after: error)
                continue
            }
            switch answer {
            case .taken(let lease):
                if leaseSweeps.isNow() { removeOldLeases() }
                return MySQLLease(lease, of: self)
            case .held(let by): throw StoreError(.locked, by)
            case .silent(let by, let rest):
                // An owner whose session has ended may be about to come back with another one.
                guard Patience.now - started < keeper.goneSeconds else {
                    throw StoreError(.locked, by)
                }
                Thread.sleep(forTimeInterval: max(0.001, rest))
            }
        }
    }

    /// Makes sure that a lease is still held; throws `stale` where it is another one's by now.
    func renew(_ lease: Lease) throws(StoreError) {
        var patience = patienceOfReads
        while true {
            let isHeld: Bool
            do throws(MySQLError) { isHeld = try keeper.renew(lease) } catch {
                try patience.wait(after: error)
                continue
            }
            guard isHeld else { throw Self.stale(lease) }
            return
        }
    }

    /// Removes what is known of leases that nobody has held for a day.
    private func removeOldLeases() {
        // Where that fails, a later one does it.
        try? sessions.use { connection throws(MySQLError) in
            // Only those rows are locked: transitions write to the others.
            let old = try LeaseRow.all(
                where: "COALESCE(h.renewed, l.taken) < \(Self.yesterday)", on: connection)
            for lease in old.map(\.lease) {
                for table in [StoreTables.leases, StoreTables.heartbeats] {
                    try connection.execute("DELETE FROM \(table) WHERE token = \(lease.token)")
                }
            }
        }
    }

    /// Throws `stale` where a lease is another one's by now.
    func require(_ lease: Lease, on connection: Connection) throws {
        guard try LeaseRow.named(lease.name, on: connection)?.isHeld(by: lease) == true else {
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
}

/// A lease of a ``MySQLBackend``, whose keeper gives signs of life until it is given back.
private final class MySQLLease: HeldLease {
    let lease: Lease
    private let backend: MySQLBackend

    init(_ lease: Lease, of backend: MySQLBackend) {
        self.lease = lease
        self.backend = backend
    }

    deinit { giveBack() }

    var isSure: Bool { backend.keeper.isSure(of: lease) }

    func renew() throws(StoreError) { try backend.renew(lease) }

    func giveBack() { backend.keeper.giveBack(lease) }
}
