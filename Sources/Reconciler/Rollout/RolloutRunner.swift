import Diff
import Execution
import Model
import Schema

/// Runs operations of a rollout over their shards.
package struct RolloutRunner: Sendable {
    /// The operations of one shard, and the server that it is on.
    package struct ShardWork: Sendable {
        package let shard: ShardID
        package let server: ServerAddress
        /// The pending records of its operations, in the order of the plan.
        package var records: [PendingRecord]
        /// Which of them need each other.
        package var order: ChangeOrder
        /// How operations are taken up of which the ledger knows more than that they are pending.
        package var claims: [OperationKey: OperationClaim] = [:]

        package init(
            shard: ShardID, server: ServerAddress, records: [PendingRecord],
            order: ChangeOrder = .sequence
        ) {
            self.shard = shard
            self.server = server
            self.records = records
            self.order = order
        }
    }

    /// The outcome of a rollout's operations in this run.
    package struct Result: Sendable {
        /// The outcomes of the operations that ended in this run.
        package var outcomes: [OperationKey: OperationOutcome] = [:]
        /// The operations that go on later, at a time or with a cutover.
        package var rests: [OperationKey: OperationRest] = [:]
        /// Why shards were not settled, by shard.
        package var obstacles: [ShardID: ShardFailure] = [:]
        /// How operations stand that other processes ended or left for later.
        package var others: [OperationKey: OperationRecord] = [:]
        /// Set when the ledger could not be written: nothing was started after that.
        package var journalFailure: JournalFailure?
    }

    private let opener: any ShardOpener
    private let journal: any OperationJournal
    private let clock: any Clock
    private let control: RolloutControl
    private let isInOrder: Bool
    private let total: Int
    private let perServer: Int
    private let places: StatementPlaces
    private let faults: FaultPoints
    private let listener: RolloutListener
    private let engines: Engines
    private let budget: RetryBudget
    private let leavesToOthers: Bool

    /// - Parameters:
    ///   - isInOrder: whether shards are worked on one after the other, as they are listed.
    ///   - total: how many operations are at work at once.
    ///   - perServer: how many of them run statements on one server at once.
    ///   - places: what counts them, also those of other rollouts.
    ///   - leavesToOthers: whether what the account of this process may not do is left, and fails
    ///     nothing.
    package init(
        opener: any ShardOpener, journal: any OperationJournal, clock: any Clock,
        control: RolloutControl, isInOrder: Bool = false, total: Int, perServer: Int,
        faults: FaultPoints = .none,
        listener: RolloutListener = .silent, places: StatementPlaces? = nil,
        engines: Engines = .standard, budget: RetryBudget = .standard,
        leavesToOthers: Bool = false
    ) {
        self.opener = opener
        self.journal = journal
        self.clock = clock
        self.control = control
        self.isInOrder = isInOrder
        self.total = isInOrder ? 1 : total
        self.perServer = perServer
        self.places = places ?? StatementPlaces(total: total, perServer: perServer)
        self.faults = faults
        self.listener = listener
        self.engines = engines
        self.budget = budget
        self.leavesToOthers = leavesToOthers
    }

    /// Runs all of `works`; returns when each operation has ended or was left.
    ///
    /// - Parameters:
    ///   - admit: asked before the work on a shard begins; false where nothing is to be done there.
    ///   - finished: called after the work on a shard that was admitted.
    package func run(
        _ works: [ShardWork], admit: @escaping @Sendable (ShardWork) -> Bool = { _ in true },
        finished: @escaping @Sendable (ShardWork) -> Void = { _ in }
    ) -> Result {
        var result = Result()
        let worker = ShardWorker(
            opener: opener, journal: journal, clock: clock, control: control, places: places,
            faults: faults, listener: listener, engines: engines, budget: budget,
            leavesToOthers: leavesToOthers)
        let broken = Lock<JournalFailure?>(nil)
        let reports = Workers.map(
            works, total: total, limit: mayBeginOn,
            // Servers take turns, and that would be another order than that of the list.
            key: { isInOrder ? works[0].server : $0.server },
            hands: { $0.order.width(of: $0.records.count) }
        ) { (work: ShardWork, crew: Crew) -> (ShardID, ShardWorker.Report) in
            guard broken.withLock({ $0 }) == nil, control.enter(work.shard) else {
                return (work.shard, .init())
            }
            defer { control.leave(work.shard) }
            guard admit(work) else { return (work.shard, .init()) }
            defer { finished(work) }
            do throws(JournalFailure) {
                return (work.shard, try worker.run(work, crew: crew))
            } catch  where error.isOfClaim {
                // Another process has the server by now: nothing is known here of what it does.
                var report = ShardWorker.Report()
                report.obstacle = ShardFailure(error.message, retry: .retryable)
                return (work.shard, report)
            } catch {
                broken.withLock { $0 = $0 ?? error }
                return (work.shard, .init())
            }
        }
        for (shard, report) in reports {
            result.outcomes.merge(report.outcomes) { _, new in new }
            result.rests.merge(report.rests) { _, new in new }
            result.obstacles[shard] = report.obstacle
        }
        result.journalFailure = broken.withLock { $0 }
        return result
    }

    /// How many operations may be at work on a server: where statements are short, the next ones
    /// are made ready, and the last ones recorded, while some run.
    private func mayBeginOn(_ server: ServerAddress) -> Int {
        places.areHeldBriefly(server) ? perServer + Self.ahead : perServer
    }

    /// How many operations are at work on a server at most beside those that may run statements.
    /// They wait for the ledger, and what waits at the same time is one commit: the more there are,
    /// the fewer commits.
    package static let ahead = 10
}
