import Foundation
import TestSupport
import Testing

/// Tables that get another name and keep their rows, on shards at every statement.
@Suite struct RenameTests {
    static let orders = """
        CREATE TABLE orders (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
          customer bigint NOT NULL,
          note varchar(100),
          parent bigint,
          KEY by_customer (customer),
          KEY family (parent),
          FOREIGN KEY (parent) REFERENCES orders (id),
          CHECK (customer > 0)
        );

        """

    static let items = """
        CREATE TABLE items (
          id bigint NOT NULL PRIMARY KEY,
          order_id bigint NOT NULL,
          KEY of_order (order_id),
          CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id)
        );

        """

    static let programs = """
        CREATE VIEW open_orders AS SELECT id FROM orders WHERE note IS NULL;
        CREATE TRIGGER note_it BEFORE INSERT ON orders FOR EACH ROW
          SET NEW.note = nullif(NEW.note, '');

        """

    static let hint = "renames: [{table: {from: orders, to: purchases}}]"

    static func renamed(_ text: String) -> String {
        text.replacingOccurrences(of: "orders", with: "purchases")
            .replacingOccurrences(of: "open_purchases", with: "open_orders")
    }

    /// Three shards with rows, and a commit that renames the table.
    private func fleet(
        _ kind: TestServer.Kind = .mariadb1011, programs: Bool = false,
        text: String = RenameTests.renamed(RenameTests.orders),
        items: String = RenameTests.renamed(RenameTests.items),
        prepare: (FleetFixture) throws -> Void = { _ in }
    ) throws -> FleetFixture {
        var schema = ["orders.sql": Self.orders, "items.sql": Self.items]
        if programs { schema["programs.sql"] = Self.programs }
        let fleet = try FleetFixture(on: TestServer.shared(kind), shards: 3, schema: schema)
        let manage = programs ? ["manage: all"] : []
        fleet.file.namespace = manage
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for shard in 0..<3 {
            try fleet.sql(
                shard, "INSERT INTO orders (id, customer, note) VALUES (1, 7, 'a'), (2, 8, 'b')")
            try fleet.sql(shard, "UPDATE orders SET parent = 1 WHERE id = 2")
            try fleet.sql(shard, "INSERT INTO items VALUES (1, 2)")
        }
        try prepare(fleet)
        try fleet.remove("schema/app/orders.sql")
        try fleet.write("schema/app/purchases.sql", text)
        try fleet.write("schema/app/items.sql", items)
        if programs { try fleet.write("schema/app/programs.sql", Self.renamed(Self.programs)) }
        fleet.file.namespace = manage + [Self.hint]
        try fleet.commit("Rename")
        return fleet
    }

    private func expectRenamed(_ fleet: FleetFixture, _ shards: Range<Int> = 0..<3) throws {
        for shard in shards {
            #expect(try fleet.table("orders", on: shard) == nil)
            #expect(try fleet.sql(shard, "SELECT count(*) FROM purchases").first?[0] == "2")
            #expect(
                try fleet.table("items", on: shard)?.contains("REFERENCES `purchases`") == true)
        }
    }

    private func expectSettled(_ fleet: FleetFixture) throws {
        // This one still records what is in sync now.
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched {
            for command in ["reconcile", "plan", "drift"] { try fleet.expect(0, command) }
            try fleet.expect(0, "store", "verify")
        }
    }

    @Test("everything that rests on the table follows", arguments: TestServer.available)
    func follows(kind: TestServer.Kind) throws {
        let fleet = try fleet(kind, programs: true)
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("app.purchases", "pending"), "\(drift)")
        #expect(!drift.says("app.orders") && !drift.says("retired"), "\(drift)")
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("rename-table", "TABLE orders → purchases"), "\(plan)")
        let steps = try fleet.run("plan", "--output", "json").list("steps")
        #expect(
            steps.map { "\($0["kind"] ?? "") \($0["table"] ?? "")" } == [
                "alter purchases", "alter view:open_orders",
            ], "\(plan)")
        #expect(steps.first?["renamedFrom"] as? String == "orders")
        #expect(steps.first?["hazard"] as? String == "costly")
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
        #expect(try fleet.eventCount("operation-completed") == 3 * 4 + 3 * 2)
        #expect(try fleet.eventCount("operation-superseded") == 0)
    }

    @Test("each shard goes on from the statement that it is at, and each event is written once")
    func goesOnFromWhereItIs() throws {
        let text = Self.renamed(Self.orders).replacingOccurrences(
            of: "note varchar(100)", with: "memo varchar(100),\n  total int")
        let items = Self.renamed(Self.items).replacingOccurrences(
            of: "order_id bigint NOT NULL,", with: "order_id bigint NOT NULL,\n  amount int,")
        let fleet = try fleet(text: text, items: items) { fleet in
            // By hand: one has the new name, one the new name and half of the rest.
            try fleet.sql(1, "RENAME TABLE orders TO purchases")
            try fleet.sql(2, "RENAME TABLE orders TO purchases")
            try fleet.sql(2, "ALTER TABLE purchases CHANGE note memo varchar(100)")
        }
        fleet.file.namespace = [
            "renames:", "  - {table: {from: orders, to: purchases}}",
            "  - {table: purchases, column: {from: note, to: memo}}",
        ]
        try fleet.commit()
        let steps = try fleet.expect(2, "plan", "--output", "json").list("steps")
            .filter { $0["table"] as? String == "purchases" }
        #expect(
            steps.map { "\($0["renamedFrom"] ?? "") \($0["shards"] ?? "")" }.sorted() == [
                "<null> [\"s1\"]", "<null> [\"s2\"]", "orders [\"s0\"]",
            ])
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        for shard in 0..<3 {
            #expect(
                try fleet.sql(shard, "SELECT memo FROM purchases ORDER BY id").map { $0[0] }
                    == ["a", "b"])
            #expect(try fleet.table("items", on: shard)?.contains("`amount` int") == true)
            #expect(try fleet.table("purchases", on: shard)?.contains("`total` int") == true)
        }
        try expectSettled(fleet)
        let done = try fleet.events().filter { $0["event"] as? String == "operation-completed" }
            .compactMap { $0["subject"] as? String }
        #expect(done.count == 2 * 6, "\(done)")
        #expect(try fleet.eventCount("operation-superseded") == 0)
        #expect(try fleet.eventCount("operation-started") == done.count)
    }

    @Test("two live tables for one name: that shard is refused, the others go on")
    func bothLive() throws {
        let fleet = try fleet { fleet in
            try fleet.sql(1, "CREATE TABLE purchases (id int PRIMARY KEY)")
        }
        fleet.file.namespace.append("prune: all")
        try fleet.commit()
        let before = try fleet.table("orders", on: 1)
        let run = try fleet.expect(5, "reconcile")
        #expect(run.says("purchases", "both are live", "s1"), "\(run)")
        #expect(!run.says("was removed from git"), "\(run)")
        try expectRenamed(fleet, 0..<1)
        try expectRenamed(fleet, 2..<3)
        #expect(try fleet.table("orders", on: 1) == before)
        #expect(try fleet.table("items", on: 1)?.contains("REFERENCES `orders`") == true)
        let steps = try fleet.run("plan", "--output", "json").list("steps")
        #expect(steps.isEmpty, "\(steps)")
        // Not even an approval drops one of the two.
        _ = try fleet.run("approve", "--all", "--reason", "prune", by: "eve@example.com")
        try fleet.expect(5, "reconcile")
        #expect(try fleet.table("orders", on: 1) == before)
        // The remedy of the message.
        try fleet.sql(1, "DROP TABLE purchases")
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }

    @Test("neither `retire` nor `prune` drops a table that a hint renames")
    func pruned() throws {
        let fleet = try fleet()
        fleet.file.namespace.append("prune: all")
        try fleet.commit()
        let plan = try fleet.expect(2, "plan")
        #expect(!plan.says("DROP TABLE"), "\(plan)")
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }

    @Test("a view under the old name keeps those going who use it", arguments: TestServer.available)
    func viewUnderTheOldName(kind: TestServer.Kind) throws {
        let fleet = try fleet(kind)
        fleet.file.namespace.append("manage: [tables, views]")
        try fleet.write(
            "schema/app/compatibility.sql", "CREATE VIEW orders AS SELECT * FROM purchases;\n")
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for shard in 0..<3 {
            #expect(try fleet.sql(shard, "SELECT count(*) FROM orders").first?[0] == "2")
            #expect(try fleet.sql(shard, "SELECT count(*) FROM purchases").first?[0] == "2")
        }
        try expectSettled(fleet)
    }

    @Test("names that changed twice: each shard is led from the name that it has")
    func chain() throws {
        let fleet = try fleet { fleet in
            try fleet.sql(1, "RENAME TABLE orders TO sales")
            try fleet.sql(2, "RENAME TABLE orders TO purchases")
        }
        fleet.file.namespace = [
            "renames:", "  - {table: {from: orders, to: sales}}",
            "  - {table: {from: sales, to: purchases}}",
        ]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }

    @Test("a likely rename without a hint is pointed out, in words that can be copied")
    func suggestion() throws {
        let fleet = try fleet(items: "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY);\n")
        fleet.file.namespace = ["retire: [orders]"]
        try fleet.commit()
        let steps = try fleet.expect(3, "plan", "--output", "json").list("steps")
        let drop = try #require(steps.first { $0["kind"] as? String == "drop" })
        let hint = try #require(drop["suggestion"] as? String)
        let wanted = "renames: [{table: {from: orders, to: purchases}}]"
        #expect(
            hint == "if `purchases` is `orders` under another name, say so in plumb.yaml, and its "
                + "rows are kept: \(wanted)")
        #expect(steps.first { $0["kind"] as? String == "create" }?["suggestion"] is NSNull)
        // Where nothing drops the old table, it stands beside the new one.
        fleet.file.namespace = []
        try fleet.commit()
        let plan = try fleet.expect(3, "plan", "--output", "json").list("steps")
        #expect(
            plan.first { $0["table"] as? String == "purchases" }?["suggestion"] as? String == hint)
        fleet.file.namespace = [wanted]
        try fleet.commit()
        #expect(try fleet.expect(3, "plan").says("TABLE orders → purchases"))
    }

    @Test("a trigger that changes besides starts from what the server makes of it")
    func changedTrigger() throws {
        let fleet = try fleet(programs: true)
        try fleet.write(
            "schema/app/programs.sql",
            Self.renamed(Self.programs).replacingOccurrences(
                of: "nullif(NEW.note, '')", with: "trim(NEW.note)"))
        try fleet.commit()
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("trigger app.note_it"), "\(plan)")
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
        #expect(try fleet.eventCount("operation-superseded") == 0)
        #expect(try fleet.eventCount("operation-completed") == 3 * 4 + 3 * 3)
    }

    @Test("parent and child get other names in one commit", arguments: TestServer.available)
    func parentAndChild(kind: TestServer.Kind) throws {
        let lines = Self.renamed(Self.items)
            .replacingOccurrences(of: "TABLE items", with: "TABLE parts")
            .replacingOccurrences(
                of: "order_id bigint NOT NULL,", with: "order_id bigint NOT NULL, n int,")
        let fleet = try fleet(kind)
        try fleet.remove("schema/app/items.sql")
        try fleet.write("schema/app/parts.sql", lines)
        fleet.file.namespace = [
            "renames:", "  - {table: {from: orders, to: purchases}}",
            "  - {table: {from: items, to: parts}}",
        ]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for shard in 0..<3 {
            #expect(try fleet.table("orders", on: shard) == nil)
            #expect(try fleet.table("items", on: shard) == nil)
            #expect(try fleet.sql(shard, "SELECT count(*) FROM parts").first?[0] == "1")
            #expect(
                try fleet.table("parts", on: shard)?.contains("REFERENCES `purchases`") == true)
        }
        try expectSettled(fleet)
        #expect(try fleet.eventCount("operation-superseded") == 0)
    }

    @Test("what builds on a rename that is refused waits with it")
    func withheld() throws {
        let text = Self.renamed(Self.orders).replacingOccurrences(
            of: "KEY by_customer (customer)", with: "KEY of_customer (customer, note)")
        let items = Self.renamed(Self.items).replacingOccurrences(
            of: "order_id bigint NOT NULL,", with: "order_id bigint NOT NULL,\n  amount int,")
        let fleet = try fleet(programs: true, text: text, items: items)
        let index = "{table: purchases, index: {from: by_customer, to: of_customer}}"
        fleet.file.namespace = ["manage: all", "renames:", "  - \(index)"]
        fleet.file.namespace.append("  - {table: {from: orders, to: purchases}}")
        try fleet.commit()
        let before = try fleet.state()
        let plan = try fleet.expect(5, "reconcile")
        #expect(
            plan.says(
                "the hint renames index `by_customer` to `of_customer`",
                "its definition changes as well", "app.items",
                "it waits for table `orders` to become `purchases`"), "\(plan)")
        #expect(try fleet.state() == before)
        #expect(try fleet.eventCount("operation-failed") == 0)
        fleet.file.namespace = ["manage: all", Self.hint]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }

    @Test("an index gets another name by hint", arguments: TestServer.available)
    func index(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 3, schema: ["orders.sql": Self.orders])
        try fleet.expect(0, "reconcile")
        try fleet.sql(1, "ALTER TABLE orders RENAME INDEX by_customer TO of_customer")
        try fleet.sql(2, "ALTER TABLE orders ADD KEY of_customer (customer)")
        fleet.file.namespace = [
            "renames: [{table: orders, index: {from: by_customer, to: of_customer}}]"
        ]
        try fleet.change(
            "orders.sql",
            Self.orders.replacingOccurrences(of: "by_customer", with: "of_customer"))
        let plan = try fleet.expect(5, "plan")
        #expect(plan.says("RENAME INDEX `by_customer` TO `of_customer`"), "\(plan)")
        let run = try fleet.expect(5, "reconcile")
        #expect(run.says("but both are live", "s2"), "\(run)")
        for shard in 0..<2 {
            let table = try #require(try fleet.table("orders", on: shard))
            #expect(table.contains("KEY `of_customer`") && !table.contains("by_customer"))
        }
        try fleet.sql(2, "ALTER TABLE orders DROP KEY by_customer")
        try expectSettled(fleet)
    }

    @Test("a name that was given back by hand is drift, and is healed like any other")
    func renamedBack() throws {
        let fleet = try fleet()
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "reconcile")
        try fleet.sql(1, "RENAME TABLE purchases TO orders")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("app.purchases", "drifted", "s1"), "\(drift)")
        try fleet.expect(2, "reconcile")
        #expect(try fleet.table("orders", on: 1) != nil)
        try fleet.expect(0, "reconcile", "--heal")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }

    @Test(
        "a column that children refer to gets another name together with its table",
        arguments: TestServer.available)
    func referencedColumn(kind: TestServer.Kind) throws {
        let text = Self.renamed(Self.orders)
            .replacingOccurrences(of: "  id bigint", with: "  number bigint")
            .replacingOccurrences(of: "purchases (id)", with: "purchases (number)")
        let items = Self.renamed(Self.items)
            .replacingOccurrences(of: "purchases (id)", with: "purchases (number)")
            .replacingOccurrences(of: "KEY of_order", with: "amount int,\n  KEY of_order")
        let fleet = try fleet(kind, text: text, items: items)
        fleet.file.namespace = [
            "renames:", "  - {table: {from: orders, to: purchases}}",
            "  - {table: purchases, column: {from: id, to: number}}",
        ]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        #expect(try fleet.table("items")?.contains("REFERENCES `purchases` (`number`)") == true)
        #expect(try fleet.table("items")?.contains("`amount` int") == true)
        try expectSettled(fleet)
        #expect(try fleet.eventCount("operation-superseded") == 0)
    }

    @Test("an account that may not rename is told what it lacks, and nothing is half done")
    func grants() throws {
        let fleet = try fleet()
        let account = "limited_\(getpid())_rename"
        let root = try fleet.server.connect()
        try root.execute("CREATE USER \(account)@localhost")
        defer { try? root.execute("DROP USER \(account)@localhost") }
        for database in (0..<3).map(fleet.database) + ["\\_plumb\\_ws\\_%"] {
            try root.execute(
                "GRANT SELECT, CREATE, ALTER, INDEX, DROP, REFERENCES ON `\(database)`.* "
                    + "TO \(account)@localhost")
        }
        fleet.file.connection = "{user: \(account), tls: {mode: disabled}}"
        try fleet.commit()
        let before = try fleet.state()
        let plan = try fleet.expect(5, "reconcile")
        #expect(plan.says("INSERT command denied"), "\(plan)")
        try root.execute("GRANT INSERT ON `\\_plumb\\_ws\\_%`.* TO \(account)@localhost")
        let run = try fleet.expect(4, "reconcile")
        #expect(run.says("INSERT command denied"), "\(run)")
        #expect(try fleet.state() == before)
        for shard in 0..<3 {
            try root.execute(
                "GRANT INSERT ON `\(fleet.database(shard))`.* TO \(account)@localhost")
        }
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
    }

    @Test("a rename that waits for its approval keeps what was recorded under the old name")
    func waits() throws {
        let fleet = try fleet()
        fleet.file.policy = ["approve: [costly, lossy, irreversible]"]
        try fleet.commit()
        let before = try fleet.state()
        try fleet.expect(3, "reconcile")
        try fleet.expect(3, "reconcile")
        #expect(try fleet.state() == before)
        #expect(!(try fleet.expect(2, "drift").says("conflict")))
        // Known only by the record: the table that waits was changed meanwhile.
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN stray int")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("conflict", "stray"), "\(drift)")
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "a new name", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try expectRenamed(fleet)
        try expectSettled(fleet)
    }
}
