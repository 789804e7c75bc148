import Basics
import Schema

/// What a rollout does next: a pure function of its records and the time.
///
/// A bake is no wait of a process but a time that follows from the records, and so is the pause
/// before the next attempt of an operation: a restart, another machine or a stop in between does
/// not begin it anew and does not end it.
package struct RolloutProgress: Sendable {
    private let waves: [[OperationKey]]
    private let bakeSeconds: [Int]
    private let rule: FailureRule
    private let cutover: CutoverPolicy
    private let cutovers: [CutoverRequest]
    private let isTakenBack: Bool
    /// Whether operations wait for their cutover when they are ready.
    package let parks: Bool

    /// - Parameters:
    ///   - cutovers: the cutovers that were asked for.
    ///   - isTakenBack: whether somebody took the rollout back: what began only comes to its end.
    package init(
        _ record: RolloutRecord, cutovers: [CutoverRequest]? = nil, isTakenBack: Bool = false
    ) {
        self.isTakenBack = isTakenBack
        waves = record.waves
        bakeSeconds = record.bakeSeconds
        rule = record.failureRule
        cutover = record.cutover ?? .rolling
        self.cutovers = cutovers ?? []
        parks = cutover.parks(of: record.waves.reduce(0) { $0 + $1.count })
    }

    private func indexed(_ operations: [OperationKey: OperationRecord]) -> RolloutOperations {
        RolloutOperations(waves: waves, bakeSeconds: bakeSeconds, operations)
    }

    /// How many waves there are.
    package var waveCount: Int { waves.count }

    /// The same where the operations are looked at once.
    package func next(
        _ operations: [OperationKey: OperationRecord], now: Timestamp,
        mayStart: @escaping (OperationKey) -> Bool
    ) -> Next {
        next(indexed(operations), now: now, mayStart: mayStart)
    }

    /// Costs a look at each open operation of the wave that is open; at each open one of all waves
    /// where operations wait for a cutover. What has ended costs nothing.
    ///
    /// - Parameters:
    ///   - operations: the operations of the rollout as recorded; one that is missing cannot be
    ///     read, so that it has not ended and does not start.
    ///   - mayStart: whether an operation may start as far as others know: nothing holds it.
    package func next(
        _ operations: RolloutOperations, now: Timestamp,
        mayStart: @escaping (OperationKey) -> Bool
    ) -> Next {
        let look = Look(operations: operations, now: now, mayStart: mayStart)
        if isTakenBack || rule.isHalted(failures: operations.failures) { return halted(look) }
        if let cutover = cutOverLeft(look) { return cutover }
        if let wave = untried(operations) { return .restart(wave: wave) }
        let unready = parks ? preparation(look) : nil
        if let unready, unready.isRunnable || cutover != .manual { return unready }
        var opensAt: Timestamp?
        for (number, range) in operations.waves.enumerated() {
            let open = operations.known.open.places(in: range)
            guard open.isEmpty else {
                if let opensAt, now < opensAt, cutover != .parallel {
                    return .bake(wave: number - 1, until: opensAt)
                }
                guard parks else { return due(number, open, look) }
                return cutOver(number, open, look) ?? unready ?? .wait(wave: number)
            }
            opensAt = max(opensAt, baked(number, operations))
        }
        return .end
    }

    /// One look at the operations.
    private struct Look {
        let operations: RolloutOperations
        let now: Timestamp
        private let mayStart: (OperationKey) -> Bool

        init(
            operations: RolloutOperations, now: Timestamp,
            mayStart: @escaping (OperationKey) -> Bool
        ) {
            self.operations = operations
            self.now = now
            self.mayStart = mayStart
        }

        /// Those of `places` that may start as far as others know, with their keys.
        func free(_ places: [Int]) -> [(place: Int, key: OperationKey)] {
            places.compactMap { place in
                let key = operations.key(place)
                return mayStart(key) ? (place, key) : nil
            }
        }
    }

    /// After a failure, or a rollback, nothing starts. A cutover that a dead worker left goes on to
    /// its end; what an engine made beside a table that has not changed is taken away.
    private func halted(_ look: Look) -> Next {
        let known = look.operations.known
        guard !known.open.isEmpty(in: look.operations.all) else { return .end }
        let begun = look.free(known.engaged.places(in: look.operations.all))
        let cutting = begun.filter { known.cuttingOver.contains($0.place) }
        guard cutting.isEmpty else {
            return .cutOver(wave: 0, cutting.map(\.key), inOrder: true)
        }
        return begun.isEmpty ? .halt : .abandon(begun.map(\.key))
    }

    /// What of a wave may start now, or when the first may that has to wait.
    private func due(_ wave: Int, _ open: [Int], _ look: Look) -> Next {
        let free = look.free(open.filter { look.operations.record($0) != nil })
        let rests = rests(of: open, look)
        let ready = rests.isEmpty ? free : free.filter { rests[$0.key.shardID] == nil }
        if !ready.isEmpty { return .run(wave: wave, ready.map(\.key)) }
        let known = free.compactMap { rests[$0.key.shardID] }
        guard let first = known.min(by: { $0.until < $1.until }) else { return .wait(wave: wave) }
        return .retry(wave: wave, first.key, until: first.until)
    }

    /// The shards on which an operation waits for its next attempt, and until when. Nothing else
    /// starts there: it may need what that one has not done.
    private func rests(
        of places: [Int], _ look: Look
    ) -> [ShardID: (key: OperationKey, until: Timestamp)] {
        let resting = look.operations.known.resting
        guard resting.count > 0 else { return [:] }
        var rests: [ShardID: (key: OperationKey, until: Timestamp)] = [:]
        for place in places where resting.contains(place) {
            let time = look.operations.record(place)?.nextAttemptAt
            guard let next = time.flatMap(Timestamp.init(iso:)), look.now < next else { continue }
            let key = look.operations.key(place)
            if let known = rests[key.shardID], next <= known.until { continue }
            rests[key.shardID] = (key, next)
        }
        return rests
    }

    // MARK: Cutovers

    /// What a dead worker left in its cutover, which goes on before anything begins; nil for none.
    private func cutOverLeft(_ look: Look) -> Next? {
        let cuttingOver = look.operations.known.cuttingOver
        guard cuttingOver.count > 0 else { return nil }
        for (number, range) in look.operations.waves.enumerated() {
            let left = look.free(cuttingOver.places(in: range))
            guard left.isEmpty else {
                return .cutOver(wave: number, left.map(\.key), inOrder: cutover == .barrier)
            }
        }
        return nil
    }

    /// What has to be made ready before anything is cut over, in all waves; nil where all is.
    private func preparation(_ look: Look) -> Next? {
        var first: Next?
        for (number, range) in look.operations.waves.enumerated() {
            let unready = look.operations.known.unready.places(in: range)
            guard !unready.isEmpty else { continue }
            let next = due(number, unready, look)
            if next.isRunnable { return next }
            first = first ?? next
        }
        return first
    }

    /// What of a wave is cut over now; nil where nothing can be.
    private func cutOver(_ wave: Int, _ open: [Int], _ look: Look) -> Next? {
        let (operations, known) = (look.operations, look.operations.known)
        var parked = open.filter { known.parked.contains($0) }
        if cutover == .parallel { parked = known.parked.places(in: operations.all) }
        if cutover == .manual {
            // Whoever names shards means these, whatever their wave.
            let named = Set(cutovers.flatMap { $0.shards ?? [] })
            let later = operations.waves[wave].upperBound..<operations.all.upperBound
            parked += known.parked.places(in: later).filter {
                named.contains(operations.key($0).shardID)
            }
        }
        guard !parked.isEmpty else { return nil }
        if cutover == .manual {
            parked = parked.filter { place in
                let shard = operations.key(place).shardID
                return cutovers.contains { $0.covers(shard) }
            }
            guard !parked.isEmpty else { return .awaitCutover(wave: wave) }
        }
        // What waits for its next attempt on a shard may be needed by what is ready there.
        let rests = cutover == .manual ? rests(of: open, look) : [:]
        let free = look.free(parked).filter { rests[$0.key.shardID] == nil }
        guard !free.isEmpty else { return nil }
        return .cutOver(wave: wave, free.map(\.key), inOrder: cutover == .barrier)
    }

    // MARK: Waves

    /// The same where the operations are looked at once.
    package func untried(_ operations: [OperationKey: OperationRecord]) -> Int? {
        untried(indexed(operations))
    }

    /// The first wave that ended without a change of anything, while later ones have not begun; nil
    /// where there is none.
    func untried(_ operations: RolloutOperations) -> Int? {
        let known = operations.known
        for (number, range) in operations.waves.enumerated() {
            guard known.open.isEmpty(in: range) else { return nil }
            // Under `pause` somebody looked at what failed: it is tried before anything else.
            let isTried =
                !known.completed.isEmpty(in: range)
                || !known.failed.isEmpty(in: range) && rule.policy != .pause
            let later = range.upperBound..<operations.all.upperBound
            if !isTried, !known.fresh.isEmpty(in: later), known.completed.isEmpty(in: later) {
                return number
            }
        }
        return nil
    }

    /// When the bake of a wave is over; nil where nothing was changed in it.
    private func baked(_ wave: Int, _ operations: RolloutOperations) -> Timestamp? {
        guard wave < bakeSeconds.count, bakeSeconds[wave] > 0 else { return nil }
        return operations.lastEnd(ofWave: wave)?.adding(seconds: Int64(bakeSeconds[wave]))
    }

    private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return left < right ? right : left
    }
}
