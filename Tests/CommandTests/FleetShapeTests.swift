import Foundation
import TestSupport
import Testing

/// Shards that differ on purpose, and commands about a part of the fleet.
@Suite struct FleetShapeTests {
    @Test func overlayAddsToTheShardsItSelects() throws {
        let fleet = try FleetFixture()
        fleet.file.shards[1].labels = "{tier: gold}"
        fleet.file.namespace = ["overlays:", "  - {selector: {tier: gold}, path: overlays/gold}"]
        try fleet.write("overlays/gold/orders.sql", StoryTests.withStatus)
        try fleet.write("overlays/gold/vip.sql", "CREATE TABLE vip (id int PRIMARY KEY);")
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("vip", on: 0) == nil)
        #expect(try fleet.table("vip", on: 1) != nil)
        #expect(try fleet.table("orders", on: 0)?.contains("status") == false)
        #expect(try fleet.table("orders", on: 1)?.contains("status") == true)
        try fleet.expect(0, "drift")
    }

    @Test func pinnedShardFollowsItsOwnRevision() throws {
        let fleet = try FleetFixture()
        fleet.file.shards[1].labels = "{tier: canary}"
        fleet.file.namespace = ["pins:", "  - {selector: {tier: canary}, ref: refs/heads/next}"]
        try fleet.commit()
        try fleet.git("checkout", "-q", "-b", "next")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.git("checkout", "-q", "main")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 0)?.contains("status") == false)
        #expect(try fleet.table("orders", on: 1)?.contains("status") == true)
        try fleet.git("branch", "-q", "-D", "next")
        let gone = try fleet.expect(78, "reconcile")
        #expect(gone.says("next"), "\(gone)")
    }

    @Test func renameHintKeepsTheData() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO orders (customer, note) VALUES (7, 'keep me')")
        fleet.file.namespace = ["renames:", "  - {table: orders, column: {from: note, to: memo}}"]
        try fleet.change(
            "orders.sql", FleetFixture.orders.replacingOccurrences(of: "note", with: "memo"))
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(0, "SELECT memo FROM orders").first?[0] == "keep me")
        try fleet.expect(0, "reconcile")
    }

    @Test func discoveredShardsJoinAsTheyAppear() throws {
        let fleet = try FleetFixture(shards: 3)
        let databases = (0..<3).map { fleet.database($0) }
        let host = fleet.file.shards[0].host
        fleet.file.shardLines = [
            "- discover: {host: \"\(host)\", like: \"\(databases[0])\"}",
            "- discover: {host: \"\(host)\", like: \"\(databases[1])\"}",
        ]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 1) != nil)
        #expect(try fleet.table("orders", on: 2) == nil)
        fleet.file.shardLines?.append(
            "- discover: {host: \"\(host)\", like: \"\(databases[2])\"}")
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 2) != nil)
    }

    @Test func patternNamesItsDatabases() throws {
        let fleet = try FleetFixture(shards: 1)
        let prefix = "pattern_\(fleet.database(0))"
        for number in 0..<4 {
            try fleet.sql(0, "CREATE DATABASE `\(prefix)_0\(number)`")
        }
        fleet.file.shardLines = [
            "- {pattern: \"\(prefix)_{00..03}\", hosts: [\"\(fleet.file.shards[0].host)\"]}"
        ]
        try fleet.commit()
        let run = try fleet.expect(0, "reconcile", "--output", "json")
        let counts = try #require(
            (try run.json["rollout"] as? [String: Any])?["counts"] as? [String: Int])
        #expect(counts == ["completed": 4])
    }

    @Test func onlyTheShardsAskedForAreTouched() throws {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile", "--shard", "s1")
        #expect(
            try [0, 1, 2].map { try fleet.table("orders", on: $0) != nil } == [false, true, false])
        try fleet.expect(0, "reconcile", "--shard", "s?")
        try fleet.expectUntouched {
            let none = try fleet.expect(78, "reconcile", "--shard", "nowhere")
            #expect(none.says("nowhere"), "\(none)")
            try fleet.expect(78, "reconcile", "--namespace", "nowhere")
            try fleet.expect(78, "reconcile", "--environment", "nowhere")
        }
    }

    @Test func workingTreeIsReadAsItLies() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "plan")
        let plan = try fleet.expect(2, "plan", "--working-tree")
        #expect(plan.says("status"), "\(plan)")
        try fleet.expect(64, "plan", "--working-tree", "--ref", "main")
        try fleet.expect(0, "reconcile", "--working-tree")
        #expect(try fleet.table("orders")?.contains("status") == true)
    }
}
