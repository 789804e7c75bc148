import TestSupport
import Testing

/// Servers of one namespace whose settings differ: each gets what a plain client gets there.
@Suite struct ServerDifferenceTests {
    private static let text = #"""
        CREATE TABLE t (
          id int NOT NULL PRIMARY KEY, a varchar(9), b varchar(9),
          ab varchar(20) AS (a || b) VIRTUAL, p varchar(9) DEFAULT 'C:\temp',
          made timestamp NOT NULL DEFAULT '2030-01-01 00:00:00', old datetime NULL
        );

        """#

    private func fleet(_ other: TestServer, _ namespace: [String] = []) throws -> FleetFixture {
        let fleet = try FleetFixture(schema: ["t.sql": Self.text])
        guard case .socket(let socket) = other.address else {
            throw TestSupportError("the server has no socket")
        }
        fleet.file.shards[1].host = "unix:\(socket)"
        fleet.file.shards[1].database = try other.freshDatabase()
        fleet.file.namespace = namespace
        try fleet.commit()
        return fleet
    }

    /// The table of the second shard, as one sees it whose clock is universal time.
    private func other(_ fleet: FleetFixture, _ server: TestServer, _ sql: String) throws -> String
    {
        let client = try server.connect(database: fleet.database(1))
        try client.execute("SET SESSION time_zone = '+00:00'")
        return try client.query(sql).first.flatMap { $0.count > 1 ? $0[1] : $0[0] } ?? ""
    }

    @Test func eachServerReadsAFileInItsOwnWay() throws {
        let server = try TestServer.start()
        try server.connect().execute(
            "SET GLOBAL sql_mode = CONCAT(@@global.sql_mode, "
                + "',PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'), GLOBAL time_zone = '+02:00'")
        let fleet = try fleet(server)
        let plan = try fleet.expect(2, "plan")
        #expect(
            plan.says(
                "read-differently", "app.t: the same file does not mean the same", "sql_mode is"),
            "\(plan)")
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        #expect(try fleet.table("t")?.contains("`a` <> 0 or `b` <> 0") == true)
        let made = try other(fleet, server, "SHOW CREATE TABLE t")
        #expect(made.contains("concat(`a`,`b`)") && made.contains(#"'C:\\temp'"#), "\(made)")
        #expect(made.contains("DEFAULT '2029-12-31 22:00:00'"), "\(made)")

        // Rows are converted as the server's own clock has it.
        for (number, database) in [fleet.server, server].enumerated() {
            try database.connect(database: fleet.database(number)).execute(
                "INSERT INTO t (id, old) VALUES (1, '2031-01-01 12:00:00')")
        }
        try fleet.change(
            "t.sql",
            Self.text.replacing("old datetime NULL", with: "old timestamp NULL"))

        if try fleet.run("reconcile").status == 3 {
            try fleet.expect(0, "approve", "--all", "--reason", "times")
            try fleet.expect(0, "reconcile")
        }
        #expect(try other(fleet, server, "SELECT old FROM t") == "2031-01-01 10:00:00")
        #expect(
            try fleet.sql(0, "SELECT CONVERT_TZ(old, @@time_zone, '+00:00') FROM t").first?[0]
                == "2031-01-01 12:00:00")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test func whatTheFleetFileSaysHoldsOnEveryServer() throws {
        let server = try TestServer.start()
        try server.connect().execute("SET GLOBAL sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'")
        let fleet = try fleet(
            server, ["sql_mode: PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES"])
        let plan = try fleet.expect(2, "plan")
        #expect(!plan.says("read-differently"), "\(plan)")
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        let made = try other(fleet, server, "SHOW CREATE TABLE t")
        #expect(made == (try fleet.table("t")))
        #expect(made.contains("concat(`a`,`b`)") && made.contains(#"'C:\\temp'"#), "\(made)")
        // A mode that the server does not have is an error that names it.
        fleet.file.namespace = ["sql_mode: NO_SUCH_MODE"]
        try fleet.commit()
        let run = try fleet.run("plan")
        #expect(run.status == 1 && run.says("NO_SUCH_MODE"), "\(run)")
    }
}
