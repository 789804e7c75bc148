import Basics
import Diff
import Execution
import Foundation
import Ledger
import Model
import Reconciler

/// Measures whether approvals that the ledger keeps make later passes slower.
struct ApprovalBench {
    let fleet: BenchFleet

    private static let rounds = 12

    func run(_ board: inout Scoreboard) throws {
        board.heading("A pass with nothing changed, with approvals kept")
        let plan = try Passes(fleet: fleet).plan(.changed, mode: .exact).value.plan
        guard let step = plan.steps.first else { throw BenchError("the plan has no step") }
        let counts = [0, 10, 100]
        let ledgers = try counts.map { try fleet(with: $0, about: step) }
        var contexts = try ledgers.map {
            try Passes(fleet: $0).reconcile(.same, mode: .exact).context
        }
        var times = counts.map { _ in Series() }
        for _ in 0..<Self.rounds {
            for place in counts.indices {
                let pass = try Passes(fleet: ledgers[place]).reconcile(
                    .same, mode: .unlessUnchanged, context: contexts[place])
                guard pass.value.exitStatus == .done else { throw BenchError("the fleet differs") }
                contexts[place] = pass.context
                times[place].add(pass.seconds)
            }
        }
        board.note("no approvals", Text.series(times[0]))
        board.note("  its noise", "\(Text.seconds(times[0].spread)) from quarter to quarter")
        for place in counts.indices.dropFirst() {
            board.record(
                "\(counts[place]) approvals", figure: Text.series(times[place]), against: "more",
                value: times[place].median - times[0].median,
                goal: .atMost(times[0].spread), Text.seconds)
        }
    }

    /// The fleet with a copy of its ledger that keeps approvals, none of which fits a step.
    private func fleet(with count: Int, about step: PlanStep) throws -> BenchFleet {
        var copy = fleet
        copy.ledgerName = "approvals-\(count).git"
        try FileManager.default.copyItem(atPath: fleet.ledger, toPath: copy.ledger)
        let store = LedgerStore(
            ledger: try Ledger.open(path: copy.ledger), environment: "production",
            actor: LedgerActor(name: "bench", email: "bench@localhost"), clock: SystemClock())
        guard count > 0 else { return copy }
        let records = try (0..<count).map { try Self.record($0, about: step, store.now.iso) }
        try store.transact(LedgerEvent("approved", subject: "Approve \(count) steps")) {
            draft throws(LedgerError) in
            for record in records {
                try draft.setDecisions(record)
            }
            return .commit
        }
        return copy
    }

    private static func record(
        _ number: Int, about step: PlanStep, _ given: String
    ) throws -> ApprovalRecord {
        var binding = ApprovalBinding(environment: "production", step: step)
        binding.meaning = ["column number \(number)"]
        return ApprovalRecord(
            digest: try binding.digest(), binding: binding, decision: .approve,
            approvers: [
                .init(name: "Ada", reason: "looked at it", given: given, source: "command")
            ], expires: nil)
    }
}
