import Basics
import Diff
import Execution
import Model
import Schema

/// Runs the operations of one shard under the shard's lock: one after another, and those that do
/// not need each other at the same time, as far as there are threads and sessions for it.
struct ShardWorker {
    let opener: any ShardOpener
    let journal: any OperationJournal
    let clock: any Clock
    let control: RolloutControl
    let places: StatementPlaces
    let faults: FaultPoints
    let listener: RolloutListener
    var engines = Engines.standard
    var budget = RetryBudget.standard
    /// Whether other processes may do what the account of this one may not.
    var leavesToOthers = false

    /// The outcomes of a shard's operations.
    struct Report: Sendable {
        var outcomes: [OperationKey: OperationOutcome] = [:]
        /// Operations that go on later, at a time or with a cutover.
        var rests: [OperationKey: OperationRest] = [:]
        /// Why the rest was not settled: the shard cannot be reached, or another session has its
        /// lock.
        var obstacle: ShardFailure?
    }

    /// How often a worker tries to open a shard before it leaves it to the next run.
    private static let openLimit = 3

    /// - Parameters:
    ///   - crew: the threads that can help.
    /// - Throws: `JournalFailure` when the ledger cannot be written.
    func run(
        _ work: RolloutRunner.ShardWork, crew: Crew? = nil
    ) throws(JournalFailure) -> Report {
        let shard = work.shard
        let board = ShardBoard(
            ShardQueue(work, engines: engines, retryLimit: budget.attempts), control,
            on: work.server)
        var openFailures = 0
        while board.hasWork {
            var pause: ShardQueue.Pause?
            do throws(ShardFailure) {
                try opener.withShard(shard) { port throws(ShardFailure) in
                    lead(board, on: port, crew)
                }
                openFailures = 0
            } catch {
                openFailures += 1
                guard openFailures < Self.openLimit, error.retry != .permanent else {
                    board.update { $0.block(error) }
                    break
                }
                pause = ShardQueue.Pause(
                    seconds: RetryPauses.seconds(attempt: openFailures), message: error.message)
            }
            pause = try board.endRound() ?? pause
            guard let pause else { continue }
            listener.note(.waiting(shard, message: pause.message, seconds: pause.seconds))
            guard clock.wait(seconds: pause.seconds, unless: control.interrupt) else {
                board.update { $0.noteHalf() }
                break
            }
        }
        return board.report
    }

    /// Works on what is ready, with the shard's lock held, until nothing is or an operation has to
    /// wait. Nobody is at work on the shard when it returns.
    private func lead(_ board: ShardBoard, on port: any ShardPort, _ crew: Crew?) {
        let helpers = crew == nil ? nil : port.helpers
        board.beginRound(helpers: helpers?.limit ?? 0)
        let call = { @Sendable in
            guard let crew, let helpers else { return }
            crew.call(board.helpersWanted()) { help(board, helpers, crew) }
        }
        while let item = board.nextForLeader() {
            call()
            work(on: item, board, port)
        }
        crew?.dismiss()
    }

    /// Works beside the leader as long as there is something to do.
    private func help(_ board: ShardBoard, _ helpers: any ShardHelpers, _ crew: Crew) {
        guard let number = board.enter() else { return }
        var couldWork = false
        do throws(ShardFailure) {
            try helpers.withSession(number) { port throws(ShardFailure) in
                couldWork = true
                while let item = board.nextForHelper() {
                    crew.call(board.helpersWanted()) { help(board, helpers, crew) }
                    work(on: item, board, port)
                }
            }
        } catch {
            // What it would have done is left to the leader, who has a session.
        }
        board.leave(number, couldWork: couldWork)
    }

    private func work(on item: ShardQueue.Item, _ board: ShardBoard, _ port: any ShardPort) {
        var item = item
        let key = item.record.key
        guard let engine = item.engine else {
            let name = item.record.step.engine ?? .direct
            let obstacle = ShardFailure("\(key): \(Engines.unknown(name))", retry: .permanent)
            return board.note { $0.leave(item, obstacle) }
        }
        let driver = OperationDriver(
            record: item.record, engine: engine, journal: journal, faults: faults,
            turn: StatementTurn(places, board.server), budget: budget, clock: clock,
            interrupt: control.interrupt,
            mayStart: { control.mayStart && control.hold(of: key) == nil },
            held: { control.hold(of: key) }, leavesToOthers: leavesToOthers,
            began: { listener.note(.started(key)) })
        do throws(JournalFailure) {
            switch try driver.drive(&item.machine, &item.memory, claim: item.event, on: port) {
            case .settled(let outcome):
                control.note(
                    item.record.key, outcome, of: item.record.rollout, at: clock.now.iso)
                // Before it is told: who hears of a failure sees nothing start on the shard.
                board.update { $0.hear(outcome) }
                listener.note(.settled(item.record.key, outcome))
                board.note { $0.settle(item, outcome) }
            case .notBegun: board.note { $0.putBack(item) }
            case .parked:
                listener.note(.parked(key))
                board.note { $0.park(item) }
            case .postponed(let retry):
                let seconds = retry.next.secondsSince1970 - clock.now.secondsSince1970
                listener.note(
                    .waiting(key.shardID, message: retry.message, seconds: Double(seconds)))
                board.note { $0.postpone(item, retry) }
            case .refused(.rollout(let standstill)):
                control.halt(standstill)
                board.note { $0.putBack(item) }
            case .refused(.shard(let reason)):
                let obstacle = ShardFailure(reason, retry: .retryable, isSuspended: true)
                board.note { $0.leave(item, obstacle) }
            case .refused(.operation(let state, let reason)):
                // It is recorded already, by whoever ended it.
                let outcome = OperationOutcome(ended: state, message: reason)
                board.note { $0.settle(item, outcome) }
            case .left(let message):
                let obstacle = ShardFailure("\(item.record.key): \(message)", retry: .retryable)
                board.note { $0.leave(item, obstacle) }
            case .again(let message, let attempt):
                let pause = ShardQueue.Pause(
                    seconds: RetryPauses.lockPauseSeconds(attempt: attempt), message: message)
                board.note { $0.suspend(item, pause) }
            }
        } catch {
            board.fail(error)
        }
    }
}
