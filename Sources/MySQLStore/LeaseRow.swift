import Foundation
import MySQLClient
import Store

/// A lease as the tables have it.
struct LeaseRow {
    let lease: Lease
    let isHeld: Bool
    /// The server on which the session of its owner is.
    let node: String
    /// The handle that took it.
    let holder: [UInt8]
    /// The last sign of life of its owner.
    let renewed: Date?
    /// The seconds since then, by the server's clock.
    let age: Double

    func isHeld(by other: Lease) -> Bool {
        isHeld && lease.token == other.token && lease.owner == other.owner
    }

    /// The lease with this name; nil where it never was.
    static func named(
        _ name: String, holder: String = Self.holder, on connection: Connection
    ) throws(MySQLError) -> LeaseRow? {
        try all(
            where: "l.name = \(StoreTables.literal(name))", holder: holder, on: connection
        ).first
    }

    /// Sorted by name.
    static func all(
        where condition: String, holder: String = Self.holder, on connection: Connection
    ) throws(MySQLError) -> [LeaseRow] {
        try connection.query(question(condition, holder: holder)).compactMap(LeaseRow.init)
    }

    /// What asks for leases, with a row for each that ``init(_:)`` reads.
    ///
    /// - Parameter holder: what says which handle holds it, in tables that do not.
    static func question(_ condition: String, holder: String = Self.holder) -> String {
        """
        SELECT l.name, l.owner, l.token, \(microseconds("l.taken")), l.held, l.node, \(holder),
          \(microseconds("h.renewed")), \(age)
        FROM \(StoreTables.leases) l LEFT JOIN \(StoreTables.heartbeats) h ON h.token = l.token
        WHERE \(condition) ORDER BY l.name
        """
    }

    static let holder = "l.holder"

    /// Seconds since 1970 as a date, and back, with microseconds.
    static func microseconds(_ column: String) -> String {
        "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', \(column))"
    }

    private static let age =
        "TIMESTAMPDIFF(MICROSECOND, COALESCE(h.renewed, l.taken), UTC_TIMESTAMP(6))"

    init?(_ row: Row) {
        guard let name = row[0], let owner = row[1], let token = row[2].flatMap({ Int64($0) }),
            let taken = MySQLBackend.date(row[3])
        else { return nil }
        lease = Lease(name: name, owner: owner, token: token, taken: taken)
        isHeld = row[4] == "1"
        node = row[5] ?? ""
        holder = row.bytes(6) ?? []
        renewed = MySQLBackend.date(row[7])
        age = (row[8].flatMap { Double($0) } ?? 0) / 1_000_000
    }
}
