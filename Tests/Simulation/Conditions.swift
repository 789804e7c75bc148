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
    let waves: [String]
    let hasWindows: Bool
    let hosts: Int
    /// Whether git goes back and forth between two revisions, and all is approved each time.
    let swings: Bool

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
        onFailure = tame ? "halt" : random.any(["halt", "continue"])
        waves = tame ? ["{shards: 2, bake: 10m}", "{percent: 100}"] : Self.waves(&random)
        hasWindows = !tame && random.chance(20)
        hosts = Int.random(in: 1...3, using: &random)
        swings = !tame && random.chance(12)
    }

    private static func waves(_ random: inout SeededGenerator) -> [String] {
        func bake() -> String { random.any(["", "", ", bake: 1m", ", bake: 10m", ", bake: 2h"]) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return []
        case 1: return ["{shards: 1\(bake())}", "{percent: 100}"]
        case 2: return ["{shards: 1\(bake())}", "{percent: 50\(bake())}", "{percent: 100}"]
        default:
            return ["{percent: 30\(bake())}", "{percent: 60\(bake())}", "{percent: 100}"]
        }
    }

    /// The text of `plumb.yaml`.
    ///
    /// - Parameter threads: how many operations run at once.
    func fleetText(threads: Int) -> String {
        var lines = [
            "version: 1", "namespaces:", "  app:", "    schema: schema/app", "    shards:",
        ]
        for host in 0..<hosts {
            for shard in 0..<shardCount where shard % hosts == host {
                lines.append("      - {name: s\(shard), host: db-\(host), database: app_\(shard)}")
            }
        }
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
        ]
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
