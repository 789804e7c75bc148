import Testing

@testable import Observed
@testable import TestSupport

@Suite("Reading every table of a shard")
struct ExactReadingTests {
    @Test("the tables are read as the server prints them, without the counter")
    func tables() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY) CHARSET latin1",
            "INSERT INTO a VALUES (41)")
        #expect(
            try fleet.tables(of: shard) == [
                "a": """
                CREATE TABLE `a` (
                  `id` int(11) NOT NULL AUTO_INCREMENT,
                  PRIMARY KEY (`id`)
                ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci
                """
            ])
        let known = try fleet.known(shard)
        #expect(known.observedAt == FixedClock().now)
        #expect(!known.isRemembered)
        #expect(known.otherObjects == [:])
        #expect(known.profile.flavour == .mariadb)
    }

    @Test("an empty database is a shard without tables")
    func empty() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add()
        #expect(try fleet.known(shard).schema.tables == [:])
    }

    @Test("each shard has the character set of its own database")
    func characterSets() throws {
        let fleet = try ObservedFleet()
        let latin = try fleet.add(options: "CHARACTER SET latin2 COLLATE latin2_bin")
        let greek = try fleet.add(options: "CHARACTER SET greek")
        let seen = fleet.observe()
        #expect(seen[latin.id]?.shard?.profile.collation == "latin2_bin")
        #expect(seen[greek.id]?.shard?.profile.characterSet == "greek")
        #expect(seen[greek.id]?.shard?.profile.collation == "greek_general_ci")
        let connection = try fleet.server.connect()
        #expect(
            try seen[latin.id]?.shard?.profile == connection.profile(database: latin.database))
    }

    @Test(
        "every name that the server takes",
        arguments: [
            "a`b", "it's", "two words", "\"quoted\"", "naïve", "表", "ü$#@!",
            "semi;colon", "back\\slash", "percent%", String(repeating: "n", count: 64),
            "x#P#p0", "select",
        ])
    func names(name: String) throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE TABLE \(SQL.identifier(name)) (id INT PRIMARY KEY)")
        #expect(try fleet.known(shard).schema.tables.keys.sorted() == [name])
    }

    @Test("a database with an odd name")
    func databaseName() throws {
        let fleet = try ObservedFleet()
        let name = "odd `name's \(UInt32.random(in: 0 ..< .max))"
        try fleet.root.execute("CREATE DATABASE \(SQL.identifier(name))")
        defer { try? fleet.root.execute("DROP DATABASE \(SQL.identifier(name))") }
        try fleet.root.execute("CREATE TABLE \(SQL.identifier(name)).t (id INT PRIMARY KEY)")
        #expect(try fleet.known(fleet.target(name)).schema.tables.keys.sorted() == ["t"])
    }

    @Test("what is no table is counted, not read")
    func otherObjects() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE m (id INT) ENGINE=MyISAM",
            "CREATE TABLE v1 (id INT PRIMARY KEY) WITH SYSTEM VERSIONING",
            "CREATE VIEW seen AS SELECT * FROM t", "CREATE VIEW seen2 AS SELECT * FROM t",
            "CREATE SEQUENCE s", "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1",
            "CREATE PROCEDURE p() SELECT 1", "CREATE FUNCTION f() RETURNS INT RETURN 1",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1")
        let bare = try fleet.add()
        let known = try fleet.known(shard)
        #expect(known.schema.tables.keys.sorted() == ["m", "t", "v1"])
        #expect(
            known.otherObjects == [
                .view: 2, .sequence: 1, .trigger: 1, .procedure: 1, .function: 1, .event: 1,
            ])
        #expect(try fleet.known(bare).otherObjects == [:])
        for _ in 0..<4 { try fleet.add() }
        #expect(fleet.observe()[shard.id]?.shard?.otherObjects == known.otherObjects)
        #expect(fleet.observe()[bare.id]?.shard?.otherObjects == [:])
    }

    @Test("what is no table is told by its answer, and what only looks like it is read")
    func lookalikes() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE SEQUENCE plain", "CREATE SEQUENCE said COMMENT = 'it counts'",
            "CREATE TABLE alike (next_not_cached_value BIGINT) COMMENT = ' SEQUENCE=1'",
            "CREATE TABLE gone (id INT)", "CREATE VIEW broken AS SELECT * FROM gone",
            "DROP TABLE gone")
        let known = try fleet.known(shard)
        #expect(known.schema.tables.keys.sorted() == ["alike"])
        #expect(known.otherObjects == [.view: 1, .sequence: 2])
    }

    @Test("a view that the account may not see into is counted all the same")
    func hiddenView() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW v AS SELECT * FROM t")
        let limited = try fleet.limited(["SELECT, ALTER ON *.*"])
        let known = try limited.known(shard)
        #expect(known.schema.tables.keys.sorted() == ["t"])
        #expect(known.otherObjects == [.view: 1])
    }

    @Test("many equal shards share one schema and one table")
    func sharing() throws {
        let fleet = try ObservedFleet()
        for number in 0..<200 {
            try fleet.add(
                "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=\(number + 5)",
                "CREATE TABLE b (id INT PRIMARY KEY)")
        }
        let odd = try fleet.add("CREATE TABLE a (id INT PRIMARY KEY)")
        let seen = fleet.observe()
        #expect(seen.count == 201)
        let schemas = fleet.targets.compactMap { seen[$0.id]?.shard?.schema }
        #expect(Set(schemas.map(ObjectIdentifier.init)).count == 2)
        #expect(fleet.catalog.count == 3)
        #expect(seen[odd.id]?.shard?.schema.tables.keys.sorted() == ["a"])
    }

    @Test("equal tables under other names are another schema")
    func schemaDigests() throws {
        let digests = ["x", "y"].map { Digest(of: $0) }
        let catalog = ObjectCatalog()
        let first = catalog.schema(of: ["a": digests[0], "b": digests[1]])
        #expect(first === catalog.schema(of: ["b": digests[1], "a": digests[0]]))
        #expect(first.digest != catalog.schema(of: ["a": digests[1], "b": digests[0]]).digest)
        #expect(first.digest != catalog.schema(of: ["a": digests[0]]).digest)
        #expect(first != catalog.schema(of: [:]))
    }
}
