import Foundation
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Where the server's mark is the same nothing is read, and nothing is missed")
struct MarkedObservationTests {
    private static func fleet(
        _ kind: TestServer.Kind, options: [String] = [], address: ServerAddress? = nil
    ) throws -> (server: MarkServer, fleet: ObservedFleet) {
        let server = try MarkServer(kind, options: options)
        _ = try server.settled()
        return (server, try ObservedFleet(on: server.server, address: address))
    }

    @Test("each statement that changes a schema is noticed", arguments: TestServer.available)
    func noticed(kind: TestServer.Kind) throws {
        let (_, fleet) = try Self.fleet(kind)
        // What only one kind of server has is tried where fingerprints are.
        let changes = FingerprintTests.changes.filter {
            kind.flavour == .mariadb || !$0.contains("IGNORED") && !$0.contains("CHECK")
        }
        let shards = try changes.map { _ in
            try fleet.add(FingerprintTests.tables, options: "CHARACTER SET latin1")
        }
        for (shard, change) in zip(shards, changes) {
            _ = try fleet.known(shard)
            let before = try fleet.known(shard, .unlessUnchanged)
            #expect(before.isRemembered, "\(change)")
            try fleet.run(change.split(separator: ";").map(String.init), in: shard)
            let seen = try fleet.known(shard, .unlessUnchanged)
            let truth = try fleet.known(shard)
            #expect(seen.schema === truth.schema && seen.profile == truth.profile, "\(change)")
            #expect(
                truth.schema !== before.schema || truth.profile != before.profile, "\(change)")
        }
    }

    @Test(
        "tables that leave no trace in statistics need not be read",
        arguments: [
            "CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MyISAM",
            "CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MEMORY COMMENT = 'x'",
            "CREATE TABLE t (id INT PRIMARY KEY) STATS_PERSISTENT = 0",
            "CREATE TABLE `t#P#x` (id INT PRIMARY KEY)",
        ])
    func traceless(table: String) throws {
        let (_, fleet) = try Self.fleet(.mariadb1011)
        let shard = try fleet.add(table)
        _ = try fleet.known(shard)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
    }

    @Test(
        "what changes without a statement is read each time",
        arguments: [
            "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING "
                + "PARTITION BY SYSTEM_TIME INTERVAL 1 HOUR AUTO",
            "CREATE TABLE t (a INT NOT NULL) ENGINE = CSV",
        ])
    func byItself(table: String) throws {
        let (_, fleet) = try Self.fleet(.mariadb1011)
        let shard = try fleet.add("CREATE TABLE o (id INT PRIMARY KEY)", table)
        let other = try fleet.add("CREATE TABLE o (id INT PRIMARY KEY)")
        _ = fleet.observe(.exact)
        let seen = fleet.observe(.unlessUnchanged)
        #expect(seen[shard.id]?.shard?.isRemembered == false)
        #expect(seen[other.id]?.shard?.isRemembered == true)
    }

    @Test("partitions that MariaDB adds when rows are written are seen")
    func automaticPartitions() throws {
        let (_, fleet) = try Self.fleet(.mariadb118)
        let shard = try fleet.add(
            "SET timestamp = UNIX_TIMESTAMP('2024-01-01 00:00:00')",
            "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING "
                + "PARTITION BY SYSTEM_TIME INTERVAL 1 HOUR AUTO",
            "INSERT INTO t VALUES (1)")
        let before = try fleet.known(shard)
        try fleet.run(
            [
                "SET timestamp = UNIX_TIMESTAMP('2024-01-01 05:00:00')", "UPDATE t SET a = 2",
                "SET timestamp = DEFAULT",
            ], in: shard)
        let seen = try fleet.known(shard, .unlessUnchanged)
        #expect(seen.schema !== before.schema)
        #expect(try seen.schema === fleet.known(shard).schema)
    }

    @Test(
        "a setting that counts no statement is read in each pass", arguments: TestServer.available)
    func settings(kind: TestServer.Kind) throws {
        let (server, fleet) = try Self.fleet(kind)
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        _ = try fleet.known(shard)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        try server.root.execute("SET GLOBAL sql_mode = 'STRICT_ALL_TABLES'")
        let seen = try fleet.known(shard, .unlessUnchanged)
        #expect(seen.profile.sqlMode == "STRICT_ALL_TABLES")
        try server.root.execute("SET GLOBAL read_only = 1")
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        #expect(try fleet.known(shard, .unlessUnchanged).readOnly != .writable)
        try server.root.execute("SET GLOBAL read_only = 0")
    }

    @Test("after a statement elsewhere on the server fingerprints decide, under the new mark")
    func elsewhere() throws {
        let (server, fleet) = try Self.fleet(.mariadb1011)
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let traceless = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MyISAM")
        try fleet.settle()
        _ = fleet.observe(.exact)
        try server.root.execute("CREATE DATABASE other")
        let seen = fleet.observe(.unlessUnchanged)
        #expect(seen[shard.id]?.shard?.isRemembered == true)
        #expect(seen[traceless.id]?.shard?.isRemembered == false)
        // Neither by its statistics now, but by the mark that was taken with them.
        try fleet.stamp("UNIX_TIMESTAMP()", in: shard)
        let again = fleet.observe(.unlessUnchanged)
        #expect(again.values.allSatisfy { $0.shard?.isRemembered == true })
    }

    @Test(
        "a change that runs during the reading is seen afterwards", arguments: TestServer.available)
    func during(kind: TestServer.Kind) throws {
        let (server, fleet) = try Self.fleet(kind)
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let holder = try server.server.connect(database: shard.database)
        try holder.execute("LOCK TABLES t READ")
        let session = try server.server.connect(database: shard.database)
        let change = InThread { try session.execute("ALTER TABLE t ADD late INT") }
        try MarkServer.wait("change that waits") {
            try server.root.query(
                "SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = \(session.threadID) "
                    + "AND STATE LIKE 'Waiting for table%'"
            ).count == 1
        }
        let before = try fleet.known(shard)
        try holder.execute("UNLOCK TABLES")
        try change.value()
        let seen = try fleet.known(shard, .unlessUnchanged)
        #expect(seen.schema !== before.schema && !seen.isRemembered)
    }

    @Test(
        "a server behind a proxy that becomes another one is read", arguments: TestServer.available)
    func failover(kind: TestServer.Kind) throws {
        let servers = try [MarkServer(kind), MarkServer(kind)]
        let paths = servers.map { server in
            guard case .socket(let path) = server.server.address else { return "" }
            return path
        }
        let proxy = try ServerProxy(to: paths[0])
        let fleet = try ObservedFleet(on: servers[0].server, address: proxy.address)
        for (server, column) in zip(servers, ["a", "b"]) {
            // The same statements on both, so that their counters are equal.
            try server.run([
                "CREATE DATABASE shard", "CREATE TABLE shard.t (\(column) INT PRIMARY KEY)",
            ])
            _ = try server.settled()
        }
        let shard = fleet.target("shard")
        let first = try fleet.known(shard)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        proxy.lead(to: [paths[1]])
        var second = fleet.observe(.unlessUnchanged, [shard])[shard.id]
        if second?.shard == nil { second = fleet.observe(.unlessUnchanged, [shard])[shard.id] }
        let seen = try #require(second?.shard)
        #expect(!seen.isRemembered && seen.schema !== first.schema)
    }

    @Test("nothing is remembered of sessions that were led to different servers")
    func balancer() throws {
        let servers = try [MarkServer(.mariadb1011), MarkServer(.mariadb1011)]
        let paths = servers.map { server in
            guard case .socket(let path) = server.server.address else { return "" }
            return path
        }
        let proxy = try ServerProxy(to: paths[0])
        proxy.lead(to: paths)
        let fleet = try ObservedFleet(on: servers[0].server, address: proxy.address)
        for server in servers {
            try server.run(["CREATE DATABASE shard", "CREATE TABLE shard.t (a INT PRIMARY KEY)"])
            _ = try server.settled()
        }
        let shard = fleet.target("shard")
        // The first session begins the pass; fingerprints are asked for by two at the same time.
        _ = try fleet.known(shard)
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
    }

    @Test("a privilege that is taken away is noticed", arguments: TestServer.available)
    func revoked(kind: TestServer.Kind) throws {
        let (server, fleet) = try Self.fleet(kind)
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let limited = try fleet.limited([
            "PROCESS ON *.*", "SELECT ON \(shard.database).*", "SELECT ON performance_schema.*",
        ])
        _ = try limited.known(shard)
        #expect(try limited.known(shard, .unlessUnchanged).isRemembered)
        let user =
            try server.root.query(
                "SELECT User FROM mysql.user WHERE User LIKE 'limited%'")[0][0] ?? ""
        try server.root.execute("REVOKE SELECT ON \(shard.database).* FROM \(user)@localhost")
        #expect(limited.observe(.unlessUnchanged, [shard])[shard.id]?.shard == nil)
    }
}
