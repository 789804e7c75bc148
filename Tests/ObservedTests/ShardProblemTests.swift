import Basics
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Shards that cannot be read are unknown, with the reason")
struct ShardProblemTests {
    @Test("a database that is not there")
    func unknownDatabase() throws {
        let fleet = try ObservedFleet()
        let good = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let gone = fleet.target("no_such_db")
        let seen = fleet.observe(.exact, [gone, good])
        let problem = try #require(seen[gone.id]?.problem)
        #expect(problem.code == "unknown-database")
        #expect(problem.retry == .permanent)
        #expect(problem.reason.contains("`no_such_db`"))
        #expect(seen[good.id]?.shard?.schema.tables.count == 1)
    }

    @Test("a server that is down gives all its shards the same problem")
    func serverDown() throws {
        let fleet = try ObservedFleet()
        let good = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let down = (0..<50).map { number in
            ObservationTarget(
                id: ShardID(namespace: "down", shard: "\(number)"),
                server: .socket(path: "/nonexistent/m.sock"), database: "d\(number)")
        }
        let seen = fleet.observe(.exact, down + [good])
        let problems = Set(down.compactMap { seen[$0.id]?.problem })
        #expect(problems.count == 1)
        #expect(problems.first?.code == "unreachable")
        #expect(problems.first?.retry == .retryable)
        #expect(problems.first?.reason.contains("/nonexistent/m.sock") == true)
        #expect(seen[good.id]?.shard != nil)
    }

    @Test("a wrong password")
    func wrongPassword() throws {
        let server = try MariaDBServer.shared
        var settings = server.settings
        settings.credentials = Credentials(user: "nobody", password: Secret("swordfish"))
        let fleet = try ObservedFleet(settings: settings)
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let problem = try fleet.problem(shard)
        #expect(problem.code == "access-denied")
        #expect(problem.retry == .permanent)
        #expect(!problem.reason.contains("swordfish"))
    }

    @Test("no privilege on one database of several")
    func missingDatabaseGrant() throws {
        let fleet = try ObservedFleet()
        let granted = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let secret = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let limited = try fleet.limited(["SELECT ON \(granted.database).*"])
        let seen = limited.observe(.exact, [granted, secret])
        #expect(seen[granted.id]?.shard?.schema.tables.count == 1)
        let problem = try #require(seen[secret.id]?.problem)
        #expect(problem.code == "missing-grant")
        #expect(problem.reason.contains(secret.database))
    }

    @Test("privileges on single tables do not make the others vanish")
    func partialGrant() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)")
        for grant in ["SELECT ON", "SELECT (id) ON"] {
            let limited = try fleet.limited(["\(grant) \(shard.database).a"])
            let problem = try limited.problem(shard)
            #expect(problem.code == "missing-grant")
            #expect(problem.reason.contains("grant it SELECT on `\(shard.database)`.*"))
        }
        let pattern = shard.database.replacingOccurrences(of: "_", with: "\\_")
        let whole = try fleet.limited([
            "SELECT ON \(shard.database).a", "SELECT ON \(SQL.identifier(pattern)).*",
        ])
        #expect(try whole.known(shard).schema.tables.count == 2)
    }

    @Test("a table whose definition cannot be read makes the shard unknown and is named")
    func brokenTable() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE broken (id INT PRIMARY KEY)")
        let file = fleet.server.folder.path + "/data/\(shard.database)/broken.frm"
        let other = try fleet.add("CREATE TABLE a (id INT PRIMARY KEY)")
        try fleet.root.execute("FLUSH TABLES \(shard.database).broken")
        try "rubbish".write(toFile: file, atomically: false, encoding: .utf8)
        let seen = fleet.observe()
        let problem = try #require(seen[shard.id]?.problem)
        #expect(problem.reason.contains("`broken`"))
        #expect(problem.reason.contains(shard.database))
        #expect(seen[other.id]?.shard?.schema.tables.count == 1)
    }

    @Test("a server that dies halfway leaves no shard half read, and is back after a restart")
    func serverDies() throws {
        let server = try MariaDBServer.start()
        let fleet = try ObservedFleet(on: server)
        for _ in 0..<3 { try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)") }
        #expect(fleet.observe().values.allSatisfy { $0.shard != nil })
        // The pool now holds sessions of which it cannot know that they are dead.
        server.kill()
        let dead = fleet.observe()
        #expect(dead.count == 3)
        #expect(
            dead.values.allSatisfy {
                ["unreachable", "lost-connection"].contains($0.problem?.code)
                    && $0.problem?.retry == .retryable
            })
        try server.restart()
        #expect(fleet.observe().values.allSatisfy { $0.shard?.schema.tables.count == 1 })
    }

    @Test(
        "grants on patterns of databases",
        arguments: [
            ("shop", "shop", true), ("shop_1", "shop\\_1", true), ("shopx1", "shop\\_1", false),
            ("shopx1", "shop_1", true), ("shop_1", "%", true), ("shop_1", "sh%1", true),
            ("shop_1", "sh%2", false), ("", "", true), ("a", "", false), ("", "%", true),
            ("a\\", "a\\", true), ("ab", "a%b%", true), ("a%", "a\\%", true),
        ])
    func likePatterns(name: String, pattern: String, matches: Bool) {
        #expect(LikePattern.matches(name, pattern: pattern) == matches)
    }

    @Test("only single-table privileges make a list of tables incomplete")
    func visibility() {
        let some = TableVisibility(
            isGlobal: false, patterns: ["shop\\_%"], partial: ["shop_1", "a"])
        #expect(some.isComplete(for: "shop_1"))
        #expect(!some.isComplete(for: "a"))
        #expect(some.isComplete(for: "unrelated"))
        #expect(TableVisibility(isGlobal: true, patterns: [], partial: ["a"]).isComplete(for: "a"))
    }
}
