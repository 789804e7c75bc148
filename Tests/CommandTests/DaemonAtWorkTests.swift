import Foundation
import MySQLClient
import TestSupport
import Testing

/// A daemon goes on with passes of an environment while a statement of it takes long.
@Suite("While a statement takes long, a daemon goes on with everything else")
struct DaemonAtWorkTests {
    /// A daemon whose statement on the table `orders` of the first shard waits for a reader.
    private final class Blocked {
        let fleet: FleetFixture
        let daemon: RunningPlumb
        /// Closing it lets the statement run.
        let reader: Connection

        init(
            shards: Int, interval: String = "1s", total: Int = 32,
            _ change: (FleetFixture) throws -> Void
        ) throws {
            fleet = try FleetFixture(shards: shards)
            fleet.file.policy = ["rollout: {concurrency: {total: \(total)}}"]
            fleet.file.connection = "{user: root, tls: {mode: disabled}, lock_wait_timeout: 10m}"
            try fleet.write("schema/app/zebra.sql", DaemonAtWorkTests.zebra)
            try fleet.commit()
            try fleet.expect(0, "reconcile")
            let database = fleet.database(0)
            reader = try fleet.server.connect(database: database)
            try reader.execute("LOCK TABLES orders READ")
            try change(fleet)
            daemon = try fleet.start("daemon", "--interval", interval)
            let watcher = try fleet.server.connect()
            try daemon.reaches("its statement, which waits for the table") {
                try watcher.query("SHOW PROCESSLIST").contains { row in
                    row[3] == database && row[7]?.hasPrefix("ALTER TABLE") == true
                }
            }
        }

        /// How many passes were made.
        var passes: Int { daemon.stderr.components(separatedBy: "\"event\":\"pass\"").count - 1 }

        private var before: String?

        /// The second shard is in another database from the next commit on, which has the same.
        func copySecondShard(to name: String) throws {
            let old = fleet.database(1)
            let new = "\(old)_\(name)"
            let connection = try fleet.server.connect()
            try connection.execute("CREATE DATABASE \(new)")
            for table in ["orders", "zebra"] {
                try connection.execute("CREATE TABLE \(new).\(table) LIKE \(old).\(table)")
            }
            before = old
            fleet.file.shards[1].database = new
        }

        /// The table `orders` where the second shard was.
        func secondShardBefore() throws -> String {
            let connection = try fleet.server.connect()
            let rows = try connection.query("SHOW CREATE TABLE \(before ?? "").orders")
            return rows.first?[1] ?? ""
        }

        func commit(_ path: String, _ text: String) throws {
            try fleet.write(path, text)
            try fleet.commitFiles(path)
        }

        func end() throws {
            daemon.send(SIGTERM)
            let run = try daemon.wait()
            #expect(run.status == 0, "\(run)")
            try fleet.expect(0, "store", "verify")
        }
    }

    private static let zebra = "CREATE TABLE zebra (id int NOT NULL, PRIMARY KEY (id));\n"
    private static let striped =
        "CREATE TABLE zebra (id int NOT NULL, stripes int, PRIMARY KEY (id));\n"

    @Test("other shards get the next commit, and the shard itself does as soon as it is free")
    func goesOn() throws {
        let blocked = try Blocked(shards: 3) { fleet in
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        let fleet = blocked.fleet
        let places = { try (0..<3).map { try fleet.table("zebra", on: $0)?.contains("stripes") } }
        try blocked.commit("schema/app/zebra.sql", Self.striped)
        try blocked.daemon.reaches("the next commit on the other shards") {
            try places() == [false, true, true]
        }
        #expect(try fleet.table("orders")?.contains("by_status") == false)
        let status = try fleet.expect(2, "status")
        #expect(status.says("1 running") && status.says("2 done, 1 waiting"), "\(status)")
        blocked.reader.close()
        try blocked.daemon.reaches("both changes everywhere") {
            try places() == [true, true, true]
                && (0..<3).allSatisfy {
                    try fleet.table("orders", on: $0)?.contains("by_status") == true
                }
        }
        try blocked.daemon.reaches("the end of both rollouts") {
            try fleet.eventCount("rollout-completed") == 3
        }
        // Two tables at first, then one change of each, once on each of three shards.
        #expect(try fleet.eventCount("operation-started") == 12)
        #expect(try fleet.eventCount("operation-completed") == 12)
        try blocked.end()
    }

    @Test("what is behind the statement and is not wanted any more does not begin")
    func supersedes() throws {
        let blocked = try Blocked(shards: 1, total: 1) { fleet in
            try fleet.write("schema/app/zebra.sql", Self.striped)
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        let fleet = blocked.fleet
        try blocked.commit("schema/app/zebra.sql", Self.zebra)
        try blocked.daemon.reaches("that the newer commit counts") {
            try fleet.eventCount("rollout-changed") == 1
        }
        blocked.reader.close()
        try blocked.daemon.reaches("the end") {
            try fleet.events().contains { $0["event"] as? String == "converged" }
        }
        #expect(try fleet.table("orders")?.contains("by_status") == true)
        #expect(try fleet.eventCount("operation-started") == 3)
        #expect(try fleet.table("zebra")?.contains("stripes") == false)
        try blocked.end()
    }

    /// What a newer commit says of shards that wait behind the statement.
    enum Newer: String, CaseIterable {
        case closedWindow, needsApproval, elsewhere, environmentGone
    }

    @Test("what a newer commit does not let begin does not begin", arguments: Newer.allCases)
    func heeds(_ newer: Newer) throws {
        let blocked = try Blocked(shards: 2, total: 1) { fleet in
            fleet.file.policy.append("approve: [irreversible]")
            try fleet.change(
                "orders.sql",
                FleetFixture.orders.replacingOccurrences(of: "varchar(100)", with: "varchar(50)"))
        }
        let fleet = blocked.fleet
        let isNarrow = { try (0..<2).map { try fleet.table("orders", on: $0)?.contains("(50)") } }
        let seen = blocked.passes
        switch newer {
        case .closedWindow:
            fleet.file.policy.append(
                "windows: [{allow: \"\(Self.otherDay) 03:00-03:01\", zone: UTC}]")
        case .needsApproval:
            fleet.file.policy = [
                "rollout: {concurrency: {total: 1}}", "approve: [lossy, irreversible]",
            ]
        case .elsewhere:
            try blocked.copySecondShard(to: "elsewhere")
        case .environmentGone:
            fleet.file.environments = [("other", "")]
        }
        try fleet.commit("Newer")
        try blocked.daemon.reaches("passes that know it") {
            newer == .environmentGone
                ? blocked.daemon.stderr.contains("environment-gone") : blocked.passes > seen + 2
        }
        blocked.reader.close()
        try blocked.daemon.reaches("the end of the statement") { try isNarrow()[0] == true }
        let after = blocked.passes
        try blocked.daemon.reaches("passes after it") { blocked.passes > after + 1 }
        #expect(try fleet.table("orders", on: 0)?.contains("(50)") == true)
        if newer == .elsewhere {
            // The shard is changed where it is now, and nothing where it was.
            #expect(try blocked.secondShardBefore().contains("(100)"))
            try blocked.daemon.reaches("the change of the shard at its new place") {
                try isNarrow()[1] == true
            }
        } else if newer == .environmentGone {
            // The environment that came in its place is served, and wants the same of the shard.
            try blocked.daemon.reaches("the new environment's own rollout") {
                blocked.daemon.stderr.contains("\"environment\":\"other\"")
            }
        } else {
            #expect(try isNarrow() == [true, false])
        }
        blocked.daemon.send(SIGTERM)
        #expect(try blocked.daemon.wait().status == 0)
    }

    /// The name of a day that is not this week's nearest ones.
    private static var otherDay: String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        return days[(calendar.component(.weekday, from: Date()) - 1 + 3) % 7]
    }

    @Test("it ends when it is asked to, after the statement")
    func ends() throws {
        let blocked = try Blocked(shards: 1) { fleet in
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        try blocked.daemon.reaches("further passes") {
            blocked.daemon.stderr.components(separatedBy: "\"event\":\"pass\"").count > 3
        }
        blocked.daemon.send(SIGTERM)
        #expect(try blocked.daemon.says("\"event\":\"ending\""))
        blocked.reader.close()
        #expect(try blocked.daemon.wait().status == 0)
        #expect(try blocked.fleet.table("orders")?.contains("by_status") == true)
        #expect(try blocked.fleet.eventCount("operation-completed") == 3)
    }

    @Test("after a kill -9 the next one does each thing once")
    func dies() throws {
        let blocked = try Blocked(shards: 2) { fleet in
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        let fleet = blocked.fleet
        try blocked.commit("schema/app/zebra.sql", Self.striped)
        try blocked.daemon.reaches("the other shard") {
            try fleet.table("zebra", on: 1)?.contains("stripes") == true
        }
        blocked.daemon.send(SIGKILL)
        _ = try blocked.daemon.wait()
        blocked.reader.close()
        try fleet.expect(0, "reconcile")
        #expect(try fleet.eventCount("rollout-completed") == 3)
        for shard in [0, 1] {
            #expect(try fleet.table("orders", on: shard)?.contains("by_status") == true)
            #expect(try fleet.table("zebra", on: shard)?.contains("stripes") == true)
        }
    }

    @Test("who wakes it gets a pass, although one waits for its statement")
    func wakes() throws {
        let blocked = try Blocked(shards: 2, interval: "1h") { fleet in
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        let fleet = blocked.fleet
        try blocked.commit("schema/app/zebra.sql", Self.striped)
        blocked.daemon.send(SIGHUP)
        try blocked.daemon.reaches("the other shard") {
            try fleet.table("zebra", on: 1)?.contains("stripes") == true
        }
        // The end of the statement wakes it too.
        blocked.reader.close()
        try blocked.daemon.reaches("the first shard") {
            try fleet.table("zebra")?.contains("stripes") == true
        }
        try blocked.end()
    }

    @Test("what waits for a turn says so, and that the daemon goes on with it")
    func turns() throws {
        let blocked = try Blocked(shards: 3, total: 1) { fleet in
            try fleet.change("orders.sql", StoryTests.withStatus)
        }
        let status = try blocked.fleet.expect(2, "status")
        #expect(
            status.says("2 operations may start and wait for a turn", "rollout.concurrency"),
            "\(status)")
        blocked.reader.close()
        blocked.daemon.send(SIGTERM)
        _ = try blocked.daemon.wait()
    }
}
