import Basics
import Execution
import Model
import Schema

/// Runs the operations of one shard in order, under the shard's lock.
struct ShardWorker {
    let opener: any ShardOpener
    let journal: any OperationJournal
    let clock: any Clock
    let control: RolloutControl
    let faults: FaultPoints
    let listener: RolloutListener

    /// The outcomes of a shard's operations.
    struct Report: Sendable {
        var outcomes: [OperationKey: OperationOutcome] = [:]
        /// Why the rest was not settled: the shard cannot be reached, or another session has its
        /// lock.
        var obstacle: ShardFailure?
    }

    /// How often a worker tries to open a shard before it leaves it to the next run.
    private static let openLimit = 3

    /// - Throws: `JournalFailure` when the ledger cannot be written.
    func run(_ shard: ShardID, _ records: [PendingRecord]) throws(JournalFailure) -> Report {
        var queue = Queue(records: records)
        var openFailures = 0
        while let start = queue.next(mayStart: control.mayStart) {
            let result: Result<Pause?, JournalFailure>
            do throws(ShardFailure) {
                result = try opener.withShard(shard) { port throws(ShardFailure) in
                    drain(&queue, from: start, on: port)
                }
                openFailures = 0
            } catch {
                openFailures += 1
                guard openFailures < Self.openLimit, error.retry != .permanent else {
                    queue.report.obstacle = error
                    break
                }
                result = .success(
                    Pause(
                        seconds: RetryPauses.seconds(attempt: openFailures), message: error.message)
                )
            }
            guard let pause = try result.get() else { continue }
            listener.note(.waiting(shard, message: pause.message, seconds: pause.seconds))
            guard clock.wait(seconds: pause.seconds, unless: control.interrupt) else {
                queue.noteHalf()
                break
            }
        }
        return queue.report
    }

    /// Works until the connection is lost or an operation has to wait; returns the pause before the
    /// next round.
    private func drain(
        _ queue: inout Queue, from start: Queue.Item, on port: any ShardPort
    ) -> Result<Pause?, JournalFailure> {
        var item = start
        do throws(JournalFailure) {
            while true {
                let driver = OperationDriver(record: item.record, journal: journal, faults: faults)
                if !item.isStarted { listener.note(.started(item.record.key)) }
                let event: OperationMachine.Event = item.isStarted ? .retryDue : .claimed
                switch try driver.drive(&item.machine, claim: event, on: port) {
                case .settled(let outcome):
                    control.note(item.record.key, outcome)
                    listener.note(.settled(item.record.key, outcome))
                    queue.settle(item, outcome)
                    guard let next = queue.next(mayStart: control.mayStart) else {
                        return .success(nil)
                    }
                    item = next
                case .left(let message):
                    queue.leave(ShardFailure("\(item.record.key): \(message)", retry: .retryable))
                    return .success(nil)
                case .again(let message, let attempt):
                    item.isStarted = true
                    queue.suspend(item)
                    return .success(
                        Pause(
                            seconds: RetryPauses.lockPauseSeconds(attempt: attempt),
                            message: message))
                }
            }
        } catch {
            return .failure(error)
        }
    }

    private struct Pause {
        let seconds: Double
        let message: String
    }

    /// The operations of the shard that are not settled yet, in order.
    struct Queue {
        struct Item {
            let record: PendingRecord
            var machine: OperationMachine
            var isStarted = false
        }

        private var items: ArraySlice<Item>
        var report = Report()

        init(records: [PendingRecord]) {
            items =
                records.map { record in
                    let asksRows = !RowsInTheWay.questions(of: record.step).isEmpty
                    return Item(
                        record: record,
                        machine: OperationMachine(chain: record.step.digests, asksRows: asksRows))
                }[...]
        }

        /// The next operation; one that has not started is returned only when `mayStart`.
        func next(mayStart: Bool) -> Item? {
            guard let first = items.first, first.isStarted || mayStart else { return nil }
            return first
        }

        mutating func settle(_ item: Item, _ outcome: OperationOutcome) {
            report.outcomes[item.record.key] = outcome
            items = items.dropFirst()
            // Later operations of this shard may depend on the failed one: they are left to the
            // next plan.
            if outcome.kind == .failed || outcome.kind == .notRun { items = [] }
        }

        /// Leaves the rest of the shard's operations to the next run, with the reason.
        mutating func leave(_ obstacle: ShardFailure) {
            report.obstacle = obstacle
            items = []
        }

        /// Called when the run is interrupted during a pause: records that a part of a step is
        /// left.
        mutating func noteHalf() {
            guard let item = items.first, let count = item.machine.reached else { return }
            let total = Count.of(item.record.step.statements.count, "statement")
            report.obstacle = ShardFailure(
                "\(item.record.key): \(count) of \(total) ran before the interrupt: "
                    + "run again soon; the rest is planned then", retry: .retryable,
                isHalf: true)
        }

        mutating func suspend(_ item: Item) {
            items[items.startIndex] = item
        }
    }
}
