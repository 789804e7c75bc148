import Basics
import Model

/// How an operation is taken up: what the ledger knows of it, and what is due.
package struct OperationClaim: Hashable, Sendable {
    package var origin: OperationMachine.Origin
    /// When the first of the attempts in a row failed.
    package var failingSince: Timestamp?
    /// Whether it waits for its cutover when it is ready.
    package var parks: Bool
    /// Why its cutover will not come; nil where it may.
    package var abandoned: String?
    /// Why it may not be cut over any more, while a newer plan wants something else; nil where it
    /// may.
    package var outdated: String?

    package init(
        origin: OperationMachine.Origin = .init(), failingSince: Timestamp? = nil,
        parks: Bool = false, abandoned: String? = nil, outdated: String? = nil
    ) {
        self.outdated = outdated
        self.origin = origin
        self.failingSince = failingSince
        self.parks = parks
        self.abandoned = abandoned
    }

    /// The claim of an operation as it is recorded.
    ///
    /// - Parameter isRecorded: whether there is a pending record, with what its engine needs.
    package init(
        _ operation: OperationRecord, isRecorded: Bool, parks: Bool, abandoned: String? = nil,
        outdated: String? = nil
    ) {
        let since = operation.failingSince.flatMap(Timestamp.init(iso:))
        // Old records do not say since when: what failed then does not count.
        let attempts = since == nil ? 0 : operation.attempts
        self.init(
            origin: .init(state: operation.state, attempts: attempts, isRecorded: isRecorded),
            failingSince: since, parks: parks, abandoned: abandoned, outdated: outdated)
    }

    /// Whether it only comes to its end: what an engine made is taken away, or a cutover goes on
    /// that a dead worker left.
    var isOfTheEnd: Bool {
        abandoned != nil || outdated != nil || origin.isRecorded && origin.state == .cuttingOver
    }

    /// What the machine hears first.
    var event: OperationMachine.Event {
        if let abandoned { return .abandoned(reason: abandoned) }
        // A cutover that a dead worker left goes on to its end.
        if let outdated, origin.state != .cuttingOver { return .outdated(reason: outdated) }
        return origin.state == .waitingForCutover ? .cutoverClaimed : .claimed
    }
}

/// Where an operation stands that goes on later.
package struct OperationRest: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// It is ready and waits for its cutover.
        case parked
        /// It is tried again at a recorded time.
        case postponed(OperationRetry)
    }
    package let kind: Kind
    /// What its engine needs to go on.
    package let engine: EngineState?
}

extension OperationRecord {
    /// The record of the operation while it rests.
    func resting(_ rest: OperationRest) -> OperationRecord {
        var record = self
        record.engine = rest.engine?.engine
        switch rest.kind {
        case .parked:
            record.state = .waitingForCutover
            record.message = nil
            record.nextAttemptAt = nil
        case .postponed(let retry):
            record.state = .failedRetryable
            record.message = retry.message
            record.attempts = retry.attempts
            record.failingSince = retry.since.iso
            record.nextAttemptAt = retry.next.iso
        }
        return record
    }
}
