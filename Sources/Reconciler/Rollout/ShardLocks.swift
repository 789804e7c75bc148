import MySQLClient

/// The named locks (`GET_LOCK`) of one shard, under which alone its statements run.
///
/// One session, the leader, holds the shard's lock. Helpers run statements beside it; each holds a
/// lock with a number, in the session that runs its statements.
///
/// A statement can outlive the process that sent it, and the leader's session can end before it. So
/// whoever takes the shard's lock looks at all the numbers *after* that, and a helper takes its
/// number *before* it looks whether its leader still has the shard's lock: of two that do so at
/// the same time at least one sees the other. Who has the shard's lock and saw no number taken
/// knows that no statement of anybody else runs.
struct ShardLocks {
    /// The most helpers of one shard, which is the same for every process and release.
    static let helperLimit = 31

    let database: String

    /// The lock of the leader.
    var name: String { Self.name(database: database) }

    /// It is unique on a server.
    static func name(database: String) -> String { "plumb:\(database)" }

    /// The lock of a helper, from 1 to `helperLimit`.
    func helperName(_ number: Int) -> String { "plumb-helper-\(number):\(database)" }

    private var helperNames: [String] { (1...Self.helperLimit).map(helperName) }

    /// Asks whether each helper's lock is free.
    var helperQuestion: String { AdvisoryLock.freedomQuestion(of: helperNames) }

    /// The numbers of the helpers that are at work, or may be.
    func helpers(in answer: [Row]) -> [Int] {
        (1...Self.helperLimit).filter { number in
            guard let row = answer.first, number <= row.count else { return true }
            return row[number - 1] != "1"
        }
    }

    /// Waits until none of `helpers` is at work, for `waitSeconds` in all; false where one is then.
    ///
    /// Call it with the leader's lock held: then no new one can begin.
    func areOver(
        _ helpers: [Int], on connection: Connection, waitSeconds: Int
    ) throws(MySQLError) -> Bool {
        guard !helpers.isEmpty else { return true }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(waitSeconds)
        for number in helpers {
            let left = max(0, (end - clock.now).components.seconds)
            guard
                let lock = try AdvisoryLock.acquire(
                    name: helperName(number), on: connection, waitSeconds: Int(left))
            else { return false }
            try lock.release()
        }
        return true
    }
}
