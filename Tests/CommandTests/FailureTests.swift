import Foundation
import TestSupport
import Testing

/// Rows of one shard are in the way of a change.
@Suite("What failed is waited for by every daemon, and tried when somebody says so")
struct FailureTests {
    private func passes(_ daemon: RunningPlumb) -> Int {
        daemon.stderr.split(separator: "\n").count { $0.contains("\"event\":\"pass\"") }
    }

    private func failures(_ fleet: FleetFixture) throws -> Int {
        try fleet.eventCount("operation-failed")
    }

    private func unique(_ column: String) -> String {
        FleetFixture.orders.replacingOccurrences(
            of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (\(column))")
    }

    @Test func itSurvivesARestart() throws {
        let fleet = try FleetFixture(shards: 2)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = [
            "approve: [irreversible]", "probe: {enabled: false}",
            "rollout: {on_failure: continue}",
        ]
        try fleet.commit()
        try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7), (7)")
        try fleet.change("orders.sql", unique("customer"))
        // A person, or CI, tries it first.
        try fleet.expect(4, "reconcile")
        #expect(try failures(fleet) == 1)
        #expect(try fleet.expect(4, "status").says("app.orders on s0 failed once since"))
        var daemon = try fleet.start("daemon", "--interval", "1s")
        try daemon.reaches("two passes") { passes(daemon) == 2 }
        #expect(try failures(fleet) == 1)
        daemon.send(SIGHUP)
        try daemon.reaches("what was asked for") { try failures(fleet) == 2 }
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)

        daemon = try fleet.start("daemon", "--interval", "1s")
        try daemon.reaches("two passes of another process") { passes(daemon) == 2 }
        #expect(try failures(fleet) == 2)
        let status = try fleet.expect(4, "status", "--output", "json").json
        let known = try #require((status["failures"] as? [[String: Any]])?.first)
        #expect(known["failures"] as? Int == 2 && known["shard"] as? String == "s0")
        #expect((known["message"] as? String)?.contains("Duplicate entry") == true)
        // A daemon does not wait where git wants something else.
        try fleet.sql(0, "UPDATE orders SET note = 'x'")
        try fleet.change("orders.sql", unique("note"))
        try daemon.reaches("the other change") { try failures(fleet) == 3 }
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
        #expect(try fleet.expect(4, "status").says("failed once since"))
        // Whoever says so tries at once, and what is done leaves nothing behind.
        try fleet.expect(4, "reconcile")
        #expect(try fleet.expect(4, "status").says("failed 2 times since"))
        try fleet.sql(0, "DELETE FROM orders")
        try fleet.expect(0, "reconcile")
        let done = try fleet.expect(0, "status")
        #expect(!done.says("failed"), "\(done)")
    }
}
