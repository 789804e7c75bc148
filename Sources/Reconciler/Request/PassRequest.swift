import Basics
import Desired
import Execution
import Ledger
import Observed
import Schema

/// What one pass is asked to do.
package struct PassRequest: Sendable {
    package var source: SourceRequest
    package var scope: DesiredStage.Scope
    /// The ledger's folder, instead of the one in the fleet file.
    package var ledger: String?
    /// The folder in which the command runs: relative ledger paths are relative to it.
    package var folder: String
    /// Puts drift right in this pass, whatever `policy.drift` says.
    package var heals: Bool
    package var actor: LedgerActor
    package var mode: Observer.Mode
    /// True in a loop: what failed a moment ago is left alone until its back-off is over.
    package var backsOff: Bool
    /// What the operator says about approvals.
    package var approvals = ApprovalSettings.standard
    /// What has the last word, where there is such a file.
    package var `operator`: Operator?
    /// The revision that decides about all but schemas, as the command line names it.
    package var base: String?
    /// The pipeline of a pull request in which this runs.
    package var pipeline: Pipeline?
    /// What is done with a proposal.
    package var proposals: ProposalUse

    package init(
        source: SourceRequest, scope: DesiredStage.Scope, ledger: String? = nil, folder: String,
        heals: Bool = false, actor: LedgerActor, mode: Observer.Mode = .once,
        backsOff: Bool = false, operator: Operator? = nil, base: String? = nil,
        pipeline: Pipeline? = nil, proposals: ProposalUse = .refused
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
    /// The folders on this machine that the command is about.
    var folders: [String] {
        switch source.location {
        case .repository(let own), .workingTree(let own): [folder, own]
        case .mirror: [folder]
        }
    }
}

/// What surrounds a pass: the time, the end that may be asked for, and who listens.
package struct PassHooks: Sendable {
    package var clock: any Clock
    package var interrupt: Interrupt
    package var listener: RolloutListener
    /// Told when a stage begins, for progress on a terminal.
    package var stage: @Sendable (String) -> Void

    package init(
        clock: any Clock = SystemClock(), interrupt: Interrupt = Interrupt(),
        listener: RolloutListener = .silent, stage: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.clock = clock
        self.interrupt = interrupt
        self.listener = listener
        self.stage = stage
    }
}
