/// A place right before or after something becomes durable or runs, where tests let a run fail,
/// wait or die.
package enum FaultPoint: String, Sendable, CaseIterable {
    /// The pending record of an operation.
    case beforeIntent, afterIntent
    /// One statement of a step, each time it is sent.
    case beforeStatement, afterStatement
    /// What is recorded of an operation between its start and its outcome.
    case beforeState, afterState
    /// The outcome of an operation.
    case beforeOutcome, afterOutcome
    /// One commit of the ledger, whatever it records.
    case beforeLedgerWrite, afterLedgerWrite

    /// Whether a durable effect comes next: a commit or a statement.
    package var isEffect: Bool {
        switch self {
        case .beforeLedgerWrite, .beforeStatement: true
        case .beforeIntent, .afterIntent, .afterStatement, .beforeState, .afterState,
            .beforeOutcome, .afterOutcome, .afterLedgerWrite:
            false
        }
    }
}

/// What is to happen at a fault point, as `PLUMB_FAULT` says it: `POINT[:N]:fail|park|kill`.
package struct FaultOrder: Sendable, Equatable {
    /// What happens there.
    package enum Action: String, Sendable, CaseIterable {
        /// What comes next fails.
        case fail
        /// The thread waits for ever.
        case park
        /// The process ends as by `kill -9`.
        case kill
    }

    /// Nil for any durable effect.
    package let point: FaultPoint?
    /// At which time the point is reached, counted from 1.
    package let number: Int
    package let action: Action

    /// The word for any durable effect.
    package static let effect = "effect"

    /// Nil where `text` says nothing of the kind.
    package init?(_ text: String) {
        let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2 || words.count == 3, let action = Action(rawValue: words.last ?? ""),
            let number = words.count == 3 ? Int(words[1]) : 1, number > 0
        else { return nil }
        if words[0] == Self.effect {
            point = nil
        } else {
            guard let point = FaultPoint(rawValue: words[0]) else { return nil }
            self.point = point
        }
        self.number = number
        self.action = action
    }

    /// Whether the order is about a point.
    package func concerns(_ reached: FaultPoint) -> Bool {
        point.map { $0 == reached } ?? reached.isEffect
    }
}

/// A run was asked to fail at a fault point.
package struct FaultReached: Error, CustomStringConvertible {
    package let point: FaultPoint

    package var description: String { "a fault was asked for: \(point.rawValue)" }
}
