import Foundation
import TestSupport
import Testing

/// A fleet whose ledger an earlier plumb wrote in layout 1: an approval of four shards was used, a
/// statement refused, a step denied, and the last run was killed under a statement.
@Suite("A ledger of layout 1 is read, and moved by the first write with all that is known")
struct Layout1Tests {
    /// Everything that people can ask for, by its name.
    private func known(_ fleet: FleetFixture) throws -> [String: String] {
        let names = try fleet.ledgerGit("ls-tree", "-r", "--name-only", Self.before)
            .split(separator: "\n").compactMap { path -> String? in
                let parts = path.split(separator: "/").map(String.init)
                switch parts.first {
                case "plans", "approvals", "catalog", "rollouts": return parts[1]
                case "fleet": return "\(parts[1])/\(parts[2])"
                default: return nil
                }
            }
        var known: [String: String] = [:]
        for name in Set(names) { known[name] = try fleet.expect(0, "show", name).stdout }
        for id in Layout1Fixture.rollouts { known["status \(id)"] = try status(fleet, id) }
        known["approvals"] = try fleet.expect(0, "verify-approvals", "--output", "json").stdout
        return known
    }

    /// The state of a rollout, without what is different each time.
    private func status(_ fleet: FleetFixture, _ id: String) throws -> String {
        let json = try fleet.run("status", id, "--output", "json").json
        let counts = json["counts"] as? [String: Int] ?? [:]
        return "\(json["state"] ?? "?") \(counts.sorted { $0.key < $1.key })"
    }

    /// The last commit of the earlier plumb.
    private static let before = "refs/tags/before"

    private func fleet(ran: Bool) throws -> FleetFixture {
        let fleet = try Layout1Fixture.fleet(ran: ran)
        try fleet.ledgerGit("tag", "before", "production")
        return fleet
    }

    @Test("commands that only read say what they said before, and write nothing")
    func reading() throws {
        let fleet = try fleet(ran: false)
        try fleet.expectUntouched {
            let events = try fleet.events()
            #expect(events.count == 60)
            #expect(events.first?["subject"] as? String == "Start app/s1/items")
            let known = try known(fleet)
            #expect(known.count == 4 + 5 + 8 + 4 + 4 + 4 + 1)
            #expect(known["app/s0"]?.contains("\"lastRevision\":\"385c1fd6") == true)
            let approval = try #require(
                known["8794a7c46f1fa566f68b1e5b1bc5b283dcc81fad686570c30c92d38852a3f1d0"])
            #expect(approval.contains(#""consumed":{"s0":"6297c72cf845/app/s0/items"}"#))
            let open = try fleet.run("status", "--output", "json").json
            #expect(
                open["counts"] as? [String: Int] == ["completed": 1, "running": 1, "pending": 2])
            try fleet.expect(0, "store", "verify")
            let plan = try fleet.expect(3, "plan", "--working-tree", "--output", "json")
            #expect(try plan.list("steps").first?["shards"] as? [String] == ["s1", "s2", "s3"])
        }
        #expect(try fleet.ledgerGit("config", "plumb.ledgerversion") == "1")
    }

    @Test(
        "the first write moves it once; what was begun is settled, and nothing is forgotten",
        arguments: [false, true])
    func moving(ran: Bool) throws {
        let fleet = try fleet(ran: ran)
        var known = try known(fleet)
        // The approvals of the story have expired: what is left waits again.
        let run = try fleet.expect(3, "reconcile")
        #expect(run.says(ran ? "found done" : "found not run"), "\(run)")
        let kinds = try fleet.events().map { $0["event"] as? String }
        #expect(kinds.dropLast(60).last == "layout-moved")
        #expect(kinds.count { $0 == "layout-moved" } == 1)
        #expect(try fleet.ledgerGit("config", "plumb.ledgerversion") == "2")
        #expect(
            try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production", "fleet/", "pending/")
                == "")
        // What the run itself changed, and nothing else.
        var after = try self.known(fleet)
        let shard = after.removeValue(forKey: "app/s1")
        #expect((shard != known.removeValue(forKey: "app/s1")) == ran)
        let rollout = Layout1Fixture.rollouts[3]
        // What waits for an approval that has expired keeps the rollout open.
        let status = "status \(rollout)"
        #expect(after.removeValue(forKey: status) != known.removeValue(forKey: status))
        let used = "8794a7c46f1fa566f68b1e5b1bc5b283dcc81fad686570c30c92d38852a3f1d0"
        for name in [used, "approvals"] where ran {
            let now = after.removeValue(forKey: name)
            #expect(now?.contains("\(rollout)/app/s1/items") == true)
            #expect(known.removeValue(forKey: name)?.contains("s1/items") == false)
        }
        #expect(after.keys.sorted() == known.keys.sorted())
        #expect(after.filter { known[$0.key] != $0.value } == [:])
        try fleet.expect(0, "store", "verify")
        try fleet.expect(0, "approve", "--all", "--reason", "once more")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        for shard in 0..<4 {
            #expect(try fleet.table("items", on: shard)?.contains("old") == false)
        }
        // This one still records that nothing is left to plan.
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched { try fleet.expect(0, "reconcile") }
    }

    @Test("a denial, a refusal and approvals that nobody used still mean what they did")
    func remembering() throws {
        let fleet = try fleet(ran: true)
        let extra = "CREATE TABLE extra (\n  id int PRIMARY KEY,\n  a int\n);\n"
        try fleet.write("schema/app/extra.sql", extra)
        let fixed = (1...4).map { ",\n  c\($0) binary(255)" }.joined()
        try fleet.change("wide.sql", "CREATE TABLE wide (\n  id int PRIMARY KEY\(fixed)\n);\n")
        let run = try fleet.run("reconcile")
        #expect(run.status == 5)
        #expect(run.says("denied (215e201): b is read by a report"), "\(run)")
        let steps = try fleet.run("plan", "--output", "json").list("steps")
        let own = try #require(steps.first { $0["shards"] as? [String] == ["s0"] })
        #expect("\(own)".contains("INPLACE"), "\(own)")
        #expect(run.says("approval 2c67fe4 ") || run.says("approval 23359ba "), "\(run)")
    }
}
