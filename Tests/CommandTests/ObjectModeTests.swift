import TestSupport
import Testing

/// Triggers, routines and events are made under the SQL mode that their file asks for.
@Suite struct ObjectModeTests {
    private static func modes(_ fleet: FleetFixture, _ shard: Int) throws -> [String] {
        let database = SQL.literal(fleet.database(shard))
        return try fleet.sql(
            shard,
            """
            SELECT CONCAT(ROUTINE_NAME, ' ', SQL_MODE) FROM information_schema.ROUTINES
              WHERE ROUTINE_SCHEMA = \(database)
            UNION SELECT CONCAT(TRIGGER_NAME, ' ', SQL_MODE) FROM information_schema.TRIGGERS
              WHERE TRIGGER_SCHEMA = \(database)
            """
        ).compactMap { $0[0] }.sorted()
    }

    @Test(arguments: TestServer.available)
    func hintIsFollowedOnEveryServer(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind),
            schema: [
                "t.sql": "CREATE TABLE t (id int PRIMARY KEY);",
                "p.sql": """
                -- plumb: sql_mode 'ANSI_QUOTES'
                CREATE PROCEDURE "the p"() SELECT "id" FROM "t";
                """,
                "g.sql": """
                DELIMITER //
                -- plumb: sql_mode ''
                CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; END//
                """,
            ])
        fleet.file.namespace = ["manage: all"]
        try fleet.commit()
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("sql_mode: ANSI_QUOTES"), "\(plan)")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try Self.modes(fleet, shard) == ["g ", "the p ANSI_QUOTES"])
        }
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        // Without the hint it is the server's own mode again.
        try fleet.change(
            "g.sql",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; END;")
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 { #expect(try Self.modes(fleet, shard).first != "g ") }
        try fleet.expect(0, "drift")
    }

    @Test func modeThatTheServerDoesNotHaveIsAnErrorAtItsPlace() throws {
        let fleet = try FleetFixture(schema: [
            "p.sql": "-- plumb: sql_mode 'NO_SUCH_MODE'\nCREATE PROCEDURE p() SELECT 1;"
        ])
        fleet.file.namespace = ["manage: all"]
        try fleet.commit()
        let run = try fleet.run("plan")
        #expect(run.says("p.sql:2:18") && run.says("NO_SUCH_MODE"), "\(run)")
    }
}
