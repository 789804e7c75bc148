import Foundation

/// Measures a plan over the whole fleet, by itself and against `skeema diff`.
struct PlanBench {
    let fleet: BenchFleet
    /// Nil where skeema is not installed.
    let peer: Skeema?

    private static let rounds = 3

    func run(_ board: inout Scoreboard) throws {
        board.heading("A plan in a process of its own")
        try peer?.prepare()
        var memory = 0.0
        for branch in BenchFleet.Branch.allCases {
            memory = max(memory, try run(branch, &board))
        }
        board.record(
            "memory of that process", figure: "its peak", value: memory, goal: .atMost(150),
            Text.megabytes)
    }

    /// Measures one branch and returns the peak memory of a process, in megabytes.
    private func run(_ branch: BenchFleet.Branch, _ board: inout Scoreboard) throws -> Double {
        var ours = Series()
        var shares = Series()
        var planning = Series()
        var memory = 0.0
        var last: PlanProcess.Report?
        for _ in 0..<Self.rounds {
            let (seconds, report) = try PlanProcess.measure(fleet, branch)
            try check(report, branch)
            let own = report.seconds("planning")
            ours.add(seconds)
            planning.add(own)
            shares.add(own / report.seconds("observing"))
            memory = max(memory, report.peakMegabytes)
            last = report
        }
        let title = branch == .same ? "plan, no difference" : "plan, 1 table on all shards"
        board.note(title, Text.series(ours))
        if let last { board.note("  its stages", describe(last)) }
        board.record(
            "  diff and plan", figure: Text.series(planning),
            against: "of the observation", value: shares.median, goal: .atMost(0.05), Text.percent)
        if branch == .changed, let last { recordOnce(last, &board) }
        try compare(ours, branch, &board)
        return memory
    }

    private func compare(
        _ ours: Series, _ branch: BenchFleet.Branch, _ board: inout Scoreboard
    ) throws {
        guard let peer else { return board.note("  against skeema", "skeema is not installed") }
        let theirs = try peer.run(branch)
        board.record(
            "  against skeema diff", figure: Text.seconds(theirs) + " (1 run)",
            against: "as long as Plumb", value: theirs / ours.median, goal: .atLeast(10),
            Text.times)
    }

    private func recordOnce(_ report: PlanProcess.Report, _ board: inout Scoreboard) {
        board.note(
            "  work done",
            "\(report.parsedTables) texts parsed, \(report.classes) class diffed, "
                + "\(report.steps) step for \(report.shardsInSteps) shards, \(report.alters) "
                + "ALTER run for its proof")
        board.record(
            "  parses beyond the schema", figure: "the changed table",
            value: Double(report.parsedTables - FleetSchema.tables.count), goal: .atMost(1),
            Text.count)
        board.record(
            "  diffs", figure: "classes of shards", value: Double(report.classes),
            goal: .atMost(1), Text.count)
        board.record(
            "  proofs", figure: "steps proved", value: Double(report.steps), goal: .atMost(1),
            Text.count)
    }

    private func check(_ report: PlanProcess.Report, _ branch: BenchFleet.Branch) throws {
        let wanted = branch == .same ? 0 : fleet.shards
        guard report.shardsInSteps == wanted else {
            throw BenchError(
                "the plan changes \(report.shardsInSteps) shards instead of \(wanted)")
        }
    }

    private func describe(_ report: PlanProcess.Report) -> String {
        StageTimes.text(report.stages.map { ($0.name, $0.seconds) })
    }
}
