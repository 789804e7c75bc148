import Foundation
import TestSupport
import Testing

/// A table that was changed at once so often that it takes no such change any more, while a fresh
/// copy of it does.
@Suite struct InstantHistoryTests {
    private static let wide = (1...4).map { "x\($0) binary(255)" }

    private static func table(_ columns: [String]) -> String {
        let fixed = ["id int PRIMARY KEY"] + (1...4).map { "c\($0) binary(255)" }
        return "CREATE TABLE t (\((fixed + columns).joined(separator: ", ")));\n"
    }

    /// Adds and drops the columns of the first shard until it refuses to drop them.
    private func wearOut(_ fleet: FleetFixture) throws {
        let connection = try fleet.server.connect(database: fleet.database(0))
        let adds = Self.wide.map { "ADD COLUMN \($0)" }.joined(separator: ", ")
        let drops = (1...4).map { "DROP COLUMN x\($0)" }.joined(separator: ", ")
        // One change more, so that the last one is refused while the columns are there.
        try connection.execute("ALTER TABLE t ADD COLUMN y int, ALGORITHM=INSTANT")
        try connection.execute("ALTER TABLE t DROP COLUMN y, \(drops), ALGORITHM=INSTANT")
        for _ in 0..<200 {
            try connection.execute("ALTER TABLE t \(adds), ALGORITHM=INSTANT")
            do {
                try connection.execute("ALTER TABLE t \(drops), ALGORITHM=INSTANT")
            } catch {
                #expect([1118, 4092].contains(error.number))
                return
            }
        }
        throw TestSupportError("the table took every change at once")
    }

    @Test(
        "the next plan rebuilds it, says so, and leaves the others of its kind alone",
        arguments: TestServer.available)
    func rebuilt(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), schema: ["t.sql": Self.table(Self.wide)])
        fleet.file.policy = [
            "approvers: {minimum: 1, not_author: false}",
            "rollout: {concurrency: {total: 1, per_host: 1}}",
        ]
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        try wearOut(fleet)
        for shard in 0..<2 {
            try fleet.sql(shard, "INSERT INTO t (id, c1) VALUES (1, 'a'), (2, 'b')")
        }
        try fleet.sql(0, "ANALYZE TABLE t")
        try fleet.expect(0, "plan")

        try fleet.change("t.sql", Self.table([]))
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "known")
        let refused = try fleet.expect(4, "reconcile")
        #expect(refused.says("asks for an algorithm that rebuilds the table"), "\(refused)")

        let plan = try fleet.expect(3, "plan", "--output", "json")
        let steps = try plan.list("steps")
        let other = try #require(steps.first { $0["shards"] as? [String] == ["s1"] })
        #expect("\(other)".contains("ALGORITHM=INSTANT"), "\(other)")
        let own = try #require(steps.first { $0["shards"] as? [String] == ["s0"] })
        #expect("\(own)".contains("FORCE, ALGORITHM=INPLACE, LOCK=NONE"), "\(own)")
        #expect("\(own)".contains("rebuild-table"), "\(own)")
        let text = try fleet.expect(3, "plan")
        #expect(text.says("rebuilds 2 rows", "refused another way"), "\(text)")

        // What was approved for an instant is not what runs now; the other shard's still holds.
        try fleet.expect(3, "reconcile")
        #expect(try fleet.table("t", on: 1)?.contains("x1") == false)
        #expect(try fleet.table("t", on: 0)?.contains("x1") == true)
        try fleet.expect(0, "approve", "--all", "--reason", "tonight")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("t", on: 0)?.contains("x1") == false)
        #expect(try fleet.sql(0, "SELECT COUNT(*) FROM t WHERE c1 IS NOT NULL").first?[0] == "2")

        // It has no past any more: what comes next is done at once on both.
        try fleet.change("t.sql", Self.table(["n int"]))
        let next = try fleet.expect(2, "plan")
        #expect(next.says("2 of 2 shards", "INSTANT") && !next.says("rebuilds"), "\(next)")
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    /// A table keeps the hidden column of a full-text index that has gone.
    @Test(
        "what nobody has to approve is done by the next run, unless policy asks",
        arguments: TestServer.available, [false, true])
    func withoutApproval(kind: TestServer.Kind, asksForCostly: Bool) throws {
        let old = "CREATE TABLE t (id int PRIMARY KEY, a text);\n"
        let fleet = try FleetFixture(on: TestServer.shared(kind), schema: ["t.sql": old])
        fleet.file.policy = [
            "approvers: {minimum: 1, not_author: false}", "rollout: {on_failure: continue}",
        ]
        if asksForCostly { fleet.file.policy.append("approve: [costly, lossy, irreversible]") }
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "ALTER TABLE t ADD FULLTEXT KEY f (a)")
        try fleet.sql(0, "ALTER TABLE t DROP KEY f")
        try fleet.change("t.sql", "CREATE TABLE t (id int PRIMARY KEY, a text, b int);\n")
        let refused = try fleet.expect(4, "reconcile")
        #expect(refused.says("error 1845"), "\(refused)")
        #expect(try fleet.table("t", on: 1)?.contains("`b`") == true)
        #expect(try fleet.table("t", on: 0)?.contains("`b`") == false)
        let plan = try fleet.expect(asksForCostly ? 3 : 2, "plan")
        #expect(plan.says("1 of 2 shards", "costly rebuild-table"), "\(plan)")
        if asksForCostly {
            try fleet.expect(3, "reconcile")
            try fleet.expect(0, "approve", "--all", "--reason", "tonight")
        }
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }
}
