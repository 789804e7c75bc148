/// The state of a rollout. It is always derived from all of its operations.
package enum RolloutState: String, Codable, Hashable, Sendable, CaseIterable {
    case pending
    case running
    case runningDegraded = "running_degraded"
    case halting
    case waitingForCutover = "waiting_for_cutover"
    case stopped
    /// It waits until somebody releases it: an operation failed, or its health was bad.
    case paused
    case completed
    case failed
    /// Every operation has ended, none failed, and at least one was superseded or cancelled.
    case superseded

    /// Whether the state can no longer change.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .superseded: true
        case .pending, .running, .runningDegraded, .halting, .waitingForCutover, .stopped, .paused:
            false
        }
    }
}

extension RolloutState {
    /// The state that follows from `operations`, or nil when it cannot be determined.
    ///
    /// A nil element stands for an operation that could not be read: with one of them the result
    /// is undetermined, the stored value stays, and nothing becomes terminal.
    package static func derive(
        from operations: [OperationState?], rule: FailureRule
    ) -> RolloutState? {
        let states = operations.compactMap { $0 }
        guard states.count == operations.count else { return nil }
        let failures = states.count { $0 == .failed }
        let active = states.contains(where: \.isActive)
        if states.allSatisfy(\.isTerminal) {
            if failures > 0 { return .failed }
            return states.allSatisfy { $0 == .completed } ? .completed : .superseded
        }
        if failures > 0 {
            return rule.isHalted(failures: failures) ? .halting : .runningDegraded
        }
        let moving = states.filter(\.isActive)
        if active, moving.allSatisfy({ $0 == .waitingForCutover }), !states.contains(.pending) {
            return .waitingForCutover
        }
        if active || states.contains(.completed) { return .running }
        return .pending
    }
}
