import Execution
import Ledger
import Reconciler
import Reports

/// What an endpoint works with: one environment, in the name of whoever asks.
package struct ServiceSession: Sendable {
    /// Its actor is whoever asks.
    package let ledger: LedgerSession
    /// What the last pass of a daemon found; nil where no daemon answers.
    package let found: FoundByDaemon?
    /// What was read of the ledger before.
    package let memory: ServiceMemory
    /// What signs the decisions of whoever asks; nil for unsigned ones.
    package var signer: DecisionSigner?

    package init(
        _ ledger: LedgerSession, found: FoundByDaemon? = nil,
        memory: ServiceMemory = ServiceMemory()
    ) {
        self.ledger = ledger
        self.found = found
        self.memory = memory
    }
}

/// What the last pass of a daemon over an environment found; nil for what no pass came to yet.
package struct FoundByDaemon: Sendable {
    package var plan: PlanReport?
    package var drift: DriftReport?
    package var fleet: FleetReport?

    package init(
        plan: PlanReport? = nil, drift: DriftReport? = nil, fleet: FleetReport? = nil
    ) {
        self.plan = plan
        self.drift = drift
        self.fleet = fleet
    }
}

/// What was read of the ledger of one environment, so that only what has changed is read again.
package final class ServiceMemory: Sendable {
    /// What is kept; one question at a time uses it.
    package struct Kept: Sendable {
        package var shards = FleetMemory()
        package var failures = FailureMemory()
        package var rollouts = RolloutMemory()
    }

    private let kept = Lock(Kept())

    package init() {}

    /// Lets a question read with what is kept, and keeps what it read; the other ones go on
    /// meanwhile, and the last one to end is the one that counts.
    package func use<Result>(_ body: (inout Kept) throws -> Result) rethrows -> Result {
        var own = kept.withLock { $0 }
        defer { kept.withLock { $0 = own } }
        return try body(&own)
    }
}
