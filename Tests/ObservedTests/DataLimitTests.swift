import Diff
import Testing

@testable import Observed
@testable import TestSupport

/// What is asked of rows gets in nobody's way, and what is not answered is not taken for clear.
@Suite struct DataLimitTests {
    private func fleet(
        _ kind: TestServer.Kind = .mariadb1011, _ statements: String...
    ) throws -> (ObservedFleet, ObservationTarget) {
        let fleet = try ObservedFleet(on: TestServer.shared(kind))
        let target = try fleet.add(
            ["CREATE TABLE t (id int PRIMARY KEY, c int)", "INSERT INTO t VALUES (1, 0)"]
                + statements, options: "CHARACTER SET utf8mb4")
        return (fleet, target)
    }

    private func ask(
        _ sql: String, _ fleet: ObservedFleet, _ target: ObservationTarget, each: Int = 20,
        total: Int = 60
    ) -> DataProbe.Answer? {
        DataQuestionRunner(pool: fleet.pool, limits: .init(eachSeconds: each, totalSeconds: total))
            .ask(
                [.init(target: target, flavour: fleet.server.kind.flavour, sql: sql)],
                totalConcurrency: 2, perServer: 2
            ).first ?? nil
    }

    @Test(arguments: TestServer.available)
    func whatTheServerOnlyWarnsOfIsNotClear(kind: TestServer.Kind) throws {
        let (fleet, target) = try fleet(kind)
        #expect(
            ask("SELECT 1 FROM t WHERE NOT (10 / c > 1) LIMIT 1", fleet, target)
                == .notAnswered("the server could not evaluate every row (warning 1365)"))
        #expect(ask("SELECT 1 FROM t WHERE NOT (c = 0) LIMIT 1", fleet, target) == .clear)
    }

    @Test(arguments: TestServer.available)
    func theServerEndsWhatTakesTooLong(kind: TestServer.Kind) throws {
        let (fleet, target) = try fleet(kind)
        let numbers = (0..<1000).map { "(\($0 + 10), 1)" }.joined(separator: ", ")
        try fleet.run(["INSERT INTO t VALUES \(numbers)"], in: target)
        for sql in [
            "SELECT 1 FROM t, t AS u, t AS v, t AS w WHERE t.c + u.c + v.c + w.c > 9 LIMIT 1",
            // Ended by MariaDB without an error, as if there were no row.
            "SELECT 1 FROM t WHERE BENCHMARK(2000000000, SHA2('a', 512)) > 0 LIMIT 1",
        ] {
            #expect(ask(sql, fleet, target, each: 1) == .notAnswered("no answer within 1 s"))
        }
    }

    @Test(arguments: TestServer.available)
    func aTableThatIsHeldIsNotWaitedFor(kind: TestServer.Kind) throws {
        let (fleet, target) = try fleet(kind)
        let holder = try fleet.server.connect(database: target.database)
        try holder.execute("LOCK TABLES t WRITE")
        let sql = "SELECT 1 FROM t WHERE c IS NULL LIMIT 1"
        #expect(ask(sql, fleet, target) == .notAnswered("another session holds the table"))
        try holder.execute("UNLOCK TABLES")
        #expect(ask(sql, fleet, target) == .clear)
    }

    @Test func nothingBeginsOnceTheTimeIsOver() throws {
        let (fleet, target) = try fleet()
        let sql = "SELECT 1 FROM t WHERE c IS NULL LIMIT 1"
        #expect(ask(sql, fleet, target, total: 0) == nil)
    }

    @Test(arguments: TestServer.available)
    func nothingCanBeWritten(kind: TestServer.Kind) throws {
        let (fleet, target) = try fleet(
            kind,
            "CREATE FUNCTION f() RETURNS int DETERMINISTIC MODIFIES SQL DATA "
                + "BEGIN UPDATE t SET c = 7; RETURN 1; END")
        #expect(
            ask("SELECT 1 FROM DUAL WHERE f() = 1 LIMIT 1", fleet, target)
                == .notAnswered("the server refused the question (error 1792)"))
        let connection = try fleet.server.connect(database: target.database)
        #expect(try connection.query("SELECT c FROM t").first?[0] == "0")
    }

    /// Servers sort by the first 1024 bytes; what they count is told apart by all of them.
    @Test(arguments: TestServer.available)
    func longValuesAreToldApart(kind: TestServer.Kind) throws {
        let rows = (0..<50).map { "(\($0), CONCAT(REPEAT('x', 2000), \($0)))" }
        let (fleet, target) = try fleet(
            kind, "CREATE TABLE u (id int, c text)",
            "INSERT INTO u VALUES \(rows.joined(separator: ", "))")
        let sql =
            "SELECT 1 FROM u GROUP BY c COLLATE utf8mb4_unicode_ci HAVING COUNT(*) > 1 LIMIT 1"
        #expect(ask(sql, fleet, target) == .clear)
        try fleet.run(["INSERT INTO u VALUES (50, CONCAT(REPEAT('x', 2000), 0))"], in: target)
        #expect(ask(sql, fleet, target) == .inTheWay)
    }

    /// Where the server's default locks what is read, questions still do not wait for writers.
    @Test func noRowIsLocked() throws {
        let server = try TestServer.start(options: ["--transaction-isolation=SERIALIZABLE"])
        let fleet = try ObservedFleet(on: server)
        let target = try fleet.add(
            "CREATE TABLE t (id int PRIMARY KEY, c int)", "INSERT INTO t VALUES (1, 0)")
        let writer = try server.connect(database: target.database)
        try writer.execute("START TRANSACTION")
        try writer.execute("UPDATE t SET c = NULL")
        #expect(ask("SELECT 1 FROM t WHERE c IS NULL LIMIT 1", fleet, target) == .clear)
        try writer.execute("COMMIT")
        #expect(ask("SELECT 1 FROM t WHERE c IS NULL LIMIT 1", fleet, target) == .inTheWay)
        server.kill()
    }

    @Test(arguments: TestServer.available)
    func anAccountThatMayNotReadIsNamed(kind: TestServer.Kind) throws {
        let (fleet, target) = try fleet(kind)
        let database = SQL.identifier(target.database)
        let limited = try fleet.limited(["INSERT ON \(database).*"])
        #expect(
            ask("SELECT 1 FROM t WHERE c IS NULL LIMIT 1", limited, target)
                == .notAnswered("the account may not read the table: grant it SELECT"))
        let reader = try fleet.limited(["SELECT ON \(database).*"])
        #expect(ask("SELECT 1 FROM t WHERE c IS NULL LIMIT 1", reader, target) == .clear)
    }
}
