import TestSupport
import Testing

/// The times of an event mean what they meant, or what its file says.
@Suite struct EventZoneTests {
    private static let schedule = "ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 03:00:00'"

    /// Name, time zone, start and body of each event.
    private static func events(_ fleet: FleetFixture, _ shard: Int) throws -> [String] {
        try fleet.sql(
            shard,
            """
            SELECT CONCAT_WS(' ', EVENT_NAME, TIME_ZONE, STARTS, EVENT_DEFINITION)
              FROM information_schema.EVENTS
              WHERE EVENT_SCHEMA = \(SQL.literal(fleet.database(shard))) ORDER BY EVENT_NAME
            """
        ).compactMap { $0[0] }
    }

    private static func make(_ fleet: FleetFixture, _ shard: Int, _ zone: String) throws {
        let connection = try fleet.server.connect(database: fleet.database(shard))
        try connection.execute("SET SESSION time_zone = '\(zone)'")
        try connection.execute("DROP EVENT IF EXISTS e")
        try connection.execute("CREATE EVENT e \(schedule) DO SET @a = 1")
    }

    @Test(arguments: TestServer.available)
    func anEventKeepsItsTimeZone(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind),
            schema: ["e.sql": "CREATE EVENT e \(Self.schedule) DO SET @a = 1;"])
        fleet.file.namespace = ["manage: [tables, events]"]
        try fleet.commit()
        try Self.make(fleet, 0, "+05:00")
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        // Where the file says nothing, one that is there is as it should be, and a new one has
        // the time zone of its server.
        #expect(try Self.events(fleet, 0) == ["e +05:00 2035-01-01 03:00:00 SET @a = 1"])
        #expect(try Self.events(fleet, 1) == ["e SYSTEM 2035-01-01 03:00:00 SET @a = 1"])
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        // A new body moves no schedule.
        try fleet.change("e.sql", "CREATE EVENT e \(Self.schedule) DO SET @a = 2;")
        try fleet.expect(0, "reconcile")
        #expect(try Self.events(fleet, 0) == ["e +05:00 2035-01-01 03:00:00 SET @a = 2"])
        #expect(try Self.events(fleet, 1) == ["e SYSTEM 2035-01-01 03:00:00 SET @a = 2"])
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test(arguments: TestServer.available)
    func aFileSaysTheTimeZone(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind),
            schema: [
                "e.sql": """
                -- plumb: time_zone '-03:30'
                CREATE EVENT e \(Self.schedule) DO SET @a = 1;
                """
            ])
        fleet.file.namespace = ["manage: [tables, events]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let wanted = ["e -03:30 2035-01-01 03:00:00 SET @a = 1"]
        for shard in 0..<2 { #expect(try Self.events(fleet, shard) == wanted) }
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        // Another one is drift.
        try Self.make(fleet, 1, "SYSTEM")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("time_zone: SYSTEM") && drift.says("time_zone: -03:30"), "\(drift)")
        try fleet.expect(0, "reconcile", "--heal")
        for shard in 0..<2 { #expect(try Self.events(fleet, shard) == wanted) }
        // A time zone that the server does not know is an error at its place.
        try fleet.change(
            "e.sql",
            "-- plumb: time_zone 'Nowhere/None'\nCREATE EVENT e \(Self.schedule) DO SET @a = 1;")
        let run = try fleet.run("plan")
        #expect(run.says("e.sql:2:14") && run.says("Nowhere/None"), "\(run)")
    }
}
