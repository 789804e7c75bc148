import Testing

@testable import Observed
@testable import TestSupport

@Suite("One table, read by itself")
struct LiveTableTests {
    @Test("a table is the same as in a reading of its whole shard")
    func read() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE TABLE `a``b` (id INT AUTO_INCREMENT PRIMARY KEY)")
        try fleet.run(["INSERT INTO `a``b` VALUES (7)"], in: shard)
        let table = try live("a`b", shard, fleet)
        #expect(try table?.digest == fleet.known(shard).schema.tables["a`b"])
        #expect(fleet.catalog.count == 1)
    }

    @Test("absent only where the database is there and the table is not")
    func absent() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE VIEW seen AS SELECT 1 AS a", "CREATE SEQUENCE s")
        #expect(try live("nope", shard, fleet) == nil)
        let gone = fleet.target("no_such_db")
        #expect(throws: MySQLError.self) { _ = try live("nope", gone, fleet) }
        do {
            _ = try live("nope", gone, fleet)
        } catch let error as MySQLError {
            #expect(error.kind == .unknownDatabase)
        }
        for name in ["seen", "s"] {
            let error = #expect(throws: MySQLError.self) { _ = try live(name, shard, fleet) }
            #expect(error?.message.contains("is no table") == true)
        }
    }

    @Test(
        "that a table is absent is known without a list of the others",
        arguments: TestServer.available)
    func absentAmongMany(_ kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        let pool = ConnectionPool(limitPerServer: 1) { _ in server.settings }
        let lists = try pool.withConnection(to: server.address, purpose: .read) { connection in
            func lists() throws -> String? {
                try connection.query("SHOW SESSION STATUS LIKE 'Com_show_tables'").first?[1]
            }
            let before = try lists()
            let found = try LiveTable.readTable(
                "nope", database: "mysql", on: connection, catalog: ObjectCatalog())
            #expect(found == nil)
            return (before, try lists())
        }
        #expect(lists.0 == "0" && lists.1 == "0")
    }

    @Test("an old name that a view keeps going is no table's any more; no answer is an error")
    func former() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW seen AS SELECT 1 AS a",
            "CREATE SEQUENCE s")
        func former(_ table: String, in database: String) throws -> CatalogTable? {
            try fleet.pool.withConnection(to: shard.server, purpose: .read) { connection in
                try LiveTable.readTable(
                    table, database: database, on: connection, catalog: fleet.catalog)
            }
        }
        for name in ["seen", "s", "nope"] {
            #expect(try former(name, in: shard.database) == nil)
        }
        #expect(try former("t", in: shard.database)?.table?.name == "t")
        #expect(throws: MySQLError.self) { _ = try former("t", in: "no_such_db") }
    }

    @Test("a table that may not be seen is an error, not an absent one")
    func denied() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let other = try fleet.add()
        let limited = try fleet.limited(["SELECT ON \(other.database).*"])
        let error = #expect(throws: MySQLError.self) { _ = try live("t", shard, limited) }
        #expect(error?.kind == .missingGrant)
        #expect(throws: MySQLError.self) { _ = try live("nope", shard, limited) }
    }

    @Test("a lost session is an error")
    func lost() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let connection = try fleet.server.connect()
        connection.close()
        #expect(throws: MySQLError.self) {
            _ = try LiveTable.read(
                "t", database: shard.database, on: connection, catalog: fleet.catalog)
        }
    }

    private func live(
        _ table: String, _ shard: ObservationTarget, _ fleet: ObservedFleet
    ) throws -> CatalogTable? {
        try fleet.pool.withConnection(to: shard.server, purpose: .read) { connection in
            try LiveTable.read(
                table, database: shard.database, on: connection, catalog: fleet.catalog)
        }
    }
}

@Suite("Sizes of tables, as servers estimate them")
struct TableSizesTests {
    private static let tables = [
        "CREATE TABLE t (id INT PRIMARY KEY, n INT, KEY (n))",
        "INSERT INTO t SELECT seq, seq FROM seq_1_to_500", "ANALYZE TABLE t",
        "CREATE TABLE part (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2",
        "INSERT INTO part SELECT seq FROM seq_1_to_100", "ANALYZE TABLE part",
        "CREATE TABLE old (id INT PRIMARY KEY) ENGINE = MyISAM", "INSERT INTO old VALUES (1), (2)",
    ]

    @Test("InnoDB's statistics, summed over partitions, and other engines' own")
    func sizes() throws {
        let fleet = try ObservedFleet()
        let shards = try [fleet.add(Self.tables), fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")]
        let sizes = TableSizes.read(
            [shards[0]: ["t", "part", "old", "absent"], shards[1]: ["t"]], pool: fleet.pool,
            totalConcurrency: 4
        ).estimates
        func size(_ table: ObjectName, _ shard: Int = 0) -> TableSizes.Estimate? {
            sizes[OperationKey(shard: shards[shard].id, object: table)]
        }
        #expect(size("t") == TableSizes.Estimate(rows: 500, bytes: 2 * 16384))
        #expect(size("part") == TableSizes.Estimate(rows: 100, bytes: 2 * 16384))
        #expect(size("old")?.rows == 2)
        #expect(size("t", 1) == TableSizes.Estimate(rows: 0, bytes: 16384))
        #expect(size("absent") == nil)
    }

    @Test("without the statistics the list of tables has to do")
    func withoutGrant() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(Self.tables)
        let limited = try fleet.limited(["SELECT ON \(shard.database).*"])
        let sizes = TableSizes.read(
            [shard: ["t", "part"]], pool: limited.pool, totalConcurrency: 1
        ).estimates
        #expect(sizes[OperationKey(shard: shard.id, object: "t")]?.rows == 500)
        #expect(sizes[OperationKey(shard: shard.id, object: "t")]?.bytes == 2 * 16384)
        #expect(sizes[OperationKey(shard: shard.id, object: "part")]?.rows == 100)
    }

    @Test("a server that is down has no sizes, and says why; it hides no other's")
    func down() throws {
        let fleet = try ObservedFleet()
        let target = ObservationTarget(
            id: ShardID(namespace: "n", shard: "s"), server: .socket(path: "/nonexistent/m.sock"),
            database: "d")
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        let settings = fleet.server.settings
        let pool = ConnectionPool(limitPerServer: 1) { (server, _) throws(MySQLError) in
            if server == target.server {
                throw MySQLError(kind: .unreachable, message: "away", server: server)
            }
            return settings
        }
        let answers = TableSizes.read(
            [target: ["t"], shard: ["t"]], pool: pool, totalConcurrency: 1)
        #expect(answers.failures.mapValues(\.message) == [target.server: "away"])
        #expect(answers.estimates.keys.map(\.shardID) == [shard.id])
    }
}
