import Basics
import Diff
import Model
import Schema

/// The operations of one shard: which may be taken up now, and what came of the others.
///
/// A pure value without a clock. Between two pauses it is in a round: the first operation that has
/// to wait ends it, so that the shard is left alone for a while.
struct ShardQueue {
    struct Item {
        fileprivate let place: Int
        let record: PendingRecord
        var machine: OperationMachine
        /// Nil where this release does not have it.
        let engine: (any Engine)?
        let claim: OperationMachine.Event
        var memory: OperationDriver.Memory
        /// Whether it was taken up before and had to wait.
        var isStarted = false

        /// What the machine hears first when it is taken up.
        var event: OperationMachine.Event { isStarted ? .retryDue : claim }
    }

    /// A wait before the next round.
    struct Pause {
        let seconds: Double
        let message: String
    }

    private var items: [Item]
    /// By operation those that need it.
    private var dependents: [[Int]]
    /// By operation how many of those that it needs have not ended.
    private var missing: [Int]
    /// Operations that need nothing any more and were not taken up, from `head` on.
    private var ready: [Int] = []
    private var head = 0
    /// Operations that had to wait, and go on before others are taken up.
    private var suspended: [Int] = []
    /// How many are at work.
    private(set) var running = 0
    /// Whether nothing new may be taken up in this run.
    private var isClosed = false
    /// Whether all that is done here is to bring to its end what engines have begun: that needs no
    /// leave.
    private let isEnding: Bool
    /// Set once an operation has to wait.
    private(set) var pause: Pause?
    private(set) var report = ShardWorker.Report()

    init(_ work: RolloutRunner.ShardWork, engines: Engines, retryLimit: Int) {
        let records = work.records
        let needs = work.order.needs(of: records.count)
        items = records.enumerated().map { place, record in
            let claim = work.claims[record.key] ?? OperationClaim()
            let engine = engines.engine(of: record.step)
            let isStaged = engine?.isStaged == true
            let manner = OperationMachine.Manner(
                asksRows: !RowsInTheWay.questions(of: record.step).isEmpty, parks: claim.parks,
                isStaged: isStaged, looksFirst: needs[place].isEmpty)
            return Item(
                place: place, record: record,
                machine: OperationMachine(
                    chain: isStaged ? [record.step.from, record.step.to] : record.step.digests,
                    retryLimit: retryLimit, manner: manner, origin: claim.origin),
                engine: engine, claim: claim.event,
                memory: .init(engine: record.engine, failingSince: claim.failingSince))
        }
        isEnding = records.allSatisfy { work.claims[$0.key]?.isOfTheEnd == true }
        missing = needs.map(\.count)
        dependents = Array(repeating: [], count: records.count)
        for (place, others) in needs.enumerated() {
            for other in others { dependents[other].append(place) }
            if others.isEmpty { ready.append(place) }
        }
    }

    /// How many could be taken up now; ones that have not started only when `mayStart`.
    func open(mayStart: Bool) -> Int {
        guard pause == nil else { return 0 }
        return suspended.count + (mayStart && !isClosed || isEnding ? ready.count - head : 0)
    }

    /// The next operation to work on; nil where none can be taken up now.
    mutating func take(mayStart: Bool) -> Item? {
        guard open(mayStart: mayStart) > 0 else { return nil }
        running += 1
        if !suspended.isEmpty { return items[suspended.removeFirst()] }
        head += 1
        return items[ready[head - 1]]
    }

    /// What an operation came to: after a failure nothing new is taken up.
    ///
    /// Later operations may depend on the failed one in ways that nobody knows: they are left to
    /// the next plan.
    mutating func hear(_ outcome: OperationOutcome) {
        if outcome.kind == .failed || outcome.kind == .notRun { isClosed = true }
    }

    /// The operation has ended, and those that needed nothing else may begin.
    mutating func settle(_ item: Item, _ outcome: OperationOutcome) {
        running -= 1
        report.outcomes[item.record.key] = outcome
        hear(outcome)
        release(item)
    }

    /// The operation is ready and waits for its cutover. Others may be made ready as well: none of
    /// them changes a table.
    mutating func park(_ item: Item) {
        running -= 1
        report.rests[item.record.key] = OperationRest(kind: .parked, engine: item.memory.engine)
        release(item)
    }

    /// The operation is left until its next attempt is due. Nothing new is taken up on the shard
    /// before: it may need what this one has not done.
    mutating func postpone(_ item: Item, _ retry: OperationRetry) {
        running -= 1
        report.rests[item.record.key] = OperationRest(
            kind: .postponed(retry), engine: item.memory.engine)
        isClosed = true
    }

    private mutating func release(_ item: Item) {
        for other in dependents[item.place] {
            missing[other] -= 1
            if missing[other] == 0 { ready.append(other) }
        }
    }

    /// Leaves the operation, and all that have not begun, to the next run, with the reason.
    mutating func leave(_ item: Item, _ obstacle: ShardFailure) {
        running -= 1
        report.obstacle = report.obstacle ?? obstacle
        isClosed = true
    }

    /// The operation has to wait; nothing else is taken up until the pause is over.
    mutating func suspend(_ item: Item, _ pause: Pause) {
        running -= 1
        items[item.place] = item
        items[item.place].isStarted = true
        suspended.append(item.place)
        self.pause = [self.pause, pause].compactMap(\.self).max { $0.seconds < $1.seconds }
    }

    /// The operation was taken up and did not begin, because nothing may any more.
    mutating func putBack(_ item: Item) {
        running -= 1
        isClosed = true
    }

    /// Nothing is known of an operation that was at work.
    mutating func abandon() { running -= 1 }

    /// Ends a round, in which nothing is at work any more; returns the wait before the next one.
    mutating func endRound() -> Pause? {
        defer { pause = nil }
        suspended.sort()
        return pause
    }

    /// The shard cannot be reached or its lock is taken: what is left stays for the next run.
    mutating func block(_ obstacle: ShardFailure) { report.obstacle = obstacle }

    /// Called when the run is interrupted during a pause: records that a part of a step is left.
    mutating func noteHalf() {
        for place in suspended {
            guard let count = items[place].machine.reached else { continue }
            let record = items[place].record
            let total = Count.of(record.step.statements.count, "statement")
            report.obstacle = ShardFailure(
                "\(record.key): \(count) of \(total) ran before the interrupt: "
                    + "run again soon; the rest is planned then", retry: .retryable,
                isHalf: true)
            return
        }
    }
}
