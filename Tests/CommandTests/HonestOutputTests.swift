import Foundation
import TestSupport
import Testing

/// What people see of six shards in two variants, of which one has failed, one is suspended, one
/// has drifted and one is being changed.
@Suite("The output says which shards, how far, and which way a difference reads")
struct HonestOutputTests {
    private static func orders(note length: Int, unique: Bool = false) -> String {
        """
        CREATE TABLE orders (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
          customer bigint NOT NULL,
          note varchar(\(length))\(unique ? ",\n  UNIQUE KEY one (customer)" : "")
        );

        """
    }

    private func place(_ text: String, in run: Run) throws -> String.Index {
        try #require(run.stdout.range(of: text)?.lowerBound, "\(text) in \(run)")
    }

    @Test func sixShards() throws {
        let fleet = try FleetFixture(
            shards: 6, schema: ["orders.sql": Self.orders(note: 50)])
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", Self.orders(note: 100))
        try fleet.expect(0, "reconcile", "--shard", "s0", "--shard", "s1", "--shard", "s2")
        try fleet.sql(5, "ALTER TABLE orders ADD COLUMN extra int")
        // Nobody changed git: what somebody did reads from git to live.
        try fleet.change("orders.sql", Self.orders(note: 50))
        let drifted = try fleet.expect(2, "drift", "--shard", "s5")
        #expect(drifted.says("drifted · git → live", "+ extra int"), "\(drifted)")
        fleet.file.policy = [
            "rollout: {on_failure: continue, concurrency: {total: 1}}", "probe: {enabled: false}",
            "approve: [irreversible]",
        ]
        try fleet.commit()
        try fleet.change("orders.sql", Self.orders(note: 100, unique: true))
        try fleet.sql(1, "INSERT INTO orders (customer) VALUES (7), (7)")
        try fleet.expect(0, "suspend", "app/s4", "--reason", "its host is moved", "--for", "4h")
        try drift(fleet)
        let planned = try fleet.expect(3, "plan")
        let unsafe = try place("IRREVERSIBLE drop-column", in: planned)
        let named = planned.stdout[unsafe...].range(of: "shards: s5")
        #expect(named != nil, "\(planned)")
        try rollout(fleet)
    }

    /// What would run reads from live to git, so that nothing that waits looks as if it were to be
    /// undone; where both changed, what somebody did is told apart from that.
    private func drift(_ fleet: FleetFixture) throws {
        let drift = try fleet.expect(2, "drift")
        #expect(
            drift.says(
                "s{0..2} app.orders pending · live → git",
                "s{3,4} app.orders pending · live → git",
                "+ UNIQUE KEY one (customer)", "~ note varchar(50) → varchar(100)",
                "s5 app.orders conflict · recorded → live", "+ extra int"), "\(drift)")
        #expect(!drift.says("varchar(100) → varchar(50)"), "\(drift)")
        #expect(!drift.says("- UNIQUE KEY"), "\(drift)")
        let findings = try fleet.run("drift", "--output", "json").list("findings")
        #expect(
            findings.map { $0["reads"] as? String } == [
                "live-to-git", "live-to-git", "recorded-to-live",
            ])
    }

    private func rollout(_ fleet: FleetFixture) throws {
        let reader = try fleet.server.connect(database: fleet.database(2))
        try reader.execute("LOCK TABLES orders READ")
        let running = try fleet.start("reconcile")
        try running.says("started   app/s2/orders")
        let status = try fleet.expect(4, "status")
        // What failed first is on top, and once.
        let failure = try place("✗ app.orders on s1 failed", in: status)
        #expect(status.stdout.components(separatedBy: "Duplicate entry").count == 2, "\(status)")
        let first = try place("failed s1, running s2, done s0", in: status)
        let second = try place(": waiting s3", in: status)
        let active = try place("▸ app.orders on s2 running since 20", in: status)
        #expect(failure < first && first < second && second < active, "\(status)")
        #expect(status.says("app/s4 is suspended by", "until"), "\(status)")
        let document = try fleet.run("status", "--output", "json")
        let groups = try document.list("groups")
        #expect(
            groups.map { "\($0["state"] ?? "") \($0["shards"] ?? "")" }
                == [
                    "completed [\"s0\"]", "failed [\"s1\"]", "running [\"s2\"]", "pending [\"s3\"]",
                ], "\(document)")
        #expect(Set(groups.map { $0["from"] as? String }).count == 2)
        #expect(try document.list("active").map { $0["shard"] as? String } == ["s2"])
        reader.close()
        let run = try running.wait()
        #expect(
            run.says("shards: s5", "suspended", "app/s4 is suspended", "waits for approval"),
            "\(run)")
        #expect(
            run.stdout.components(separatedBy: "Duplicate entry").count == 2, "\(run)")
    }
}
