import OnlineCopy
import TestSupport
import Testing

@Suite("attack: what a copy leaves is known after any end, and nothing else is taken away")
struct CopyEndTests {
    private static let plain = "(id int NOT NULL PRIMARY KEY, c varchar(10))"
    private static let there =
        "RENAME TABLE `t` TO `t__plumb_old`, `t__plumb_new` TO `t`"
    private static let back =
        "RENAME TABLE `t` TO `t__plumb_new`, `t__plumb_old` TO `t`"

    private func ready(_ kind: TestServer.Kind = .mariadb1011) throws -> CopyFixture {
        let fixture = try CopyFixture(kind, Self.plain, becomes: "MODIFY c varchar(50)")
        try fixture.root.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        let copy = try fixture.copy()
        try fixture.finish(copy)
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

    private func left(_ fixture: CopyFixture) throws -> [String?] {
        try fixture.root.query("SHOW TABLES").map { $0[0] }
    }

    /// The process ended when the names were changed, and that was not recorded yet.
    @Test(arguments: TestServer.available)
    func namesThatWereChangedAreKnown(kind: TestServer.Kind) throws {
        let fixture = try ready(kind)
        try fixture.root.execute(Self.there)
        #expect(failure { try fixture.abandon() }.contains("in its place already"))
        #expect(try fixture.phase() == .swapped)
        try fixture.root.execute("INSERT INTO t VALUES (3, 'c')")
        let way = try fixture.wayBack()
        try way.compareAgain()
        try fixture.finish(way)
        way.end()
        try fixture.root.execute(Self.back)
        #expect(failure { _ = try fixture.wayBack() }.contains("is the former table again"))
        #expect(try fixture.phase() == .reverted)
        try fixture.cleanUp()
        #expect(try left(fixture) == ["t"])
        #expect(try fixture.rows().count == 3)
    }

    @Test func tablesThatSomebodyElseNamedAreNoCutover() throws {
        let fixture = try ready()
        // The copy was never compared: nobody of ours has given these names.
        try fixture.root.execute(
            "UPDATE t__plumb_state SET document = REPLACE(document, '\"isCompared\":true', "
                + "'\"isCompared\":false')")
        try fixture.root.execute(Self.there)
        #expect(try fixture.phase() == .following)
        let other = try ready()
        try other.root.execute(Self.there)
        try other.root.execute("ALTER TABLE t__plumb_old ADD COLUMN x int")
        #expect(try other.phase() == .following)
    }

    @Test(arguments: TestServer.available)
    func anUnfinishedCopyLeavesNothing(kind: TestServer.Kind) throws {
        let fixture = try ready(kind)
        if kind.flavour == .mariadb {
            try fixture.root.execute("CREATE TABLE t__plumb_old (id int) COMMENT='plumb: nothing'")
        }
        #expect(failure { try fixture.cleanUp() }.contains("is not in its place"))
        try fixture.abandon()
        #expect(try left(fixture) == ["t"])
    }

    @Test func aFormerTableOfSomebodyElseIsLeft() throws {
        let fixture = try ready()
        try fixture.root.execute("CREATE TABLE t__plumb_old (id int)")
        #expect(failure { try fixture.abandon() }.contains("is none of this copy"))
        try fixture.root.execute("DROP TABLE t__plumb_old")
        let second = try ready()
        try second.root.execute(Self.there)
        #expect(try second.phase() == .swapped)
        try second.root.execute("DROP TABLE t__plumb_old")
        try second.root.execute("CREATE TABLE t__plumb_old (precious int)")
        #expect(failure { try second.cleanUp() }.contains("is another one than the copy"))
        #expect(try left(second).contains("t__plumb_old"))
    }

    /// The process ended while it took away what was left.
    @Test(arguments: ["t__plumb_old", "nothing"]) func cleaningGoesOn(gone: String) throws {
        let fixture = try ready()
        try fixture.root.execute(Self.there)
        #expect(try fixture.phase() == .swapped)
        try fixture.root.execute(
            "UPDATE t__plumb_state SET document = REPLACE(document, 'swapped', 'leaving')")
        try fixture.root.execute("DROP TABLE IF EXISTS \(gone)")
        #expect(failure { _ = try fixture.wayBack() }.contains("is being dropped"))
        #expect(failure { _ = try fixture.copy() }.contains("has come to its end"))
        try fixture.cleanUp()
        #expect(try left(fixture) == ["t"])
    }

    @Test func thereIsNoWayBackBeforeACutover() throws {
        let fixture = try ready()
        #expect(failure { _ = try fixture.wayBack() }.contains("no way back yet"))
        try fixture.abandon()
        #expect(failure { _ = try fixture.wayBack() }.contains("no copy of `t` is there"))
    }

    @Test func aFormerTableThatIsGoneIsSaid() throws {
        let fixture = try ready()
        try fixture.root.execute(Self.there)
        #expect(try fixture.phase() == .swapped)
        try fixture.root.execute("DROP TABLE t__plumb_old")
        #expect(failure { _ = try fixture.wayBack() }.contains("somebody dropped the table"))
    }

    @Test(
        "a copy whose process died before its first row begins anew",
        arguments: TestServer.available)
    func diedBeforeItsFirstRow(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY k bigint")
        try fixture.root.execute("INSERT INTO t VALUES (1, 2), (3, 4)")
        try fixture.copy().end()
        try fixture.root.execute("DROP TABLE \(fixture.job.names.shadow)")
        try fixture.root.execute("DELETE FROM \(fixture.job.names.progress)")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        #expect(copy.progress.rows == 2)
    }
}
