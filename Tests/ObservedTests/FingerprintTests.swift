import Testing

@testable import Observed
@testable import TestSupport

@Suite("Fingerprints spare what did not change, and miss nothing that did")
struct FingerprintTests {
    /// Tables in every shard of these tests.
    static let tables = [
        "CREATE TABLE p (id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a), KEY kb (b))",
        "CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY kp (p))",
        "CREATE TABLE q (id INT PRIMARY KEY, n INT)",
        "CREATE TABLE part (id INT PRIMARY KEY) PARTITION BY RANGE (id) "
            + "(PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))",
        "CREATE TABLE fk (id INT PRIMARY KEY, p INT, CONSTRAINT old FOREIGN KEY (p) "
            + "REFERENCES p (id))",
    ]

    static let changes = [
        "ALTER TABLE p ADD COLUMN n INT",
        "ALTER TABLE p ADD COLUMN n INT FIRST",
        "ALTER TABLE p DROP COLUMN b",
        "ALTER TABLE p MODIFY a INT COMMENT 'x'",
        "ALTER TABLE p ALTER b SET DEFAULT 'y'",
        "ALTER TABLE p MODIFY a BIGINT",
        "ALTER TABLE p MODIFY b VARCHAR(30)",
        "ALTER TABLE p RENAME COLUMN b TO bb",
        "ALTER TABLE p RENAME INDEX ka TO kz",
        "ALTER TABLE p ALTER INDEX ka IGNORED",
        "ALTER TABLE p ADD KEY kn (a, b)",
        "DROP INDEX kb ON p",
        "ALTER TABLE p ADD CONSTRAINT ck CHECK (a > 0)",
        "ALTER TABLE c ADD CONSTRAINT fk1 FOREIGN KEY (p) REFERENCES p (id)",
        "ALTER TABLE fk DROP FOREIGN KEY old",
        "ALTER TABLE p COMMENT = 'x'",
        "ALTER TABLE p ROW_FORMAT = COMPACT",
        "ALTER TABLE p DEFAULT CHARSET = latin2",
        "ALTER TABLE p CONVERT TO CHARACTER SET latin2",
        "ALTER TABLE p STATS_PERSISTENT = 0",
        "ALTER TABLE q ENGINE = MyISAM, DROP COLUMN n",
        "ALTER TABLE p ADD COLUMN n INT, ALGORITHM = COPY",
        "TRUNCATE TABLE q; ALTER TABLE q ADD COLUMN m INT",
        "CREATE TABLE made (id INT PRIMARY KEY)",
        "CREATE TABLE made (id INT PRIMARY KEY) ENGINE = MyISAM",
        "CREATE TABLE made (id INT PRIMARY KEY) STATS_PERSISTENT = 0",
        "CREATE TABLE made LIKE p",
        "DROP TABLE q",
        "RENAME TABLE q TO q2",
        "RENAME TABLE p TO p2",
        "RENAME TABLE q TO swap, c TO q, swap TO c",
        "ALTER TABLE part ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
        "ALTER TABLE part DROP PARTITION p0",
        "ALTER TABLE part REMOVE PARTITIONING",
        "ALTER TABLE q PARTITION BY HASH (id) PARTITIONS 2",
        "ALTER DATABASE CHARACTER SET latin2",
        "ALTER DATABASE COLLATE latin1_bin",
    ]

    @Test("every statement that changes a schema is noticed", arguments: [false, true])
    func superset(equal: Bool) throws {
        let fleet = try ObservedFleet(marks: false)
        let shards = try Self.changes.map { _ in
            try fleet.add(Self.tables, options: "CHARACTER SET latin1")
        }
        let untouched = try fleet.add(Self.tables)
        try fleet.settle(equal ? "0" : "(@settled := @settled + 1)")
        _ = fleet.observe(.exact)
        let before = fleet.observe(.unlessUnchanged)
        #expect(before.values.allSatisfy { $0.shard?.isRemembered == true })
        for (shard, change) in zip(shards, Self.changes) {
            try fleet.run(change.split(separator: ";").map(String.init), in: shard)
        }
        let after = fleet.observe(.unlessUnchanged)
        let exact = fleet.observe(.exact)
        for (shard, change) in zip(shards, Self.changes) {
            let seen = try #require(after[shard.id]?.shard, "\(change)")
            let truth = try #require(exact[shard.id]?.shard, "\(change)")
            #expect(seen.schema === truth.schema && seen.profile == truth.profile, "\(change)")
            let old = try #require(before[shard.id]?.shard)
            #expect(truth.schema !== old.schema || truth.profile != old.profile, "\(change)")
        }
        #expect(after[untouched.id]?.shard?.isRemembered == true)
    }

    @Test("what was stamped a moment ago is read again until it has settled")
    func settling() throws {
        let fleet = try ObservedFleet(marks: false)
        let shard = try fleet.add(Self.tables)
        _ = fleet.observe(.exact)
        try fleet.stamp("UNIX_TIMESTAMP()", in: shard)
        _ = fleet.observe(.exact)
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
        try fleet.settle()
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
    }

    @Test("nothing is assumed of a shard that was never read, or was forgotten")
    func forgetting() throws {
        let fleet = try ObservedFleet(marks: false)
        let shard = try fleet.add(Self.tables)
        try fleet.settle()
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        fleet.observer.forget(shard.id)
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        let moved = ObservationTarget(
            id: shard.id, server: shard.server, database: try fleet.add().database)
        #expect(try fleet.known(moved, .unlessUnchanged).schema.tables == [:])
    }

    @Test(
        "tables that leave no trace are read each time",
        arguments: [
            "CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MyISAM",
            "CREATE TABLE t (id INT PRIMARY KEY) ENGINE = Aria",
            "CREATE TABLE t (id INT PRIMARY KEY) STATS_PERSISTENT = 0",
            "CREATE TABLE `t#P#x` (id INT PRIMARY KEY)",
        ])
    func untraceable(table: String) throws {
        let fleet = try ObservedFleet(marks: false)
        let shard = try fleet.add(Self.tables + [table])
        try fleet.settle()
        _ = fleet.observe(.exact)
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
    }

    @Test("a foreign key to another database could change with it unseen")
    func foreignDatabase() throws {
        let fleet = try ObservedFleet(marks: false)
        let other = try fleet.add("CREATE TABLE p (id INT PRIMARY KEY)")
        let shard = try fleet.add(
            "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES \(other.database).p (id))")
        try fleet.settle()
        _ = fleet.observe(.exact)
        let seen = fleet.observe(.unlessUnchanged)
        #expect(seen[shard.id]?.shard?.isRemembered == false)
        #expect(seen[other.id]?.shard?.isRemembered == true)
        try fleet.root.execute(
            "ALTER TABLE \(shard.database).c DROP FOREIGN KEY c_ibfk_1")
    }

    @Test("an account without the statistics reads exactly, and a shard that vanishes is unknown")
    func withoutGrant() throws {
        let fleet = try ObservedFleet(marks: false)
        let shard = try fleet.add(Self.tables)
        let limited = try fleet.limited(["SELECT ON \(shard.database).*"])
        try fleet.settle()
        _ = try limited.known(shard)
        #expect(try !limited.known(shard, .unlessUnchanged).isRemembered)
        _ = try fleet.known(shard)
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        try fleet.root.execute("DROP DATABASE \(shard.database)")
        #expect(try fleet.problem(shard, .unlessUnchanged).code == "unknown-database")
    }

    @Test("the counts of other objects are those of the last exact reading")
    func counts() throws {
        let fleet = try ObservedFleet(marks: false)
        let shard = try fleet.add(Self.tables + ["CREATE PROCEDURE x() SELECT 1"])
        try fleet.settle()
        _ = fleet.observe(.exact)
        let seen = try fleet.known(shard, .unlessUnchanged)
        #expect(seen.isRemembered)
        #expect(seen.otherObjects == [.procedure: 1])
    }

    @Test(
        "partitions and the tables they belong to",
        arguments: [("t#P#p0", "t"), ("t#p#p0#sp#s", "t"), ("t", "t"), ("a#b", "a#b")])
    func partitionNames(name: String, table: String) {
        #expect(PartitionName.table(of: name) == table)
    }
}

extension ObservedFleet {
    /// Gives the statistics of all shards old time stamps, each another one unless said otherwise.
    func settle(_ step: String = "(@settled := @settled + 1)") throws {
        for target in targets { try stamp("1700000000 + \(step)", in: target) }
    }

    func stamp(_ time: String, in target: ObservationTarget) throws {
        try root.execute("SET @settled = 0")
        try root.execute(
            "UPDATE mysql.innodb_table_stats SET last_update = FROM_UNIXTIME(\(time)) "
                + "WHERE database_name = \(SQL.literal(target.database))")
    }
}
