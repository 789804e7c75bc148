import Basics
import Foundation
import MemoryFleet
import Model
import MySQLClient
import Observed
import Reconciler
import Reports
import Schema

/// Takes one change to every shard of a fleet that is in memory, in a process of its own: all of
/// the product but its servers, with a ledger on the disk.
///
/// One database on the real server is taken there first. So the ledger knows how a server prints
/// the schema and how the change is proved, and what that database was is what every shard is seen
/// as.
struct FleetProcess {
    /// The process's report on itself: one JSON line on standard output.
    struct Report: Codable {
        /// The stages of the pass that records the fleet, and of the one that changes it.
        var recording: [Stage]
        var changing: [Stage]
        var peakMegabytes: Double
        /// What it takes to say what a rollout over all shards does next, of which half is done.
        var advanceSeconds: Double

        struct Stage: Codable {
            var name: String
            var seconds: Double
        }

        var seconds: Double { (recording + changing).reduce(0) { $0 + $1.seconds } }
    }

    let folder: String
    let server: ServerAddress
    let shards: Int

    private static let wanted = FleetSchema.tables[0]

    /// What the child process runs.
    func run() throws {
        let model = try model()
        var fleet = fleet("fleet", shards, prefix: "memory_")
        fleet.hosts = "db-{0..\(max(0, min(500, shards / 2) - 1))}.internal:3306"
        try fleet.prepareSame()
        let memory = MemoryFleet(of: model)
        var passes = Passes(fleet: fleet)
        passes.access = memory
        let recorded = try passes.reconcile(.same, mode: .exact)
        guard recorded.value.adopted == shards else {
            throw BenchError("\(recorded.value.adopted) tables were recorded, not \(shards)")
        }
        try fleet.commit([Self.definition(hasMore: true)], "One column more")
        let changed = try passes.reconcile(.same, mode: .exact)
        guard changed.value.rollout.counts["completed"] == shards,
            memory.shards.changedTables == shards
        else {
            throw BenchError("\(memory.shards.changedTables) of \(shards) shards were changed")
        }
        let report = Report(
            recording: recorded.stages.map { .init(name: $0.name, seconds: $0.seconds) },
            changing: changed.stages.map { .init(name: $0.name, seconds: $0.seconds) },
            peakMegabytes: Machine.peakMegabytes ?? .infinity, advanceSeconds: advance())
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(report))
    }

    /// The median time of one look at a rollout in two waves, the second of which is half done.
    private func advance() -> Double {
        let keys = (0..<shards).map { number in
            OperationKey(
                shard: ShardID(namespace: "memory", shard: "memory_\(number)"),
                object: ObjectName(.table, "orders"))
        }
        let (from, to) = (Digest(of: "before"), Digest(of: "after"))
        var operations: [OperationKey: OperationRecord] = [:]
        for (number, key) in keys.enumerated() {
            let state = number < shards / 2 ? OperationState.completed : .pending
            operations[key] = OperationRecord(key: key, state: state, from: from, to: to)
        }
        let record = RolloutRecord(
            id: "r", plan: to, policy: .halt,
            waves: [Array(keys.prefix(1)), Array(keys.dropFirst())],
            bakeSeconds: [0, 0], startedAt: "2026-01-01T00:00:00Z", actor: "bench")
        let progress = RolloutProgress(record)
        let known = RolloutOperations(record, operations)
        let now = Timestamp(Date())
        let times = (0..<21).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            guard
                case .run(_, let ready) = progress.next(
                    known, now: now, mayStart: { _ in true }),
                ready.count == shards - shards / 2
            else { return Double.infinity }
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        }
        return times.sorted()[times.count / 2]
    }

    /// Takes a real database through the change; returns what it was before.
    private func model() throws -> ShardObservation {
        let fleet = fleet("model", 1, prefix: "model\(shards)_")
        let database = FleetMaker(
            server: server, shards: 1, prefix: fleet.prefix, tables: fleet.tables)
        try database.run()
        try fleet.prepareSame()
        let passes = Passes(fleet: fleet)
        let seen = try passes.plan(.same, mode: .exact).value.observation.values.first
        _ = try passes.reconcile(.same, mode: .exact)
        try fleet.commit([Self.definition(hasMore: true)], "One column more")
        let done = try passes.reconcile(.same, mode: .exact)
        try database.remove()
        guard let seen, done.value.exitStatus == .done else {
            throw BenchError("the model: \(done.value.exitStatus.label)")
        }
        return seen
    }

    private func fleet(_ name: String, _ shards: Int, prefix: String) -> BenchFleet {
        var fleet = BenchFleet(folder: "\(folder)/\(name)", server: server, shards: shards)
        fleet.prefix = prefix
        fleet.tables = [Self.definition(hasMore: false)]
        fleet.ledgerName = "../ledger.git"
        return fleet
    }

    private static func definition(hasMore: Bool) -> FleetSchema.Definition {
        guard hasMore else { return wanted }
        let more = "  `more` int(11) DEFAULT NULL,\n  PRIMARY KEY"
        return FleetSchema.Definition(
            name: wanted.name,
            sql: wanted.sql.replacing("  PRIMARY KEY", with: more, maxReplacements: 1))
    }
}
