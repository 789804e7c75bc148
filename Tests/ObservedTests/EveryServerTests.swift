import Basics
import Diff
import Testing

@testable import Observed
@testable import TestSupport

/// What observation and the workspace promise, on every server that this machine has.
@Suite("MariaDB 10.11, MariaDB 11.8 and MySQL 9 alike")
struct EveryServerTests {
    @Test("the profile names the server and what its database stands on", arguments: kinds)
    func profile(kind: TestServer.Kind) throws {
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let shard = try fleet.add(options: "CHARACTER SET latin2 COLLATE latin2_bin")
        let profile = try fleet.known(shard).profile
        #expect(profile.flavour == kind.flavour)
        #expect(profile.version.hasPrefix(String(kind.rawValue.drop { !$0.isNumber })))
        #expect(profile.collation == "latin2_bin")
        #expect(profile.sqlMode.contains("STRICT_TRANS_TABLES"))
        #expect(profile.settings["lower_case_table_names"] == "0")
        let own = kind.flavour == .mysql ? "sql_require_primary_key" : "old_mode"
        #expect(profile.settings[own] != nil)
    }

    @Test("normalising what was normalised changes nothing", arguments: kinds)
    func idempotent(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(
            kind, characterSet: "utf8mb4", collation: "utf8mb4_general_ci")
        let text = """
            CREATE TABLE t (id SERIAL, a INT CHECK (a > 0), b VARCHAR(9) DEFAULT 'it''s',
                c TIMESTAMP, d JSON, e BOOL DEFAULT true, f VARCHAR(5) CHARSET latin1,
                g INT AS (a + 1) STORED, h TEXT(70000), i ENUM('x', 'y ') DEFAULT 'x',
                j BIT(3) DEFAULT b'101', k BINARY(3) DEFAULT 'a', l DATETIME(3) DEFAULT NOW(3),
                p INT, KEY (b), KEY (a), FOREIGN KEY (p) REFERENCES parent (id) ON DELETE RESTRICT)
            """
        let parent = try fixture.normal("CREATE TABLE parent (id INT PRIMARY KEY)")
        let once = try fixture.normal(text, [parent])
        #expect(once.unsupported == nil)
        #expect(once.table?.foreignKeys.count == 1)
        let twice = try fixture.normal(once.text.replacing("`t`", with: "t"), [parent])
        // MySQL writes a character set out once it was written out, whatever the table's is.
        let (left, right) = (try #require(once.table), try #require(twice.table))
        #expect(left.isEquivalent(to: right), "\(once.text)\n\(twice.text)")
        #expect(try fixture.leftOvers() == [])
    }

    @Test("the server says what LIKE copies, whatever the order of the files", arguments: kinds)
    func like(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let texts = [
            ("again", "CREATE TABLE again (LIKE copy)", "copy"),
            ("copy", "CREATE TABLE copy LIKE original", "original"),
            (
                "original",
                "CREATE TABLE original (id INT PRIMARY KEY, p INT, CHECK (p > 0), "
                    + "FOREIGN KEY (p) REFERENCES parent (id)) COMMENT 'x'", nil
            ),
            ("parent", "CREATE TABLE parent (id INT PRIMARY KEY)", nil),
        ]
        let place = SourceLocation(file: "schema/t.sql", line: 3, column: 1)
        let tables = texts.map {
            TableToNormalise(name: $0.0, text: $0.1, location: place, like: $0.2)
        }
        let made = try fixture.use { workspace throws(WorkspaceError) in
            try workspace.normalise(tables)
        }
        let (original, copy) = (made["original"]?.table, made["copy"]?.table)
        #expect(copy?.columns == original?.columns && copy?.indexes == original?.indexes)
        #expect(copy?.checks.map(\.expression) == original?.checks.map(\.expression))
        #expect(copy?.options == original?.options)
        #expect(original?.foreignKeys.count == 1 && copy?.foreignKeys == [])
        #expect(made["again"]?.table?.columns == copy?.columns)
        #expect(try fixture.leftOvers() == [])
    }

    @Test("a copy is refused with its original, and never made of another database")
    func badLike() throws {
        let fixture = try WorkspaceFixture()
        let place = SourceLocation(file: "schema/t.sql", line: 3, column: 1)
        func table(_ name: String, _ body: String, like: String? = nil) -> TableToNormalise {
            TableToNormalise(
                name: name, text: "CREATE TABLE \(name) \(body)", location: place, like: like)
        }
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.normalise([
                    table("copy", "LIKE typo", like: "typo"), table("typo", "(id INTT)"),
                    table("far", "LIKE mysql.user", like: "user"),
                    table("one", "LIKE two", like: "two"), table("two", "LIKE one", like: "one"),
                ])
            }
        }
        let reasons = Dictionary(
            (error?.rejections ?? []).map { ($0.table, $0.reason) }, uniquingKeysWith: { $1 })
        #expect(reasons.keys.sorted() == ["copy", "far", "one", "two", "typo"].sorted())
        #expect(reasons["copy"] == "table `typo`, which it is LIKE, is refused")
        #expect(
            reasons["far"]
                == "a table of another database is named; write the name alone: each shard has "
                + "a database of its own")
        #expect(reasons["one"] == "Table 'two' doesn't exist")
    }

    @Test("every table that the server refuses is named with its place", arguments: kinds)
    func refused(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.normalise([
                "CREATE TABLE good (id INT PRIMARY KEY)",
                "CREATE TABLE bad (id INT PRIMARY KEY, KEY (nope))",
                "CREATE TABLE lost (p INT, FOREIGN KEY (p) REFERENCES nowhere (id))",
                "CREATE TABLE wide (p BIGINT, FOREIGN KEY (p) REFERENCES good (id))",
                "CREATE TABLE typo (id INTT)",
            ])
        }
        #expect(error?.rejections.map(\.table) == ["bad", "lost", "typo", "wide"])
        #expect(error?.message.contains("`nowhere`") == true)
        #expect(error?.message.contains("schema/bad.sql:3:1") == true)
        #expect(error?.message.contains(fixture.prefix) == false)
    }

    @Test("a shard is read whole, and what is no table is counted", arguments: kinds)
    func reading(kind: TestServer.Kind) throws {
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let shard = try fleet.add(
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO t VALUES (41)",
            "CREATE TABLE `odd ``name` (id INT) ENGINE=MyISAM",
            "CREATE VIEW seen AS SELECT * FROM t",
            "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1",
            "CREATE PROCEDURE p() SELECT 1",
            "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1")
        let known = try fleet.known(shard)
        #expect(known.schema.tables.keys.sorted() == ["odd `name", "t"])
        #expect(
            known.otherObjects == [.view: 1, .trigger: 1, .procedure: 1, .function: 1, .event: 1])
        #expect(try fleet.tables(of: shard)["t"]?.contains("AUTO_INCREMENT=") == false)
    }

    @Test("a change is seen in the next look, however cheap the look", arguments: kinds)
    func change(kind: TestServer.Kind) throws {
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)")
        for statement in [
            "ALTER TABLE t ADD COLUMN a INT", "ALTER TABLE t COMMENT 'x'",
            "ALTER TABLE t ADD KEY (a)", "DROP TABLE t", "CREATE TABLE t (b INT)",
        ] {
            let before = try fleet.known(shard, .unlessUnchanged).schema.digest
            try fleet.run([statement], in: shard)
            let after = try fleet.known(shard, .unlessUnchanged)
            #expect(after.schema.digest != before, "\(statement)")
            #expect(try after.schema.digest == fleet.known(shard, .exact).schema.digest)
        }
    }

    @Test("a database that the account may not see is unknown, and never empty", arguments: kinds)
    func hidden(kind: TestServer.Kind) throws {
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let shard = try fleet.add("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (a INT)")
        let name = SQL.identifier(shard.database)
        for grants in [[], ["SELECT ON \(name).t"], ["INSERT (id) ON \(name).t"]] {
            #expect(throws: ShardProblem.self) { try fleet.limited(grants).known(shard) }
        }
        let able = try fleet.limited(["SELECT ON \(name).*"])
        #expect(try able.known(shard).schema.digest == fleet.known(shard).schema.digest)
    }

    @Test("each change takes the cheapest way that the server has", arguments: kinds)
    func algorithms(kind: TestServer.Kind) throws {
        let from = "id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a)"
        let cases: [(to: String, mariadb: Algorithm, mysql: Algorithm)] = [
            (from + ", c INT", .instant, .instant),
            ("id INT PRIMARY KEY, a INT, KEY ka (a)", .instant, .instant),
            ("id INT PRIMARY KEY, b VARCHAR(20), a INT, KEY ka (a)", .instant, .inplace),
            ("id INT PRIMARY KEY, a INT, b VARCHAR(60), KEY ka (a)", .instant, .inplace),
            ("id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY kb (a)", .instant, .inplace),
            (from + ", KEY kb (b)", .nocopy, .inplace),
            (from + ", UNIQUE KEY kb (b)", .nocopy, .inplace),
            ("id INT PRIMARY KEY, a INT, b VARCHAR(20)", .nocopy, .inplace),
            ("id INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(20), KEY ka (a)", .inplace, .inplace),
            (from + ", FULLTEXT KEY f (b)", .inplace, .inplace),
            ("id INT PRIMARY KEY, a BIGINT, b VARCHAR(20), KEY ka (a)", .copy, .copy),
            (from + ", CONSTRAINT c CHECK (a > 0)", .copy, .copy),
        ]
        let fixture = try WorkspaceFixture(kind)
        for change in cases {
            let proof = try fixture.prove(
                "CREATE TABLE t (\(from))", "CREATE TABLE t (\(change.to))")
            let algorithm = kind.flavour == .mysql ? change.mysql : change.mariadb
            #expect(proof.statements.map(\.algorithm) == [algorithm], "\(change.to)")
            #expect(proof.statements.last?.after == proof.final?.digest)
        }
        #expect(try fixture.leftOvers() == [])
    }

    @Test("tables in a character set of their own, and what no CREATE TABLE says", arguments: kinds)
    func unusualTables(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(
            kind, characterSet: "utf8mb4", collation: "utf8mb4_general_ci")
        let columns = "id INT PRIMARY KEY, a VARCHAR(9), b TEXT, c ENUM('x') CHARACTER SET utf8mb4"
        for options in ["", "CHARSET latin1 COLLATE latin1_bin", "COLLATE utf8mb4_bin"] {
            let table = try fixture.normal("CREATE TABLE t (\(columns)) \(options)")
            let create = try fixture.use { workspace throws(WorkspaceError) in
                try workspace.prove(
                    ChangeToProve(from: nil, to: table, table: "t", alterations: []))
            }
            #expect(create.final?.text == table.text)
            let proof = try fixture.prove(
                "CREATE TABLE t (\(columns)) \(options)",
                "CREATE TABLE t (\(columns), d VARCHAR(7), e INT) \(options)")
            #expect(proof.statements.last?.after == proof.final?.digest)
        }
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let shard = try fleet.add(
            "CREATE TABLE t (id INT PRIMARY KEY, a INT)", "ALTER TABLE t ALTER a DROP DEFAULT")
        let known = try fleet.known(shard).schema.tables["t"]
        let live = try #require(known.flatMap { fleet.catalog[$0] })
        let wanted = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY, a INT)")
        #expect(try fixture.prove(live, wanted).final?.table?.columns == wanted.table?.columns)
    }

    @Test("partitions come and go", arguments: kinds)
    func partitions(kind: TestServer.Kind) throws {
        let fixture = try WorkspaceFixture(kind)
        let table = "CREATE TABLE t (id INT PRIMARY KEY)"
        let one = "\(table) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))"
        let two =
            "\(table) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), "
            + "PARTITION p1 VALUES LESS THAN (20))"
        let last = "\(table) PARTITION BY RANGE (id) (PARTITION p1 VALUES LESS THAN (20))"
        for (from, to, rebuilds) in [
            (table, one, true), (one, two, false), (two, last, false), (last, table, true),
        ] {
            let proof = try fixture.prove(from, to)
            #expect(proof.statements.last?.after == proof.final?.digest)
            #expect(proof.statements.last?.rebuildsTable == rebuilds, "\(from) to \(to)")
        }
    }

    static let kinds = TestServer.available
}
