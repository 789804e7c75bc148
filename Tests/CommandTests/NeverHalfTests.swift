import Foundation
import TestSupport
import Testing

/// A change that fails is a clean refusal, or a part that Plumb knows for its own work.
@Suite struct NeverHalfTests {
    private static func fleet(_ kind: TestServer.Kind, _ text: String) throws -> FleetFixture {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: ["all.sql": text])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: false}"]
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        return fleet
    }

    /// Approves all that the next run waits for.
    private func approve(_ fleet: FleetFixture) throws {
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "known")
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let columns: String
        let added: String
        var testDescription: String { added }

        static let all = [
            Refused(
                columns: "id int PRIMARY KEY",
                added: "code varchar(12) NOT NULL DEFAULT '', UNIQUE KEY (code)"),
            Refused(
                columns: "id int PRIMARY KEY",
                added: "spot point NOT NULL, SPATIAL KEY (spot)"),
            Refused(
                columns: "id int PRIMARY KEY, a int NOT NULL DEFAULT 1",
                added: "b int, UNIQUE KEY (a)"),
            Refused(
                columns: "id int PRIMARY KEY, a int NOT NULL DEFAULT 1",
                added: "b int NOT NULL DEFAULT 2, UNIQUE KEY (a, b)"),
        ]
    }

    @Test(
        "what rows do not allow is refused whole, however it is split",
        arguments: TestServer.available)
    func refusedWhole(kind: TestServer.Kind) throws {
        for sample in Refused.all {
            let fleet = try Self.fleet(kind, "CREATE TABLE t (\(sample.columns));\n")
            try fleet.sql(0, "INSERT INTO t (id) VALUES (1), (2)")
            try fleet.change("all.sql", "CREATE TABLE t (\(sample.columns), \(sample.added));\n")
            let before = try fleet.state()
            _ = try fleet.run("reconcile")
            _ = try fleet.run("approve", "--all", "--reason", "known")
            let run = try fleet.expect(4, "reconcile")
            #expect(try fleet.state() == before, "\(kind) \(sample.added): \(run)")
            let plan = try fleet.run("plan")
            #expect(!plan.says("conflict"), "\(kind) \(sample.added): \(plan)")
        }
    }

    @Test(
        "rows that a statement takes and changes, as was approved, keep nothing from starting",
        arguments: TestServer.available.filter { $0.flavour == .mysql })
    func changedRows(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(
            kind, "CREATE TABLE t (id int PRIMARY KEY, at datetime);\n")
        try fleet.sql(0, "INSERT INTO t VALUES (1, '2026-01-02 03:04:05')")
        try fleet.change(
            "all.sql",
            "CREATE TABLE t (id int PRIMARY KEY, at date, "
                + "u char(36) NOT NULL DEFAULT (uuid()));\n")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(0, "SELECT at, u FROM t").first?[0] == "2026-01-02")
        try fleet.expect(0, "plan")
    }

    private static func pair(_ rule: String, _ more: String = "") -> String {
        """
        CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE t (id int PRIMARY KEY, e int\(more), KEY e (e),
          CONSTRAINT f FOREIGN KEY (e) REFERENCES p (id) ON DELETE \(rule));

        """
    }

    /// A foreign key that goes and does not come back, as rows have no parent and nobody asked.
    private func half(_ kind: TestServer.Kind) throws -> FleetFixture {
        let fleet = try Self.fleet(kind, Self.pair("SET NULL"))
        fleet.file.policy.append("probe: {enabled: false}")
        let connection = try fleet.server.connect(database: fleet.database(0))
        try connection.execute("SET SESSION foreign_key_checks = 0")
        try connection.execute("INSERT INTO t (id, e) VALUES (1, 7)")
        try fleet.change("all.sql", Self.pair("CASCADE"))
        try approve(fleet)
        let run = try fleet.expect(4, "reconcile")
        #expect(run.says("1 of 2 statements ran", "is used up"), "\(run)")
        #expect(try fleet.table("t")?.contains("FOREIGN KEY") == false)
        return fleet
    }

    @Test("what ran is known: the next plan goes on from there", arguments: TestServer.available)
    func goesOn(kind: TestServer.Kind) throws {
        let fleet = try half(kind)
        let plan = try fleet.expect(3, "plan")
        #expect(!plan.says("conflict") && !plan.says("behind git's back"), "\(plan)")
        #expect(!(try fleet.run("drift")).says("conflict"))
        // What was approved is used up: what is left is asked anew.
        try fleet.sql(0, "INSERT INTO p VALUES (7)")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("t")?.contains("ON DELETE CASCADE") == true)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test("a revert in git takes back what ran", arguments: TestServer.available)
    func takenBack(kind: TestServer.Kind) throws {
        let fleet = try half(kind)
        try fleet.sql(0, "INSERT INTO p VALUES (7)")
        try fleet.change("all.sql", Self.pair("SET NULL"))
        let plan = try fleet.expect(3, "plan")
        #expect(!plan.says("conflict") && !plan.says("behind git's back"), "\(plan)")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("t")?.contains("ON DELETE SET NULL") == true)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    private static func trigger(on table: String) -> String {
        """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (id int PRIMARY KEY);
        CREATE TRIGGER tr BEFORE INSERT ON \(table) FOR EACH ROW SET NEW.id = NEW.id + 1;

        """
    }

    /// A trigger that goes from its table and, as the account may not, does not come to the other.
    @Test(
        "an object that was dropped and could not be made again is put there by the next run",
        arguments: TestServer.available, [false, true])
    func triggerThatMoves(kind: TestServer.Kind, isTakenBack: Bool) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: ["all.sql": Self.trigger(on: "a")])
        let database = SQL.identifier(fleet.database(0))
        let account = "\(SQL.literal("mover_\(fleet.database(0))"))@'localhost'"
        fleet.file.namespace = ["manage: all"]
        try fleet.commit("Manage all")
        try fleet.expect(0, "reconcile")
        let root = try fleet.server.connect()
        try root.execute("CREATE USER \(account)")
        try root.execute(
            "GRANT SELECT, INSERT, CREATE, ALTER, INDEX, DROP, REFERENCES, SHOW VIEW, EVENT, "
                + "CREATE ROUTINE, ALTER ROUTINE ON \(database).* TO \(account)")
        try root.execute("GRANT TRIGGER ON \(database).a TO \(account)")
        if kind.flavour == .mysql { try root.execute("GRANT SET_ANY_DEFINER ON *.* TO \(account)") }
        if kind.flavour == .mariadb { try root.execute("GRANT SET USER ON *.* TO \(account)") }
        fleet.file.connection =
            "{read: {user: root}, change: {user: mover_\(fleet.database(0))}, "
            + "tls: {mode: disabled}}"
        try fleet.change("all.sql", Self.trigger(on: "b"))
        let run = try fleet.expect(4, "reconcile")
        #expect(run.says("1 of 2 statements ran"), "\(run)")
        #expect(try fleet.sql(0, "SHOW TRIGGERS").isEmpty)
        try root.execute("GRANT TRIGGER ON \(database).* TO \(account)")
        let table = isTakenBack ? "a" : "b"
        if isTakenBack { try fleet.change("all.sql", Self.trigger(on: "a")) }
        let plan = try fleet.expect(2, "plan")
        #expect(!plan.says("conflict") && !plan.says("behind git's back"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(0, "SHOW TRIGGERS").first?[2] == table)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }
}
