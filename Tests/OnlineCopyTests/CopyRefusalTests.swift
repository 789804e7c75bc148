import Foundation
import OnlineCopy
import TestSupport
import Testing

/// What a copy does not do, and what it leaves alone.
@Suite("attack: a copy takes away nothing that is not its own, and stops where it is not exact")
struct CopyRefusalTests {
    private static let plain = "(id int NOT NULL PRIMARY KEY, c varchar(10))"

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: TestServer.available) func aRowThatDoesNotFitIsNamed(kind: TestServer.Kind)
        throws
    {
        let fixture = try CopyFixture(kind, Self.plain, becomes: "MODIFY c varchar(5)")
        for id in 0..<300 {
            try fixture.root.execute("INSERT INTO t VALUES (\(id), 'abc')")
        }
        try fixture.root.execute("UPDATE t SET c = 'abcdef' WHERE id IN (217, 250)")
        let before = try fixture.rows()
        let copy = try fixture.copy()
        let words = failure { try fixture.finish(copy) }
        #expect(words.contains("the row with `id` = 217 does not fit"), "\(words)")
        #expect(try fixture.rows() == before)
    }

    @Test(arguments: TestServer.available) func twoRowsWithOneValueStopIt(kind: TestServer.Kind)
        throws
    {
        let fixture = try CopyFixture(kind, Self.plain, becomes: "ADD UNIQUE KEY c (c)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'a')")
        let copy = try fixture.copy()
        let words = failure { try fixture.finish(copy) }
        #expect(words.contains("Duplicate entry 'a'"), "\(words)")
        #expect(try fixture.rows().count == 3)
    }

    @Test(arguments: [
        "TRUNCATE t", "ALTER TABLE t ADD COLUMN x int", "ALTER TABLE t COMMENT 'x'",
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 1",
        "RENAME TABLE t TO u, u TO t", "CREATE OR REPLACE TABLE t (id int PRIMARY KEY)",
    ]) func whatIsRedefinedMeanwhileIsLeft(statement: String) throws {
        let fixture = try CopyFixture(.mariadb1011, Self.plain, becomes: "MODIFY c varchar(50)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 'a')")
        let copy = try fixture.copy()
        _ = try copy.work(seconds: 0)
        try fixture.root.execute(statement)
        // The log may tell of it after the copy is ready, and is waited for.
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        let words = failure { while clock.now < end { _ = try copy.work(seconds: 0.05) } }
        #expect(words.contains("somebody changed `t` meanwhile"), "\(words)")
    }

    @Test(arguments: ["ANALYZE TABLE t", "OPTIMIZE TABLE t", "CREATE TABLE t2 (id int)"])
    func whatChangesNothingIsPassedOver(statement: String) throws {
        let fixture = try CopyFixture(.mariadb1011, Self.plain, becomes: "MODIFY c varchar(50)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 'a')")
        let copy = try fixture.copy()
        _ = try copy.work(seconds: 0)
        _ = try fixture.root.query(statement)
        try fixture.root.execute("INSERT INTO t VALUES (2, 'b')")
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        #expect(try fixture.rows().count == 2)
    }

    @Test(arguments: ["t__plumb_new", "t__plumb_old", "t__plumb_state"])
    func aTableOfSomebodyElseIsLeft(name: String) throws {
        let fixture = try CopyFixture(.mariadb1011, Self.plain, becomes: "MODIFY c varchar(50)")
        try fixture.root.execute("CREATE TABLE \(name) (x int)")
        try fixture.root.execute("INSERT INTO \(name) VALUES (4711)")
        let words = failure { _ = try fixture.copy() }
        #expect(words.contains("`\(name)` is there, and is none of this copy"), "\(words)")
        #expect(try fixture.root.query("SELECT x FROM \(name)").first?[0] == "4711")
    }

    @Test func aCopyForAnotherChangeIsLeft() throws {
        let fixture = try CopyFixture(.mariadb1011, Self.plain, becomes: "MODIFY c varchar(50)")
        _ = try fixture.copy().work(seconds: 0)
        var other = fixture.job.to
        other.columns[1].type = "varchar(60)"
        let job = try CopyJob(
            database: fixture.database, from: fixture.job.from, to: other, flavour: .mariadb)
        let words = failure {
            let session = try CopySession(try fixture.server.connect(), job)
            _ = try CopyStart(session).open { _, _ throws(CopyFailure) in
                throw .stopped("a log is read")
            }
        }
        #expect(words.contains("a copy of `t` for another change is there"), "\(words)")
    }

    @Test(arguments: [
        ("(id int NOT NULL, c int)", "no primary key"),
        ("(id float NOT NULL PRIMARY KEY, c int)", "no primary key"),
        ("(id int NOT NULL PRIMARY KEY, c int) ENGINE=MyISAM", "only tables of InnoDB"),
        ("(id int NOT NULL PRIMARY KEY, c int, FOREIGN KEY (c) REFERENCES t (id))", "foreign keys"),
        ("(id int NOT NULL PRIMARY KEY, c int) WITH SYSTEM VERSIONING", "periods"),
    ]) func whatIsNotExactIsNotBegun(definition: String, reason: String) throws {
        let words = failure {
            _ = try CopyFixture(.mariadb1011, definition, becomes: "ADD COLUMN d int")
        }
        #expect(words.contains(reason), "\(words)")
    }

    @Test func anOpenTransactionIsNamedAndNotDisturbed() throws {
        let fixture = try CopyFixture(.mariadb1011, Self.plain, becomes: "MODIFY c varchar(50)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 'a')")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        let other = try fixture.server.connect(database: fixture.database)
        try other.execute("START TRANSACTION")
        try other.execute("UPDATE t SET c = 'b'")
        let renamer = try fixture.server.connect(database: fixture.database)
        let outcome = try Cutover(copy, renamer: renamer).attempt()
        guard case .busy(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(words.contains("connection \(other.threadID)"), "\(words)")
        try other.execute("COMMIT")
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        #expect(try fixture.root.query("SELECT c FROM t").first?[0] == "b")
    }
}
