import MySQLClient
import Schema

/// Checks how many connections and statements the account and its server allow.
struct LimitExamination {
    private(set) var checks: [DoctorReport.Check] = []

    private let server: ServerAddress

    /// - Parameter sessions: the most sessions that Plumb uses on one server at once.
    init(
        server: ServerAddress, account: String, sessions: Int,
        on connection: MySQLClient.Connection
    ) throws(MySQLError) {
        self.server = server
        let row = try connection.query(
            "SELECT @@session.max_user_connections, @@global.max_connections"
        ).first
        let own = row?[0].flatMap { Int($0) } ?? 0
        let all = row?[1].flatMap { Int($0) } ?? 0
        examine("max_user_connections \(own) of \(account)", own, sessions)
        examine("max_connections \(all)", all, sessions)
        try examineHourly(account, on: connection)
    }

    private mutating func examineHourly(
        _ account: String, on connection: MySQLClient.Connection
    ) throws(MySQLError) {
        let text: String
        do throws(MySQLError) {
            // What it shows of a password is not repeated.
            text = try connection.query("SHOW CREATE USER CURRENT_USER()").first?[0] ?? ""
        } catch {
            guard connection.isUsable else { throw error }
            // An account that may not see itself has no limits that a person could look at either.
            if error.kind == .missingGrant || error.kind == .accessDenied { return }
            add(
                .unknown, "the limits of \(account) for an hour cannot be seen: \(error.message)",
                "look at the account: SHOW CREATE USER \(account)")
            return
        }
        for limit in Self.hourly(text) {
            add(
                .warning, "\(account) has \(limit): a plan that reaches it ends there",
                "lift it: ALTER USER \(account) WITH \(limit.split(separator: " ")[0]) 0")
        }
    }

    private mutating func examine(_ limit: String, _ count: Int, _ sessions: Int) {
        // 0 means no limit.
        guard count > 0, count < sessions else { return }
        if count < Self.least {
            add(
                .failed, "\(limit): Plumb needs \(Self.least) sessions at once",
                "raise it to \(sessions)")
        } else {
            add(
                .warning, "\(limit): Plumb uses up to \(sessions) sessions at once, and waits",
                "raise it to \(sessions)")
        }
    }

    /// A workspace's session stays open while another one asks.
    static let least = 2

    /// The hourly limits in the output of `SHOW CREATE USER`, such as `MAX_QUERIES_PER_HOUR 500`.
    static func hourly(_ text: String) -> [String] {
        let words = text.uppercased().split(separator: " ").map(String.init)
        return zip(words, words.dropFirst()).filter { name, value in
            name.hasPrefix("MAX_") && name.hasSuffix("_PER_HOUR") && (Int(value) ?? 0) > 0
        }.map { "\($0) \($1)" }
    }

    private mutating func add(
        _ status: DoctorReport.Check.Status, _ message: String, _ remedy: String
    ) {
        checks.append(
            DoctorReport.Check(.server, server.description, status, message, remedy: remedy))
    }
}
