import TestSupport
import Testing

/// FOLLOWS and PRECEDES say in which order the triggers of one table and time run.
@Suite struct TriggerOrderTests {
    private static let table = "CREATE TABLE t (id int PRIMARY KEY, note varchar(99));"

    /// A trigger that adds its own name to what was written before.
    private static func trigger(_ name: String, _ order: String = "", adds: String? = nil) -> String
    {
        "CREATE TRIGGER \(name) BEFORE INSERT ON t FOR EACH ROW \(order) "
            + "SET NEW.note = CONCAT(NEW.note, '\(adds ?? name)');\n"
    }

    private static func fleet(
        _ kind: TestServer.Kind = .mariadb1011, shards: Int = 2, _ triggers: String...
    ) throws -> FleetFixture {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: shards,
            schema: ["t.sql": table, "g.sql": triggers.joined()])
        fleet.file.namespace = ["manage: all"]
        try fleet.commit()
        return fleet
    }

    /// In which order the triggers of a shard run.
    private static func order(_ fleet: FleetFixture, _ shard: Int = 0) throws -> [String] {
        let database = SQL.literal(fleet.database(shard))
        return try fleet.sql(
            shard,
            "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS "
                + "WHERE TRIGGER_SCHEMA = \(database) ORDER BY ACTION_ORDER, TRIGGER_NAME"
        ).compactMap { $0[0] }
    }

    private static func written(_ fleet: FleetFixture, _ shard: Int = 0) throws -> String? {
        try fleet.sql(shard, "INSERT INTO t VALUES (1, '')")
        let note = try fleet.sql(shard, "SELECT note FROM t").first?[0]
        try fleet.sql(shard, "DELETE FROM t")
        return note
    }

    private static func expectQuiet(_ fleet: FleetFixture) throws {
        // The revision is recorded.
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched {
            for command in ["reconcile", "plan", "drift"] { try fleet.expect(0, command) }
        }
    }

    @Test(arguments: TestServer.available)
    func orderIsMadeKeptAndMadeAgain(kind: TestServer.Kind) throws {
        // The names sort against the order that is asked for.
        let fleet = try Self.fleet(
            kind, Self.trigger("a", "FOLLOWS m"), Self.trigger("m", "FOLLOWS z"),
            Self.trigger("z"), Self.trigger("first", "PRECEDES z"))
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try Self.order(fleet, shard) == ["first", "z", "m", "a"])
            #expect(try Self.written(fleet, shard) == "firstzma")
        }
        try Self.expectQuiet(fleet)

        // A trigger that changes takes those along that have to follow it.
        try fleet.change(
            "g.sql",
            Self.trigger("a", "FOLLOWS m") + Self.trigger("m", "FOLLOWS z", adds: "M")
                + Self.trigger("z") + Self.trigger("first", "PRECEDES z"))
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("trigger app.m") && plan.says("trigger app.a"), "\(plan)")
        #expect(!plan.says("trigger app.z") && !plan.says("trigger app.first"), "\(plan)")
        #expect(plan.says("made again behind `m`"), "\(plan)")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 { #expect(try Self.written(fleet, shard) == "firstzMa") }
        try Self.expectQuiet(fleet)

        // Somebody makes the first one again: it runs last then.
        let text = try fleet.sql(1, "SHOW CREATE TRIGGER z").first?[2] ?? ""
        try fleet.sql(1, "DROP TRIGGER z")
        try fleet.sql(1, text)
        #expect(try Self.written(fleet, 1) == "firstMaz")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("trigger app.m") && drift.says("1 in sync"), "\(drift)")
        let left = try fleet.expect(2, "plan")
        #expect(left.says("2 left alone as drift") && !left.says("costly"), "\(left)")
        try fleet.expect(2, "reconcile")
        #expect(try Self.written(fleet, 1) == "firstMaz")
        try fleet.expect(0, "reconcile", "--heal")
        for shard in 0..<2 { #expect(try Self.written(fleet, shard) == "firstzMa") }
        try Self.expectQuiet(fleet)

        // Git turns the order round.
        try fleet.change(
            "g.sql",
            Self.trigger("z", "FOLLOWS m") + Self.trigger("m", "FOLLOWS a", adds: "M")
                + Self.trigger("a") + Self.trigger("first"))
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try Self.order(fleet, shard).filter { $0 != "first" } == ["a", "m", "z"])
        }
        try Self.expectQuiet(fleet)
    }

    @Test(arguments: TestServer.available)
    func triggersWithoutAnOrderKeepAnyOrder(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(kind, shards: 1, Self.trigger("a"), Self.trigger("b"))
        try fleet.expect(0, "reconcile")
        let text = try fleet.sql(0, "SHOW CREATE TRIGGER a").first?[2] ?? ""
        try fleet.sql(0, "DROP TRIGGER a")
        try fleet.sql(0, text)
        #expect(try Self.order(fleet) == ["b", "a"])
        try Self.expectQuiet(fleet)
        // Of triggers that git does not have it asks nothing either.
        try fleet.sql(0, "CREATE TRIGGER c BEFORE INSERT ON t FOR EACH ROW PRECEDES b SET @a = 1")
        #expect(try Self.order(fleet) == ["c", "b", "a"])
        try fleet.expect(0, "plan")
    }

    @Test func foreignTriggersMayStandBetween() throws {
        let fleet = try Self.fleet(shards: 1, Self.trigger("b", "FOLLOWS a"), Self.trigger("a"))
        try fleet.expect(0, "reconcile")
        try fleet.sql(
            0, "CREATE TRIGGER `x,%` BEFORE INSERT ON t FOR EACH ROW FOLLOWS a SET @a = 1")
        #expect(try Self.order(fleet) == ["a", "x,%", "b"])
        try fleet.expect(0, "plan")
        try fleet.change("g.sql", Self.trigger("b", "FOLLOWS a") + Self.trigger("a", adds: "A"))
        try fleet.expect(0, "reconcile")
        #expect(try Self.order(fleet) == ["x,%", "a", "b"])
        try fleet.expect(0, "plan")
    }

    @Test(arguments: TestServer.available)
    func oneOfSeveralLeavesLikeAnyOther(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(
            kind, shards: 1, Self.trigger("c", "FOLLOWS b"), Self.trigger("b", "FOLLOWS a"),
            Self.trigger("a"))
        try fleet.expect(0, "reconcile")
        fleet.file.namespace.append("retire: [\"trigger:b\", \"trigger:c\"]")
        try fleet.change("g.sql", Self.trigger("a", adds: "A"))
        let plan = try fleet.expect(2, "plan")
        #expect(!plan.says("irreversible"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try Self.order(fleet) == ["a"])
        try Self.expectQuiet(fleet)
    }

    @Test func triggerOfARenamedTableKeepsItsOrder() throws {
        let fleet = try Self.fleet(shards: 1, Self.trigger("b", "FOLLOWS a"), Self.trigger("a"))
        try fleet.expect(0, "reconcile")
        try fleet.write(
            "schema/app/t.sql",
            "-- plumb: renamed from t\n" + Self.table.replacing("TABLE t", with: "TABLE u"))
        try fleet.change(
            "g.sql",
            (Self.trigger("b", "FOLLOWS a") + Self.trigger("a")).replacing("ON t", with: "ON u"))
        try fleet.expect(0, "reconcile")
        #expect(try Self.order(fleet) == ["a", "b"])
        try Self.expectQuiet(fleet)
    }

    @Test(arguments: TestServer.available)
    func interruptedMoveIsFinished(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(
            kind, shards: 1, Self.trigger("b", "FOLLOWS a"), Self.trigger("a"))
        try fleet.expect(0, "reconcile")
        // As after a crash between DROP and CREATE.
        try fleet.sql(0, "DROP TRIGGER a")
        try fleet.expect(2, "drift")
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try Self.order(fleet) == ["a", "b"])
        try Self.expectQuiet(fleet)
    }

    @Test func everyFaultIsNamedAtItsPlace() throws {
        let fleet = try Self.fleet(
            shards: 1, Self.trigger("a", "FOLLOWS nobody"), Self.trigger("b", "PRECEDES elsewhere"),
            "CREATE TRIGGER elsewhere AFTER INSERT ON t FOR EACH ROW SET @a = 1;\n",
            Self.trigger("c", "FOLLOWS d"), Self.trigger("d", "FOLLOWS e"),
            Self.trigger("e", "\n  FOLLOWS c"), Self.trigger("f", "FOLLOWS f"))
        let run = try fleet.run("validate", "--working-tree")
        #expect(run.status != 0)
        for words in [
            "g.sql:1:58: the trigger `a` FOLLOWS `nobody`, a trigger that `app` does not have",
            "g.sql:2:59: the trigger `b` PRECEDES `elsewhere`, which runs AFTER INSERT ON `t`",
            "g.sql:4:58: FOLLOWS and PRECEDES go in a circle: `d` before `c` before `e` before `d`",
            "g.sql:8:58: FOLLOWS and PRECEDES go in a circle: `f` before `f`",
        ] {
            #expect(run.says(words), "\(words) in \(run)")
        }
    }
}
