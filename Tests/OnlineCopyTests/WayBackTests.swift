import OnlineCopy
import TestSupport
import Testing

@Suite("A former table follows the one in its place, and takes it again with every write")
struct WayBackTests {
    private static let definition =
        "(id int NOT NULL AUTO_INCREMENT PRIMARY KEY, k int, c varchar(20), "
        + "lost varchar(20) NOT NULL DEFAULT 'none', seen timestamp NOT NULL "
        + "DEFAULT '2020-01-01 00:00:00' ON UPDATE current_timestamp(), UNIQUE KEY own (k))"
    private static let change =
        "DROP COLUMN lost, MODIFY k bigint, MODIFY c varchar(90), ADD COLUMN more int DEFAULT 5, "
        + "ADD KEY c (c)"

    private func swapped(
        _ kind: TestServer.Kind, rows: String, definition: String = definition,
        becomes change: String = change
    ) throws -> CopyFixture {
        let fixture = try CopyFixture(kind, definition, becomes: change)
        try fixture.root.execute("INSERT INTO t VALUES \(rows)")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        copy.end()
        return fixture
    }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    /// Brings back everything that was written until now, and compares it.
    private func settle(_ back: TableCopy, _ fixture: CopyFixture) throws {
        try back.compareAgain()
        try fixture.finish(back)
    }

    private static let four =
        "(1, 1, 'a', 'one', '2001-01-01'), (2, 2, 'b', 'two', '2002-01-01'), "
        + "(3, 3, 'c', 'three', '2003-01-01'), (4, 4, 'd', 'four', '2004-01-01')"

    @Test(arguments: TestServer.available)
    func droppedColumnsKeepTheirValues(kind: TestServer.Kind) throws {
        let fixture = try swapped(kind, rows: Self.four)
        let root = fixture.root
        try root.execute("UPDATE t SET c = 'A', seen = '2011-01-01' WHERE id = 1")
        try root.execute("DELETE FROM t WHERE id = 3")
        try root.execute("INSERT INTO t (k, c, seen) VALUES (9, 'e', '2009-01-01')")
        // Two rows change places in a unique key.
        try root.execute("START TRANSACTION")
        for change in ["k = 77 WHERE id = 2", "k = 2 WHERE id = 4", "k = 4 WHERE id = 2"] {
            try root.execute("UPDATE t SET \(change)")
        }
        try root.execute("UPDATE t SET seen = '2012-01-01' WHERE id IN (2, 4)")
        try root.execute("COMMIT")
        let back = try fixture.wayBack()
        try settle(back, fixture)
        #expect(back.progress.repaired == 0)
        try fixture.cutOver(back)
        back.end()
        let rows = try root.query("SELECT * FROM t ORDER BY id").map { row in
            (0..<row.count).map { row[$0] ?? "NULL" }.joined(separator: " ")
        }
        #expect(
            rows == [
                "1 1 A one 2011-01-01 00:00:00", "2 4 b two 2012-01-01 00:00:00",
                "4 2 d four 2012-01-01 00:00:00", "5 9 e none 2009-01-01 00:00:00",
            ])
        var made = try CopyFixture.model("t", root, kind)
        var wanted = fixture.job.from
        made.autoIncrement = nil
        wanted.autoIncrement = nil
        #expect(made == wanted)
        // The next number is one that the other table has not given.
        try root.execute("INSERT INTO t (k) VALUES (10)")
        #expect(try root.query("SELECT MAX(id) FROM t").first?[0] == "6")
        #expect(try fixture.phase() == .reverted)
        try fixture.cleanUp()
        #expect(try root.query("SHOW TABLES LIKE 't\\_\\_%'").isEmpty)
    }

    @Test(arguments: TestServer.available)
    func writersLoseNothingOnTheWayThereAndBack(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL AUTO_INCREMENT PRIMARY KEY, k int, c varchar(40))",
            becomes: "MODIFY k bigint, ADD KEY k (k)")
        let root = fixture.root
        let rows = (4...2_000).map { "(\($0), \($0), 'a')" }.joined(separator: ", ")
        try root.execute("INSERT INTO t VALUES \(rows)")
        try root.execute("CREATE TABLE mirror LIKE t")
        try root.execute("INSERT INTO mirror SELECT * FROM t")
        let writers = try Writers(fixture, count: 4)
        let copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        copy.end()
        var random = SeededGenerator(seed: 1)
        var back = try fixture.wayBack()
        // Its session is lost in whatever it is at; then it goes on.
        for _ in 0..<6 {
            let victim = back
            try fixture.root.execute("KILL \(victim.sessionID)")
            _ = try? victim.work(seconds: Double.random(in: 0...0.2, using: &random))
            victim.end()
            back = try fixture.wayBack()
            _ = try back.work(seconds: Double.random(in: 0...0.2, using: &random))
        }
        try settle(back, fixture)
        try fixture.cutOver(back)
        let written = writers.count
        while writers.count < written + 200, writers.isAlive {}
        try writers.end()
        #expect(back.progress.repaired == 0)
        #expect(writers.errors == [])
        #expect(try fixture.rows() == fixture.rows("mirror"))
        back.end()
    }

    @Test(arguments: TestServer.available)
    func aRowThatDoesNotFitStopsTheFollowingAlone(kind: TestServer.Kind) throws {
        let fixture = try swapped(kind, rows: Self.four)
        let root = fixture.root
        let many = (100..<300).map { "(\($0), \($0), 'x')" }.joined(separator: ", ")
        try root.execute("INSERT INTO t (id, k, c) VALUES \(many)")
        try root.execute("UPDATE t SET c = REPEAT('x', 21) WHERE id = 217")
        let back = try fixture.wayBack()
        let words = failure { try settle(back, fixture) }
        #expect(words.contains("the row with `id` = 217 does not fit into the former"), "\(words)")
        back.end()
        try root.execute("INSERT INTO t (k, c) VALUES (5000, REPEAT('y', 90))")
        // Once the row fits, it goes on.
        try root.execute("UPDATE t SET c = 'x' WHERE id = 217 OR k = 5000")
        let again = try fixture.wayBack()
        try fixture.finish(again)
        try fixture.cutOver(again)
        again.end()
        #expect(try root.query("SELECT COUNT(*) FROM t").first?[0] == "205")
    }

    @Test func aValueThatWouldBeRoundedStopsIt() throws {
        let fixture = try swapped(
            .mariadb1011, rows: "(1, 1), (2, 2)",
            definition: "(id int NOT NULL PRIMARY KEY, v int)", becomes: "MODIFY v decimal(6,2)")
        try fixture.root.execute("UPDATE t SET v = 2.25 WHERE id = 2")
        let back = try fixture.wayBack()
        let words = failure { try settle(back, fixture) }
        #expect(words.contains("the row with `id` = 2 does not keep its values"), "\(words)")
        #expect(try fixture.root.query("SELECT v FROM t WHERE id = 2").first?[0] == "2.25")
    }

    /// What the change itself rounded is not made worse: untouched rows have their old values.
    @Test func whatTheChangeRoundedComesBack() throws {
        let fixture = try swapped(
            .mariadb1011, rows: "(1, 1.25), (2, 2.50)",
            definition: "(id int NOT NULL PRIMARY KEY, v decimal(6,2))", becomes: "MODIFY v int")
        try fixture.root.execute("UPDATE t SET v = 7 WHERE id = 2")
        let back = try fixture.wayBack()
        try settle(back, fixture)
        try fixture.cutOver(back)
        let rows = try fixture.root.query("SELECT v FROM t ORDER BY id")
        #expect(rows.map { $0[0] } == ["1.25", "7.00"])
    }

    @Test func aColumnWithoutADefaultStopsNewRowsOnly() throws {
        let fixture = try swapped(
            .mariadb1011, rows: "(1, 'x'), (2, 'y')",
            definition: "(id int NOT NULL PRIMARY KEY, v varchar(9) NOT NULL)",
            becomes: "DROP COLUMN v, ADD COLUMN w int")
        try fixture.root.execute("UPDATE t SET w = 3")
        let back = try fixture.wayBack()
        try settle(back, fixture)
        let kept = try fixture.root.query("SELECT v FROM t__plumb_old ORDER BY id")
        #expect(kept.map { $0[0] } == ["x", "y"])
        try fixture.root.execute("INSERT INTO t VALUES (8, 8)")
        let words = failure { try settle(back, fixture) }
        #expect(words.contains("the row with `id` = 8 does not fit into the former"), "\(words)")
    }

    /// Names, checks and the key's index become others, and are the former ones again.
    @Test(arguments: TestServer.available)
    func namesAndChecksComeBack(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind,
            "(id int NOT NULL, a int, b int, g int AS (a + 1) STORED, PRIMARY KEY (id), "
                + "CHECK (a < 1000)) PARTITION BY HASH (id) PARTITIONS 2",
            becomes: "DROP PRIMARY KEY, ADD UNIQUE KEY only_one (id), "
                + "CHANGE b c bigint, DROP COLUMN g, ADD COLUMN d int NOT NULL DEFAULT 4 "
                + "REMOVE PARTITIONING",
            renames: ["b": "c"])
        let root = fixture.root
        try root.execute("INSERT INTO t (id, a, b) VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        copy.end()
        try root.execute("UPDATE t SET c = 20, d = 5 WHERE id = 2")
        try root.execute("DELETE FROM t WHERE id = 3")
        try root.execute("INSERT INTO t (id, a, c) VALUES (4, 4, 4)")
        let back = try fixture.wayBack()
        try settle(back, fixture)
        #expect(back.progress.repaired == 0)
        try fixture.cutOver(back)
        back.end()
        let rows = try root.query("SELECT id, a, b, g FROM t ORDER BY id").map { row in
            (0..<4).map { row[$0] ?? "NULL" }.joined(separator: " ")
        }
        #expect(rows == ["1 1 1 2", "2 2 20 3", "4 4 4 5"])
        #expect(try CopyFixture.model("t", root, kind) == fixture.job.from)
        #expect(try fixture.phase() == .reverted)
        try fixture.cleanUp()
        #expect(try root.query("SHOW TABLES").count == 1)
    }

    @Test func aNewUniqueValueThatWasTakenStopsIt() throws {
        let fixture = try swapped(
            .mariadb1011, rows: "(1, 1), (2, 2)",
            definition: "(id int NOT NULL PRIMARY KEY, v int, UNIQUE KEY v (v))",
            becomes: "DROP KEY v, ADD COLUMN w int")
        try fixture.root.execute("UPDATE t SET v = 1 WHERE id = 2")
        let back = try fixture.wayBack()
        let words = failure { try settle(back, fixture) }
        #expect(words.contains("the row with `id` = 2 does not fit into the former"), "\(words)")
        #expect(words.contains("Duplicate entry '1'"), "\(words)")
    }

    /// A table that somebody changes behind the cutover has no way back.
    @Test func whatIsRedefinedHasNoWayBack() throws {
        let fixture = try swapped(.mariadb1011, rows: Self.four)
        let back = try fixture.wayBack()
        try fixture.root.execute("ALTER TABLE t ADD COLUMN other int")
        let words = failure { try settle(back, fixture) }
        #expect(words.contains("somebody changed `t` meanwhile"), "\(words)")
    }
}
