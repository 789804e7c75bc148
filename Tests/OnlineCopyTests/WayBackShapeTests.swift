import OnlineCopy
import TestSupport
import Testing

/// Every kind of key there and back, with rows that change all the time and sessions that are lost:
/// in the end the table is what it would be had it never been changed.
@Suite("A table that comes back is the one that was never changed", .serialized)
struct WayBackShapeTests {
    private static let rest =
        "k int NOT NULL DEFAULT 0, c varchar(40) CHARACTER SET latin1, s tinyint DEFAULT 3, "
        + "e enum('a', 'b') DEFAULT 'b', KEY old (k)"
    private static let changes = [
        "DROP COLUMN s, MODIFY k bigint NOT NULL DEFAULT 0, ADD COLUMN more int DEFAULT 5 FIRST",
        "DROP COLUMN e, DROP COLUMN s, MODIFY c text, DROP KEY old",
        "MODIFY c varchar(90) CHARACTER SET utf8mb4, MODIFY e varchar(9) DEFAULT 'b'",
        "MODIFY e enum('z', 'b', 'a') DEFAULT 'b', DROP COLUMN s, ADD KEY (c(5))",
    ]

    @Test(arguments: TestServer.available, Rounds.seeds(4))
    func itIsWhatItWas(kind: TestServer.Kind, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed + 100))
        for shape in KeyShapeTests.shapes.shuffled(using: &random).prefix(3) {
            let change = Self.changes[Int.random(in: 0..<Self.changes.count, using: &random)]
            try run(kind, shape, change, &random)
        }
    }

    private func run(
        _ kind: TestServer.Kind, _ shape: KeyShapeTests.Shape, _ change: String,
        _ random: inout SeededGenerator
    ) throws {
        let fixture = try CopyFixture(kind, "(\(shape.key), \(Self.rest))", becomes: change)
        let root = fixture.root
        let columns = shape.key.contains(" b ") ? "a, b" : "a"
        for number in 1..<300 {
            try root.execute(
                "INSERT INTO t (\(columns), k, c, s, e) VALUES (\(shape.values(number)), "
                    + "\(number), 'ü', \(number % 90), 'a')")
        }
        try root.execute("CREATE TABLE mirror LIKE t")
        try root.execute("INSERT INTO mirror SELECT * FROM t")
        let copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.cutOver(copy)
        copy.end()
        var next = 300
        var back = try fixture.wayBack()
        for step in 0..<25 {
            try root.execute("START TRANSACTION")
            for _ in 0..<4 {
                // A key that is gone does not come again: its row would keep what it had.
                let number = Int.random(in: 1..<next, using: &random)
                let row = "WHERE (\(columns)) = (\(shape.values(number)))"
                let values = "(\(shape.values(next)), \(next), 'é')"
                let change =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: "DELETE FROM TABLE \(row)"
                    case 1: "INSERT INTO TABLE (\(columns), k, c) VALUES \(values)"
                    default: "UPDATE TABLE SET k = k + 1, c = NULL \(row)"
                    }
                if change.hasPrefix("INSERT") { next += 1 }
                for table in ["t", "mirror"] {
                    try root.execute(change.replacing("TABLE", with: table))
                }
            }
            try root.execute("COMMIT")
            if step % 6 == 5 {
                try fixture.lose(back)
                back = try fixture.wayBack()
            }
            _ = try back.work(seconds: 0)
        }
        try back.compareAgain()
        try fixture.finish(back)
        #expect(back.progress.repaired == 0, "\(shape.name): \(change)")
        try fixture.cutOver(back)
        back.end()
        #expect(try fixture.rows() == fixture.rows("mirror"), "\(shape.name): \(change)")
        try fixture.cleanUp()
    }
}
