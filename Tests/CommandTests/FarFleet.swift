import Foundation
import MySQLClient
import TestSupport
import Testing

/// A fleet of which one server cannot be reached by the process that plans, and by its workers can.
///
/// The shards `s0` and `s2` are on the near server, `s1` and `s3` on the far one.
final class FarFleet {
    /// Why the far server cannot be reached.
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        /// The operator's file of the process that plans does not allow it.
        case notAllowed
        /// Its socket is there only for processes that run in the folder of the workers.
        case unreachable

        var testDescription: String { rawValue }
    }

    let workers: WorkerFleet
    let way: Way
    var fleet: FleetFixture { workers.fleet }
    private let near: [String]

    init(_ way: Way, ledger: WorkerFleet.Ledger = .git, shards: Int = 4) throws {
        self.way = way
        workers = try WorkerFleet(shards: shards, servers: 2, total: 2, ledger: ledger)
        let fleet = workers.fleet
        switch way {
        case .notAllowed:
            let text = try String(
                contentsOfFile: fleet.folder.path + "/operator.yaml", encoding: .utf8)
            try fleet.folder.write(
                text.replacingOccurrences(of: "/*\"", with: "/db0.sock\""), to: "near.yaml")
            near = ["--operator", "../near.yaml"]
        case .unreachable:
            for shard in fleet.file.shards.indices where shard % 2 == 1 {
                fleet.file.shards[shard].host = "unix:/proc/self/cwd/db1.sock"
            }
            try fleet.commit("Move the far shards")
            let text = try String(
                contentsOfFile: fleet.folder.path + "/operator.yaml", encoding: .utf8)
            try fleet.folder.write(
                text.replacingOccurrences(
                    of: "hosts: [", with: "hosts: [\"unix:/proc/self/cwd/*\", "),
                to: "operator.yaml")
            near = []
        }
    }

    /// The far server as Plumb shows it.
    var server: String { fleet.file.shards[1].host }

    /// Where the socket of the far server is for workers.
    var socket: String { fleet.folder.path + "/db1.sock" }

    /// Runs a command that cannot reach the far server.
    @discardableResult
    func run(
        _ status: Int32, _ words: String..., at location: Testing.SourceLocation = #_sourceLocation
    ) throws -> Run {
        try fleet.expect(status, words + near, at: location)
    }

    /// Starts one and leaves it running.
    func start(_ words: String...) throws -> RunningPlumb { try fleet.start(words + near) }

    /// Starts a worker that reaches the far server.
    func worker(_ words: String..., environment: [String: String] = [:]) throws -> RunningPlumb {
        let worker = try RunningPlumb(
            ["worker", "--operator", "operator.yaml", "--hosts", server] + words,
            folder: fleet.folder.path,
            environment: fleet.environment(nil).merging(environment) { $1 })
        guard try worker.says("\"working\"") else {
            throw TestSupportError("the worker ended: \(worker.stderr)")
        }
        return worker
    }

    /// Waits until nobody reads the far server any more.
    func awaitNoReader() throws {
        let limit = Date().addingTimeInterval(60)
        while try run(0, "workers").says("reads \(server)") {
            guard Date() < limit else { throw TestSupportError("somebody still reads \(server)") }
            usleep(100_000)
        }
    }

    /// The text that the ledger has at a path which begins and ends so, with the path.
    func document(_ folder: String) throws -> (path: String, text: String)? {
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
        let path = paths.split(separator: "\n").map(String.init).first {
            $0.hasPrefix(folder + "/") && $0.hasSuffix("db1.sock")
        }
        return try path.map { ($0, try fleet.ledgerGit("show", "production:\($0)")) }
    }
}
