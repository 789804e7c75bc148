import Foundation
import TestSupport
import Testing

/// Accounts and servers with limits, and the whole program.
@Suite struct SessionLimitProgramTests {
    @Test("two sessions at once are enough, and `doctor` says how many are of use")
    func fewSessions() throws {
        let fleet = try FleetFixture(shards: 6)
        let administrator = try fleet.server.connect()
        try administrator.execute(
            "CREATE USER two_sessions@'%' WITH MAX_USER_CONNECTIONS 2 MAX_QUERIES_PER_HOUR 100000 "
                + "MAX_STATEMENT_TIME 5")
        try administrator.execute("GRANT ALL ON *.* TO two_sessions@'%'")
        fleet.file.connection = "{user: two_sessions, tls: {mode: disabled}}"
        fleet.file.policy = ["rollout: {concurrency: {total: 6, per_host: 6}}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        // Rows are asked, too.
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacing("note varchar(100)", with: "note varchar(90) NOT NULL"))
        try fleet.expect(3, "plan")
        let doctor = try fleet.expect(0, "doctor")
        #expect(doctor.says("max_user_connections 2", "uses up to 8", "MAX_QUERIES_PER_HOUR"))
        try administrator.execute("ALTER USER two_sessions@'%' WITH MAX_USER_CONNECTIONS 1")
        #expect(try fleet.expect(1, "doctor").says("needs 2 sessions at once"))
    }

    @Test("a server that would end every statement of Plumb's own")
    func hostileSettings() throws {
        let server = try MariaDBServer.start()
        let fleet = try FleetFixture(on: server, shards: 2)
        for setting in [
            "max_statement_time = 0.2", "sql_safe_updates = 1", "max_join_size = 1",
            "sql_select_limit = 1", "foreign_key_checks = 0", "autocommit = 0",
            "completion_type = 2", "tx_read_only = 1", "wait_timeout = 1",
        ] {
            try server.connect().execute("SET GLOBAL \(setting)")
        }
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        #expect(try fleet.expect(0, "doctor").says("lifted in Plumb's sessions", "tx_read_only ON"))
    }
}
