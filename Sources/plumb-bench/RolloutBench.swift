import Foundation
import Ledger
import MySQLClient
import Reconciler
import Reports
import Schema

/// Measures the rollout of one instant `ADD COLUMN` over fleets of several sizes, against the same
/// statements without a ledger, in turns.
struct RolloutBench {
    /// Names the server and the folder.
    let fleet: BenchFleet
    /// The C program `bench/rollout.c`.
    let floor: String

    private static let rounds = 3
    private static let wanted = FleetSchema.tables[0]

    /// What one operation cost at one size.
    private struct Cost {
        let shards: Int
        var ours = Series()
        var floor = Series()
        var ratios = Series()
        /// Bytes in the files of the ledger for one operation, and on the disk.
        var apparent = Series()
        var onDisk = Series()
        /// Bytes on the disk for one operation, of all rounds, once the ledger is compacted.
        var compacted: Double?
        /// How long that took, in seconds.
        var compaction = 0.0
        var stopped: String?
    }

    func run(_ board: inout Scoreboard) throws {
        board.heading("Rollout of one INSTANT ADD COLUMN")
        let limit = Double(try Setting.number("BENCH_SECONDS", 60))
        var costs: [Cost] = []
        for shards in try Setting.numbers("BENCH_ROLLOUT", [200, 1000, 4000]) {
            let cost = try measure(shards, limit)
            record(cost, &board)
            costs.append(cost)
        }
        guard let first = costs.first, let last = costs.last, costs.count > 1 else { return }
        let span = "of one operation, \(last.shards) against \(first.shards) shards"
        for (name, series) in [
            ("  slope of seconds", \Cost.ours), ("  slope of bytes", \Cost.apparent),
            ("  slope of bytes on disk", \Cost.onDisk),
        ] {
            let slope = last[keyPath: series].median / first[keyPath: series].median
            board.record(name, figure: span, value: slope, goal: .atMost(1.33), Text.times)
        }
    }

    private func record(_ cost: Cost, _ board: inout Scoreboard) {
        let title = "\(cost.shards) shards"
        if let stopped = cost.stopped { board.note("\(title): stopped", stopped) }
        board.note("\(title): floor, 1 operation", Text.fine(cost.floor))
        board.record(
            "\(title): plumb, 1 operation", figure: Text.fine(cost.ours),
            against: "of the floor", value: cost.ratios.median, goal: .atMost(3), Text.times)
        board.record(
            "  ledger, 1 operation", figure: "before compaction, apparent",
            value: cost.apparent.median / 1000, goal: .atMost(8), Text.kilobytes)
        board.record(
            "  ledger, 1 operation", figure: "before compaction, on disk",
            value: cost.onDisk.median / 1000, goal: .atMost(8), Text.kilobytes)
        if let compacted = cost.compacted {
            board.record(
                "  ledger, 1 operation",
                figure: "after compaction (\(Text.seconds(cost.compaction))), on disk",
                value: compacted / 1000, goal: .atMost(2), Text.kilobytes)
        }
    }

    private func measure(_ shards: Int, _ limit: Double) throws -> Cost {
        let folder = "\(fleet.folder)/rollout-\(shards)"
        var own = BenchFleet(folder: folder, server: fleet.server, shards: shards)
        own.prefix = "r\(shards)_"
        own.tables = [Self.wanted]
        let databases = [own.prefix, "f\(shards)_"].map {
            FleetMaker(server: fleet.server, shards: shards, prefix: $0, tables: own.tables)
        }
        for maker in databases { try maker.run() }
        try own.prepareSame()
        let passes = Passes(fleet: own)
        let first = try passes.reconcile(.same, mode: .exact)
        guard first.value.exitStatus == .done else { throw BenchError("the fleet differs") }
        let connections = try concurrency(own)
        var cost = Cost(shards: shards)
        let ledger = try Ledger.open(path: own.ledger)
        _ = try ledger.compact()
        let base = try DiskUse.of(own.ledger)
        var operations = 0.0
        for round in 1...Self.rounds where cost.stopped == nil {
            let seconds = try runFloor("f\(shards)_", connections, round, shards)
            try own.commit([Self.table(columns: round)], "One column more")
            let before = try DiskUse.of(own.ledger)
            let pass = try passes.reconcile(.same, mode: .exact, limitSeconds: limit)
            let after = try DiskUse.of(own.ledger)
            let done = Double(pass.value.rollout.counts["completed"] ?? 0)
            if done < Double(shards) {
                guard pass.seconds >= limit, done > 0 else {
                    throw BenchError("\(done) of \(shards) shards: \(pass.value.exitStatus.label)")
                }
                cost.stopped = "after \(Text.seconds(pass.seconds)) with \(Int(done)) shards done"
            }
            operations += done
            cost.floor.add(seconds / Double(shards))
            cost.ours.add(pass.seconds / done)
            cost.ratios.add(pass.seconds / done / (seconds / Double(shards)))
            cost.apparent.add(Double(after.apparent - before.apparent) / done)
            cost.onDisk.add(Double(after.onDisk - before.onDisk) / done)
        }
        cost.compaction = try Stopwatch.time { _ = try ledger.compact() }.seconds
        cost.compacted = Double(try DiskUse.of(own.ledger).onDisk - base.onDisk) / operations
        for maker in databases { try maker.remove() }
        return cost
    }

    /// How many connections a rollout uses on one server at most.
    private func concurrency(_ own: BenchFleet) throws -> Int {
        let pass = try PassContext.open(own.request(.same, mode: .once), PassHooks(), context: nil)
        let concurrency = pass.fleet.policy.rollout.concurrency
        return min(concurrency.total, concurrency.perHost + RolloutRunner.ahead)
    }

    private static func table(columns: Int) -> FleetSchema.Definition {
        let more = (1...columns).map { "  `more_\($0)` int(11) DEFAULT NULL,\n" }.joined()
        return FleetSchema.Definition(
            name: wanted.name,
            sql: wanted.sql.replacing(
                "  PRIMARY KEY", with: more + "  PRIMARY KEY", maxReplacements: 1))
    }

    private func runFloor(
        _ prefix: String, _ connections: Int, _ round: Int, _ shards: Int
    ) throws -> Double {
        let ended = try Program.run(
            floor,
            [
                fleet.socket, prefix, "\(shards)", "\(connections)", Self.wanted.name,
                "more_\(round)",
            ], in: fleet.folder)
        guard ended.status == 0, let seconds = Double(ended.output.dropLast()) else {
            throw BenchError("\(floor): \(ended.output)")
        }
        return seconds
    }
}
