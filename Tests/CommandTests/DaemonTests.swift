import Foundation
import TestSupport
import Testing

/// One process that serves several environments.
@Suite("A daemon serves every environment of the fleet file") struct DaemonTests {
    /// A fleet whose shards are divided over two environments.
    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 2)
        try fleet.write("plumb.yaml", two(fleet))
        try fleet.commitFiles("Two environments")
        return fleet
    }

    private func two(_ fleet: FleetFixture) -> String {
        let shards = fleet.file.shards
        func namespace(_ name: String, _ place: Int) -> String {
            "  \(name): {schema: schema/app, shards: [{name: s\(place), host: "
                + "\"\(shards[place].host)\", database: \(shards[place].database)}]}"
        }
        return """
            version: 1
            namespaces:
            \(namespace("one", 0))
            \(namespace("two", 1))
            environments:
              staging: {namespaces: [one], connection: {user: root}}
              production: {namespaces: [two], connection: {user: root}}
            ledger: "file:../ledger.git"

            """
    }

    private func events(_ run: RunningPlumb, _ kind: String, of environment: String) -> Int {
        run.stderr.split(separator: "\n").filter {
            $0.contains("\"event\":\"\(kind)\"")
                && $0.contains("\"environment\":\"\(environment)\"")
        }.count
    }

    @Test func eachEnvironmentHasALoopOfItsOwn() throws {
        let fleet = try fleet()
        let daemon = try fleet.start("daemon", "--interval", "1h")
        try daemon.reaches("a pass of both") {
            events(daemon, "pass", of: "staging") == 1
                && events(daemon, "pass", of: "production") == 1
        }
        for shard in [0, 1] { #expect(try fleet.table("orders", on: shard) != nil) }
        // Both are woken; one that cannot work keeps the other from nothing.
        let holder = try fleet.server.connect(database: fleet.database(0))
        try holder.execute("LOCK TABLES orders READ")
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.commitFiles("A status")
        daemon.send(SIGHUP)
        try daemon.reaches("the second pass of production") {
            events(daemon, "pass", of: "production") == 2
        }
        #expect(try fleet.table("orders", on: 1)?.contains("by_status") == true)
        #expect(events(daemon, "pass", of: "staging") == 1)
        holder.close()
        try daemon.reaches("the second pass of staging") {
            events(daemon, "pass", of: "staging") == 2
        }
        #expect(try fleet.table("orders", on: 0)?.contains("by_status") == true)
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }

    @Test func aHaltIsNoReasonToTryTheNextShard() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = [
            "approve: [irreversible]", "probe: {enabled: false}",
            "rollout: {waves: [{shards: 1}, {percent: 100}]}",
        ]
        try fleet.commit()
        try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7), (7)")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        let daemon = try fleet.start("daemon", "--interval", "1s")
        try daemon.reaches("passes after the failure") {
            events(daemon, "pass", of: "production") == 4
        }
        func changed() throws -> [Bool] {
            try (0..<4).map { try fleet.table("orders", on: $0)?.contains("`one`") == true }
        }
        #expect(try changed() == [false, false, false, false])
        #expect(try fleet.eventCount("operation-failed") == 1)
        // Somebody looked: it is tried again at once, and goes on.
        try fleet.sql(0, "DELETE FROM orders")
        #expect(try fleet.expect(0, "retry", "--reason", "the rows are gone").says("1 operation"))
        try daemon.reaches("the change") { try changed() == [true, true, true, true] }
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
        #expect(try fleet.expect(78, "retry", "--reason", "x").says("no rollout has anything"))
    }

    @Test func namedOnesAreServedAlone() throws {
        let fleet = try fleet()
        let daemon = try fleet.start(
            "daemon", "--interval", "1h", "--environment", "production")
        try daemon.reaches("a pass") { events(daemon, "waiting", of: "production") == 1 }
        daemon.send(SIGTERM)
        let run = try daemon.wait()
        #expect(run.status == 0 && !run.says("staging"), "\(run)")
        #expect(try fleet.table("orders", on: 0) == nil)
    }

    @Test func anEnvironmentThatComesLaterIsServedToo() throws {
        let fleet = try FleetFixture(shards: 2)
        let daemon = try fleet.start("daemon", "--interval", "1h")
        #expect(try daemon.says("\"event\":\"waiting\""))
        try fleet.write("plumb.yaml", two(fleet))
        try fleet.commitFiles("Two environments")
        daemon.send(SIGHUP)
        try daemon.reaches("a pass of the new one") {
            events(daemon, "pass", of: "staging") == 1
        }
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }

    @Test func anEnvironmentThatIsGoneIsWaitedForQuietly() throws {
        let fleet = try fleet()
        let daemon = try fleet.start("daemon", "--interval", "1h")
        try daemon.reaches("a pass of both") {
            events(daemon, "waiting", of: "staging") == 1
                && events(daemon, "waiting", of: "production") == 1
        }
        try LedgerDamage(fleet).put("pending/one%2Fs0%2Forders", "{}", in: "staging")
        let lines = two(fleet).split(separator: "\n")
        let without = lines.filter { !$0.hasPrefix("  staging") }.joined(separator: "\n")
        try fleet.write("plumb.yaml", without + "\n")
        try fleet.commitFiles("Without staging")
        daemon.send(SIGHUP)
        try daemon.reaches("that it is gone") {
            events(daemon, "environment-gone", of: "staging") == 1
                && events(daemon, "waiting", of: "production") == 2
        }
        #expect(try daemon.says("what became of 1 statement there is not known"))
        for pass in 3...4 {
            daemon.send(SIGHUP)
            try daemon.reaches("a pass of the other one") {
                events(daemon, "waiting", of: "production") == pass
            }
        }
        try fleet.write("plumb.yaml", two(fleet))
        try fleet.commitFiles("With staging")
        daemon.send(SIGHUP)
        try daemon.reaches("a pass of it") { events(daemon, "pass", of: "staging") == 2 }
        #expect(events(daemon, "environment-gone", of: "staging") == 1)
        #expect(events(daemon, "pass-failed", of: "staging") == 0)
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }

    @Test func aFileThatCannotBeReadIsTriedAgain() throws {
        let fleet = try fleet()
        try fleet.write("plumb.yaml", "version: [")
        try fleet.commitFiles("Broken")
        let daemon = try fleet.start("daemon", "--interval", "1s")
        #expect(try daemon.says("\"event\":\"pass-failed\""))
        try fleet.write("plumb.yaml", two(fleet))
        try fleet.commitFiles("Mended")
        try daemon.reaches("a pass") { events(daemon, "pass", of: "staging") > 0 }
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }

    @Test func statusIsShownAgainUntilTheRolloutHasEnded() throws {
        let blocked = try BlockedStatement()
        let watching = try blocked.fleet.start("status", "--watch")
        try watching.reaches("the open rollout") { watching.stdout.contains("exit 2") }
        blocked.reader.close()
        #expect(try blocked.running.wait().status == 0)
        let run = try watching.wait()
        #expect(run.status == 0 && run.says("completed: 4 done"), "\(run)")
    }

    /// A pass that fails again and again is made more and more rarely, wherever in it that is.
    @Test func aPassThatFailsIsTriedMoreAndMoreRarely() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.expect(0, "reconcile")
        try LedgerDamage(fleet).put("environment", "{")
        let daemon = try fleet.start("daemon", "--interval", "1s")
        try daemon.says("\"pass-failed\"", times: 3)
        #expect(try daemon.says("\"seconds\":\"4\""), "\(daemon.stderr)")
        daemon.send(SIGTERM)
        _ = try daemon.wait()
    }
}
