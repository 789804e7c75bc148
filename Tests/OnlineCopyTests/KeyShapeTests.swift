import Foundation
import OnlineCopy
import TestSupport
import Testing

/// Every kind of key, every kind of change, rows that change meanwhile, and sessions that are lost
/// at any moment: in the end the copy is what the server's own `ALTER` makes of the same rows.
// One at a time: each has sessions of its own on one server.
@Suite("A copy is what the server's own ALTER makes of the same rows", .serialized)
struct KeyShapeTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        /// The columns of the key, and the key.
        let key: String
        /// The values of a key, by a number.
        let values: @Sendable (Int) -> String

        var testDescription: String { name }
    }

    static let shapes = [
        Shape(name: "counted", key: "a int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY") {
            "\($0)"
        },
        Shape(name: "negative", key: "a bigint NOT NULL PRIMARY KEY") {
            "\(($0 - 300) * 10_000_000)"
        },
        Shape(
            name: "two columns",
            key: "a smallint NOT NULL, b varchar(20) NOT NULL, PRIMARY KEY (a, b)"
        ) {
            "\($0 % 7), 'b\($0 / 7)'"
        },
        Shape(
            name: "collated", key: "a varchar(20) COLLATE utf8mb4_general_ci NOT NULL PRIMARY KEY"
        ) { "'\(["Straße", "ä", "Z", "z_", "%"][$0 % 5])\($0)'" },
        Shape(name: "latin1", key: "a char(12) CHARACTER SET latin1 NOT NULL PRIMARY KEY") {
            "'é\($0)'"
        },
        Shape(name: "bytes", key: "a varbinary(8) NOT NULL PRIMARY KEY") {
            "x'00\(String($0 + 256, radix: 16).count % 2 == 0 ? "" : "0")\(String($0 + 256, radix: 16))27'"
        },
        Shape(name: "fixed bytes", key: "a binary(4) NOT NULL PRIMARY KEY") {
            "x'\(String(format: "%04x", $0))'"
        },
        Shape(name: "times", key: "a datetime(3) NOT NULL PRIMARY KEY") {
            "'2026-01-01 00:00:00.5' + INTERVAL \($0) MINUTE"
        },
        Shape(name: "decimals", key: "a decimal(12,3) NOT NULL PRIMARY KEY") { "\($0 - 200).125" },
        Shape(name: "unique", key: "a bigint unsigned NOT NULL, UNIQUE KEY own (a)") {
            "\($0) + 18446744073709550000"
        },
        Shape(name: "days", key: "a date NOT NULL, b year NOT NULL, PRIMARY KEY (b, a)") {
            "'2020-01-01' + INTERVAL \($0) DAY, 1990 + \($0 % 9)"
        },
    ]

    static let changes = [
        "MODIFY c text, ADD COLUMN more int DEFAULT 5 FIRST",
        "MODIFY k bigint unsigned NOT NULL, ADD UNIQUE KEY cu (c(10), k, d), DROP COLUMN s",
        "DROP COLUMN d, MODIFY s varchar(9), ADD KEY (k, c(4))",
        "MODIFY c varchar(90) CHARACTER SET utf8mb4, MODIFY e enum('z', 'b', 'a', 'c')",
        "MODIFY k varchar(12), MODIFY d datetime(6), ADD COLUMN g int AS (LENGTH(s)) STORED",
        "MODIFY d date, MODIFY e varchar(3), DROP KEY old",
    ]

    @Test(arguments: TestServer.available, Rounds.seeds(6))
    func itIsWhatTheServerMakes(kind: TestServer.Kind, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for shape in Self.shapes.shuffled(using: &random).prefix(3) {
            let change = Self.changes[Int.random(in: 0..<Self.changes.count, using: &random)]
            try run(kind, shape, change, &random)
        }
    }

    private func run(
        _ kind: TestServer.Kind, _ shape: Shape, _ change: String,
        _ random: inout SeededGenerator
    ) throws {
        let rest =
            "k int NOT NULL DEFAULT 0, c varchar(40) CHARACTER SET latin1, d datetime, "
            + "e enum('a', 'b', 'c'), s tinyint, KEY old (k)"
        let fixture = try CopyFixture(kind, "(\(shape.key), \(rest))", becomes: change)
        let root = fixture.root
        for number in 0..<400 { try write("t", shape, number, root) }
        try root.execute("CREATE TABLE mirror LIKE t")
        try root.execute("INSERT INTO mirror SELECT * FROM t")
        let writer = try fixture.server.connect(database: fixture.database)
        let isBeside = Bool.random(using: &random)
        var copy = try fixture.copy(chunkSeconds: 0.001, isBeside: isBeside)
        var lost = 0
        var steps = 0
        while true {
            for _ in 0..<3 {
                let number = Int.random(in: 0..<600, using: &random)
                let kind = Int.random(in: 0..<4, using: &random)
                try writer.execute("START TRANSACTION")
                for table in ["t", "mirror"] {
                    try disturb(table, shape, number, kind, writer)
                }
                try writer.execute("COMMIT")
            }
            steps += 1
            do {
                // Now and then its session is lost, in whatever it is at.
                if lost < 6, Int.random(in: 0..<4, using: &random) == 0 {
                    lost += 1
                    try fixture.lose(copy)
                    copy = try fixture.copy(chunkSeconds: 0.001, isBeside: isBeside)
                }
                let status = try copy.work(seconds: 0)
                if status == .ready, steps > 12 { break }
            } catch let error as CopyFailure {
                guard case .server(let failure) = error, failure.kind == .lostConnection else {
                    throw error
                }
                copy = try fixture.copy(chunkSeconds: 0.001, isBeside: isBeside)
            }
        }
        #expect(copy.progress.repaired == 0, "\(shape.name): \(change)")
        try fixture.cutOver(copy)
        try root.execute("ALTER TABLE mirror \(change)")
        #expect(try fixture.rows() == fixture.rows("mirror"), "\(shape.name): \(change)")
    }

    private func write(
        _ table: String, _ shape: Shape, _ number: Int, _ connection: Connection
    ) throws {
        try connection.execute(
            "REPLACE INTO \(table) VALUES (\(shape.values(number)), \(number), "
                + "'ü\(number)', '2026-02-03 04:05:06', \(number % 3 + 1), \(number % 100))")
    }

    private func disturb(
        _ table: String, _ shape: Shape, _ number: Int, _ kind: Int, _ connection: Connection
    ) throws {
        guard kind < 3 else { return try write(table, shape, number, connection) }
        let columns =
            shape.key.contains("b varchar") || shape.key.contains("b year") ? "(a, b)" : "a"
        let values = columns == "a" ? shape.values(number) : "(\(shape.values(number)))"
        let condition = "WHERE \(columns) = \(values)"
        let statement =
            kind == 0
            ? "DELETE FROM \(table) \(condition)"
            : "UPDATE \(table) SET k = k + 1, c = NULL \(condition)"
        try connection.execute(statement)
    }
}
