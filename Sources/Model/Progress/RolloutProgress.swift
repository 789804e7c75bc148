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
    /// Whether operations wait for their cutover when they are ready.
    package let parks: Bool

    /// - Parameter cutovers: the cutovers that were asked for.
    package init(_ record: RolloutRecord, cutovers: [CutoverRequest]? = nil) {
        waves = record.waves
        bakeSeconds = record.bakeSeconds
        rule = record.failureRule
        cutover = record.cutover ?? .rolling
        self.cutovers = cutovers ?? []
        parks = cutover.parks(of: record.waves.reduce(0) { $0 + $1.count })
    }

    /// How many waves there are.
    package var waveCount: Int { waves.count }

    /// Costs a look at each operation up to the open wave; at each one where operations wait for a
    /// cutover.
    ///
    /// - Parameters:
    ///   - operations: the operations as recorded; one that is missing cannot be read, so that it
    ///     has not ended and does not start.
    ///   - mayStart: whether an operation may start as far as others know: nothing holds it.
    package func next(
        _ operations: [OperationKey: OperationRecord], now: Timestamp,
        mayStart: (OperationKey) -> Bool
    ) -> Next {
        let isHalted = rule.isHalted(
            failures: operations.values.count { $0.state == .failed })
        if isHalted { return halted(operations, mayStart) }
        if let wave = untried(operations) { return .restart(wave: wave) }
        let unready = parks ? preparation(operations, now, mayStart) : nil
        if let unready, unready.isRunnable || cutover != .manual { return unready }
        var opensAt: Timestamp?
        for (number, keys) in waves.enumerated() {
            let open = keys.filter { operations[$0]?.state.isTerminal != true }
            guard open.isEmpty else {
                if let opensAt, now < opensAt, cutover != .parallel {
                    return .bake(wave: number - 1, until: opensAt)
                }
                guard parks else { return due(number, open, operations, now, mayStart) }
                return cutOver(number, open, operations, now, mayStart) ?? unready
                    ?? .wait(wave: number)
            }
            opensAt = max(opensAt, baked(number, operations))
        }
        return .end
    }

    /// After a failure nothing starts. A cutover that a dead worker left goes on to its end; what
    /// an engine made beside a table that has not changed is taken away.
    private func halted(
        _ operations: [OperationKey: OperationRecord], _ mayStart: (OperationKey) -> Bool
    ) -> Next {
        let open = waves.joined().filter { operations[$0]?.state.isTerminal != true }
        guard !open.isEmpty else { return .end }
        let begun = open.filter { operations[$0]?.engine != nil && mayStart($0) }
        let cutting = begun.filter { operations[$0]?.state == .cuttingOver }
        guard cutting.isEmpty else { return .cutOver(wave: 0, cutting, inOrder: true) }
        return begun.isEmpty ? .halt : .abandon(begun)
    }

    /// What of a wave may start now, or when the first may that has to wait.
    private func due(
        _ wave: Int, _ open: [OperationKey], _ operations: [OperationKey: OperationRecord],
        _ now: Timestamp, _ mayStart: (OperationKey) -> Bool
    ) -> Next {
        let free = open.filter { operations[$0] != nil && mayStart($0) }
        let rests = rests(of: open, operations, now)
        let ready = rests.isEmpty ? free : free.filter { rests[$0.shardID] == nil }
        if !ready.isEmpty { return .run(wave: wave, ready) }
        let known = free.compactMap { rests[$0.shardID] }
        guard let first = known.min(by: { $0.until < $1.until }) else { return .wait(wave: wave) }
        return .retry(wave: wave, first.key, until: first.until)
    }

    /// The shards on which an operation waits for its next attempt, and until when. Nothing else
    /// starts there: it may need what that one has not done.
    private func rests(
        of keys: [OperationKey], _ operations: [OperationKey: OperationRecord], _ now: Timestamp
    ) -> [ShardID: (key: OperationKey, until: Timestamp)] {
        var rests: [ShardID: (key: OperationKey, until: Timestamp)] = [:]
        for key in keys {
            guard let next = operations[key]?.nextAttemptAt.flatMap(Timestamp.init(iso:)),
                now < next
            else { continue }
            if let known = rests[key.shardID], next <= known.until { continue }
            rests[key.shardID] = (key, next)
        }
        return rests
    }

    // MARK: Cutovers

    /// What has to be made ready before anything is cut over, in all waves; nil where all is.
    private func preparation(
        _ operations: [OperationKey: OperationRecord], _ now: Timestamp,
        _ mayStart: (OperationKey) -> Bool
    ) -> Next? {
        var first: Next?
        for (number, keys) in waves.enumerated() {
            let unready = keys.filter { key in
                guard let state = operations[key]?.state else { return true }
                return !state.isTerminal && state != .waitingForCutover && state != .cuttingOver
            }
            guard !unready.isEmpty else { continue }
            let next = due(number, unready, operations, now, mayStart)
            if next.isRunnable { return next }
            first = first ?? next
        }
        return first
    }

    /// What of a wave is cut over now; nil where nothing can be.
    private func cutOver(
        _ wave: Int, _ open: [OperationKey], _ operations: [OperationKey: OperationRecord],
        _ now: Timestamp, _ mayStart: (OperationKey) -> Bool
    ) -> Next? {
        var parked = open.filter {
            let state = operations[$0]?.state
            return state == .waitingForCutover || state == .cuttingOver
        }
        if cutover == .parallel {
            parked = waves.joined().filter { operations[$0]?.state == .waitingForCutover }
        }
        if cutover == .manual {
            // Whoever names shards means these, whatever their wave.
            let named = Set(cutovers.flatMap { $0.shards ?? [] })
            parked += waves.dropFirst(wave + 1).joined().filter {
                operations[$0]?.state == .waitingForCutover && named.contains($0.shardID)
            }
        }
        guard !parked.isEmpty else { return nil }
        if cutover == .manual {
            parked = parked.filter { key in cutovers.contains { $0.covers(key.shardID) } }
            guard !parked.isEmpty else { return .awaitCutover(wave: wave) }
        }
        // What waits for its next attempt on a shard may be needed by what is ready there.
        let rests = cutover == .manual ? rests(of: open, operations, now) : [:]
        let free = parked.filter { key in
            let hasBegun = operations[key]?.state == .cuttingOver
            return mayStart(key) && (hasBegun || rests[key.shardID] == nil)
        }
        guard !free.isEmpty else { return nil }
        return .cutOver(wave: wave, free, inOrder: cutover == .barrier)
    }

    // MARK: Waves

    /// The first wave that ended without a change of anything, while later ones have not begun; nil
    /// where there is none.
    package func untried(_ operations: [OperationKey: OperationRecord]) -> Int? {
        for (number, keys) in waves.enumerated() {
            guard keys.allSatisfy({ operations[$0]?.state.isTerminal == true }) else { return nil }
            let states = keys.lazy.compactMap { operations[$0]?.state }
            // Under `pause` somebody looked at what failed: it is tried before anything else.
            let isTried = states.contains {
                $0 == .completed || $0 == .failed && rule.policy != .pause
            }
            let later = waves[(number + 1)...].joined()
            if !isTried, later.contains(where: { operations[$0]?.hasBegun == false }),
                later.allSatisfy({ operations[$0]?.state != .completed })
            {
                return number
            }
        }
        return nil
    }

    /// When the bake of a wave is over; nil where nothing was changed in it.
    private func baked(
        _ wave: Int, _ operations: [OperationKey: OperationRecord]
    ) -> Timestamp? {
        guard wave < bakeSeconds.count, bakeSeconds[wave] > 0 else { return nil }
        let ends = waves[wave].compactMap { key -> Timestamp? in
            guard let operation = operations[key],
                operation.state == .completed || operation.state == .failed
            else { return nil }
            return operation.endedAt.flatMap(Timestamp.init(iso:))
        }
        return ends.max()?.adding(seconds: Int64(bakeSeconds[wave]))
    }

    private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return left < right ? right : left
    }
}
