import TestSupport
import Testing

@testable import OnlineCopy

/// Many changes of one table, one after the other, under sessions that write it all the time.
@Suite("No cutover loses a write, or gives a writer an error", .serialized)
struct CutoverTests {
    @Test(arguments: TestServer.available)
    func writersGoOnThroughCutovers(kind: TestServer.Kind) throws {
        let first = try CopyFixture(
            kind, "(id int NOT NULL AUTO_INCREMENT PRIMARY KEY, k int, c varchar(40))",
            becomes: "MODIFY k bigint")
        let root = first.root
        let rows = (8...2_400).map { "(\($0), \($0), 'a')" }.joined(separator: ", ")
        try root.execute("INSERT INTO t VALUES \(rows)")
        try root.execute("CREATE TABLE mirror LIKE t")
        try root.execute("INSERT INTO mirror SELECT * FROM t")
        let writers = try Writers(first, count: 8)
        for round in Rounds.seeds(4) {
            let change = round % 2 == 0 ? "MODIFY k bigint" : "MODIFY k int"
            let fixture = round == 0 ? first : try CopyFixture(of: first, becomes: change)
            let copy = try fixture.copy()
            try fixture.finish(copy)
            #expect(copy.progress.repaired == 0)
            try fixture.cutOver(copy)
            let written = writers.count
            while writers.count < written + 100, writers.isAlive {}
            try fixture.cleanUp(copy)
        }
        try writers.end()
        #expect(writers.errors == [])
        #expect(try first.rows() == first.rows("mirror"))
        let left = try root.query("SHOW TABLES LIKE 't\\_\\_%'")
        #expect(left.isEmpty)
    }

    /// A log that is not read in time would have all writers wait.
    @Test(arguments: TestServer.available) func aSlowReadingIsNotWaitedFor(
        kind: TestServer.Kind
    ) throws {
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY k bigint")
        try fixture.root.execute("INSERT INTO t VALUES (1, 1)")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        let renamer = try fixture.server.connect(database: fixture.database)
        var cutover = Cutover(copy, renamer: renamer)
        cutover.readingSeconds = 0
        let outcome = try cutover.attempt()
        #expect(outcome == .busy("the binary log is read more slowly than it is written"))
        // Nobody is kept waiting, and nothing is left.
        try fixture.root.execute("INSERT INTO t VALUES (2, 2)")
        #expect(try fixture.root.query("SHOW TABLES LIKE '%plumb\\_old'").isEmpty)
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        #expect(try fixture.rows().count == 2)
    }
}
