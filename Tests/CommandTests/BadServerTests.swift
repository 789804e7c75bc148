import Foundation
import TestSupport
import Testing

/// Servers that are down, refuse, or die: they are `unknown`, and never read as empty.
@Suite struct BadServerTests {
    @Test func shardThatIsDownIsUnknownAndTheOthersConverge() throws {
        let fleet = try FleetFixture(shards: 3)
        fleet.file.shards[1].host = "unix:/tmp/nobody-listens-here.sock"
        try fleet.commit()
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("s1", "unknown", "nobody-listens-here.sock"), "\(run)")
        #expect(try fleet.table("orders", on: 0) != nil && fleet.table("orders", on: 2) != nil)
        #expect(try fleet.table("orders", on: 1) == nil)
        try fleet.expect(6, "drift")
        let json = try fleet.expect(6, "plan", "--output", "json").list("unknown")
        #expect(json.map { $0["code"] as? String } == ["unreachable"])
    }

    @Test func databaseThatIsMissingIsUnknown() throws {
        let fleet = try FleetFixture()
        fleet.file.shards[1].database = "no_such_database"
        try fleet.commit()
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("no_such_database"), "\(run)")
        #expect(try fleet.table("orders", on: 0) != nil)
    }

    @Test func wrongPasswordIsSaidWithoutTheSecret() throws {
        let fleet = try FleetFixture()
        fleet.file.connection = "{user: nobody, password_env: PLUMB_PW, tls: {mode: disabled}}"
        try fleet.commit()
        fleet.setEnvironment("PLUMB_PW", "hunter2")
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("Access denied"), "\(run)")
        #expect(!run.says("hunter2"), "\(run)")
        #expect(try fleet.state() == "\n")
        #expect(try !Shell.run("grep", ["-r", "hunter2", fleet.ledger]).stdout.contains("hunter2"))
    }

    @Test func missingGrantIsSaidAndLeavesTheShardUnknown() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        let user = fleet.database(0)
        try fleet.sql(0, "CREATE USER '\(user)'@'%'")
        try fleet.sql(0, "GRANT SELECT ON `\(fleet.database(0))`.* TO '\(user)'@'%'")
        fleet.file.connection = "{user: \(user), tls: {mode: disabled}}"
        try fleet.commit()
        let unseen = try fleet.expect(6, "drift")
        #expect(unseen.says("s1", user), "\(unseen)")

        // Seen, and not changeable: the statement fails, the table stays.
        try fleet.sql(0, "GRANT SELECT ON `\(fleet.database(1))`.* TO '\(user)'@'%'")
        try fleet.sql(0, "GRANT ALL ON `\\_plumb\\_ws\\_%`.* TO '\(user)'@'%'")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let before = try fleet.state()
        let refused = try fleet.expect(4, "reconcile")
        #expect(refused.says("ALTER command denied", "grant"), "\(refused)")
        #expect(try fleet.state() == before)
    }

    @Test func workspaceThatCannotBeMadeIsAnErrorThatNamesTheRemedy() throws {
        let fleet = try FleetFixture()
        let user = fleet.database(0)
        try fleet.sql(0, "CREATE USER '\(user)'@'%'")
        for shard in 0..<2 {
            try fleet.sql(0, "GRANT ALL ON `\(fleet.database(shard))`.* TO '\(user)'@'%'")
        }
        fleet.file.connection = "{user: \(user), tls: {mode: disabled}}"
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(1, "reconcile")
            #expect(run.says("_plumb_ws", "grant"), "\(run)")
        }
    }

    @Test(arguments: ["5.7.99-TiDB-v7.5.0", "8.0.11-Vitess", "10.2.0-MariaDB"])
    func serverOfAnUnexpectedKindIsRefused(_ version: String) throws {
        let server = try MariaDBServer.start(options: ["--version=\(version)"])
        let fleet = try FleetFixture(on: server, shards: 1)
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says(version), "\(run)")
        #expect(try fleet.table("orders") == nil)
    }

    @Test func readOnlyServerKeepsItsTables() throws {
        let server = try MariaDBServer.start(options: ["--read-only"])
        let fleet = try FleetFixture(on: server, shards: 1)
        let user = "plain"
        try fleet.sql(0, "CREATE USER plain@'%'")
        try fleet.sql(0, "GRANT ALL ON *.* TO plain@'%'")
        try fleet.sql(0, "REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM plain@'%'")
        fleet.file.connection = "{user: \(user), tls: {mode: disabled}}"
        try fleet.commit()
        let run = try fleet.expect(1, "reconcile")
        #expect(run.says("read-only"), "\(run)")
        #expect(try fleet.table("orders") == nil)
    }

    @Test func serverThatDiesHalfwayIsConvergedWhenItIsBack() throws {
        let dying = try MariaDBServer.start()
        let fleet = try FleetFixture(shards: 2)
        let other = try FleetFixture(on: dying, shards: 4)
        fleet.file.shards += other.file.shards.enumerated().map { number, shard in
            var shard = shard
            shard.name = "d\(number)"
            return shard
        }
        fleet.file.policy = ["rollout: {on_failure: continue, concurrency: {total: 1}}"]
        try fleet.commit()
        let running = try fleet.start("reconcile")
        #expect(try running.says("d1"))
        dying.kill()
        let run = try running.wait()
        #expect([4, 6].contains(run.status), "\(run)")
        #expect(try fleet.table("orders", on: 0) != nil)
        try dying.restart()
        try fleet.expect(0, "reconcile")
        for shard in 0..<4 { #expect(try other.table("orders", on: shard) != nil) }
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        #expect(try fleet.eventCount("operation-completed") == 6)
    }

    @Test func lockHeldByAnotherSessionBlocksOnlyItsShard() throws {
        let fleet = try FleetFixture()
        let holder = try fleet.server.connect()
        try holder.execute("DO GET_LOCK('plumb:\(fleet.database(0))', 0)")
        let run = try fleet.expect(3, "reconcile")
        #expect(run.says("s0", "lock"), "\(run)")
        #expect(try fleet.table("orders", on: 0) == nil && fleet.table("orders", on: 1) != nil)
        holder.close()
        try fleet.expect(0, "reconcile")
    }
}
