import Desired
import Diff
import Model
import Schema

/// How a step is brought about on one shard, one phase at a time.
///
/// The machine says which phase is next, and the ledger has the engine's state before the phase
/// that needs it. Each phase may come again after a dead worker, on another machine, with the
/// state that was recorded last: so each first looks at what is there.
package protocol Engine: Sendable {
    var name: EngineName { get }

    /// Whether it works beside the table, which then changes at once, with the cutover. Else the
    /// statements themselves are the change: nothing is prepared, and nothing has to be taken away.
    var isStaged: Bool { get }

    /// The engine as a policy wants it.
    func under(_ policy: Policy) -> any Engine

    /// Whether it brings a step about; what none takes is direct.
    ///
    /// - Parameter definition: the table with a digest, where it is known.
    func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice?

    /// Why it cannot go on from a state that was recorded, such as one of a newer release; nil
    /// where it can.
    func refusal(of state: EngineState) -> String?

    /// What it is going to make beside the table, before any of it is there; recorded with the
    /// intent.
    func state(before job: EngineJob) -> EngineState?

    /// Makes ready what it works with, or finds it again.
    func prepare(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState?

    /// Runs the statement of the job, or a part of the work beside the table that takes seconds.
    func run(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineAnswer

    /// How far it is, for people; nil where there is nothing to say.
    func progress(_ state: EngineState) -> String?

    /// Lets go of all that it holds, since nobody may hold the shard for a long time.
    func park(_ job: EngineJob, on port: any ShardPort) -> EngineState?

    /// Changes the table: runs the statement of the job, or lets the copy take the table's place.
    ///
    /// - Returns: its state, where there is more to say of it now.
    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState?

    /// Takes away what it made beside the table, as far as it is provably its own.
    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure)

    /// Takes away what the cutover left.
    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure)

    /// Lets go of the sessions that it has for the operation, which is not driven any more.
    func letGo(_ job: EngineJob)
}

extension Engine {
    package func under(_ policy: Policy) -> any Engine { self }

    package func letGo(_ job: EngineJob) {}
}

/// What an engine is asked to do.
package struct EngineJob: Sendable {
    package let key: OperationKey
    package let step: PlanStep
    /// The statement of the step that is due, counted from 0.
    package let index: Int
    /// The engine's state as it was reported last.
    package let state: EngineState?
    /// The canonical text of a definition, as the ledger has it; nil where it has none.
    package let definition: @Sendable (Digest) -> String?
}

/// What a part of an engine's work came to.
package enum EngineAnswer: Hashable, Sendable {
    /// The statement has run.
    case finished
    /// A part of the work beside the table is done; the state is recorded before the next one.
    case advanced(EngineState)
    /// All is ready for the cutover.
    case ready(EngineState)
}

/// Sends the statements of a step to the table itself.
struct DirectEngine: Engine {
    let name = EngineName.direct
    let isStaged = false

    func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice? { nil }

    func refusal(of state: EngineState) -> String? { "a direct change has no state" }

    func state(before job: EngineJob) -> EngineState? { nil }

    func prepare(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        nil
    }

    func run(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineAnswer {
        try port.run(job.step.statements[job.index])
        return .finished
    }

    func progress(_ state: EngineState) -> String? { nil }

    func park(_ job: EngineJob, on port: any ShardPort) -> EngineState? { nil }

    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        try port.run(job.step.statements[job.index])
        return nil
    }

    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {}

    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {}
}

/// The engines that a release has, by name.
package struct Engines: Sendable {
    private let byName: [EngineName: any Engine]
    /// Those that are asked before the direct one, in order.
    private let others: [any Engine]

    /// The direct one alone.
    package static let standard = Engines([])

    /// - Parameter engines: engines beside the direct one.
    package init(_ engines: [any Engine]) {
        others = engines
        byName = Dictionary(
            ([DirectEngine()] + engines).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// The engines as a policy wants them.
    func under(_ policy: Policy) -> Engines { Engines(others.map { $0.under(policy) }) }

    /// Says of each step by which engine it runs, and why.
    ///
    /// - Parameter definition: the table with a digest, where it is known.
    package func share(
        _ steps: inout [PlanStep], _ definition: (Digest) -> CatalogTable?
    ) {
        for place in steps.indices {
            var choice: EngineChoice?
            for engine in others where choice == nil {
                choice = engine.choice(for: steps[place], definition)
            }
            steps[place].engine = choice?.engine == .direct ? nil : choice?.engine
            steps[place].engineReason = choice?.reason
        }
    }

    /// The engine that brings a step about; nil where this release does not have it.
    func engine(of step: PlanStep) -> (any Engine)? { byName[step.engine ?? .direct] }

    /// Why nothing may be done about an operation that had begun; nil where it may go on.
    func refusal(of record: PendingRecord) -> String? {
        let name = record.step.engine ?? .direct
        guard let engine = byName[name] else { return Self.unknown(name) }
        return record.engine.flatMap { state in
            state.fault(for: name) ?? engine.refusal(of: state)
        }
    }

    /// The sentence about an engine that this release does not have.
    static func unknown(_ name: EngineName) -> String {
        "it runs by the engine `\(name.rawValue)`, which this release does not have: run one that "
            + "has it"
    }
}
