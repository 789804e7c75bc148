import Basics
import Schema

/// What a rollout does next: a pure function of its records and the time.
///
/// A bake is no wait of a process but a time that follows from the records: a restart, another
/// machine or a stop in between does not begin it anew and does not end it.
package struct RolloutProgress: Sendable {
    private let waves: [[OperationKey]]
    private let bakeSeconds: [Int]
    private let policy: FailurePolicy

    package init(_ record: RolloutRecord) {
        waves = record.waves
        bakeSeconds = record.bakeSeconds
        policy = record.policy
    }

    /// The next thing; waves are counted from 0.
    package enum Next: Hashable, Sendable {
        /// These operations of a wave may start.
        case run(wave: Int, [OperationKey])
        /// A wave is complete, and the next one opens at this time.
        case bake(wave: Int, until: Timestamp)
        /// Operations of a wave have not ended, and none of them may start now.
        case wait(wave: Int)
        /// An operation failed, and the policy lets nothing more start.
        case halt
        /// Every operation has ended.
        case end

        package var isBaking: Bool {
            if case .bake = self { true } else { false }
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
        let isHalted = policy == .halt && operations.values.contains { $0.state == .failed }
        var opensAt: Timestamp?
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

    /// When the bake of a wave is over; nil where nothing was changed in it.
    private func baked(
        _ wave: Int, _ operations: [OperationKey: OperationRecord]
    ) -> Timestamp? {
        guard wave < bakeSeconds.count, bakeSeconds[wave] > 0 else { return nil }
        let ends = waves[wave].compactMap { key -> Timestamp? in
            guard let operation = operations[key], operation.state == .completed else { return nil }
            return operation.endedAt.flatMap(Timestamp.init(iso:))
        }
        return ends.max()?.adding(seconds: Int64(bakeSeconds[wave]))
    }

    private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return left < right ? right : left
    }
}
