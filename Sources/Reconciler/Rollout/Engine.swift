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

    /// Whether it brings a step about; what none takes is direct.
    func takes(_ step: PlanStep) -> Bool

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
    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure)

    /// Takes away what it made beside the table, as far as it is provably its own.
    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure)

    /// Takes away what the cutover left.
    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure)
}

/// What an engine is asked to do.
package struct EngineJob: Sendable {
    package let step: PlanStep
    /// The statement of the step that is due, counted from 0.
    package let index: Int
    /// The engine's state as it was reported last.
    package let state: EngineState?
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

    func takes(_ step: PlanStep) -> Bool { true }

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

    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try port.run(job.step.statements[job.index])
    }

    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {}

    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {}
}

/// The engines that a release has, by name.
package struct Engines: Sendable {
    private let byName: [EngineName: any Engine]
    /// Those that are asked before the direct one, in order.
    private let others: [any Engine]

    /// Those of this release.
    package static let standard = Engines([])

    /// - Parameter engines: engines beside the direct one.
    package init(_ engines: [any Engine]) {
        others = engines
        byName = Dictionary(
            ([DirectEngine()] + engines).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// Says of each step by which engine it runs.
    package func share(_ steps: inout [PlanStep]) {
        guard !others.isEmpty else { return }
        for place in steps.indices {
            steps[place].engine = others.first { $0.takes(steps[place]) }?.name
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
