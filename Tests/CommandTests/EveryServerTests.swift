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
