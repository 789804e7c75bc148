import Basics
import Model
import Schema

extension OperationMachine {
    /// How an operation is carried out.
    package struct Manner: Sendable {
        /// Whether rows have to be asked before the table is changed.
        package var asksRows: Bool
        /// Whether it waits for a cutover when it is ready.
        package var parks: Bool
        /// Whether its engine works beside the table, which changes at the end, at once. Else
        /// there is nothing to make ready but to look, and the statements are the cutover.
        package var isStaged: Bool
        /// Whether the table is looked at before it waits for its cutover. It cannot be where
        /// another operation of the shard comes first, which may give it its name or its parent.
        package var looksFirst: Bool

        package init(
            asksRows: Bool = false, parks: Bool = false, isStaged: Bool = false,
            looksFirst: Bool = true
        ) {
            self.asksRows = asksRows
            self.parks = parks
            self.isStaged = isStaged
            self.looksFirst = looksFirst
        }
    }

    /// What the ledger says of an operation that is taken up.
    package struct Origin: Hashable, Sendable {
        package var state: OperationState
        /// Attempts that failed before.
        package var attempts: Int
        /// Whether its pending record is durable, with the state of its engine.
        package var isRecorded: Bool

        package init(
            state: OperationState = .pending, attempts: Int = 0, isRecorded: Bool = false
        ) {
            self.state = state
            self.attempts = attempts
            self.isRecorded = isRecorded
        }
    }

    /// What happened, as the shell reports it.
    package enum Event: Sendable, Equatable {
        /// A worker holds the shard's lock; it starts the operation or takes up one that another
        /// left.
        case claimed
        /// A worker holds the shard's lock, and the turn of an operation has come that waited for
        /// its cutover.
        case cutoverClaimed
        /// The cutover that the operation waits for will not come.
        case abandoned(reason: String)
        /// It may not be cut over any more, and a newer plan wants something else.
        case outdated(reason: String)
        /// The live table was read: its digest, or nil when it is known to be absent.
        case observed(Digest?)
        /// Both the old and the new name of a table to be renamed are live.
        case obstructed(reason: String)
        /// The rows were asked: why no statement may start, or nil when no row is in the way.
        case rowsAsked(obstacle: String?)
        /// The pending record is durable.
        case intentRecorded
        /// A long time has passed between the reading of the table and the statement that is due.
        case delayed
        /// The engine may go on beside the table from the state that it reported.
        case prepared
        /// The engine came a part of its way beside the table.
        case advanced
        /// All is ready beside the table.
        case ready
        /// The state of the engine is durable, and that it cuts over where it does.
        case stateRecorded
        /// The statement returned without an error, or the cutover did.
        case statementSucceeded
        /// What the engine was told to do failed, or its outcome is not known.
        case statementFailed(RetryClass, message: String)
        /// Nothing is left of what the engine made beside the table.
        case tidied
        case tidyingFailed(message: String)
        /// The table, or its rows, could not be read.
        case readFailed(message: String)
        /// The back-off is over.
        case retryDue
        /// No further attempt is allowed.
        case budgetUsedUp(message: String)

        /// Whether it answers the tidying up of an engine.
        var isOfTheEnd: Bool {
            switch self {
            case .tidied, .tidyingFailed: true
            case .claimed, .cutoverClaimed, .abandoned, .outdated, .observed, .obstructed,
                .rowsAsked,
                .intentRecorded, .delayed, .prepared, .advanced, .ready, .stateRecorded,
                .statementSucceeded, .statementFailed, .readFailed, .retryDue, .budgetUsedUp:
                false
            }
        }
    }

    /// What the shell has to do next.
    package enum Action: Sendable, Equatable {
        /// Read the live table, then report `observed` or `readFailed`.
        case observe
        /// Ask the rows every question of the step, then report `rowsAsked` or `readFailed`.
        case askRows
        /// Make the pending record durable, then report `intentRecorded`.
        case recordIntent
        /// Let the engine make ready what it works with beside the table, then report `prepared`.
        case prepare
        /// Run statement `index`, counted from 0, or the next part of the engine's work.
        case run(index: Int)
        /// Make the state of the engine durable, then report `stateRecorded`.
        case recordState
        /// Record that it waits for its cutover, and let go of the shard.
        case park
        /// Run statement `index` of an operation that has waited, or let the copy take the table's
        /// place.
        case cutOver(index: Int)
        /// Take away what the engine made, then report `tidied`: the table stays as it is.
        case abort
        /// Take away what is left after the cutover, then report `tidied`.
        case cleanUp
        /// Record the completion; `ran` tells whether a statement of this operation made the
        /// change.
        case recordCompleted(ran: Bool)
        /// Record that the table was not as planned; it is planned again.
        case recordSuperseded(found: Digest?, reason: String? = nil)
        /// Record that it ends without a change.
        case recordCancelled(reason: String)
        /// Wait, then report `retryDue`; or leave it until its next attempt is due, where it may
        /// rest, or report `budgetUsedUp`.
        case backOff(message: String, attempt: Int)
        /// Record the failure, and remove the pending record.
        case recordFailed(message: String)
        /// Keep the pending record for the next run: it is unknown whether the statement ran, or
        /// something is left of an engine.
        case leave(message: String)
        /// Nothing to do for now.
        case wait
    }
}
