import Execution
import MySQLClient
import Schema

/// A question to a shard of which the first value of the first row is the answer, asked with as
/// little effect on others as ``DataQuestionRunner`` has.
package struct HealthQuestion: Sendable {
    /// Of which shard, by what server, with which `SELECT`.
    package let request: DataQuestionRunner.Request

    package init(_ request: DataQuestionRunner.Request) { self.request = request }

    /// What a shard said.
    package enum Answer: Hashable, Sendable {
        /// The value; nil for NULL and where there is no row.
        case value(String?)
        /// It did not answer, for this reason.
        case unanswered(String)
    }

    /// The time limit on the server, in seconds.
    private static let limitSeconds = 10

    /// The answers by shard. Servers are asked in parallel, each over `perServer` connections.
    package static func ask(
        _ questions: [HealthQuestion], pool: ConnectionPool, totalConcurrency: Int, perServer: Int
    ) -> [ShardID: Answer] {
        let answers = Workers.map(
            questions, total: totalConcurrency, perKey: perServer, key: \.request.target.server
        ) { question in question.ask(pool) }
        return Dictionary(zip(questions.map(\.request.target.id), answers)) { first, _ in first }
    }

    private func ask(_ pool: ConnectionPool) -> Answer {
        do {
            return try pool.withConnection(
                to: request.target.server, purpose: .read, database: request.target.database
            ) { try ask(on: $0) }
        } catch let error as MySQLError {
            return .unanswered("\(error)")
        } catch {
            return .unanswered("the server could not be asked")
        }
    }

    private func ask(on connection: Connection) throws(MySQLError) -> Answer {
        var value: String?
        var failure: MySQLError?
        try connection.pipeline([
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION READ ONLY",
            DataQuestionRunner.bounded(request, Self.limitSeconds), "COMMIT",
        ]) { index, result in
            switch (index, result) {
            case (2, .success(let rows)):
                var isFirst = true
                while let row = rows.next() {
                    if isFirst { value = row[0].map { String(decoding: $0, as: UTF8.self) } }
                    isFirst = false
                }
            case (_, .failure(let error)): failure = failure ?? error
            case (_, .success): break
            }
        }
        if let failure { throw failure }
        return .value(value)
    }
}
