import TestSupport
import Testing

/// Each kind of change goes back as what it is: names with their rows, types by types, and what was
/// dropped comes back empty, which is said.
@Suite("What a rollback brings back") struct RollbackKindTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let before: [String: String]
        /// Files afterwards; an empty text removes the file.
        let after: [String: String]
        var namespace: [String] = []
        /// What `plumb rollback` says.
        let says: [String]
        /// A query whose answer is the same before the change and after the rollback; with `lost`
        /// it is empty afterwards.
        var rows = "SELECT id, note FROM orders"
        var lost = false

        var testDescription: String { name }
    }

    private static func orders(_ lines: String..., tail: String = "") -> String {
        "CREATE TABLE orders (id bigint PRIMARY KEY, \(lines.joined(separator: ", ")))\(tail);"
    }

    static let cases = [
        Case(
            name: "a column that was dropped",
            before: ["orders.sql": orders("note varchar(50)")],
            after: ["orders.sql": orders("n int")],
            says: ["does not come back: what column `note` held: it comes back empty", "n"],
            lost: true),
        Case(
            name: "a column that was renamed",
            before: ["orders.sql": orders("note varchar(50)", "KEY by_note (note)")],
            after: [
                "orders.sql": orders(
                    "remark varchar(50)",
                    "KEY by_note (remark)")
            ],
            namespace: ["renames: [{table: orders, column: {from: note, to: remark}}]"],
            says: ["CHANGE COLUMN `remark` `note`"]),
        Case(
            name: "a table that was renamed, with a column",
            before: ["orders.sql": orders("note varchar(50)")],
            after: [
                "orders.sql": orders("remark varchar(50)").replacingOccurrences(
                    of: "TABLE orders", with: "TABLE purchases")
            ],
            namespace: [
                "renames: [{table: {from: orders, to: purchases}}, "
                    + "{table: purchases, column: {from: note, to: remark}}]"
            ],
            says: ["RENAME TO `orders`"]),
        Case(
            name: "an index that was renamed",
            before: ["orders.sql": orders("note varchar(50)", "KEY a (note)")],
            after: ["orders.sql": orders("note varchar(50)", "KEY b (note)")],
            says: ["RENAME INDEX `b` TO `a`"]),
        Case(
            name: "a type that became wider",
            before: ["orders.sql": orders("note varchar(50)")],
            after: ["orders.sql": orders("note varchar(90)")],
            says: ["narrow-type"]),
        Case(
            name: "a type that was converted",
            before: ["orders.sql": orders("note decimal(8,3)")],
            after: ["orders.sql": orders("note decimal(8,1)")],
            says: ["does not come back: the former values"],
            rows: "SELECT id FROM orders"),
        Case(
            name: "a table that was created",
            before: ["orders.sql": orders("note varchar(50)")],
            after: ["items.sql": "CREATE TABLE items (id int PRIMARY KEY);"],
            says: ["DROP TABLE `items`", "IRREVERSIBLE"]),
        Case(
            name: "a table that was dropped",
            before: ["orders.sql": orders("note varchar(50)"), "x.sql": "CREATE TABLE x (i int);"],
            after: ["orders.sql": ""], namespace: ["retire: [orders]"],
            says: ["does not come back: the rows of table `orders`: it comes back empty"],
            lost: true),
        Case(
            name: "partitions",
            before: [
                "orders.sql": orders(
                    "note varchar(50)", tail: " PARTITION BY HASH (id) PARTITIONS 2")
            ],
            after: [
                "orders.sql": orders(
                    "note varchar(50)", tail: " PARTITION BY HASH (id) PARTITIONS 4")
            ],
            says: ["PARTITION"]),
        Case(
            name: "a view, a trigger and a procedure",
            before: [
                "orders.sql": orders("note varchar(50)"),
                "v.sql": "CREATE VIEW v AS SELECT id FROM orders;",
                "t.sql":
                    "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'a';",
            ],
            after: [
                "v.sql": "CREATE VIEW v AS SELECT note FROM orders;",
                "t.sql":
                    "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'b';",
                "p.sql": "CREATE PROCEDURE p() SELECT 1;",
            ],
            namespace: ["manage: all"],
            says: ["DROP PROCEDURE `p`", "select `orders`.`id`", "'a'"]),
        Case(
            name: "tables that change together",
            before: [
                "kinds.sql": "CREATE TABLE kinds (code int PRIMARY KEY);",
                "orders.sql": orders(
                    "note varchar(50)", "kind int",
                    "CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kinds (code)"),
            ],
            after: [
                "kinds.sql": "CREATE TABLE kinds (code bigint PRIMARY KEY);",
                "orders.sql": orders(
                    "note varchar(50)", "kind bigint",
                    "CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kinds (code)"),
            ],
            says: ["2 tables in one step", "rolled back by"]),
    ]

    @Test(arguments: cases)
    func comesBack(_ one: Case) throws {
        try comesBack(one, on: .mariadb1011)
    }

    /// Definitions come back as each kind of server prints them.
    @Test(arguments: TestServer.available.filter { $0 != .mariadb1011 })
    func comesBackEverywhere(_ kind: TestServer.Kind) throws {
        for one in Self.cases
        where ["tables that change together", "a table that was renamed, with a column"]
            .contains(one.name)
        {
            try comesBack(one, on: kind)
        }
    }

    private func comesBack(_ one: Case, on kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: one.before)
        if one.namespace == ["manage: all"] { fleet.file.namespace = one.namespace }
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO orders (id, note) VALUES (1, '1.125')")
        let (tables, rows) = (try structure(fleet), try text(fleet, one.rows))
        for (name, text) in one.after {
            if text.isEmpty {
                try fleet.remove("schema/app/\(name)")
            } else {
                try fleet.write("schema/app/\(name)", text)
            }
        }
        fleet.file.namespace = one.namespace
        try fleet.commit()
        try converge(fleet)
        try #require(try structure(fleet) != tables)
        let back = try fleet.run("rollback", "--reason", "wrong")
        for words in one.says { #expect(back.says(words), "\(words) in \(back)") }
        try converge(fleet)
        #expect(try structure(fleet) == tables)
        let after = try text(fleet, one.rows)
        #expect(one.lost ? after != rows : after == rows, "\(rows) and \(after)")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        // Git has its state again, by the same way.
        _ = try fleet.run("rollback", "--end", "--reason", "right after all")
        try converge(fleet)
        #expect(try structure(fleet) != tables)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    /// Reconciles with every approval that it asks for, until nothing is left.
    private func converge(_ fleet: FleetFixture) throws {
        var last = try fleet.run("reconcile")
        if last.status == 3 {
            try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
            last = try fleet.run("reconcile")
        }
        #expect(last.status == 0, "\(last)")
    }

    /// Everything but the rows.
    private func structure(_ fleet: FleetFixture) throws -> String {
        try fleet.state().split(separator: "\n")
            .filter { !$0.contains("0 \(fleet.database(0)).") }.joined(separator: "\n")
    }

    private func text(_ fleet: FleetFixture, _ query: String) throws -> [String] {
        try fleet.sql(0, query).map { row in "\(row)" }
    }
}
