import Basics
import Desired
import Foundation
import Git
import Schema
import TestSupport

/// What a world is like from its first moment on: its fleet, its policy, and how mean it is.
struct Conditions {
    let shardCount: Int
    let tableCount: Int
    /// How often something happens at a moment, out of 1,000.
    let meanness: Int
    /// How often a process dies there, out of 1,000.
    let deadliness: Int
    let approvesLossy: Bool
    let drift: String
    let onFailure: String
    /// Under `continue`: with so many failures a rollout halts; nil for no limit.
    let maxFailures: Int?
    let cutover: String
    /// How often an operation is tried, and for how long; nil for what is standard.
    let retries: String?
    /// How often a wave that bakes is asked how it is; nil where none is asked.
    let asksEach: String?
    /// The shards with the label of canaries.
    let canaries: Set<Int>
    let waves: [String]
    let hasWindows: Bool
    let hosts: Int
    /// Whether git goes back and forth between two revisions, and all is approved each time.
    let swings: Bool
    /// What runs after the shards; nil for nothing.
    let finalizer: String?
    /// The tables that are altered by an engine which works beside them, and in how many parts.
    let copiedTables: Set<Int>
    let partCount: Int

    init(_ random: inout SeededGenerator, tame: Bool = false) {
        shardCount =
            tame
            ? 8
            : random.chance(1)
                ? Int.random(in: 40...120, using: &random)
                : Int.random(in: 2...(random.chance(85) ? 4 : 12), using: &random)
        tableCount = tame ? 2 : shardCount > 20 ? 1 : random.any([1, 1, 2, 2, 3])
        meanness = tame ? 0 : random.any([0, 10, 40, 100])
        deadliness = tame ? 0 : random.any([0, 10, 30, 60])
        approvesLossy = !tame && random.chance(25)
        drift = tame ? "revert" : random.any(["report", "additive", "revert", "revert"])
        onFailure = tame ? "halt" : random.any(["halt", "continue", "pause"])
        maxFailures =
            !tame && onFailure == "continue" && random.chance(60)
            ? Int.random(in: 1...3, using: &random) : nil
        cutover =
            tame
            ? "rolling"
            : random.any(["rolling", "rolling", "rolling", "barrier", "parallel", "manual"])
        retries =
            tame || random.chance(50)
            ? nil
            : random.any([
                "{attempts: 2, within: 1d}", "{attempts: 9, within: 1m}",
                "{attempts: 6, within: 1d}",
            ])
        asksEach = tame || random.chance(70) ? nil : random.any(["1s", "30s", "5m"])
        let count = shardCount
        let others = (1..<count).filter { _ in !tame && random.chance(25) }
        canaries = tame ? [] : Set([count - 1] + others)
        waves = tame ? ["{shards: 2, bake: 10m}", "{percent: 100}"] : Self.waves(&random)
        hasWindows = !tame && random.chance(20)
        hosts = Int.random(in: 1...3, using: &random)
        swings = !tame && random.chance(12)
        let isIdempotent = !tame && random.chance(40)
        finalizer =
            tame
            ? "exec: [/usr/bin/publish]"
            : random.any([
                nil, "exec: [/usr/bin/publish, app]",
                "sql: \"CALL routing.publish('app', 3)\", on: db-0",
            ]).map { "\($0), idempotent: \(isIdempotent)" }
        let copied = (0..<tableCount).filter { _ in random.chance(60) }
        copiedTables = tame || random.chance(60) ? [] : Set(copied)
        partCount = Int.random(in: 1...3, using: &random)
    }

    private static func waves(_ random: inout SeededGenerator) -> [String] {
        func bake() -> String { random.any(["", "", ", bake: 1m", ", bake: 10m", ", bake: 2h"]) }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return []
        case 1: return ["{shards: 1\(bake())}", "{percent: 100}"]
        case 2: return ["{shards: 1\(bake())}", "{percent: 50\(bake())}", "{percent: 100}"]
        case 3: return ["{percent: 30\(bake())}", "{percent: 60\(bake())}", "{percent: 100}"]
        default: return ["{selector: {tier: canary}\(bake())}", "{percent: 100}"]
        }
    }

    /// Whether the first wave is that of the canaries.
    var hasCanaries: Bool { waves.first?.contains("selector") == true }

    /// The text of `plumb.yaml`.
    ///
    /// - Parameter threads: how many operations run at once.
    func fleetText(threads: Int) -> String {
        var lines = [
            "version: 1", "namespaces:", "  app:", "    schema: schema/app", "    shards:",
        ]
        for host in 0..<hosts {
            for shard in 0..<shardCount where shard % hosts == host {
                let labels = canaries.contains(shard) ? ", labels: {tier: canary}" : ""
                lines.append(
                    "      - {name: s\(shard), host: db-\(host), database: app_\(shard)\(labels)}")
            }
        }
        if let finalizer { lines.append("    finalizer: {\(finalizer)}") }
        lines.append("    retire: [\((0..<tableCount).map(Shape.name).joined(separator: ", "))]")
        lines += [
            "environments:",
            "  production: {namespaces: [app], connection: {user: plumb, tls: {mode: disabled}}}",
            "policy:",
            "  approve: [\(approvesLossy ? "lossy, " : "")irreversible]",
            "  drift: \(drift)",
            "  probe: {enabled: false}",
            "  rollout:",
            "    on_failure: \(onFailure)",
            "    concurrency: {total: \(threads), per_host: \(threads)}",
            "    cutover: \(cutover)",
        ]
        if let maxFailures { lines.append("    max_failures: \(maxFailures)") }
        if let retries { lines.append("    retries: \(retries)") }
        if let asksEach {
            lines.append(
                "    health: {query: SELECT 0, expect: \"= 0\", each: \(asksEach)}")
        }
        if !waves.isEmpty { lines.append("    waves: [\(waves.joined(separator: ", "))]") }
        if hasWindows { lines.append("  windows: [{allow: \"Mon-Sun 08:00-20:00\", zone: UTC}]") }
        return (lines + ["ledger: \"file:ledger.git\""]).joined(separator: "\n") + "\n"
    }
}

/// A source tree that holds nothing but `plumb.yaml`: the simulation plans by itself.
final class FleetTree: SourceTree {
    private let text: [UInt8]
    let describes = "the simulated repository"

    init(_ text: String) { self.text = Array(text.utf8) }

    func entries(of folder: String) throws(GitError) -> [SourceEntry] {
        guard folder.isEmpty else { throw GitError(.notFound, "\(folder): no such folder") }
        return [SourceEntry(name: Fleet.fileName, kind: .file)]
    }

    func read(_ path: String) throws(GitError) -> [UInt8] {
        guard path == Fleet.fileName else { throw GitError(.notFound, "\(path): no such file") }
        return text
    }
}

/// One commit of the simulated schema repository.
struct SimulatedRevision {
    let commit: Commit
    /// The columns of each table; one that is missing is not defined.
    let tables: [Int: UInt8]

    init(_ number: Int, _ tables: [Int: UInt8]) {
        let bytes = withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) }
        commit = Commit(
            id: ObjectID(bytes: Array(repeating: 0, count: 12) + bytes),
            tree: ObjectID(bytes: Array(repeating: 1, count: 20)), parents: [],
            authorName: "Ada", authorEmail: "ada@example.com",
            time: Date(timeIntervalSince1970: 1_800_000_000), message: "Revision \(number)")
        self.tables = tables
    }
}
