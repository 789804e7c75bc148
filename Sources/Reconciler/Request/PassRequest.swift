import Desired
import Execution
import Ledger
import Observed
import Reports

/// The options of one pass.
package struct PassRequest: Sendable {
    /// The schema repository and the revision in it.
    package var source: SourceRequest
    /// The environment, namespaces and shards that the pass is about.
    package var scope: DesiredStage.Scope
    /// The ledger's folder, where another than the fleet file's is to be used.
    package var ledger: String?
    /// The folder in which the command runs: relative ledger paths are relative to it.
    package var folder: String
    /// Corrects drift in this pass, whatever `policy.drift` says.
    package var heals: Bool
    /// Who runs the pass, for the audit trail.
    package var actor: LedgerActor
    /// Whether tables are read in full or only where a fingerprint changed.
    package var mode: Observer.Mode
    /// True in a loop: what failed recently is not tried again until its back-off is over.
    package var backsOff: Bool
    /// Whether the pass lasts until a wave is baked; else it ends, and a later one goes on.
    package var waitsForBakes = true
    /// Whether nothing is changed where one shard is unknown.
    package var requiresAll = false
    /// The operator's settings for approvals.
    package var approvals = ApprovalSettings.standard
    /// The operator's file, which limits `plumb.yaml`; nil where there is none.
    package var `operator`: Operator?
    /// The revision whose policy, fleet and approvals count, as the command line names it.
    package var base: String?
    /// The pipeline of a pull request in which the command runs.
    package var pipeline: CIPipeline?
    /// How the command treats a proposal.
    package var proposals: ProposalUse

    package init(
        source: SourceRequest, scope: DesiredStage.Scope, ledger: String? = nil, folder: String,
        heals: Bool = false, actor: LedgerActor, mode: Observer.Mode = .once,
        backsOff: Bool = false, operator: Operator? = nil, base: String? = nil,
        pipeline: CIPipeline? = nil, proposals: ProposalUse = .refused
    ) {
        self.source = source
        self.scope = scope
        self.ledger = ledger
        self.folder = folder
        self.heals = heals
        self.actor = actor
        self.mode = mode
        self.backsOff = backsOff
        self.operator = `operator`
        self.base = base
        self.pipeline = pipeline
        self.proposals = proposals
    }
}

extension PassRequest {
    /// The local folders that the command works with.
    var folders: [String] {
        switch source.location {
        case .repository(let own), .workingTree(let own): [folder, own]
        case .mirror: [folder]
        }
    }
}

/// What a pass needs from its caller: the clock, the interrupt and the listeners.
package struct PassHooks: Sendable {
    package var clock: any Clock
    /// Raised to end the pass after the running statements.
    package var interrupt: Interrupt
    /// Receives the events of the rollout.
    package var listener: RolloutListener
    /// Called when a stage begins, for progress on a terminal.
    package var stage: @Sendable (String) -> Void
    /// Called with how the shards of a pass were found, before anything is changed; nil where
    /// nobody asks, as it costs a look at each shard.
    package var compared: (@Sendable (DriftReport, FleetReport) -> Void)?
    /// Called before a wait, or something with a time limit, of so many seconds: a loop that says
    /// nothing for longer, and begins no stage, stands still.
    package var lasting: @Sendable (_ seconds: Double) -> Void = { _ in }
    /// Whether a pass is asked of this loop, whoever has made the last one; asked once for each.
    package var takeCall: @Sendable () -> Bool = { false }
    /// Called with what is measured, from several threads at once.
    package var measured: @Sendable (Measure) -> Void = { _ in }
    /// What stands in for the servers of the shards; nil in the product.
    package var access: (any FleetAccess)?
    /// What stands in for the programs and procedures of finalizers; nil in the product.
    package var finalizers: (any FinalizerPort)?
    /// How steps are brought about.
    package var engines = Engines.all
    /// What goes on while a loop makes further passes; nil where a pass waits for its rollouts.
    package var flights: RolloutFlights?
    /// Whether other workers may help with rollouts.
    package var shares = false
    /// A number that no other call returns, so that no two rollouts have the same id.
    package var salt: @Sendable () -> UInt64 = { .random(in: 0...UInt64.max) }

    package init(
        clock: any Clock = SystemClock(), interrupt: Interrupt = Interrupt(),
        listener: RolloutListener = .silent, stage: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.clock = clock
        self.interrupt = interrupt
        self.listener = listener
        self.stage = stage
    }

    /// Raised to end the work on rollouts after the running statements.
    var work: Interrupt { flights?.interrupt ?? interrupt }
}
