import Foundation
import MySQLClient
import Reconciler
import Reports
import Schema

/// Measures one database with thousands of tables, of which each refers to another one.
struct WideBench {
    /// Names the server and the folder.
    let fleet: BenchFleet
    /// The path of skeema; nil without it.
    let skeema: String?

    /// What one size took, in seconds.
    private struct Cost {
        let tables: Int
        /// The statements that make all tables, by a plain client.
        var floor = 0.0
        var planNew = 0.0
        var reconcileNew = 0.0
        /// Of the processor.
        var planSame = 0.0
        var planChanged = 0.0
        var peer: Double?
        /// Of the reconcile.
        var stages: [(name: String, seconds: Double)] = []
    }

    func run(_ board: inout Scoreboard) throws {
        board.heading("One database with many tables")
        var costs: [Cost] = []
        for tables in try Setting.numbers("BENCH_WIDE", [750, 3000]) {
            let cost = try measure(tables)
            record(cost, &board)
            costs.append(cost)
        }
        guard let first = costs.first, let last = costs.last, costs.count > 1 else { return }
        for (name, seconds) in [
            ("  slope, plan all new", \Cost.planNew),
            ("  slope, reconcile all new", \Cost.reconcileNew),
            ("  slope, plan a column in each", \Cost.planChanged),
        ] {
            let one = { (cost: Cost) in cost[keyPath: seconds] / Double(cost.tables) }
            board.record(
                name, figure: "of one table, \(last.tables) against \(first.tables)",
                value: one(last) / one(first), goal: .atMost(1.33), Text.times)
        }
        board.note("memory", Machine.peakMegabytes.map(Text.megabytes) ?? "unknown")
    }

    private func record(_ cost: Cost, _ board: inout Scoreboard) {
        let title = "\(cost.tables) tables"
        board.note("\(title): a plain client makes all", Text.seconds(cost.floor))
        board.record(
            "  plan, all new", figure: Text.seconds(cost.planNew), against: "of the client",
            value: cost.planNew / cost.floor, goal: .atMost(4), Text.times)
        board.record(
            "  reconcile, all new", figure: Text.seconds(cost.reconcileNew),
            against: "of the client", value: cost.reconcileNew / cost.floor, goal: .atMost(3),
            Text.times)
        board.note("    its stages", StageTimes.text(cost.stages))
        board.record(
            "  plan, nothing to do", figure: "of the processor", value: cost.planSame,
            goal: .atMost(0.5), Text.seconds)
        guard let peer = cost.peer else {
            return board.note("  plan, a column in each", Text.seconds(cost.planChanged))
        }
        board.record(
            "  plan, a column in each", figure: Text.seconds(cost.planChanged),
            against: "skeema diff \(Text.seconds(peer)), times as fast",
            value: peer / cost.planChanged, goal: .atLeast(3), Text.times)
    }

    private func measure(_ tables: Int) throws -> Cost {
        var own = BenchFleet(
            folder: "\(fleet.folder)/wide-\(tables)", server: fleet.server, shards: 1)
        own.prefix = "w\(tables)_"
        own.tables = Self.definitions(tables, hasMore: false)
        var cost = Cost(tables: tables)
        let plain = FleetMaker(
            server: fleet.server, shards: 1, prefix: "p\(tables)_", tables: own.tables)
        cost.floor = try Stopwatch.time { try plain.run() }.seconds
        try plain.remove()
        let database = FleetMaker(server: fleet.server, shards: 1, prefix: own.prefix, tables: [])
        try database.run()
        try own.prepareSame()
        let passes = Passes(fleet: own)
        cost.planNew = try planned(passes, steps: tables).seconds
        let done = try passes.reconcile(.same, mode: .exact)
        guard done.value.exitStatus == .done else {
            throw BenchError("\(tables) tables: \(done.value.exitStatus.label)")
        }
        cost.reconcileNew = done.seconds
        cost.stages = done.stages
        cost.planSame = try planned(passes, steps: 0).processor
        try own.commit(Self.definitions(tables, hasMore: true), "A column in each")
        cost.planChanged = try planned(passes, steps: tables).seconds
        cost.peer = try skeema.map { path in
            var peer = Skeema(path: path, fleet: own)
            peer.changed = Self.definitions(tables, hasMore: true)
            peer.isLinting = true
            try peer.prepare()
            return try peer.run(.changed)
        }
        try database.remove()
        return cost
    }

    /// One plan in a context of its own, which must have so many steps.
    private func planned(
        _ passes: Passes, steps: Int
    ) throws -> (seconds: Double, processor: Double) {
        let before = Machine.processorSeconds
        let done = try passes.plan(.same, mode: .once)
        let processor = Machine.processorSeconds - before
        guard done.value.plan.steps.count == steps else {
            throw BenchError("\(done.value.plan.steps.count) steps, and not \(steps)")
        }
        return (done.seconds, processor)
    }

    /// Tables that form a tree by their foreign keys.
    private static func definitions(_ count: Int, hasMore: Bool) -> [FleetSchema.Definition] {
        (0..<count).map { number in
            let name = { "t" + FleetMaker.digits($0) }
            var lines = [
                "`id` bigint(20) NOT NULL", "`parent` bigint(20) DEFAULT NULL",
                "`name` varchar(100) NOT NULL", "`amount` decimal(10,2) DEFAULT NULL",
            ]
            if hasMore { lines.append("`more` int(11) DEFAULT NULL") }
            lines.append("PRIMARY KEY (`id`)")
            if number > 0 {
                lines += [
                    "KEY `parent` (`parent`)",
                    "CONSTRAINT `fk_\(FleetMaker.digits(number))` FOREIGN KEY (`parent`) "
                        + "REFERENCES `\(name(number / 2))` (`id`)",
                ]
            }
            let sql =
                "CREATE TABLE `\(name(number))` (\n  " + lines.joined(separator: ",\n  ")
                + "\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
            return FleetSchema.Definition(name: name(number), sql: sql)
        }
    }
}
