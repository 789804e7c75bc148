import Foundation
import TestSupport
import Testing

/// Rows keep their values through a change, and what a change takes from them is said.
@Suite struct RowTests {
    private static func text(_ columns: String) -> String {
        "CREATE TABLE t (id int NOT NULL PRIMARY KEY, \(columns));\n"
    }

    private static func fleet(_ kind: TestServer.Kind, _ text: String) throws -> FleetFixture {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: ["t.sql": text])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: false}"]
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        return fleet
    }

    private static func rows(_ fleet: FleetFixture, _ sql: String) throws -> [String] {
        try fleet.sql(0, sql).map { row in
            (0..<row.count).map { row[$0] ?? "NULL" }.joined(separator: " ")
        }
    }

    @Test("0 stays 0 in a column that begins to count", arguments: TestServer.available)
    func zeroStays(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(kind, Self.text("v int"))
        try fleet.sql(0, "INSERT INTO t VALUES (0, 1), (5, 2), (-3, 3)")
        let text = Self.text("v int")
        try fleet.change(
            "t.sql", text.replacingOccurrences(of: "NULL PR", with: "NULL AUTO_INCREMENT PR"))
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("costly add-auto-increment", "0 stays 0"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try Self.rows(fleet, "SELECT id, v FROM t ORDER BY id") == ["-3 3", "0 1", "5 2"])
        try fleet.sql(0, "INSERT INTO t (v) VALUES (9)")
        #expect(try Self.rows(fleet, "SELECT id FROM t WHERE v = 9") == ["6"])
        try fleet.expect(0, "plan")
    }

    @Test(
        "a virtual column that becomes a plain one keeps what it showed",
        arguments: TestServer.available)
    func virtualBecomesPlain(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(kind, Self.text("v int, g int AS (v * 2) VIRTUAL"))
        try fleet.sql(0, "INSERT INTO t (id, v) VALUES (1, 5), (2, NULL)")
        try fleet.change("t.sql", Self.text("v int, g int"))
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("costly ungenerate-column") && !plan.says("irreversible"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try Self.rows(fleet, "SELECT id, g FROM t ORDER BY id") == ["1 10", "2 NULL"])
        try fleet.expect(0, "plan")
    }

    @Test(
        "a check that comes with its column is asked of the rows", arguments: TestServer.available)
    func checkIsAsked(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(kind, Self.text("b int"))
        try fleet.sql(0, "INSERT INTO t VALUES (1, 2)")
        try fleet.change("t.sql", Self.text("b int CHECK (b > 5)"))
        let plan = try fleet.expect(3, "plan")
        #expect(plan.says("lossy add-check", "rows in the way on s0"), "\(plan)")
        try fleet.expect(0, "approve", "--all", "--reason", "known")
        let before = try fleet.state()
        try fleet.expect(4, "reconcile")
        #expect(try fleet.state() == before)
        try fleet.sql(0, "UPDATE t SET b = 6")
        _ = try fleet.run("approve", "--all", "--reason", "known")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
    }

    private static func keyTexts(child: Int, parent: Int) -> [String: String] {
        [
            "p.sql": "CREATE TABLE p (id int PRIMARY KEY, v int, "
                + "g int AS (v * \(parent)) STORED, UNIQUE KEY g (g));\n",
            "t.sql": text(
                "v int, g int AS (v * \(child)) STORED, KEY g (g), "
                    + "CONSTRAINT f FOREIGN KEY (g) REFERENCES p (g)"),
        ]
    }

    @Test(
        "a key that comes back is asked of what its columns will hold",
        arguments: TestServer.available, [(3, 2), (2, 3), (3, 3)])
    func keyOverComputedColumns(kind: TestServer.Kind, factors: (child: Int, parent: Int)) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: Self.keyTexts(child: 2, parent: 2))
        fleet.file.policy = ["approvers: {minimum: 1, not_author: false}"]
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO p (id, v) VALUES (1, 1), (2, 2)")
        try fleet.sql(0, "INSERT INTO t (id, v) VALUES (1, 1), (2, NULL)")
        for (name, text) in Self.keyTexts(child: factors.child, parent: factors.parent) {
            try fleet.write("schema/app/\(name)", text)
        }
        try fleet.commit()
        let plan = try fleet.run("plan")
        #expect(!plan.says("rows not asked"), "\(plan)")
        let before = try fleet.state()
        _ = try fleet.run("approve", "--all", "--reason", "known")
        if factors.child == factors.parent {
            try fleet.expect(0, "reconcile")
            try fleet.expect(0, "plan")
            return
        }
        #expect(plan.says("rows in the way on s0"), "\(plan)")
        // Where the parent changes both tables change together: the gate holds them. The child
        // alone is asked by its operation.
        try fleet.expect(factors.parent == 2 ? 4 : 5, "reconcile")
        #expect(try fleet.state() == before)
    }

    @Test(
        "a key over members is asked of their numbers, by which servers compare",
        arguments: TestServer.available, [true, false])
    func keyOverMembers(kind: TestServer.Kind, childFollows: Bool) throws {
        func texts(_ parent: String, _ child: String) -> [String: String] {
            [
                "p.sql": "CREATE TABLE p (e enum(\(parent)) NOT NULL PRIMARY KEY);\n",
                "t.sql": """
                CREATE TABLE t (
                  id int PRIMARY KEY, e enum(\(child)), KEY k (e),
                  CONSTRAINT f FOREIGN KEY (e) REFERENCES p (e)
                );

                """,
            ]
        }
        let (old, new) = ("'a','b'", "'x','a','b'")
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: texts(old, old))
        fleet.file.policy = ["approvers: {minimum: 1, not_author: false}"]
        try fleet.commit("Policy")
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO p VALUES ('a'), ('b')")
        try fleet.sql(0, "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'b')")
        for (name, text) in texts(new, childFollows ? new : old) {
            try fleet.write("schema/app/\(name)", text)
        }
        try fleet.commit()
        let plan = try fleet.run("plan")
        #expect(plan.says("rows in the way on s0") == !childFollows, "\(plan)")
        let before = try fleet.state()
        _ = try fleet.run("approve", "--all", "--reason", "known")
        if childFollows {
            try fleet.expect(0, "reconcile")
            try fleet.expect(0, "plan")
            let rows = try Self.rows(fleet, "SELECT id, e FROM t ORDER BY id")
            #expect(rows == ["1 a", "2 NULL", "3 b"])
        } else {
            try fleet.expect(5, "reconcile")
            #expect(try fleet.state() == before)
        }
    }

    @Test("a copy minds dates that were let in once", arguments: TestServer.available)
    func datesOfACopy(kind: TestServer.Kind) throws {
        let fleet = try Self.fleet(kind, Self.text("d date, v int"))
        for (place, day) in ["0000-00-00", "2026-02-31", "2026-02-28"].enumerated() {
            let connection = try fleet.server.connect(database: fleet.database(0))
            try connection.execute("SET sql_mode = 'ALLOW_INVALID_DATES'")
            try connection.execute("INSERT INTO t VALUES (\(place), '\(day)', 1)")
        }
        try fleet.change("t.sql", Self.text("d date, v bigint"))
        let plan = try fleet.expect(2, "plan")
        // MariaDB's own mode minds no zeros.
        let minds = kind.flavour == .mysql
        #expect(plan.says("copy-values") == minds, "\(plan)")
        #expect(plan.says("rows in the way on s0") == minds, "\(plan)")
        try fleet.expect(minds ? 4 : 0, "reconcile")
        if minds {
            try fleet.sql(0, "DELETE FROM t WHERE id < 2")
            #expect(try fleet.expect(2, "plan").says("no row in the way on"))
            try fleet.expect(0, "reconcile")
        }
    }
}
