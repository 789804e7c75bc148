import TestSupport
import Testing

/// The whole way through on every server that this machine has.
@Suite("From the first run to an approved drop, on MariaDB 10.11, MariaDB 11.8 and MySQL 9")
struct EveryServerTests {
    @Test(arguments: TestServer.available)
    func story(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind),
            schema: ["customers.sql": Self.customers, "orders.sql": Self.orders])
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")

        try fleet.change(
            "orders.sql",
            Self.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), refunded decimal(9,2)"))
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try fleet.table("orders", on: shard)?.contains("`refunded`") == true)
        }

        try fleet.sql(1, "ALTER TABLE orders DROP KEY by_state, MODIFY state varchar(9)")
        #expect(try fleet.expect(2, "drift").says("by_state"))
        try fleet.expect(3, "reconcile", "--heal")
        try fleet.expect(0, "approve", "--all", "--reason", "narrowed by hand")
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try fleet.table("orders", on: 1)?.contains("KEY `by_state`") == true)
        try fleet.expect(0, "drift")

        try fleet.change("orders.sql", Self.orders)
        let before = try fleet.state()
        try fleet.expect(3, "reconcile")
        #expect(try fleet.state() == before)
        try fleet.expect(0, "approve", "--all", "--reason", "never used")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders")?.contains("`refunded`") == false)
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
    }

    /// Two statements that rebuild nothing, where one would.
    @Test(arguments: TestServer.available)
    func columnAndIndexAtOnce(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(on: TestServer.shared(kind))
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let plan = try fleet.expect(2, "plan", "--output", "json")
        let step = try #require(try plan.list("steps").first)
        let statements = try #require(step["statements"] as? [[String: Any]])
        #expect(statements.count == 2)
        #expect(statements.allSatisfy { $0["rebuildsTable"] as? Bool == false }, "\(plan)")
        #expect(step["hazard"] as? String == "safe", "\(plan)")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            #expect(try fleet.table("orders", on: shard)?.contains("KEY `by_status`") == true)
        }
        try fleet.expect(0, "drift")
    }

    /// MySQL shows a column that lost its default by other words than it reads.
    @Test func columnWithoutAnyDefault() throws {
        for kind in TestServer.available where kind.flavour == .mysql {
            func text(_ column: String) -> String {
                "CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `a` \(column),\n  `note` text,\n"
                    + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
                    + "COLLATE=utf8mb4_0900_ai_ci"
            }
            let fleet = try FleetFixture(
                on: TestServer.shared(kind), shards: 1,
                schema: ["t.sql": text("int DEFAULT NULL") + ";\n"])
            try fleet.expect(0, "reconcile")
            try fleet.change("t.sql", text("int") + ";\n")
            #expect(
                try fleet.expect(5, "plan").says(
                    "column `a` has no default in a file that is the server's own text, not even NULL; "
                        + "no CREATE TABLE makes such a column: write DEFAULT NULL"))
            let before = try fleet.state()
            try fleet.expect(5, "reconcile")
            #expect(try fleet.state() == before)
            // What the file says is there.
            try fleet.sql(0, "ALTER TABLE t ALTER COLUMN a DROP DEFAULT")
            #expect(try fleet.table("t") == text("int"))
            try fleet.expect(0, "plan")
            try fleet.expect(0, "reconcile")
            try fleet.expect(0, "drift")
            // In any other text the column is NULL by default.
            try fleet.change("t.sql", text("INT") + ";\n")
            try fleet.expect(0, "reconcile")
            #expect(try fleet.table("t") == text("int DEFAULT NULL"))
        }
    }

    /// A copy follows its original, and a shard never hears of LIKE.
    @Test(arguments: TestServer.available)
    func like(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1,
            schema: [
                "customers.sql": Self.customers, "orders.sql": Self.orders,
                "archive.sql": "CREATE TABLE archive LIKE orders;",
            ])
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        #expect(try fleet.table("archive")?.contains("by_state") == true)
        #expect(try fleet.table("archive")?.contains("FOREIGN KEY") == false)
        let longer = Self.orders.replacingOccurrences(
            of: "note varchar(100)", with: "note varchar(100), refunded decimal(9,2)")
        try fleet.change("orders.sql", longer)
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("archive"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("archive")?.contains("`refunded`") == true)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    /// MySQL can lose the DEFAULT NULL of a column; no CREATE TABLE says that.
    @Test(arguments: TestServer.available)
    func lostDefault(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(on: TestServer.shared(kind), shards: 1)
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT")
        guard kind.flavour == .mysql else {
            try fleet.expect(0, "drift")
            return
        }
        #expect(try fleet.table("orders")?.contains("`note` varchar(100),") == true)
        try fleet.expect(2, "drift")
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try fleet.table("orders")?.contains("`note` varchar(100) DEFAULT NULL,") == true)
        try fleet.expect(0, "drift")
    }

    private static let customers = """
        CREATE TABLE customers (
          id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
          email varchar(190) NOT NULL UNIQUE,
          settings json
        );

        """

    private static let orders = """
        CREATE TABLE orders (
          id serial PRIMARY KEY,
          customer bigint unsigned NOT NULL,
          state enum('new','paid') NOT NULL DEFAULT 'new',
          placed timestamp(3) NOT NULL DEFAULT current_timestamp(3),
          net decimal(9,2) NOT NULL DEFAULT 0 CHECK (net >= 0),
          gross decimal(9,2) AS (net * 1.19) STORED,
          note varchar(100),
          KEY by_state (state),
          CONSTRAINT buyer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE
        );

        """
}
