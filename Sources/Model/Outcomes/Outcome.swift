/// One fact about how a command ended which its exit status has to tell.
///
/// Passes, reports and commands collect facts; here, and nowhere else, facts become a number.
package enum Outcome: Hashable, Sendable {
    // What was found.
    /// A plan has steps.
    case changesPlanned
    /// A table or another object differs from git.
    case differs
    /// A table left git and is still live.
    case leftGit
    /// A shard could not be read.
    case shardUnknown
    /// A table, or a change of one, is refused: Plumb does not know how to make it.
    case unsupported
    /// `lint` found errors.
    case lintErrors
    /// `fmt --check` found files in another format.
    case unformatted

    // What held a step.
    case awaitsApproval, denied, outsideWindow, behindEnvironment, behindStep, backingOff
    case rowsInTheWay, readOnly, refusedByPolicy, suspended
    /// An operation that an earlier pass began goes on.
    case operationAtWork
    /// Drift that policy reports and leaves alone.
    case driftLeft

    // What became of operations.
    case operation(OperationOutcome.Kind)
    /// The shard's lock is held by somebody else.
    case shardLocked
    /// The shard could not be opened for its operations.
    case shardUnreachable
    /// A part of a step ran before the end was asked for.
    case stepHalfDone
    /// Somebody stopped a rollout that has not ended, or it waits for somebody to release it.
    case rolloutStopped
    /// A wave of a rollout bakes, or operations of it are held, and later waves wait for that.
    case waveWaits
    /// Operations were left although nothing was in their way: the end was asked for.
    case operationsLeft
    /// What an earlier run left cannot be settled, as its shard cannot be read.
    case unsettled
    /// The state of a whole rollout; nil where it cannot be determined.
    case rollout(RolloutState?)

    // What kept a command from its work.
    /// The ledger is held by another process.
    case ledgerLocked
    case ledgerUnwritable
    /// A check of `doctor`, of the ledger or of approvals failed.
    case checkFailed
    /// A check of `doctor` could not be made.
    case checkUnknown
    /// A proposal, or a decision that may not be taken.
    case refused
    case error, usage, configuration

    /// What the fact alone means for scripts.
    package var exitStatus: ExitStatus {
        switch self {
        case .changesPlanned, .differs, .leftGit, .lintErrors, .unformatted, .driftLeft,
            .waveWaits, .operationAtWork:
            .difference
        case .awaitsApproval, .outsideWindow, .behindEnvironment, .behindStep, .readOnly,
            .shardLocked, .ledgerLocked, .rolloutStopped, .suspended:
            .blocked
        case .backingOff, .stepHalfDone, .operationsLeft: .partial
        case .unsupported, .denied, .rowsInTheWay, .refusedByPolicy, .refused: .refused
        case .shardUnknown, .shardUnreachable, .unsettled, .checkUnknown: .incomplete
        case .operation(let kind): kind.exitStatus
        case .rollout(let state): RolloutState.exitStatus(of: state)
        case .ledgerUnwritable, .checkFailed, .error: .error
        case .usage: .usage
        case .configuration: .configuration
        }
    }
}

extension ExitStatus {
    /// The strongest of what `outcomes` mean, ``done`` where there are none: 1, 6, 5, 4, 3, 2, 0;
    /// usage and configuration end a command before anything else can be said.
    package init(_ outcomes: [Outcome]) {
        self = outcomes.map(\.exitStatus).max { $0.strength < $1.strength } ?? .done
    }

    /// How much it says beside others: the greatest is the status of the command.
    private var strength: Int {
        switch self {
        case .done: 0
        case .difference: 1
        case .blocked: 2
        case .partial: 3
        case .refused: 4
        case .incomplete: 5
        case .error: 6
        case .configuration: 7
        case .usage: 8
        }
    }
}

extension OperationOutcome.Kind {
    fileprivate var exitStatus: ExitStatus {
        switch self {
        case .completed: .done
        case .failed, .cancelled: .partial
        case .notRun: .blocked
        case .superseded, .partly: .refused
        }
    }
}

extension RolloutState {
    fileprivate static func exitStatus(of state: RolloutState?) -> ExitStatus {
        switch state {
        case .completed: .done
        case .failed, .runningDegraded: .partial
        case .superseded: .refused
        case .pending, .running, .halting, .waitingForCutover, .stopped, .paused: .difference
        case nil: .incomplete
        }
    }
}
