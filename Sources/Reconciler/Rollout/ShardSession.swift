import Basics
import Diff
import Execution
import Model
import MySQLClient
import Observed
import Reports
import Schema

/// One shard, while its lock is held, by this session or by the one that leads it.
struct ShardSession: ShardPort {
    /// The session that holds the lock of the shard for this one.
    struct Leader {
        let lock: String
        /// Its connection id.
        let id: String

        /// Throws where that session does not hold the lock any more.
        ///
        /// - Parameter answer: who holds it, as the server says.
        func check(
            _ target: ObservationTarget, _ answer: Result<[Row], MySQLError>
        ) throws(ShardFailure) {
            do throws(MySQLError) {
                guard try answer.get().first?[0] != id else { return }
            } catch {
                throw ShardFailure(error, shard: target.id)
            }
            throw ShardFailure(
                "\(target.id): the session that held the lock `\(lock)` on \(target.server) is gone",
                retry: .retryable)
        }
    }

    let target: ObservationTarget
    let connection: Connection
    let catalog: ObjectCatalog
    let lockWaits: LockWaits
    let changed: @Sendable (ShardID) -> Void
    let measured: @Sendable (Measure) -> Void
    /// The settings of further sessions.
    let login: ShardSite.Login
    /// Nil where this session holds the lock itself.
    var leader: Leader?
    var helpers: (any ShardHelpers)?

    func digest(of object: ObjectName, among chain: [Digest?]) throws(ShardFailure) -> Digest? {
        do throws(MySQLError) {
            let found = try LiveTable.read(
                object: object, database: target.database, on: connection, catalog: catalog)
            return found?.object?.digests.first(where: chain.contains) ?? found?.digest
        } catch {
            throw ShardFailure(error, shard: target.id, object: object)
        }
    }

    func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? {
        do throws(MySQLError) {
            return try LiveTable.readTable(
                table.name, database: target.database, on: connection,
                catalog: catalog)?.digest
        } catch {
            throw ShardFailure(error, shard: target.id, object: table)
        }
    }

    func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer {
        do throws(MySQLError) {
            let flavour = try connection.profile(database: target.database).flavour
            switch try DataQuestionRunner.answer(
                .init(question, of: target, flavour: flavour), on: connection)
            {
            case .clear: return .clear
            case .inTheWay: return .inTheWay
            case .notAnswered(let reason): return .notKnown(reason)
            }
        } catch {
            guard error.retry != .permanent else {
                return .notKnown("the server refused the question (error \(error.number))")
            }
            throw ShardFailure(error, shard: target.id)
        }
    }

    /// Runs a statement in two round trips: what must be known and set right before, and itself.
    func run(_ statement: PlanStatement) throws(ShardFailure) {
        defer { changed(target.id) }
        try prepare(statement)
        // What follows only reads: a longer wait harms nobody, and ends with the next loan of the
        // session.
        let next = "SET SESSION " + Self.lockWait(lockWaits.readingSeconds)
        let start = LoopPulse.monotonicSeconds()
        defer { measured(.statement(seconds: LoopPulse.monotonicSeconds() - start)) }
        do throws(MySQLError) {
            if let numbersZeros = statement.numbersZeros {
                try connection.execute(
                    statement.sql, numberingZeros: numbersZeros, then: next)
            } else {
                try connection.executeUnderItsSettings(statement.sql, then: next)
            }
        } catch  where error.kind == .readOnly && target.changesReadOnly {
            throw ReadOnlyRefusal.unprivileged(target, error)
        } catch {
            if [.lockWaitTimeout, .deadlock].contains(error.kind) { measured(.lockWait) }
            var failure = ShardFailure(
                error, shard: target.id, changing: true,
                rows: error.number == Self.rowWithoutParent ? statement.rowsInTheWay : nil)
            if error.refuses(statement) { failure.refusedAlgorithm = "error \(error.number)" }
            throw failure
        }
    }

    func site() throws(ShardFailure) -> ShardSite? {
        let holder =
            leader
            ?? Leader(
                lock: ShardLocks.name(database: target.database), id: "\(connection.threadID)")
        do throws(MySQLError) {
            return ShardSite(
                target: target,
                flavour: try connection.profile(database: target.database).flavour,
                login: login, changed: changed
            ) { [target, connection] () throws(ShardFailure) in
                let questions = [
                    ReadOnlyState.question, AdvisoryLock.holderQuestion(of: holder.lock),
                ]
                let answers: [Result<[Row], MySQLError>]
                do throws(MySQLError) {
                    answers = try connection.answers(to: questions)
                } catch {
                    throw ShardFailure(error, shard: target.id)
                }
                try ReadOnlyRefusal.check(target, answers[0])
                try holder.check(target, answers[1])
            }
        } catch {
            throw ShardFailure(error, shard: target.id)
        }
    }

    /// Throws where the statement may not start now; sets what it runs under.
    private func prepare(_ statement: PlanStatement) throws(ShardFailure) {
        let check = statement.checksForeignKeys ? 1 : 0
        let questions = [
            ReadOnlyState.question,
            "SET SESSION foreign_key_checks = \(check), " + Self.lockWait(lockWaits.ddlSeconds),
        ]
        let leading = leader.map { [AdvisoryLock.holderQuestion(of: $0.lock)] } ?? []
        let answers: [Result<[Row], MySQLError>]
        do throws(MySQLError) {
            answers = try connection.answers(to: questions + leading)
            _ = try answers[1].get()
        } catch {
            throw ShardFailure(error, shard: target.id)
        }
        // The server may have become a replica since the last statement.
        try ReadOnlyRefusal.check(target, answers[0])
        if let leader { try leader.check(target, answers[2]) }
    }

    /// `ER_NO_REFERENCED_ROW_2`: a row has no parent for a foreign key that is added.
    private static let rowWithoutParent: UInt32 = 1452

    /// Sets both the metadata and the row lock waits: a statement that copies waits for row locks
    /// while it holds the metadata lock.
    private static func lockWait(_ seconds: Int) -> String {
        "lock_wait_timeout = \(seconds), innodb_lock_wait_timeout = \(seconds)"
    }
}

extension MySQLError {
    /// Whether this table refuses the algorithm of the statement, which an empty copy of it
    /// accepted.
    ///
    /// Instant changes leave traces in a table: MariaDB counts columns that were dropped instantly
    /// towards the row size (error 1118), and MySQL limits the number of such changes and the row
    /// size with them (errors 4092, 4093, 4157 and 4158).
    fileprivate func refuses(_ statement: PlanStatement) -> Bool {
        guard let algorithm = statement.algorithm, algorithm != .copy else { return false }
        switch number {
        case 1118: return !statement.rebuildsTable
        case 1845, 1846, 4092, 4093, 4157, 4158: return true
        default: return false
        }
    }
}

extension ShardFailure {
    /// The failure of a question to a shard.
    init(asking error: MySQLError, shard: ShardID) {
        self.init(error, shard: shard)
    }

    /// - Parameter changing: whether the statement may have changed something. If the connection
    ///   was lost during it, the outcome is unknown.
    /// - Parameter rows: a query that shows the rows because of which the statement was refused.
    fileprivate init(
        _ error: MySQLError, shard: ShardID, object: ObjectName? = nil, changing: Bool = false,
        rows: String? = nil
    ) {
        let lost = [.lostConnection, .unreachable, .connectionLimit].contains(error.kind)
        let place = object.map { "\(shard)/\($0.encoded)" } ?? "\(shard)"
        let remedy = rows.map {
            "; insert the missing parents or delete these rows, and run again: \($0)"
        }
        self.init(
            "\(place): \(error)\(remedy ?? "")",
            retry: changing && lost ? .indeterminate : error.retry)
        isOfAccount = error.kind == .missingGrant
    }
}
