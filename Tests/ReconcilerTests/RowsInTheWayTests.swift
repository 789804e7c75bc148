import Diff
import Execution
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("A step of several statements begins only where no row is in its way")
struct RowsInTheWayTests {
    private let shard = ShardID(namespace: "commerce", shard: "s0")

    private func record(
        statements count: Int = 2, questions: [String] = ["NULL in `e`"], changesRows: Bool? = nil
    ) -> PendingRecord {
        let words = ["a", "b", "c", "d"]
        var step = sampleStep(
            shards: ["s0"], from: "a", to: words[count],
            statements: (1...count).map { PlanStatement(sql: "orders", after: digest(words[$0])) })
        step.findings = questions.map { sought in
            var finding = HazardFinding(rule: .forbidNull, hazard: .lossy, reason: sought)
            var question = DataQuestion(
                sought: sought, sql: "SELECT 1 FROM `orders`", look: "SELECT * FROM `orders`")
            question.changesRows = changesRows
            finding.probe = DataProbe(question)
            return finding
        }
        return PendingRecord(
            rollout: "r1", key: OperationKey(shard: shard, object: "orders"), step: step,
            approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "ada")
    }

    private struct Run {
        let fleet: SimulatedFleet
        let outcome: OperationOutcome?

        var executed: Int { fleet.state.withLock { $0.executed.count } }
        var questions: Int { fleet.state.withLock { $0.questions } }
    }

    private func run(
        _ record: PendingRecord, _ prepare: (inout SimulatedFleet.State) -> Void
    ) throws -> Run {
        let fleet = SimulatedFleet([record.key: digest("a")])
        fleet.state.withLock { prepare(&$0) }
        let journal = SimulatedJournal()
        let worker = ShardWorker(
            opener: fleet, journal: journal, clock: SimulatedClock(),
            control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()),
            places: StatementPlaces(total: 1, perServer: 1), faults: .none,
            listener: .silent)
        let report = try worker.run(
            .init(
                shard: shard, server: .tcp(host: "db", port: 3306), records: [record],
                order: .sequence))
        #expect(journal.state.withLock { $0.pending }.isEmpty)
        return Run(fleet: fleet, outcome: report.outcomes[record.key])
    }

    @Test("a row in the way of the last statement keeps the first one from starting")
    func inTheWay() throws {
        let record = record(questions: ["NULL in `e`", "rows without a parent in `p`"])
        let run = try run(record) { $0.answers = [.clear, .inTheWay] }
        #expect(run.executed == 0)
        #expect(run.outcome?.kind == .failed)
        #expect(run.outcome?.changedTheShard == false)
        #expect(
            run.outcome?.message
                == "rows are in the way (rows without a parent in `p`): none of the 2 statements "
                + "was started, as the server commits each by itself; look: SELECT * FROM `orders`")
    }

    @Test("what nobody can tell keeps it from starting too")
    func notKnown() throws {
        let run = try run(record()) { $0.answers = [.notKnown("no SELECT")] }
        #expect(run.executed == 0)
        let message = run.outcome?.message
        #expect(message?.contains("it is not known whether rows are in the way") == true)
    }

    @Test("an answer that does not come is waited for, and asked for again")
    func unreadable() throws {
        let run = try run(record()) { $0.failingReads = [false, true, false, false] }
        #expect(run.outcome?.kind == .completed(ran: true))
        #expect(run.executed == 2)
        #expect(run.questions == 1)
    }

    @Test("after a pause before the first statement the rows are asked again")
    func askedAgain() throws {
        let run = try run(record()) {
            $0.lockWaits = 1
            $0.answers = [.clear, .inTheWay]
        }
        #expect(run.executed == 0)
        #expect(run.outcome?.kind == .failed)
    }

    @Test("one statement is refused whole by the server; rows that are only changed are no reason")
    func notAsked() throws {
        for record in [record(statements: 1), record(changesRows: true), record(questions: [])] {
            let run = try run(record) { $0.answers = [.inTheWay] }
            #expect(run.outcome?.kind == .completed(ran: true))
            #expect(run.questions == 0)
        }
    }

    @Test("an approval is said to be used up where a part of the step ran, and only there")
    func usedUp() throws {
        var approved = record(statements: 3)
        approved.approval = digest("word")
        let part = try run(approved) { $0.refused = ["orders \(digest("c").short)"] }
        #expect(
            part.outcome?.message
                == "refused; 1 of 3 statements ran, and the next plan goes on from there; approval "
                + "\(digest("word").short) is used up")
        let none = try run(approved) { $0.refused = ["orders \(digest("b").short)"] }
        #expect(none.outcome?.message == "refused")
    }

    @Test("a second statement that is refused all the same leaves a part that is recorded")
    func refusedAllTheSame() throws {
        let run = try run(record(statements: 3)) {
            $0.refused = ["orders \(digest("c").short)"]
        }
        #expect(run.outcome?.kind == .failed)
        #expect(run.outcome?.changedTheShard == true)
        #expect(run.outcome?.progress?.digest == digest("b"))
        #expect(
            run.outcome?.message
                == "refused; 1 of 3 statements ran, and the next plan goes on from there")
    }
}
