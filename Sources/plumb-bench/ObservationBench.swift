import Model
import Observed
import Reconciler
import Reports
import Schema

/// Measures exact observation against the C program, and an unchanged pass against the observation.
struct ObservationBench {
    let fleet: BenchFleet
    let floor: FloorProgram

    private static let rounds = 9
    private static let passesPerRound = 3

    func run(_ board: inout Scoreboard) throws {
        let passes = Passes(fleet: fleet)
        board.heading("\(fleet.shards) shards × \(FleetSchema.tables.count) tables")
        let first = try passes.reconcile(.same, mode: .exact)
        try requireInSync(first.value)
        board.note("first pass, records the fleet", describe(first))
        let context = first.context
        let targets = try passes.plan(.same, mode: .unlessUnchanged, context: context)
            .value.shards.map {
                ObservationTarget(id: $0.id, server: $0.server, database: $0.database)
            }
        var floorTimes = Series()
        var exactTimes = Series()
        var unchangedTimes = Series()
        var last = first
        for _ in 0..<Self.rounds {
            floorTimes.add(try floor.run())
            let (seconds, observed) = Stopwatch.time {
                context.observer.observe(targets, mode: .exact)
            }
            try requireAllKnown(observed)
            exactTimes.add(seconds)
            // Several in a row, as in a loop, where mostly unchanged passes follow each other.
            for _ in 0..<Self.passesPerRound {
                last = try passes.reconcile(.same, mode: .unlessUnchanged, context: context)
                try requireInSync(last.value)
                unchangedTimes.add(last.seconds)
            }
        }
        board.note("floor: C loop", Text.series(floorTimes))
        board.record(
            "exact observation", figure: Text.series(exactTimes), against: "of the floor",
            value: exactTimes.median / floorTimes.median, goal: .atMost(1.3), Text.times)
        board.record(
            "pass with nothing changed", figure: Text.series(unchangedTimes),
            against: "of the observation", value: unchangedTimes.median / exactTimes.median,
            goal: .atMost(0.03), Text.percent)
        board.note("  its stages", StageTimes.text(last.stages))
    }

    private func describe(_ pass: Passes.Done<ReconcileReport>) -> String {
        "\(Text.seconds(pass.seconds)): \(StageTimes.text(pass.stages))"
    }

    private func requireInSync(_ report: ReconcileReport) throws {
        guard report.exitStatus == .done else {
            throw BenchError("the fleet is not in sync: \(report.exitStatus.label)")
        }
    }

    private func requireAllKnown(_ observed: [ShardID: ShardObservation]) throws {
        let known = observed.values.filter { observation in
            guard case .known(let shard) = observation else { return false }
            return shard.schema.tables.count == FleetSchema.tables.count
                && !shard.isRemembered
        }
        guard known.count == fleet.shards else {
            throw BenchError("\(known.count) of \(fleet.shards) shards were read")
        }
    }
}
