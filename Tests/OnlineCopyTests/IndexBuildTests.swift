import Foundation
import MySQLClient
import TestSupport
import Testing

@testable import OnlineCopy

@Suite("Indexes are built while rows are compared and followed")
struct IndexBuildTests {
    private func fixture(_ change: String) throws -> CopyFixture {
        let fixture = try CopyFixture(
            .mariadb1011, "(id int NOT NULL PRIMARY KEY, k int, c varchar(80))", becomes: change)
        try fixture.root.execute(
            "INSERT INTO t SELECT seq, seq, REPEAT('c', 80) FROM seq_1_to_40000")
        return fixture
    }

    /// Works until the indexes are being built, and says so.
    private func begin(_ copy: TableCopy) throws {
        while copy.build == nil, copy.status != .ready { _ = try copy.work(seconds: 0) }
        #expect(copy.status == .indexing)
    }

    @Test func everyRowIsComparedMeanwhile() throws {
        let fixture = try fixture("MODIFY k bigint, ADD KEY (c, k), ADD KEY (k, c)")
        let copy = try fixture.copy()
        try begin(copy)
        #expect(!copy.holdsChangesBack)
        try fixture.root.execute("UPDATE t SET k = -5 WHERE id = 5")
        while copy.status == .indexing { _ = try copy.work(seconds: 0) }
        #expect(copy.progress.isCompared || copy.compared != nil)
        try fixture.finish(copy)
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        #expect(try fixture.root.query("SELECT id FROM t WHERE k = -5").first?[0] == "5")
    }

    @Test func changesWaitForAUniqueIndex() throws {
        let fixture = try fixture("MODIFY c varchar(90), ADD UNIQUE KEY (k)")
        let copy = try fixture.copy()
        try begin(copy)
        #expect(copy.holdsChangesBack)
        // Two rows change their values with each other.
        for (id, k) in [(1, 0), (2, 1), (1, 2)] {
            try fixture.root.execute("UPDATE t SET k = \(k) WHERE id = \(id)")
        }
        try fixture.finish(copy)
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        let rows = try fixture.root.query("SELECT k FROM t ORDER BY id LIMIT 2")
        #expect(rows.map { $0[0] } == ["2", "1"])
    }

    @Test func moreChangesThanTheServerRemembers() throws {
        let server = try TestServer.start(
            options: [
                "--log-bin=log", "--server-id=1", "--binlog-format=ROW", "--sync-binlog=0",
                "--innodb-flush-log-at-trx-commit=0", "--innodb-online-alter-log-max-size=65536",
                "--innodb-sort-buffer-size=65536",
            ])
        let fixture = try CopyFixture(
            on: server, "(id int NOT NULL PRIMARY KEY, k int, c varchar(80))",
            becomes: "MODIFY k bigint, ADD KEY (c, k), ADD KEY (k, c)")
        try fixture.root.execute(
            "INSERT INTO t SELECT seq, seq, REPEAT('c', 80) FROM seq_1_to_150000")
        let writer = try server.connect(database: fixture.database)
        try writer.execute("START TRANSACTION")
        try writer.execute("UPDATE t SET c = REPEAT('d', 80) WHERE id <= 30000")
        let copy = try fixture.copy()
        try begin(copy)
        try writer.execute("COMMIT")
        try fixture.finish(copy)
        #expect(copy.buildsAlone)
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        let changed = try fixture.root.query("SELECT COUNT(*) FROM t WHERE c LIKE 'd%'")
        #expect(changed.first?[0] == "30000")
    }

    @Test func whatADeadProcessHasBegunIsWaitedFor() throws {
        let fixture = try fixture("MODIFY k bigint, ADD KEY ck (c, k)")
        var copy = try fixture.copy()
        try begin(copy)
        try fixture.lose(copy)
        copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        let made = try CopyFixture.model("t", fixture.root, .mariadb1011)
        #expect(made.indexes.map(\.name).sorted() == fixture.job.to.indexes.map(\.name).sorted())
    }

    @Test func anEndInBetweenLeavesNothingRunning() throws {
        let fixture = try fixture("MODIFY k bigint, ADD KEY ck (c, k)")
        let copy = try fixture.copy()
        try begin(copy)
        copy.end()
        let running = try fixture.root.query(
            "SELECT id FROM information_schema.processlist WHERE db = "
                + "'\(fixture.database)' AND info LIKE 'ALTER TABLE %'")
        #expect(running.isEmpty)
    }
}
