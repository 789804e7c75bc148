import Model

/// What the audit trail has to say of operations.
enum TrailAudit {
    struct Event: Hashable {
        let kind: String
        let key: String
    }

    /// Events that are about one operation and change its record.
    static let operationEvents: Set<String> = [
        "operation-started", "operation-completed", "operation-already-done",
        "operation-superseded", "operation-partly-done", "operation-failed", "operation-not-run",
        "operation-cancelled", "operation-parked", "operation-postponed",
        "operation-cutting-over",
    ]

    /// The events of which one goes with an operation's new state.
    static func events(for state: OperationState) -> Set<String> {
        switch state {
        case .completed: ["operation-completed", "operation-already-done"]
        case .superseded:
            ["operation-superseded", "operation-partly-done"]
        case .failed: ["operation-failed"]
        case .pending: ["operation-not-run"]
        case .waitingForCutover: ["operation-parked"]
        case .failedRetryable: ["operation-postponed"]
        case .cancelled: ["operation-cancelled"]
        case .leased, .preparing, .running, .cuttingOver, .verifying: []
        }
    }

    /// Whether an event may be that of several operations.
    static func isOfMany(_ kind: String) -> Bool {
        kind.hasPrefix("rollout-") || kind == "shard-unlocked" || kind == "rolled-back"
    }

    /// Whether an event says that an operation is in this state now.
    static func isTold(_ state: OperationState) -> Bool { !events(for: state).isEmpty }

    /// The events in a commit's message.
    static func events(of message: String) -> [Event] {
        var events: [Event] = []
        var key = ""
        var kind: String?
        for line in message.split(separator: "\n") {
            if line.hasPrefix("Plumb-Key: ") { key = String(line.dropFirst(11)) }
            guard line.hasPrefix("Plumb-Event: ") else { continue }
            let parts = line.dropFirst(13).split(
                separator: "\t", omittingEmptySubsequences: false)
            if parts.count > 1 {
                events.append(Event(kind: String(parts[0]), key: String(parts[1])))
            } else {
                kind = parts.first.map(String.init)
            }
        }
        return kind.map { [Event(kind: $0, key: key)] } ?? events
    }

    /// Whether a state can be reached by the steps that ``OperationState/successors`` allow.
    static func isReachable(_ state: OperationState, from start: OperationState) -> Bool {
        // A worker goes through states that are not recorded; it begins with a claim.
        start.successors.contains(state)
            || start == .pending && OperationState.leased.successors.contains(state)
            || start == .pending && state == .running
            // An engine may find that it was ready before.
            || start == .preparing && OperationState.running.successors.contains(state)
            || start == .waitingForCutover
                && OperationState.cuttingOver.successors.contains(state)
    }
}
