import Basics
import Foundation
import Store

/// Transitions that become one commit: each sees what those before it have changed.
struct LedgerGroup {
    /// The documents before the group; nil where it is the environment's first.
    let snapshot: LedgerSnapshot?
    /// The environment to name in the message of a signed commit; nil for an unsigned one.
    let environment: String?
    private(set) var edits = TreeEdits()
    /// The events that the commit records, in their order.
    private(set) var events: [LedgerEvent] = []
    /// The time of the newest event.
    private(set) var time = Date.distantPast
    private var settled: [(transition: Transition, outcome: Outcome)] = []

    private enum Outcome {
        case recorded, nothing
        case failed(any Error)
    }

    /// Runs the bodies of `group` that have no outcome yet.
    init(_ group: [Transition], snapshot: LedgerSnapshot?, environment: String?) {
        self.snapshot = snapshot
        self.environment = environment
        for transition in group where transition.outcome == nil { run(transition) }
    }

    /// Whether there is nothing to record; then every transition has its outcome.
    var isEmpty: Bool { events.isEmpty }

    private mutating func run(_ transition: Transition) {
        var draft = LedgerDraft(snapshot: snapshot, edits: edits, event: transition.event)
        do {
            switch try transition.body(&draft) {
            case .nothing: settle(transition, .nothing)
            case .commit:
                let own = [draft.event] + draft.furtherEvents
                for event in own { try EventMessage.check(event) }
                edits = draft.edits
                events += own
                time = max(time, transition.time)
                settle(transition, .recorded)
            }
        } catch {
            settle(transition, .failed(error))
        }
    }

    /// What was decided before anything was changed stands, whatever becomes of the commit.
    private mutating func settle(_ transition: Transition, _ outcome: Outcome) {
        guard isEmpty else { return settled.append((transition, outcome)) }
        Self.settle(transition, outcome, nil)
    }

    private static func settle(
        _ transition: Transition, _ outcome: Outcome, _ commit: ObjectID?
    ) {
        switch outcome {
        case .recorded: transition.settle(.success(commit))
        case .nothing: transition.settle(.success(nil))
        case .failed(let error): transition.settle(.failure(error))
        }
    }

    /// Gives every transition its outcome, now that `commit` is durable.
    func settle(_ commit: ObjectID) {
        for (transition, outcome) in settled { Self.settle(transition, outcome, commit) }
    }
}
