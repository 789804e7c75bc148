import Diff
import Execution
import Foundation
import MySQLClient
import Schema

/// Asks live tables whether their rows forbid a change, with little effect on other sessions.
///
/// A question is one `SELECT` in a read-only transaction. It locks no rows, waits at most one
/// second for a metadata lock, and has a time limit on the server. Every failure is a reason why
/// the answer is unknown, never a "no".
package struct DataQuestionRunner: Sendable {
    /// How long questions may take.
    package struct Limits: Hashable, Sendable {
        /// The limit for one question on one shard.
        package var eachSeconds: Int
        /// The limit for all questions of a plan: those that have not begun by then are not asked.
        package var totalSeconds: Int

        package init(eachSeconds: Int, totalSeconds: Int) {
            self.eachSeconds = eachSeconds
            self.totalSeconds = totalSeconds
        }
    }

    /// One question for one shard.
    package struct Request: Hashable, Sendable {
        package let target: ObservationTarget
        package let flavour: ServerProfile.Flavour
        /// Begins with `SELECT`; see ``DataQuestion/sql``.
        package let sql: String
        /// See ``DataQuestion/heedsWarnings``.
        package let heedsWarnings: Bool

        package init(
            target: ObservationTarget, flavour: ServerProfile.Flavour, sql: String,
            heedsWarnings: Bool = false
        ) {
            self.target = target
            self.flavour = flavour
            self.sql = sql
            self.heedsWarnings = heedsWarnings
        }

        package init(
            _ question: DataQuestion, of target: ObservationTarget, flavour: ServerProfile.Flavour
        ) {
            self.init(
                target: target, flavour: flavour, sql: question.sql,
                heedsWarnings: question.heedsWarnings ?? false)
        }
    }

    /// How long a question waits for a metadata lock that an `ALTER` holds.
    static let lockWaitSeconds = 1

    /// MySQL's warnings about deprecated syntax, which say nothing about rows.
    private static let aboutWords: Set<String> = ["1287", "1681", "3719", "3778"]

    /// Errors about values that cannot be computed: out of range, or invalid JSON.
    private static let aboutValues: Set<Int> = [1690, 3140, 3141, 3146, 3156]

    private let pool: ConnectionPool
    private let limits: Limits

    package init(pool: ConnectionPool, limits: Limits) {
        self.pool = pool
        self.limits = limits
    }

    /// The answers in the order of `requests`; nil where the time was not enough.
    ///
    /// Servers are asked in parallel, each over `perServer` connections; blocks until all answered.
    package func ask(
        _ requests: [Request], totalConcurrency: Int, perServer: Int
    ) -> [DataProbe.Answer?] {
        let end = ContinuousClock.now + .seconds(limits.totalSeconds)
        return Workers.map(
            requests, total: totalConcurrency, perKey: perServer, key: \.target.server
        ) { request in
            ContinuousClock.now < end ? ask(request) : nil
        }
    }

    private func ask(_ request: Request) -> DataProbe.Answer {
        do {
            return try pool.withConnection(
                to: request.target.server, purpose: .read, database: request.target.database
            ) { try Self.ask(request, on: $0, within: limits.eachSeconds) }
        } catch let error as MySQLError {
            return .notAnswered(reason(error))
        } catch {
            return .notAnswered("the server could not be asked")
        }
    }

    /// The answer to one question on a given connection, without a time limit, as the statement
    /// that follows reads all rows anyway.
    package static func answer(
        _ request: Request, on connection: Connection
    ) throws(MySQLError) -> DataProbe.Answer {
        try ask(request, on: connection, within: 86_400)
    }

    private static func ask(
        _ request: Request, on connection: Connection, within seconds: Int
    ) throws(MySQLError) -> DataProbe.Answer {
        let start = ContinuousClock.now
        var hasRow = false
        var warnings: Set<String> = []
        var failure: MySQLError?
        // Under SERIALIZABLE the transaction would lock the rows that it reads.
        try connection.pipeline([
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION READ ONLY",
            bounded(request, seconds), "SHOW WARNINGS", "COMMIT",
        ]) { index, result in
            switch (index, result) {
            case (2, .success(let rows)): hasRow = rows.count > 0
            case (3, .success(let rows)):
                while let row = rows.next() {
                    let words = [row[0], row[1]].map {
                        $0.map { String(decoding: $0, as: UTF8.self) } ?? ""
                    }
                    if words[0] != "Note", !aboutWords.contains(words[1]) {
                        warnings.insert(words[1])
                    }
                }
            case (_, .failure(let error)): failure = failure ?? error
            case (_, .success): break
            }
        }
        if let failure {
            guard request.heedsWarnings, Self.aboutValues.contains(Int(failure.number)) else {
                throw failure
            }
            return .inTheWay
        }
        if hasRow { return .inTheWay }
        // MariaDB interrupts some functions at the time limit without an error.
        guard ContinuousClock.now - start < .seconds(seconds) else {
            return .notAnswered(tooLate(seconds))
        }
        if request.heedsWarnings, !warnings.isEmpty { return .inTheWay }
        guard warnings.isEmpty else {
            // In strict mode the change fails where the question only raises a warning.
            return .notAnswered(
                "the server could not evaluate every row (warning "
                    + "\(warnings.sorted().joined(separator: ", ")))")
        }
        return .clear
    }

    private static func tooLate(_ seconds: Int) -> String { "no answer within \(seconds) s" }

    /// The question with its limits, in the words of its server.
    static func bounded(_ request: Request, _ seconds: Int) -> String {
        switch request.flavour {
        case .mariadb:
            return "SET STATEMENT max_statement_time = \(seconds), "
                + "lock_wait_timeout = \(lockWaitSeconds) FOR \(request.sql)"
        case .mysql:
            let hints =
                "/*+ MAX_EXECUTION_TIME(\(seconds * 1000)) "
                + "SET_VAR(lock_wait_timeout = \(lockWaitSeconds)) */"
            return "SELECT \(hints)\(request.sql.dropFirst("SELECT".count))"
        }
    }

    /// The failure in Plumb's words, since the server's message may contain values of rows.
    private func reason(_ error: MySQLError) -> String {
        switch error.kind {
        case .timeout: Self.tooLate(limits.eachSeconds)
        case .lockWaitTimeout: "another session holds the table"
        case .accessDenied, .missingGrant: "the account may not read the table: grant it SELECT"
        case .unreachable, .connectionLimit, .lostConnection: "the server could not be reached"
        default: "the server refused the question (error \(error.number))"
        }
    }
}
