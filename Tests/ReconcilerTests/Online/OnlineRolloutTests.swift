import Basics
import Diff
import Execution
import Model
import TestSupport
import Testing

@testable import Reconciler

@Suite("A table is changed online where the policy asks for it")
struct OnlineRolloutTests {
    @Test func theCopyTakesItsPlaceWithEveryRow() throws {
        let fleet = try OnlineFleet()
        let before = try fleet.rows()
        try fleet.write(OnlineFleet.after)
        let step = try #require(try fleet.plan().first)
        #expect(step.engine == .copy)
        #expect(step.engineReason == "its writers would wait for as long as the server takes")
        let report = try fleet.pass()
        #expect(report.exitStatus == .done)
        #expect(try fleet.type(of: "k") == "bigint(20)")
        #expect(try fleet.rows() == before)
        #expect(try fleet.tables() == ["t"])
        let words = try #require(try fleet.operation()?.message)
        #expect(words.contains(/^copied 2000 rows, writers waited \d+ ms$/))
        #expect(try fleet.pass().plan.steps.isEmpty)
    }

    @Test func theFormerTableIsKeptAndNobodyManagesIt() throws {
        let fleet = try OnlineFleet(policy: "online: {below: 0B}")
        try fleet.write(OnlineFleet.after)
        _ = try fleet.pass()
        #expect(try fleet.tables() == ["t", "t__plumb_old", "t__plumb_state"])
        #expect(try fleet.root.query("SELECT COUNT(*) FROM t__plumb_old").first?[0] == "2000")
        #expect(try fleet.plan().isEmpty)
        #expect(try fleet.pass().plan.steps.isEmpty)
    }

    /// Which fault point the process dies at; the last one is behind the end.
    private static let deaths = Rounds.seeds(1).count > 1 ? Array(1...20) : [4, 7, 9, 11, 12, 13]

    @Test("a process that dies between any two phases leaves what the next one ends")
    func deaths() throws {
        for death in Self.deaths {
            let fleet = try OnlineFleet(rows: 300)
            let before = try fleet.rows()
            try fleet.write(OnlineFleet.after)
            _ = try? fleet.pass(dyingAt: death)
            _ = try fleet.pass()
            #expect(try fleet.rows() == before, "death at \(death)")
            #expect(try fleet.type(of: "k") == "bigint(20)", "death at \(death)")
            #expect(try fleet.tables() == ["t"], "death at \(death)")
            #expect(try fleet.operation()?.state == .completed, "death at \(death)")
        }
    }

    @Test("a rollback lets the former table take its place again, with what was written since")
    func rollback() throws {
        let policy = "online: {below: 0B}, approve: [irreversible], probe: {enabled: false}"
        let fleet = try OnlineFleet(policy: policy)
        try fleet.write("id int NOT NULL PRIMARY KEY, k bigint")
        _ = try fleet.pass()
        try fleet.approve()
        _ = try fleet.pass()
        #expect(try fleet.type(of: "k") == "bigint(20)")
        try fleet.root.execute("UPDATE t SET k = 77 WHERE id = 5")
        try fleet.root.execute("DELETE FROM t WHERE id = 6")
        try fleet.root.execute("INSERT INTO t VALUES (9000, 1)")
        _ = try RollbackRequests(store: fleet.fixture.passContext().store)
            .rollBack(nil, reason: "wrong")
        let step = try #require(try fleet.plan().first)
        #expect(step.engine == .copy)
        _ = try fleet.pass()
        #expect(try fleet.type(of: "k") == "int(11)")
        let rows = try fleet.rows()
        // The column that was dropped has its values again.
        #expect(
            rows.prefix(6) == [
                "1 1 row 1", "2 2 row 2", "3 3 row 3", "4 4 row 4", "5 77 row 5", "7 0 row 7",
            ])
        #expect(rows.last == "9000 1 NULL")
        #expect(rows.count == 2_000)
        #expect(try fleet.tables() == ["t"])
    }

    @Test func theNextChangeTakesTheFormerTableAway() throws {
        let fleet = try OnlineFleet(policy: "online: {below: 0B}")
        try fleet.write(OnlineFleet.after)
        _ = try fleet.pass()
        let before = try fleet.rows()
        try fleet.write("id int NOT NULL PRIMARY KEY, k bigint, c varchar(400)")
        _ = try fleet.pass()
        #expect(try fleet.type(of: "c") == "varchar(400)")
        #expect(try fleet.rows() == before)
        #expect(try fleet.tables() == ["t", "t__plumb_old", "t__plumb_state"])
        #expect(
            try fleet.root.query("SHOW COLUMNS FROM t__plumb_old LIKE 'k'").first?[1]
                == "bigint(20)")
    }

    @Test func aRowThatDoesNotFitStopsTheChangeAndLeavesTheTable() throws {
        let fleet = try OnlineFleet()
        try fleet.root.execute("UPDATE t SET c = REPEAT('x', 30) WHERE id = 1234")
        let before = try fleet.rows()
        try fleet.write("id int NOT NULL PRIMARY KEY, k int, c varchar(20)")
        try fleet.set(
            "online: {below: 0B, keep: 0s}, approve: [irreversible], probe: {enabled: false}")
        let report = try fleet.pass()
        #expect(report.exitStatus == .partial)
        let words = try #require(try fleet.operation()?.message)
        #expect(words.contains("`id` = 1234"))
        #expect(try fleet.rows() == before)
        #expect(try fleet.tables() == ["t"])
        #expect(try fleet.type(of: "c") == "varchar(40)")
    }

    @Test func whatTheServerDoesAtOnceIsNotCopied() throws {
        let fleet = try OnlineFleet()
        try fleet.write(OnlineFleet.before + ", extra int")
        let step = try #require(try fleet.plan().first)
        #expect(step.engine == nil)
        #expect(step.engineReason == nil)
        #expect(try fleet.pass().exitStatus == .done)
    }

    @Test func aSmallTableIsAltered() throws {
        let fleet = try OnlineFleet(policy: "online: {below: 1GB}")
        try fleet.write(OnlineFleet.after)
        let step = try #require(try fleet.plan().first)
        #expect(step.engine == nil)
        #expect(
            step.engineReason == "the table is small, and its writers wait for a moment only")
    }

    @Test func whatStandsBesideATableKeepsItFromBeingCopied() throws {
        let fleet = try OnlineFleet()
        let child =
            "CREATE TABLE child (t_id int, CONSTRAINT c1 FOREIGN KEY (t_id) REFERENCES t (id));"
        try fleet.fixture.write(child, to: "schema/child.sql")
        try fleet.fixture.commit("child")
        _ = try fleet.pass()
        try fleet.write(OnlineFleet.after)
        let step = try #require(try fleet.plan().first)
        #expect(step.engine == nil)
        #expect(
            step.engineReason
                == "it is not copied online: the table `child` refers to it by a foreign key, which would "
                + "go on referring to the former table")
    }

    @Test func nothingIsCopiedWithoutThePolicy() throws {
        let fleet = try OnlineFleet(policy: "drift: report")
        try fleet.write(OnlineFleet.after)
        #expect(try fleet.plan().map(\.engine) == [nil])
    }
}
