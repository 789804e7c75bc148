import Reports

/// How much a line of a log matters, the least first.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// What only matters to whoever looks for a fault, such as each question over HTTP.
    case debug
    /// What happens as it should.
    case info
    /// What somebody may have to look at, and what was refused.
    case warning
    /// What keeps the process from its work.
    case error

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// That of an event of a reconcile loop.
    package init(_ event: ReconcileEvent) {
        switch event {
        case .started, .working, .standingBy, .assisting, .reading, .pausing, .ending, .ended:
            self = .info
        case .passed(_, let report): self = report.plan.plan.unknown.isEmpty ? .info : .warning
        case .failed, .standingStill: self = .error
        case .assistanceFailed, .gone: self = .warning
        case .rollout(let event): self.init(event)
        }
    }

    private init(_ event: RolloutEvent) {
        switch event {
        case .wave, .started, .parked, .baking: self = .info
        case .waiting: self = .warning
        case .settled(_, let outcome): self = outcome.kind == .failed ? .warning : .info
        }
    }
}
