import Foundation
import MySQLClient
import Observed
import Reconciler
import Schema

/// Measures one plan over the fleet in a process of its own, from start to end.
struct PlanProcess {
    /// The process's report on itself: one JSON line on standard output.
    struct Report: Codable {
        struct Stage: Codable {
            var name: String
            var seconds: Double
        }
        var stages: [Stage]
        var peakMegabytes: Double
        /// How many distinct texts there are; each is parsed once.
        var parsedTables: Int
        /// How many classes of equal shards there are; each is compared once.
        var classes: Int
        var steps: Int
        var shardsInSteps: Int
        /// How many `ALTER TABLE` statements the server ran: proofs and trials of algorithms.
        var alters: Int

        func seconds(_ names: String...) -> Double {
            stages.filter { names.contains($0.name) }.reduce(0) { $0 + $1.seconds }
        }
    }

    /// What the child process runs.
    static func run(folder: String, reference: String) throws {
        guard let branch = BenchFleet.Branch(rawValue: reference) else {
            throw BenchError("\(reference): no branch of the benchmark's repository")
        }
        // The fleet file in the folder names the server and the shards.
        let fleet = BenchFleet(folder: folder, server: .socket(path: ""), shards: 0)
        let done = try Passes(fleet: fleet).plan(branch, mode: .once)
        let plan = done.value.plan
        guard plan.unknown.isEmpty, plan.unsupported.isEmpty else {
            throw BenchError("the plan has unknown shards or unsupported tables")
        }
        let report = Report(
            stages: done.stages.map { .init(name: $0.name, seconds: $0.seconds) },
            peakMegabytes: Machine.peakMegabytes ?? .infinity,
            parsedTables: done.context.catalog.count, classes: done.value.comparison.variants.count,
            steps: plan.steps.count,
            shardsInSteps: plan.steps.reduce(0) { $0 + $1.shards.count }, alters: 0)
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(report))
    }

    /// Starts the child process and reads its report.
    static func measure(
        _ fleet: BenchFleet, _ branch: BenchFleet.Branch
    ) throws -> (seconds: Double, report: Report) {
        let before = try alterCount(fleet.server)
        let executable = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        let ended = try Program.run(
            executable, ["plan", fleet.folder, branch.rawValue], in: fleet.folder)
        guard ended.status == 0 else { throw BenchError("plumb-bench plan: \(ended.output)") }
        var report = try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
        report.alters = try alterCount(fleet.server) - before
        return (ended.seconds, report)
    }

    private static func alterCount(_ server: ServerAddress) throws -> Int {
        let connection = try MySQLClient.Connection(to: server, settings: FleetMaker.settings)
        defer { connection.close() }
        let rows = try connection.query("SHOW GLOBAL STATUS LIKE 'Com_alter_table'")
        return rows.first.flatMap { $0[1] }.flatMap { Int($0) } ?? 0
    }
}
