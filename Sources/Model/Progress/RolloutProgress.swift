import Basics
import Schema

/// What a rollout does next: a pure function of its records and the time.
///
/// A bake is no wait of a process but a time that follows from the records: a restart, another
/// machine or a stop in between does not begin it anew and does not end it.
package struct RolloutProgress: Sendable {
    private let waves: [[OperationKey]]
    private let bakeSeconds: [Int]
    private let rule: FailureRule

    package init(_ record: RolloutRecord) {
        waves = record.waves
        bakeSeconds = record.bakeSeconds
        rule = record.failureRule
    }

    /// The next thing; waves are counted from 0.
    package enum Next: Hashable, Sendable {
        /// These operations of a wave may start.
        case run(wave: Int, [OperationKey])
        /// A wave is complete, and the next one opens at this time.
        case bake(wave: Int, until: Timestamp)
        /// Operations of a wave have not ended, and none of them may start now.
        case wait(wave: Int)
        /// Nothing of a wave came to be changed, so that nothing was tried for the later ones: they
        /// begin at the first wave again, with the next plan.
        case restart(wave: Int)
        /// An operation failed, and the policy lets nothing more start.
        case halt
        /// Every operation has ended.
        case end

        /// Whether later waves wait for something that is not an end of the rollout.
        package var isWaiting: Bool {
            switch self {
            case .bake, .wait, .restart: true
            case .run, .halt, .end: false
            }
        }

        /// Whether a wave bakes.
        package var isBaking: Bool {
            if case .bake = self { true } else { false }
        }

        /// Whether operations may start.
        package var isRunnable: Bool {
            if case .run = self { true } else { false }
        }

        /// What keeps later waves from opening, where that is no time, for people.
        package func words(of waves: Int) -> String? {
            switch self {
            case .wait(let wave) where wave + 1 < waves:
                "wave \(wave + 1) of \(waves) is not complete, and the later ones wait for it"
            case .restart(let wave):
                "nothing was changed in wave \(wave + 1) of \(waves): the next `plumb reconcile` "
                    + "begins at the first wave again"
            case .run, .bake, .wait, .halt, .end: nil
            }
        }
    }

    /// How many waves there are.
    package var waveCount: Int { waves.count }

    /// Costs a look at each operation up to the open wave.
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
        var opensAt: Timestamp?
        if !isHalted, let wave = untried(operations) { return .restart(wave: wave) }
        for (number, keys) in waves.enumerated() {
            let open = keys.filter { operations[$0]?.state.isTerminal != true }
            guard open.isEmpty else {
                if isHalted { return .halt }
                if let opensAt, now < opensAt { return .bake(wave: number - 1, until: opensAt) }
                let free = open.filter { operations[$0] != nil && mayStart($0) }
                return free.isEmpty ? .wait(wave: number) : .run(wave: number, free)
            }
            opensAt = max(opensAt, baked(number, operations))
        }
        return .end
    }

    /// The first wave that ended without a change of anything, while later ones have not begun; nil
    /// where there is none.
    package func untried(_ operations: [OperationKey: OperationRecord]) -> Int? {
        for (number, keys) in waves.enumerated() {
            let states = keys.compactMap { operations[$0]?.state }
            guard states.count == keys.count, states.allSatisfy(\.isTerminal) else { return nil }
            let isTried = states.contains { $0 == .completed || $0 == .failed }
            let later = waves[(number + 1)...].joined()
            if !isTried, later.contains(where: { operations[$0]?.state == .pending }),
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
