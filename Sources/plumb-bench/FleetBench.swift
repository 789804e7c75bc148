import Foundation

/// Measures what a rollout costs that has many shards and no servers to wait for.
struct FleetBench {
    /// Names the server and the folder.
    let fleet: BenchFleet

    func run(_ board: inout Scoreboard) throws {
        board.heading("One change on every shard of a fleet in memory, with a ledger on the disk")
        var first: (shards: Int, seconds: Double)?
        for shards in try Setting.numbers("BENCH_FLEET", [100, 1000, 10_000]) {
            let report = try measure(shards)
            record(report, shards, &board)
            let one = report.seconds / Double(shards)
            guard let first else {
                first = (shards, one)
                continue
            }
            board.note(
                "  slope",
                "\(Text.times(one / first.seconds)) the seconds of one shard with \(first.shards)")
        }
    }

    private func record(_ report: FleetProcess.Report, _ shards: Int, _ board: inout Scoreboard) {
        for (name, stages) in [("record", report.recording), ("change", report.changing)] {
            let parts = stages.filter { $0.seconds >= 0.0005 }
                .map { "\($0.name) \(Text.seconds($0.seconds))" }
            board.note("\(shards) shards: \(name)", parts.joined(separator: ", "))
        }
        let title = "  plan, record, open, drive, close"
        if shards == 10_000 {
            board.record(
                title, figure: "fsync on", value: report.seconds, goal: .atMost(30), Text.seconds)
        } else {
            board.note(title, Text.seconds(report.seconds))
        }
        board.note("  peak memory", Text.megabytes(report.peakMegabytes))
        let advance = "  what the rollout does next"
        if shards == 10_000 {
            board.record(
                advance, figure: "half done", value: report.advanceSeconds, goal: .atMost(0.001)
            ) { Text.milliseconds($0) }
        } else {
            board.note(advance, Text.milliseconds(report.advanceSeconds))
        }
    }

    private func measure(_ shards: Int) throws -> FleetProcess.Report {
        let folder = "\(fleet.folder)/memory-\(shards)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let executable = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        let ended = try Program.run(
            executable, ["fleet", folder, fleet.socket, "\(shards)"], in: folder)
        guard ended.status == 0 else { throw BenchError("plumb-bench fleet: \(ended.output)") }
        return try JSONDecoder().decode(FleetProcess.Report.self, from: Data(ended.output.utf8))
    }
}
