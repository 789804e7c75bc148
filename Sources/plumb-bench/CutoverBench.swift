import Execution
import Foundation
import MySQLClient
import OnlineCopy

/// Changes a small table again and again while eight sessions write it as fast as they can, and
/// each of them the same rows of another table in the same transactions.
struct CutoverBench {
    let subject: OnlineSubject
    let cutovers: Int

    private static let writers = 8
    private static let rows = 2_400

    func run(_ board: inout Scoreboard) throws {
        board.heading("\(cutovers) cutovers under \(Self.writers) writers")
        let connection = try subject.makeDatabase()
        try connection.execute("CREATE TABLE t \(OnlineSubject.definition)")
        try connection.execute(
            "INSERT INTO t (k, c, pad) SELECT seq, 'c', 'pad' FROM seq_1_to_\(Self.rows)")
        try connection.execute("CREATE TABLE mirror LIKE t")
        try connection.execute("INSERT INTO mirror SELECT * FROM t")
        let writers = try HammeringWriters(count: Self.writers, rows: Self.rows) {
            try subject.inside()
        }
        defer { writers.end() }
        var stalls = Series()
        var attempts = 0
        for round in 0..<cutovers {
            let job = try subject.job(
                connection, round % 2 == 0 ? "MODIFY k BIGINT NOT NULL" : "MODIFY k INT NOT NULL")
            let copy = try subject.begin(job)
            while try copy.work(seconds: 1) != .ready {}
            let cut = try subject.cutOver(copy, job)
            stalls.add(cut.seconds)
            attempts += cut.attempts
        }
        writers.end()
        let figures = writers.figures
        let columns = "id, k, c, pad"
        let differing = try connection.query(
            "SELECT COUNT(*) FROM (SELECT \(columns) FROM (SELECT \(columns) FROM t UNION ALL "
                + "SELECT \(columns) FROM mirror) both_of_them GROUP BY \(columns) "
                + "HAVING COUNT(*) <> 2) single")
        board.note(
            "the table was locked for",
            "\(Text.fine(stalls)), longest \(Text.milliseconds(stalls.seconds.max() ?? .nan)), "
                + "\(attempts) attempts")
        board.record(
            "rows lost", figure: "of \(figures.count) transactions",
            value: differing.first?[0].flatMap(Double.init) ?? .infinity, goal: .atMost(0),
            Text.count)
        board.record(
            "errors given to the writers", figure: figures.errors.first ?? "none",
            value: Double(figures.errors.count), goal: .atMost(0), Text.count)
        board.record(
            "the longest stall of a writer", figure: "of all \(cutovers)",
            value: figures.longestSeconds, goal: .atMost(0.1), Text.milliseconds)
        try connection.execute("DROP DATABASE \(OnlineSubject.database)")
    }
}

/// Sessions that write two tables alike, in transactions and without a pause.
private final class HammeringWriters: Sendable {
    private struct State {
        var count = 0
        var longestSeconds = 0.0
        var errors: [String] = []
        var isOver = false
    }

    private let state = Lock(State())
    private let ended = DispatchGroup()

    init(count: Int, rows: Int, _ open: () throws -> Connection) throws {
        for number in 0..<count {
            let connection = try open()
            // Without locks on gaps, over which the writers would deadlock by themselves.
            try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            ended.enter()
            let thread = Thread { [self] in
                write(connection, number, of: count, rows)
                ended.leave()
            }
            thread.start()
        }
    }

    var figures: (count: Int, longestSeconds: Double, errors: [String]) {
        state.withLock { ($0.count, $0.longestSeconds, $0.errors) }
    }

    func end() {
        state.withLock { $0.isOver = true }
        ended.wait()
    }

    private func write(_ connection: Connection, _ number: Int, of count: Int, _ rows: Int) {
        var step = 0
        while !state.withLock({ $0.isOver }), connection.isUsable {
            step += 1
            // Each has rows of its own, so that none waits for another.
            let id = step * 7_919 % (rows / count) * count + number + 1
            let change =
                switch step % 10 {
                case 0: "DELETE FROM % WHERE id = \(id)"
                case 1, 2: "REPLACE INTO % VALUES (\(id), \(step % 1_000), 'n', 'pad')"
                default: "UPDATE % SET k = k + 1, c = '\(step)' WHERE id = \(id)"
                }
            let (seconds, error) = Stopwatch.time { () -> MySQLError? in
                do throws(MySQLError) {
                    try connection.execute("START TRANSACTION")
                    try connection.execute(change.replacing("%", with: "t"))
                    try connection.execute(change.replacing("%", with: "mirror"))
                    try connection.execute("COMMIT")
                    return nil
                } catch {
                    return error
                }
            }
            state.withLock { state in
                state.count += 1
                state.longestSeconds = max(state.longestSeconds, seconds)
                if let error { state.errors.append(error.message) }
            }
            if error != nil { try? connection.execute("ROLLBACK") }
        }
    }
}
