import Foundation
import TestSupport
import Testing

/// What a command says does not depend on whom it asks: the ledger itself, or the daemon.
@Suite("Commands say the same of a ledger and with --server") struct ServerParityTests {
    /// A fleet with a rollout behind it, drift on one shard and a drop that waits.
    private func daemon() throws -> DaemonOverHTTP {
        let fleet = try FleetFixture(shards: 3)
        try DaemonOverHTTP.leaveADropWaiting(in: fleet)
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN by_hand int")
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "a step that waits", at: "/approvals") { !$0.rows.isEmpty }
        fleet.setEnvironment("PLUMB_TOKEN", DaemonOverHTTP.secrets["approve"] ?? "")
        return daemon
    }

    private func both(
        _ daemon: DaemonOverHTTP, _ words: [String]
    ) throws -> (ledger: Run, server: Run) {
        let url = "http://127.0.0.1:\(daemon.port)"
        return (
            try daemon.fleet.run(words), try daemon.fleet.run(words + ["--server", url])
        )
    }

    private func same(_ daemon: DaemonOverHTTP, _ words: [String]) throws {
        let (ledger, server) = try both(daemon, words)
        #expect(server.status == ledger.status, "\(words): \(server)")
        #expect(server.stdout == ledger.stdout, "\(words)")
        // A pass of one's own tells of its progress, too.
        if !["plan", "drift"].contains(words[0]) {
            #expect(server.stderr == ledger.stderr, "\(words)")
        }
    }

    @Test func questionsAreAnsweredAlike() throws {
        let daemon = try daemon()
        let shard = "app/\(daemon.fleet.file.shards[0].name)"
        let rollout = try #require(try daemon.ask("/rollouts").rows.first?["rollout"] as? String)
        let questions: [[String]] = [
            ["status"], ["status", "--shards"], ["status", rollout], ["status", "none"], ["log"],
            ["log", "--limit", "3"], ["log", "--limit", "0"], ["log", "--search", "log"],
            ["workers"], ["windows"], ["windows", "--at", "2026-11-20"], ["windows", "--at", "x"],
            ["drift"],
            ["plan"],
        ]
        for question in questions {
            for format in ["text", "json", "markdown"] {
                try same(daemon, question + ["--output", format])
            }
        }
        // What it shows is a record of the ledger as it is.
        for name in [shard, rollout, "nothing", "x"] { try same(daemon, ["show", name]) }
        for format in ["sarif", "junit", "html"] {
            try same(daemon, ["drift", "--output", format])
        }
    }

    @Test func refusalsAreAlike() throws {
        let daemon = try daemon()
        let requests: [[String]] = [
            ["stop"], ["start"], ["release"], ["retry"], ["cutover"],
            ["throttle", "--at-once", "2"],
            ["throttle"], ["resume", "app"], ["suspend", "none"], ["suspend", "a/b/c"], ["suspend"],
            ["unlock", "app/none"], ["unlock", "--rollout", "none"], ["rollback", "none"],
            ["approve", "0123456"], ["approve"], ["deny", "0123456"],
            ["approve", "--all", "0123456"],
        ]
        for request in requests {
            try same(daemon, request + ["--reason", "x"])
            try same(daemon, request + ["--reason", "x", "--output", "json"])
            try same(daemon, request)
        }
    }

    @Test func requestsAreAcknowledgedAlike() throws {
        let daemon = try daemon()
        let url = "http://127.0.0.1:\(daemon.port)"
        let shard = "app/\(daemon.fleet.file.shards[2].name)"
        let there = ["--server", url]
        for format in ["text", "json"] {
            let end = ["--reason", "x", "--output", format]
            let first = try daemon.fleet.run(["suspend", shard] + end)
            let second = try daemon.fleet.run(["resume", shard] + end + there)
            let third = try daemon.fleet.run(["suspend", shard] + end + there)
            let fourth = try daemon.fleet.run(["resume", shard] + end)
            #expect(first.status == 0 && second.status == 0, "\(first) \(second)")
            #expect(first.stdout == third.stdout)
            #expect(second.stdout == fourth.stdout)
        }
        let events = try daemon.fleet.events().prefix(8).compactMap { $0["actor"] as? String }
        #expect(events.filter { $0 == "approve@example.com" }.count >= 4)
    }
}
