import Foundation
import TestSupport
import Testing

/// Servers that are read-only: replicas, and primaries that a failover made one.
@Suite struct ReadOnlyTests {
    /// A fleet whose first shard lies on a server of its own, which is read-only.
    ///
    /// The administrator may write there all the same, as an account with `READ ONLY ADMIN` may.
    private func fleet(on replica: MariaDBServer) throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 1)
        let other = try FleetFixture(on: replica, shards: 1)
        var shard = other.file.shards[0]
        shard.name = "replica"
        fleet.file.shards.insert(shard, at: 0)
        try fleet.commit()
        try replica.connect().execute("SET GLOBAL read_only = 1")
        return fleet
    }

    private func tables(_ server: MariaDBServer, _ database: String) throws -> [String] {
        try server.connect(database: database).query("SHOW TABLES").compactMap { $0[0] }
    }

    @Test func aReplicaIsLookedAtAndNotChangedUnlessTheFileSaysSo() throws {
        let replica = try MariaDBServer.start()
        let fleet = try fleet(on: replica)
        let database = fleet.database(0)
        // Statements that made something there, or tried to.
        let written =
            "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_create_db', 'Com_drop_db', "
            + "'Com_create_table')"
        func count() throws -> [String?] {
            try replica.connect().query(written).map { $0[1] }
        }
        let before = try count()
        // The files are read on the other server, although this one comes first.
        #expect(try fleet.expect(3, "plan").says("2 of 2 shards", "read_only=ON"))
        let run = try fleet.expect(3, "reconcile")
        #expect(run.says("1 held, the server is read-only", "read_only=ON", "read_only: allow"))
        #expect(try tables(replica, database) == [])
        #expect(try fleet.table("orders", on: 1) != nil)
        #expect(try count() == before)
        let json = try fleet.expect(3, "reconcile", "--output", "json")
        #expect(json.stdout.contains("\"read-only\""))
        #expect(try fleet.expect(2, "drift").status == 2)
        #expect(try fleet.expect(0, "doctor").says("1 shard looked at, and not changed"))
        fleet.file.shardLines = fleet.file.shards.enumerated().map { number, shard in
            "- {name: \(shard.name), host: \"\(shard.host)\", database: \(shard.database)"
                + (number == 0 ? ", read_only: allow}" : "}")
        }
        try fleet.commit()
        #expect(try fleet.expect(0, "doctor").says("changed all the same"))
        try fleet.expect(0, "reconcile")
        #expect(try tables(replica, database) == ["orders"])
    }

    @Test func anAccountThatMayNotIsToldSoAtOnce() throws {
        let replica = try MariaDBServer.start()
        let fleet = try fleet(on: replica)
        fleet.file.shardLines = [
            "- {name: replica, host: \"\(fleet.file.shards[0].host)\", "
                + "database: \(fleet.database(0)), read_only: allow}",
            "- {name: s0, host: \"\(fleet.file.shards[1].host)\", "
                + "database: \(fleet.database(1))}",
        ]
        fleet.file.policy = ["rollout: {on_failure: continue}"]
        for server in [replica, fleet.server] {
            let administrator = try server.connect()
            try administrator.execute("CREATE USER IF NOT EXISTS no_admin@'%'")
            try administrator.execute("GRANT ALL ON *.* TO no_admin@'%'")
            try administrator.execute("REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM no_admin@'%'")
        }
        fleet.file.connection = "{user: no_admin, tls: {mode: disabled}}"
        try fleet.commit()
        let run = try fleet.expect(4, "reconcile")
        #expect(run.says("READ ONLY ADMIN") && !run.says("after 10 attempts"), "\(run)")
        #expect(try fleet.table("orders", on: 1) != nil)
    }

    @Test("a failover under a rollout leaves what is left to the next run, and fails nothing")
    func aFailoverUnderARollout() throws {
        let server = try MariaDBServer.start()
        let fleet = try FleetFixture(on: server, shards: 3)
        fleet.file.policy = ["rollout: {concurrency: {total: 1}}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let reader = try server.connect(database: fleet.database(1))
        try reader.execute("LOCK TABLES orders READ")
        let running = try fleet.start("reconcile")
        // The second shard waits for the reader: its operation has begun.
        #expect(try running.says("retry in"))
        try server.connect().execute("SET GLOBAL read_only = 1")
        reader.close()
        let run = try running.wait()
        #expect(run.status == 6 && run.says("read-only"), "\(run)")
        let done = try (0..<3).map { try fleet.table("orders", on: $0)?.contains("by_status") }
        #expect(done == [true, false, false])
        #expect(try fleet.eventCount("operation-failed") == 0)
        // What was begun is settled by looking, and still nothing runs.
        try fleet.expect(3, "reconcile")
        try server.connect().execute("SET GLOBAL read_only = 0")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 2)?.contains("by_status") == true)
    }

    @Test func aNamedWorkspaceServerThatIsReadOnlyIsAnErrorWithAWayOut() throws {
        let replica = try MariaDBServer.start(options: ["--read-only"])
        let fleet = try FleetFixture(shards: 1)
        guard case .socket(let path) = replica.address else { return }
        fleet.file.whole = fleet.file.text + "workspace: {host: \"unix:\(path)\"}\n"
        try fleet.commit()
        let run = try fleet.expect(1, "plan")
        #expect(run.says("read-only", "workspace.host"), "\(run)")
        #expect(try fleet.expect(1, "doctor").says("no workspace is made"))
    }
}
