import Basics
import MySQLClient
import Observed
import Schema

/// Connects to a shard beside the session that holds its lock; nothing is done without a lock of
/// its own, and none starts once that session is gone. See ``ShardLocks``.
struct ServerShardHelpers: ShardHelpers {
    let pool: ConnectionPool
    let target: ObservationTarget
    let locks: ShardLocks
    let leader: ShardSession.Leader
    let silentSeconds: Int
    let open: @Sendable (Connection) -> ShardSession

    var limit: Int { ShardLocks.helperLimit }

    func withSession<Result>(
        _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        do {
            // The leader holds a connection, and waits for its helpers before it returns it.
            return try pool.withConnection(
                to: target.server, purpose: .change, waits: false
            ) { connection in
                try hold(number, on: connection, body)
            }
        } catch let error as ShardFailure {
            throw error
        } catch let error as MySQLError {
            throw ShardFailure(asking: error, shard: target.id)
        } catch {
            throw ShardFailure("\(target.id): \(error)", retry: .permanent)
        }
    }

    private func hold<Result>(
        _ number: Int, on connection: Connection,
        _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws -> Result {
        let name = locks.helperName(number)
        let answers = try connection.answers(to: [
            "USE \(SQL.identifier(target.database))",
            AdvisoryLock.statement(name: name),
            // After the lock of its own is taken: see `ShardLocks`.
            AdvisoryLock.holderQuestion(of: locks.name),
            Connection.silenceStatement(seconds: silentSeconds),
        ])
        let lock = try AdvisoryLock.taken(name, on: connection, answer: try answers[1].get())
        defer { lock?.releaseOrEndSession() }
        _ = try answers[0].get()
        guard lock != nil else {
            throw ShardFailure(
                "\(target.id): another session holds the lock `\(name)` on \(target.server)",
                retry: .retryable, isLocked: true)
        }
        try leader.check(target, answers[2])
        var session = open(connection)
        session.leader = leader
        _ = try answers[3].get()
        return try connection.keptAlive(seconds: silentSeconds) { try body(session) }
    }
}
