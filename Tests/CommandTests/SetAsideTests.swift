import Foundation
import TestSupport
import Testing

/// What the ledger has of a shard and nobody can read sets that shard aside, and nothing else.
@Suite("A shard of which something cannot be read is set aside, and the others go on")
struct SetAsideTests {
    private static let note = "CREATE TABLE notes (id int PRIMARY KEY);"

    private func made(_ fleet: FleetFixture) throws -> [Bool] {
        try (0..<4).map { try fleet.table("notes", on: $0) != nil }
    }

    private func put(_ fleet: FleetFixture, _ path: String, _ text: String) throws {
        try LedgerDamage(fleet).put(path, text)
    }

    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        try fleet.change("notes.sql", Self.note)
        return fleet
    }

    /// The path of the header of a shard's record.
    private func header(_ fleet: FleetFixture, _ shard: String) throws -> String {
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production", "shards")
        return try #require(
            paths.split(separator: "\n").map(String.init).first { $0.hasSuffix("/\(shard)/shard") })
    }

    @Test(arguments: [
        ("no JSON", "cannot be read"), ("{\"version\":2}", "production"),
        (
            """
            {"version":2,"rollout":"r","key":{"namespace":"app","shard":"s1","table":"orders"},\
            "step":"00","startedAt":"2026-01-01T00:00:00Z","actor":"x"}
            """, ""
        ),
    ])
    func aPendingRecordThatCannotBeRead(_ text: String, word: String) throws {
        let fleet = try fleet()
        try put(fleet, "pending/app%2Fs1%2Forders", text)
        let planned = try fleet.expect(6, "plan")
        #expect(planned.says("set-aside", "app/s1/orders", "plumb unlock app/s1"), "\(planned)")
        #expect(try fleet.expect(6, "drift").says("set-aside"))
        // All or nothing, where somebody wants that.
        let all = try fleet.expect(6, "reconcile", "--require-all")
        #expect(all.says("all shards are required", "app/s1"), "\(all)")
        #expect(try made(fleet) == [false, false, false, false])
        try fleet.expect(6, "reconcile")
        #expect(try made(fleet) == [true, false, true, true])
        let status = try fleet.run("status", "--output", "json").json
        let line = try #require((status["setAside"] as? [[String: Any]])?.first)
        #expect(line["shard"] as? String == "s1")
        #expect(line["objectCount"] as? Int == 1)
        #expect(try fleet.run("status").says("app/s1 is set aside"))
        #expect(try fleet.expect(78, "unlock", "app/s2", "--reason", "x").says("not set aside"))
        let unlocked = try fleet.expect(0, "unlock", "app/s1", "--reason", "looked at it")
        #expect(unlocked.says("app/s1 is unlocked", "orders"), "\(unlocked)")
        try fleet.expect(0, "reconcile", "--require-all")
        #expect(try made(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("shard-unlocked") == 1)
    }

    @Test(arguments: ["no JSON", "{\"version\":9,\"since\":\"2026-01-01T00:00:00Z\"}"])
    func aShardsOwnRecordThatCannotBeRead(_ text: String) throws {
        let fleet = try fleet()
        try put(fleet, try header(fleet, "s1"), text)
        #expect(try fleet.expect(6, "plan").says("its record cannot be read"))
        try fleet.expect(6, "reconcile")
        #expect(try made(fleet) == [true, false, true, true])
        let lines = try #require(
            try fleet.run("status", "--shards", "--output", "json").json["shards"]
                as? [[String: Any]])
        #expect(lines.map { $0["objectCount"] as? Int } == [2, nil, 2, 2])
        #expect(try fleet.run("status", "--shards").says("its record is damaged"))
        #expect(
            try fleet.expect(0, "unlock", "app/s1", "--reason", "x").says("its record was removed"))
        // What is live as git has it is recorded anew.
        try fleet.expect(0, "reconcile")
        #expect(try made(fleet) == [true, true, true, true])
        try fleet.expect(0, "drift")
    }

    /// What is known of an operation is left as it is, with its pending record, by whoever cannot
    /// read all of it.
    @Test(arguments: [false, true])
    func anInterruptedOperationThatCannotBeRead(isNewer: Bool) throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  concurrency: {total: 1}"]
        try fleet.commit()
        try fleet.change("notes.sql", Self.note)
        fleet.setEnvironment("PLUMB_FAULT", "beforeOutcome:kill")
        let killed = try fleet.start("reconcile").wait()
        fleet.setEnvironment("PLUMB_FAULT", "")
        #expect(killed.status == 128 + SIGKILL)
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production")
            .split(separator: "\n").map(String.init)
        let pending = try #require(paths.first { $0.hasPrefix("pending/") })
        let name = pending.dropFirst("pending/".count)
        let path = try #require(paths.first { $0.contains("/operations/") && $0.hasSuffix(name) })
        let shard = try #require((0..<4).first { name.contains("%2Fs\($0)%2F") })
        let text = try fleet.ledgerGit("show", "production:\(path)")
        let newer = text.replacing(#/"version": ?1\b/#, with: "\"version\":9")
        try put(fleet, path, isNewer ? newer : "no JSON")
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("plumb unlock app/s\(shard)"), "\(run)")
        #expect(try made(fleet) == [true, true, true, true])
        let kept = try fleet.ledgerGit("show", "production:\(path)")
        #expect(kept == (isNewer ? newer : "no JSON"))
        _ = try fleet.ledgerGit("show", "production:\(pending)")
        try fleet.expect(0, "unlock", "app/s\(shard)", "--reason", "looked at it")
        _ = try fleet.run("reconcile")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.ledgerGit("ls-tree", "production", "pending") == "")
    }

    @Test func anOperationOfAnOpenRolloutThatCannotBeRead() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 3s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("notes.sql", Self.note)
        try fleet.expect(2, "reconcile", "--no-wait")
        let paths = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production", "rollouts")
        let path = try #require(
            paths.split(separator: "\n").map(String.init).first {
                $0.contains("/operations/") && $0.contains("s2") && $0.contains("notes")
            })
        try put(fleet, path, "no JSON")
        let run = try fleet.expect(6, "reconcile")
        #expect(try made(fleet) == [true, true, false, true], "\(run)")
        #expect(try fleet.run("status").says("cannot be read"))
        try fleet.expect(0, "unlock", "app/s2", "--reason", "looked at it")
        _ = try fleet.run("reconcile")
        try fleet.expect(0, "reconcile")
        #expect(try made(fleet) == [true, true, true, true])
    }
}
