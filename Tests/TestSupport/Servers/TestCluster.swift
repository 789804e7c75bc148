import Foundation
import MySQLClient
import Schema

/// A Galera cluster of three nodes, numbered from 1; it ends with the test process at the latest.
package final class TestCluster: Sendable {
    package static let nodes = 1...3

    package let folder: String
    /// Whether each node has a network of its own; not where this user may make none, as is
    /// printed then.
    package let isApart: Bool
    private let watcher: pid_t
    /// The watcher's standard input: closed by the kernel when this process ends.
    private let lifeline: Int32

    private static let one = Result { try TestCluster() }

    /// The one cluster of this test process: use a database of your own on it, end no node.
    package static var shared: TestCluster { get throws { try one.get() } }

    /// Starts a cluster for a test that kills its nodes.
    package init() throws {
        var output: String
        do {
            output = try Self.script("start", "apart")
            isApart = true
        } catch {
            print("nodes share one network, and are cut off by their own setting: \(error)")
            output = try Self.script("start")
            isApart = false
        }
        let prefix = "three nodes in "
        guard let line = output.split(separator: "\n").first, line.hasPrefix(prefix) else {
            throw TestSupportError("the cluster does not say where it is: \(output)")
        }
        folder = String(line.dropFirst(prefix.count))
        let ends = try Shell.pipe()
        defer { close(ends.reading) }
        let script = "trap '' INT TERM HUP; read -r line; exec \"$0\" stop \"$1\""
        watcher = try Shell.spawn(
            "/bin/sh", ["-c", script, Self.path, folder],
            descriptors: [(1, "/dev/null", O_WRONLY), (2, "/dev/null", O_WRONLY)],
            duplicates: [(from: ends.reading, to: 0)])
        lifeline = ends.writing
    }

    deinit {
        close(lifeline)
        Shell.wait(for: watcher)
    }

    private static let path =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path + "/scripts/cluster.sh"

    @discardableResult
    private static func script(_ arguments: String...) throws -> String {
        try Shell.check(path, arguments)
    }

    /// The socket of a node.
    package func socket(of node: Int) -> String { "\(folder)/\(node)/m.sock" }

    package func connect(to node: Int, database: String? = nil) throws -> Connection {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return try Connection(
            to: .socket(path: socket(of: node)), settings: settings, database: database)
    }

    /// Kills a node as a crash does.
    package func kill(_ node: Int) throws {
        let text = try String(contentsOfFile: "\(folder)/\(node)/pid", encoding: .utf8)
        let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        guard process > 0 else { throw TestSupportError("node \(node) has no process number") }
        Glibc.kill(process, SIGKILL)
        // It is no child of this process, which can only look whether it is still there.
        while Glibc.kill(process, 0) == 0 { usleep(5_000) }
    }

    /// Starts a node that was killed, which joins the others.
    package func restart(_ node: Int) throws { try Self.script("node", folder, "\(node)") }

    /// Starts all nodes again after all were killed.
    package func recover() throws { try Self.script("recover", folder) }

    /// Cuts a node off from the others, whose packets are lost from now on; its clients still
    /// reach it.
    package func cut(_ node: Int) throws {
        guard !isApart else { return _ = try Self.script("cut", folder, "\(node)") }
        try isolate(node, true)
    }

    /// Lets a node that was cut off reach the others again.
    package func mend(_ node: Int) throws {
        guard !isApart else { return _ = try Self.script("mend", folder, "\(node)") }
        try isolate(node, false)
    }

    private func isolate(_ node: Int, _ isIsolated: Bool) throws {
        try connect(to: node).execute(
            "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=\(isIsolated ? 1 : 0)'")
    }
}
