import MySQLClient
import Schema

/// Which server answers, since when it runs, and since when it counts.
///
/// Behind one address several servers may answer: a proxy or a balancer leads each session, or each
/// statement, to another one, and after a failover to another one for good.
struct ServerIdentity: Hashable, Sendable {
    /// The digest, in hexadecimal, of what tells this server and the account on it from others.
    let place: String
    /// When it was started, in seconds since 1970 by its clock.
    let started: Int64
    /// When its counters were set back the last time, in seconds since 1970 by its clock.
    let countsSince: Int64

    /// The identity, and the server's clock in seconds since 1970; nil where it does not say.
    static func read(
        on connection: Connection, _ flavour: ServerProfile.Flavour
    ) throws(MySQLError) -> (identity: ServerIdentity, now: Int64)? {
        let status = flavour == .mysql ? "performance_schema" : "information_schema"
        let answer = try connection.answers(to: [
            """
            SELECT \(placeExpression(flavour)), UNIX_TIMESTAMP(), VARIABLE_NAME, VARIABLE_VALUE
            FROM \(status).global_status
            WHERE VARIABLE_NAME IN ('\(uptime)', '\(uptimeSinceFlush)')
            """
        ])
        guard case .success(let rows)? = answer.first, rows.count == 2,
            let place = rows[0][0], let now = rows[0][1].flatMap({ Int64($0) })
        else { return nil }
        var seconds: [String: Int64] = [:]
        for row in rows {
            guard let name = row[2]?.uppercased(), let value = row[3].flatMap({ Int64($0) })
            else { continue }
            seconds[name] = value
        }
        // Both are counted from the moment at which the statement began, as is UNIX_TIMESTAMP(),
        // so that the differences do not change from one second to the next.
        guard let running = seconds[uptime.uppercased()],
            let counting = seconds[uptimeSinceFlush.uppercased()]
        else { return nil }
        return (
            ServerIdentity(place: place, started: now - running, countsSince: now - counting), now
        )
    }

    /// Asks whether it is the same server; nothing is said of its start.
    func isPlace(of connection: Connection, _ flavour: ServerProfile.Flavour)
        throws(MySQLError) -> Bool
    {
        let answer = try connection.answers(to: ["SELECT \(Self.placeExpression(flavour))"])
        guard case .success(let rows)? = answer.first, let row = rows.first else { return false }
        return row[0] == place
    }

    /// A condition for rows of `SHOW GLOBAL STATUS`: another server shows none, and one that was
    /// started again, or whose counters were set back, leaves out the seconds since then.
    func condition(_ flavour: ServerProfile.Flavour) -> String {
        """
        \(Self.placeExpression(flavour)) = '\(place)'
        AND (Variable_name <> '\(Self.uptime)' OR UNIX_TIMESTAMP() - Value = \(started))
        AND (Variable_name <> '\(Self.uptimeSinceFlush)'
        OR UNIX_TIMESTAMP() - Value = \(countsSince))
        """
    }

    static let uptime = "Uptime"
    static let uptimeSinceFlush = "Uptime_since_flush_status"

    private static func placeExpression(_ flavour: ServerProfile.Flavour) -> String {
        // MariaDB has no identifier of its own for each data folder.
        let own = flavour == .mysql ? ", @@server_uuid" : ""
        return """
            SHA2(CONCAT_WS(' ', CURRENT_USER(), @@hostname, @@port, @@socket, @@datadir, @@pid_file,
            @@server_id\(own)), 256)
            """
    }
}
