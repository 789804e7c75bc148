import Basics
import Diff
import Execution
import Model
import Schema
import Testing

@testable import Reconciler

/// An engine in memory that is ready at once.
private struct ReadyEngine: Engine {
    let name = EngineName(rawValue: "ready")
    let isStaged = true
    /// The size of its state.
    var size = 2
    let phases = Lock<[String]>([])

    func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice? { EngineChoice(engine: name, reason: nil) }
    func refusal(of state: EngineState) -> String? { nil }
    func state(before job: EngineJob) -> EngineState? { state(2) }
    func progress(_ state: EngineState) -> String? { "half of it" }
    func park(_ job: EngineJob, on port: any ShardPort) -> EngineState? { job.state }

    func prepare(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        phases.withLock { $0.append("prepare") }
        return state(size)
    }

    func run(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineAnswer {
        phases.withLock { $0.append("run") }
        return .ready(state(size))
    }

    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        phases.withLock { $0.append("cutOver") }
        try port.run(job.step.statements[0])
        return nil
    }

    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        phases.withLock { $0.append("abort") }
    }

    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        phases.withLock { $0.append("cleanUp") }
    }

    private func state(_ size: Int) -> EngineState {
        EngineState(
            engine: name, version: 1, document: String(repeating: "x", count: size))
    }
}

@Suite("What the driver asks before an engine may cut over")
struct StagedDriverTests {
    private let record: PendingRecord
    private let fleet: SimulatedFleet
    private let journal = SimulatedJournal()

    init() {
        var step = sampleStep(
            shards: ["s0"], statements: [PlanStatement(sql: "orders", after: digest("b"))])
        step.engine = EngineName(rawValue: "ready")
        record = PendingRecord(
            rollout: "r1",
            key: OperationKey(
                shard: ShardID(namespace: "commerce", shard: "s0"), object: "orders"),
            step: step, approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "ada")
        fleet = SimulatedFleet([record.key: digest("a")])
    }

    private func run(
        _ engine: ReadyEngine, isClosed: @escaping @Sendable () -> Bool = { false },
        engines: Engines? = nil, claim: OperationClaim = OperationClaim()
    ) -> RolloutRunner.Result {
        var work = RolloutRunner.ShardWork(
            shard: record.key.shardID, server: .tcp(host: "db", port: 1), records: [record])
        work.claims[record.key] = claim
        return RolloutRunner(
            opener: fleet, journal: journal, clock: SimulatedClock(),
            control: RolloutControl(
                rule: FailureRule(.halt), interrupt: Interrupt(), closed: isClosed),
            total: 1, perServer: 1, engines: engines ?? Engines([engine])
        ).run([work])
    }

    private var events: [String] {
        journal.state.withLock { $0.events.map { String($0.split(separator: " ")[0]) } }
    }

    @Test("all that it needs is durable before each phase")
    func whole() {
        let engine = ReadyEngine()
        #expect(run(engine).outcomes.values.map(\.kind) == [.completed(ran: true)])
        #expect(engine.phases.withLock { $0 } == ["prepare", "run", "cutOver", "cleanUp"])
        #expect(
            events == ["started", "preparing", "cutting_over", "operation-completed"])
    }

    @Test("a window that has closed meanwhile keeps the table as it is, and what was made")
    func closed() {
        let engine = ReadyEngine()
        let result = run(engine) { engine.phases.withLock { $0.contains("run") } }
        #expect(result.outcomes.isEmpty)
        #expect(engine.phases.withLock { $0 } == ["prepare", "run"])
        #expect(events == ["started", "preparing"])
        #expect(journal.state.withLock { $0.pending[record.key]?.engine } != nil)
    }

    @Test("an approval that was denied meanwhile keeps it from cutting over, and says why")
    func denied() {
        let engine = ReadyEngine()
        let journal = journal
        let result = run(engine) {
            if engine.phases.withLock({ $0.contains("run") }) {
                journal.state.withLock { $0.refusal = "denied meanwhile" }
            }
            return false
        }
        #expect(result.outcomes.isEmpty)
        #expect(engine.phases.withLock { $0 } == ["prepare", "run"])
        #expect(journal.state.withLock { $0.phases[record.key] } == .running)
        #expect(journal.state.withLock { $0.pending[record.key]?.engine } != nil)
    }

    @Test("a state that is too large is not recorded: the operation fails, and all of it goes")
    func tooLarge() {
        var engine = ReadyEngine()
        engine.size = EngineState.sizeLimit
        #expect(run(engine).outcomes.values.map(\.kind) == [.completed(ran: true)])
        let other = StagedDriverTests()
        engine = ReadyEngine()
        engine.size = EngineState.sizeLimit + 1
        let outcome = other.run(engine).outcomes.values.first
        #expect(outcome?.kind == .failed)
        #expect(outcome?.message?.contains("16385 bytes, of 16384 at most") == true)
        #expect(engine.phases.withLock { $0 } == ["prepare", "abort"])
        #expect(other.journal.state.withLock { $0.pending.isEmpty })
    }

    @Test("one that makes no sense in its state is left, and not tried for ever")
    func senseless() {
        let result = run(ReadyEngine(), claim: OperationClaim(origin: .init(state: .completed)))
        #expect(result.outcomes.isEmpty)
        #expect(result.obstacles.values.first?.message.contains("while it is completed") == true)
    }

    @Test("a step by an engine that this release does not have is left alone")
    func unknown() {
        let result = run(ReadyEngine(), engines: .standard)
        #expect(result.outcomes.isEmpty)
        #expect(result.obstacles.values.first?.message.contains("engine `ready`") == true)
        #expect(events.isEmpty)
    }
}
