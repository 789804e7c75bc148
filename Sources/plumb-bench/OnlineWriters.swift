import Execution
import Foundation
import MySQLClient

/// Sessions that change a table at a fixed rate, and how long each of their statements takes.
///
/// Of twenty statements fourteen change a row, three insert and three delete one.
final class OnlineWriters: Sendable {
    private struct State {
        var figures = Figures()
        var isOver = false
    }

    /// What they did for a while.
    struct Figures {
        var count = 0
        var seconds = 0.0
        /// Of one statement.
        var longestSeconds = 0.0
        /// What the server said instead of doing what it was asked.
        var errors: [String] = []
        var rate: Double { Double(count) / seconds }
    }

    private let state = Lock(State())
    private let ended = DispatchGroup()
    private let rows: Int
    private let count: Int
    /// The statements of each session in a second.
    private let rate: Double

    /// - Parameter rate: the statements of all sessions in a second.
    init(count: Int, rate: Double, rows: Int, _ open: () throws -> Connection) throws {
        self.rows = rows
        self.count = count
        self.rate = rate / Double(count)
        for number in 0..<count {
            let connection = try open()
            ended.enter()
            let thread = Thread { [self] in
                write(connection, number)
                ended.leave()
            }
            thread.start()
        }
    }

    private func write(_ connection: Connection, _ number: Int) {
        var step = number
        var next = ContinuousClock.now
        while !state.withLock({ $0.isOver }), connection.isUsable {
            step += count
            let sql = statement(step)
            let (seconds, error) = Stopwatch.time { () -> MySQLError? in
                do throws(MySQLError) {
                    try connection.execute(sql)
                    return nil
                } catch {
                    return error
                }
            }
            state.withLock { state in
                state.figures.count += 1
                state.figures.longestSeconds = max(state.figures.longestSeconds, seconds)
                if let error { state.figures.errors.append(error.message) }
            }
            next += .seconds(1 / rate)
            let pause = (next - ContinuousClock.now) / .seconds(1)
            if pause > 0 {
                Thread.sleep(forTimeInterval: pause)
            } else {
                // What was missed is not made up for: the rate shows it.
                next = max(next, ContinuousClock.now - .seconds(0.1))
            }
        }
    }

    private func statement(_ step: Int) -> String {
        let id = step * 7_919 % rows + 1
        return switch step / count % 20 {
        case 0..<14: "UPDATE t SET k = k + 1 WHERE id = \(id)"
        case 14..<17: "INSERT INTO t (k, c, pad) VALUES (\(step), REPEAT('w', 110), 'pad')"
        default: "DELETE FROM t WHERE id = \(id)"
        }
    }

    /// What they do while `body` runs, and for `seconds` after it.
    func measure(seconds: Double = 0, _ body: () throws -> Void) throws -> Figures {
        state.withLock { $0.figures = Figures() }
        let took = try Stopwatch.time {
            try body()
            Thread.sleep(forTimeInterval: seconds)
        }.seconds
        var figures = state.withLock { $0.figures }
        figures.seconds = took
        return figures
    }

    func end() {
        state.withLock { $0.isOver = true }
        ended.wait()
    }
}
