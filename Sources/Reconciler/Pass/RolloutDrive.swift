import Basics
import Execution
import Model
import Reports
import Schema

/// Drives open rollouts until nothing is due: runs what may start, wave by wave, and waits for
/// bakes where it is asked to.
///
/// Several rollouts are driven in turn. What engines have begun goes on before anything begins;
/// else the operations of an older rollout go first on a shard.
struct RolloutDrive {
    /// A rollout with what is known of it.
    struct Driven {
        var record: RolloutRecord
        var operations: RolloutOperations
        let control: RolloutControl
        /// The operations of which the record cannot be read.
        var damaged: Set<OperationKey> = []
        /// Whether the ledger says that this pass began it or goes on with it.
        fileprivate(set) var isBegun: Bool
        var result = RolloutRunner.Result()
        /// What it does next, as it was last asked.
        var next = RolloutProgress.Next.end
        fileprivate var attempted: Set<OperationKey> = []
        /// The shards on which an operation failed in this run.
        fileprivate var failedShards: Set<ShardID> = []
        /// When the shards of a wave were last asked how they are.
        fileprivate var asked: Timestamp?
        /// The cutovers that were asked for.
        var cutovers: [CutoverRequest]?
        /// Whether somebody took it back.
        var isTakenBack = false
        /// What the engines of operations need that had begun before.
        var engines: [OperationKey: EngineState] = [:]
        /// Why operations that had begun may not be cut over any more, while a newer plan wants
        /// something else.
        var outdated: [OperationKey: String] = [:]
        /// Whether operations change their tables one after the other just now.
        fileprivate(set) var isInOrder = false
        /// Whether others may help with what it is at now: with no cutover, and not where something
        /// is taken away.
        fileprivate(set) var isOfferable = false

        init(
            _ record: RolloutRecord, _ operations: [OperationKey: OperationRecord],
            isBegun: Bool, control: RolloutControl
        ) {
            self.record = record
            self.operations = RolloutOperations(record, operations)
            self.isBegun = isBegun
            self.control = control
        }

        /// Whether something of it may be due after a bake.
        func hasWork(_ isReady: (OperationKey) -> Bool) -> Bool {
            operations.open.contains { isReady($0) && !attempted.contains($0) }
        }

        /// The operations that no other rollout may begin: those that have not ended, and while it
        /// stands still those that failed, which are tried again when somebody lets it go on.
        var taken: [OperationKey] {
            let stands = control.standstill != nil
            return operations.values.filter {
                !$0.state.isTerminal || stands && $0.state == .failed
            }.map(\.key)
        }

        /// Whether there is nothing to record of it: no operation ended and nothing is cancelled.
        var isUnmoved: Bool {
            result.outcomes.isEmpty && !control.isHalted && record.number != nil
                && operations.values.contains { !$0.state.isTerminal }
        }

        /// Whether what earlier passes of the loop began of it goes on: then it is left alone.
        var isInFlight = false

        /// A finalizer of it ran or ended, so there is something to record of it.
        mutating func noteFinalized() { isBegun = true }

        /// Takes over what became of operations.
        fileprivate mutating func note(_ run: RolloutRunner.Result, now: Timestamp) {
            for (key, outcome) in run.outcomes {
                operations[key]?.state = outcome.state
                operations[key]?.message = outcome.message
                let endedAt = outcome.endedAt ?? now
                operations[key]?.endedAt = outcome.state.isTerminal ? endedAt.iso : nil
                operations[key]?.nextAttemptAt = nil
                operations[key]?.engine = nil
                if outcome.kind == .failed { failedShards.insert(key.shardID) }
            }
            let resting = run.others.filter { !$0.value.state.isTerminal }.keys.map(\.shardID)
            takeUpAgain(on: Set(resting), after: run)
            for (key, record) in run.others { operations[key] = record }
            note(run.rests, of: run)
            result.outcomes.merge(run.outcomes) { _, new in new }
            result.obstacles.merge(run.obstacles) { _, new in new }
            result.journalFailure = result.journalFailure ?? run.journalFailure
        }

        /// Takes over which operations go on later: they, and what was left because of them.
        private mutating func note(
            _ rests: [OperationKey: OperationRest], of run: RolloutRunner.Result
        ) {
            guard !rests.isEmpty else { return }
            for (key, rest) in rests {
                operations[key] = operations[key]?.resting(rest)
                engines[key] = rest.engine
            }
            takeUpAgain(on: Set(rests.keys.map(\.shardID)), after: run)
        }

        /// Lets what was left on shards be taken up once more in this pass; not what came to
        /// something there, such as a refusal, which would be told again.
        private mutating func takeUpAgain(on shards: Set<ShardID>, after run: RolloutRunner.Result)
        {
            attempted = attempted.filter {
                !shards.contains($0.shardID) || run.outcomes[$0] != nil
            }
        }

        /// Whether a cutover that a dead worker left may go on to its end, where nothing else does.
        fileprivate var mayEnd: Bool {
            (isTakenBack || control.isHalted) && !control.isClosed
        }

        /// Whether an operation may be taken up: what its engine needs is there.
        fileprivate func isWhole(_ key: OperationKey) -> Bool {
            operations[key]?.engine == nil || engines[key] != nil
        }

        /// The work with what the ledger knows of its operations.
        fileprivate func claiming(
            _ works: [RolloutRunner.ShardWork], parks: Bool, abandoned: String?
        ) -> [RolloutRunner.ShardWork] {
            works.map { work in
                var work = work
                for (place, record) in work.records.enumerated() {
                    guard let operation = operations[record.key] else { continue }
                    work.records[place].engine = engines[record.key]
                    work.claims[record.key] = OperationClaim(
                        operation, isRecorded: operation.engine != nil, parks: parks,
                        abandoned: abandoned, outdated: outdated[record.key])
                }
                return work
            }
        }
    }

    /// Runs operations of a rollout.
    let run: (Driven, [RolloutRunner.ShardWork]) -> RolloutRunner.Result
    /// Records that the pass goes on with a rollout, before anything of it starts.
    let resume: (RolloutRecord) throws(JournalFailure) -> Void
    /// What the gate lets start.
    let isReady: (OperationKey) -> Bool
    /// The work on operations of a rollout.
    let work: (RolloutRecord, [OperationKey]) -> [RolloutRunner.ShardWork]
    let clock: any Clock
    let interrupt: Interrupt
    let listener: RolloutListener
    /// Whether it waits for bakes and next attempts.
    let waits: Bool
    /// Asks waves how they are; nil where nobody wants to know.
    var health: HealthGate?
    /// Asks the ledger what keeps a rollout from going on, while it waits; nil where nobody asks.
    var heed: ((String) -> RolloutMark.Standstill?)?

    /// - Parameter rollouts: the older ones first.
    func run(_ rollouts: inout [Driven]) {
        var told: Timestamp?
        while true {
            for place in rollouts.indices where !rollouts[place].operations.underWay.isEmpty {
                runDue(place, in: &rollouts, onlyUnderWay: true)
            }
            for place in rollouts.indices { runDue(place, in: &rollouts) }
            guard waits, mayGoOn(rollouts), let due = earliestDue(of: rollouts) else { return }
            var seconds = due.until.secondsSince1970 - clock.now.secondsSince1970
            if case .bake(let wave, _) = due.next {
                if told != due.until { listener.note(.baking(wave: wave + 1, seconds: seconds)) }
                told = due.until
                if let health { seconds = min(seconds, Int64(health.check.eachSeconds)) }
            }
            guard wait(seconds, rollouts) else { return }
        }
    }

    /// The longest time for which a stop is not noticed while a rollout waits, in seconds.
    private static let heedSeconds: Int64 = 2

    /// Waits, and no longer than something may go on; false where the end was asked for.
    private func wait(_ seconds: Int64, _ rollouts: [Driven]) -> Bool {
        guard let heed else { return clock.wait(seconds: Double(seconds), unless: interrupt) }
        var left = seconds
        while left > 0 {
            let slice = min(left, Self.heedSeconds)
            guard clock.wait(seconds: Double(slice), unless: interrupt) else { return false }
            left -= slice
            for driven in rollouts where driven.control.standstill == nil {
                if let standstill = heed(driven.record.id) { driven.control.halt(standstill) }
            }
            guard earliestDue(of: rollouts) != nil else { return true }
        }
        return true
    }

    /// Runs what is due of a rollout.
    ///
    /// - Parameter onlyUnderWay: whether only what an engine has begun goes on, and nothing begins.
    private func runDue(
        _ place: Int, in rollouts: inout [Driven], onlyUnderWay: Bool = false
    ) {
        while true {
            let driven = rollouts[place]
            let failed = failedShards(of: rollouts)
            let underWay = Set(driven.operations.underWay)
            let busy = onlyUnderWay ? [] : busyShards(before: place, of: rollouts)
            let progress = RolloutProgress(
                driven.record, cutovers: driven.cutovers, isTakenBack: driven.isTakenBack)
            let next = progress.next(driven.operations, now: clock.now) { key in
                guard isReady(key), !driven.attempted.contains(key), driven.isWhole(key),
                    !failed.contains(key.shardID)
                else { return false }
                return underWay.contains(key) || !onlyUnderWay && !busy.contains(key.shardID)
            }
            rollouts[place].next = next
            guard mayGoOn(rollouts), isHealthy(&rollouts[place]) else { return }
            let (wave, keys): (Int, [OperationKey])
            var abandoned: String?
            switch next {
            case .run(let number, let due): (wave, keys) = (number, due)
            case .cutOver(let number, let due, _): (wave, keys) = (number, due)
            case .abandon(let due):
                (wave, keys) = (0, due)
                abandoned =
                    driven.isTakenBack
                    ? "the rollout was taken back before its cutover"
                    : "the rollout halted before its cutover"
            case .bake, .retry, .awaitCutover, .wait, .restart, .halt, .end: return
            }
            driven.control.renew()
            guard driven.control.mayStart || abandoned != nil || driven.mayEnd,
                begin(&rollouts[place])
            else { return }
            if abandoned == nil {
                listener.note(
                    .wave(
                        number: wave + 1, count: driven.record.waves.count,
                        operations: keys.count))
            }
            rollouts[place].attempted.formUnion(keys)
            if case .cutOver(_, _, let isInOrder) = next {
                (rollouts[place].isInOrder, rollouts[place].isOfferable) = (isInOrder, false)
            } else {
                (rollouts[place].isInOrder, rollouts[place].isOfferable) = (false, abandoned == nil)
            }
            let works = driven.claiming(
                work(driven.record, keys), parks: progress.parks, abandoned: abandoned)
            let result = run(rollouts[place], works)
            rollouts[place].note(result, now: clock.now)
        }
    }

    /// Asks a wave that bakes, or behind which the next one opens, how it is; false where the
    /// rollout pauses for that.
    private func isHealthy(_ driven: inout Driven) -> Bool {
        guard let health, driven.control.mayStart else { return true }
        let isOpening = driven.openingWave != nil
        guard let wave = driven.askedWave,
            isOpening || driven.isQuestionDue(clock.now, each: health.check.eachSeconds)
        else { return true }
        driven.asked = clock.now
        let (number, shards) = driven.changedShards(upTo: wave)
        let reason: String
        switch health.verdict(
            of: .init(
                rollout: driven.record, operations: driven.operations, wave: number,
                shards: shards, isOpening: isOpening))
        {
        case .healthy: return true
        case .undecided: return false
        case .unhealthy(let words): reason = words
        }
        do throws(JournalFailure) {
            if let standstill = try health.pause(driven.record, reason) {
                driven.control.halt(standstill)
            }
        } catch {
            driven.result.journalFailure = error
        }
        return false
    }

    private func mayGoOn(_ rollouts: [Driven]) -> Bool {
        !interrupt.isRaised && rollouts.allSatisfy { $0.result.journalFailure == nil }
    }

    /// Whether it is recorded that the pass goes on with the rollout.
    private func begin(_ driven: inout Driven) -> Bool {
        guard !driven.isBegun else { return true }
        do throws(JournalFailure) {
            try resume(driven.record)
            driven.isBegun = true
            return true
        } catch {
            driven.result.journalFailure = error
            return false
        }
    }

    /// The shards on which nothing of a rollout starts: operations of older ones may still start
    /// there, or one of any rollout is under way that nobody holds.
    private func busyShards(before place: Int, of rollouts: [Driven]) -> Set<ShardID> {
        var busy: Set<ShardID> = []
        for (number, driven) in rollouts.enumerated() where driven.control.standstill == nil {
            busy.formUnion(driven.operations.underWay.map(\.shardID))
            guard number < place else { continue }
            for key in driven.operations.open where isReady(key) { busy.insert(key.shardID) }
        }
        return busy
    }

    /// The shards on which an operation of any rollout failed in this run.
    private func failedShards(of rollouts: [Driven]) -> Set<ShardID> {
        rollouts.reduce(into: []) { $0.formUnion($1.failedShards) }
    }

    /// What is due first by itself, of all rollouts.
    private func earliestDue(
        of rollouts: [Driven]
    ) -> (next: RolloutProgress.Next, until: Timestamp)? {
        rollouts.compactMap { driven -> (next: RolloutProgress.Next, until: Timestamp)? in
            guard let until = driven.next.due, driven.hasWork(isReady),
                driven.control.standstill == nil, !driven.control.isHalted
            else { return nil }
            return (driven.next, until)
        }.min { $0.until < $1.until }
    }
}

// MARK: Health

extension RolloutDrive.Driven {
    /// The later wave of which the first operation is about to change its table; nil where none is.
    fileprivate var openingWave: Int? {
        let wave: Int
        let parks = RolloutProgress(record).parks
        switch next {
        case .run(let number, _):
            // What only gets ready for its cutover changes nothing.
            guard !parks else { return nil }
            wave = number
        case .cutOver(let number, _, _): wave = number
        case .abandon, .bake, .retry, .awaitCutover, .wait, .restart, .halt, .end: return nil
        }
        let isUntouched = record.waves[wave].allSatisfy { key in
            switch operations[key]?.state {
            case .pending, .waitingForCutover, .superseded, .cancelled, nil: true
            // What was found done was changed by nobody of the rollout.
            case .completed: !hasChanged(key)
            // Where it gets ready for its cutover first, nobody knows whether its table changed.
            case .leased, .preparing, .running, .failedRetryable, .failed: parks
            case .cuttingOver, .verifying: false
            }
        }
        return wave > 0 && isUntouched ? wave : nil
    }

    /// Whether an operation changed its shard, or may have: before this run or in it.
    private func hasChanged(_ key: OperationKey) -> Bool {
        operations[key]?.startedAt != nil || result.outcomes[key]?.changedTheShard == true
    }

    /// The wave that is asked how it is; nil where none bakes and none opens.
    fileprivate var askedWave: Int? {
        if case .bake(let wave, _) = next { return wave }
        return openingWave.map { $0 - 1 }
    }

    fileprivate func isQuestionDue(_ now: Timestamp, each seconds: Int) -> Bool {
        asked.map { $0.adding(seconds: Int64(seconds)) <= now } ?? true
    }

    /// The last wave up to this one that changed any shards, and these.
    fileprivate func changedShards(upTo wave: Int) -> (wave: Int, [ShardID]) {
        for number in (0...wave).reversed() {
            let shards = record.waves[number].filter { key in
                let state = operations[key]?.state
                return state == .completed || state == .failed
            }.map(\.shardID)
            if !shards.isEmpty { return (number, Set(shards).sorted()) }
        }
        return (wave, [])
    }

    /// When the wave that bakes is asked again; nil where none does.
    func nextQuestion(each seconds: Int) -> Timestamp? {
        guard case .bake = next else { return nil }
        return asked?.adding(seconds: Int64(seconds))
    }
}
