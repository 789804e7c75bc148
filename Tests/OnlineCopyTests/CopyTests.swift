import Foundation
import OnlineCopy
import TestSupport
import Testing

@Suite("A copy has every row of its table, whatever is written meanwhile")
struct CopyTests {
    static let change = "ADD COLUMN extra int NOT NULL DEFAULT 7, MODIFY k bigint, ADD KEY k (k)"
    static let definition = "(id int NOT NULL AUTO_INCREMENT PRIMARY KEY, k int, c varchar(40))"

    private func fill(_ fixture: CopyFixture, rows: Int) throws {
        try fixture.root.execute(
            "INSERT INTO t (k, c) VALUES (1, 'a'), (NULL, ''), (3, 'ü'), (4, NULL)")
        var count = 4
        while count < rows {
            try fixture.root.execute("INSERT INTO t (k, c) SELECT k + 1, c FROM t")
            count *= 2
        }
    }

    @Test(arguments: TestServer.available)
    func aTableThatNobodyWritesIsCopied(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(kind, Self.definition, becomes: Self.change)
        try fill(fixture, rows: 20_000)
        let before = try fixture.rows()
        let copy = try fixture.copy()
        try fixture.finish(copy)
        #expect(copy.progress.rows == before.count)
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        let after = try fixture.rows()
        #expect(after.map { Array($0.prefix(3)) } == before)
        #expect(after.allSatisfy { $0[3] == "37" })
        var made = try CopyFixture.model("t", fixture.root, kind)
        var wanted = fixture.job.to
        made.autoIncrement = nil
        wanted.autoIncrement = nil
        #expect(made == wanted)
        // The next number is the one that the table would have given.
        let next = try fixture.root.query("SELECT MAX(id) FROM \(fixture.job.names.former)")
        try fixture.root.execute("INSERT INTO t (k) VALUES (0)")
        let own = try fixture.root.query("SELECT MAX(id) FROM t")
        #expect(try #require(Int(own[0][0] ?? "")) > #require(Int(next[0][0] ?? "")))
    }

    @Test(arguments: TestServer.available)
    func writersLoseNothingAndGetNoError(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(kind, Self.definition, becomes: Self.change)
        try fill(fixture, rows: 8_000)
        try fixture.root.execute("CREATE TABLE mirror LIKE t")
        try fixture.root.execute("INSERT INTO mirror SELECT * FROM t")
        let writers = try Writers(fixture, count: 4)
        let copy = try fixture.copy()
        try fixture.finish(copy)
        for _ in 0..<3 { try fixture.finish(copy) }
        let written = writers.count
        try fixture.cutOver(copy)
        // They go on behind the cutover.
        while writers.count < written + 200, writers.isAlive {}
        try writers.end()
        #expect(copy.progress.repaired == 0)
        #expect(writers.errors == [])
        #expect(try fixture.rows().map { Array($0.prefix(3)) } == fixture.rows("mirror"))
    }
}

@Suite("A key may get another type whose values are told apart alike")
struct GrowingKeyTests {
    @Test(arguments: TestServer.available)
    func aNumberThatCounts(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind, CopyTests.definition, becomes: "MODIFY id bigint unsigned NOT NULL AUTO_INCREMENT"
        )
        let rows = (1...3_000).map { "(\($0), \($0), 'a')" }.joined(separator: ", ")
        try fixture.root.execute("INSERT INTO t VALUES \(rows)")
        try fixture.root.execute("CREATE TABLE mirror LIKE t")
        try fixture.root.execute("INSERT INTO mirror SELECT * FROM t")
        let writers = try Writers(fixture, count: 3)
        let copy = try fixture.copy()
        try fixture.finish(copy)
        let written = writers.count
        try fixture.cutOver(copy)
        while writers.count < written + 100, writers.isAlive {}
        try writers.end()
        #expect(copy.progress.repaired == 0)
        #expect(writers.errors == [])
        #expect(try fixture.rows() == fixture.rows("mirror"))
        try fixture.root.execute("INSERT INTO t VALUES (5000000000, 1, 'b')")
    }

    @Test(
        arguments: TestServer.available,
        [
            ("smallint", "int unsigned", ["-0", "7", "32767"]),
            ("bigint", "int", ["-2147483648", "0", "2147483647"]),
            ("varchar(20)", "varchar(300)", ["''", "'B'", "'ä'", "'z'"]),
            ("varbinary(8)", "varbinary(300)", ["''", "x'00'", "x'0001'", "x'FF'"]),
        ])
    func otherKeys(kind: TestServer.Kind, type: (old: String, new: String, values: [String])) throws
    {
        let fixture = try CopyFixture(
            kind, "(id \(type.old) NOT NULL PRIMARY KEY, k int)",
            becomes: "MODIFY id \(type.new) NOT NULL")
        for value in type.values { try fixture.root.execute("INSERT INTO t VALUES (\(value), 1)") }
        let copy = try fixture.copy()
        try fixture.finish(copy)
        try fixture.root.execute("UPDATE t SET k = k + 1 WHERE id = \(type.values[1])")
        try fixture.root.execute("DELETE FROM t WHERE id = \(type.values[2])")
        let wanted = try fixture.rows()
        try fixture.finish(copy)
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        #expect(try fixture.rows() == wanted)
    }

    @Test(arguments: TestServer.available)
    func aKeyThatDoesNotFitIsNamed(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind, "(id bigint NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY id int NOT NULL")
        try fixture.root.execute("INSERT INTO t VALUES (1, 1), (5000000000, 2)")
        let copy = try fixture.copy()
        #expect(throws: CopyFailure.self) { try fixture.finish(copy) }
        do { try fixture.finish(copy) } catch {
            #expect("\(error)".contains("`id` = 5000000000"), "\(error)")
        }
    }
}

/// Sessions that write rows into `t` and, in the same transactions, into `mirror`.
final class Writers: @unchecked Sendable {
    private struct State {
        var count = 0
        var errors: [String] = []
        var isOver = false
        var running = 0
    }

    private let state = Lock(State())
    private let ended = DispatchGroup()

    init(_ fixture: CopyFixture, count: Int) throws {
        for number in 0..<count {
            let connection = try fixture.server.connect(database: fixture.database)
            try connection.execute("SET SESSION innodb_lock_wait_timeout = 20")
            // Without locks on gaps, over which the writers themselves would deadlock.
            try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            state.withLock { $0.running += 1 }
            ended.enter()
            let thread = Thread { [self] in
                write(connection, number, of: count)
                state.withLock { $0.running -= 1 }
                ended.leave()
            }
            thread.start()
        }
    }

    var count: Int { state.withLock { $0.count } }
    var errors: [String] { state.withLock { $0.errors } }
    var isAlive: Bool { state.withLock { $0.running > 0 } }

    func end() throws {
        state.withLock { $0.isOver = true }
        ended.wait()
    }

    private func write(_ connection: Connection, _ number: Int, of writers: Int) {
        var random = SeededGenerator(seed: UInt64(number + 1))
        while !state.withLock({ $0.isOver }) {
            // Each writer has rows of its own: none waits for another, and of a row that two of
            // them made and deleted, the two tables could keep different ones.
            let id = Int.random(in: 1...2_000, using: &random) * writers + number
            let new = 1_000_000 + Int.random(in: 1...2_000, using: &random) * writers + number
            let changes: [String] =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: ["DELETE FROM % WHERE id = \(id)"]
                case 1, 2: ["REPLACE INTO % (id, k, c) VALUES (\(new), \(id), 'n')"]
                case 3:
                    [
                        "DELETE FROM % WHERE id = \(new)",
                        "UPDATE % SET id = \(new) WHERE id = \(id)",
                    ]
                default: ["UPDATE % SET k = COALESCE(k, 0) + 1, c = '\(new)' WHERE id = \(id)"]
                }
            do {
                try connection.execute("START TRANSACTION")
                for change in changes {
                    for table in ["t", "mirror"] {
                        try connection.execute(change.replacing("%", with: table))
                    }
                }
                try connection.execute("COMMIT")
            } catch {
                state.withLock { $0.errors.append("\(error)") }
                return
            }
            state.withLock { $0.count += 1 }
        }
    }
}
