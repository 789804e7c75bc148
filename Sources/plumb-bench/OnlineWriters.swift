import Execution
import Foundation
import MySQLClient

/// Sessions that change a table at a fixed rate, and how long each of their statements takes.
final class OnlineWriters: Sendable {
    private struct State {
        var count = 0
        var longest = 0.0
        var isOver = false
        var failure: (any Error)?
    }

    /// What they did for a while.
    struct Figures {
        var count: Int
        var seconds: Double
        var longestSeconds: Double
        var rate: Double { Double(count) / seconds }
    }

    private let state = Lock(State())
    private let ended = DispatchGroup()

    /// The statements of each session in a second.
    private static let rate = 200.0

    init(count: Int, rows: Int, _ open: () throws -> Connection) throws {
        for number in 0..<count {
            let connection = try open()
            ended.enter()
            let thread = Thread { [self] in
                do {
                    try write(connection, number, rows)
                } catch {
                    state.withLock { $0.failure = error }
                }
                ended.leave()
            }
            thread.start()
        }
    }

    private func write(_ connection: Connection, _ number: Int, _ rows: Int) throws {
        var step = number
        var next = ContinuousClock.now
        while !state.withLock({ $0.isOver }) {
            step += 2
            let id = step * 7_919 % rows + 1
            let sql =
                switch step / 2 % 20 {
                case 0..<14: "UPDATE t SET k = k + 1 WHERE id = \(id)"
                case 14..<17:
                    "INSERT INTO t (k, c, pad) VALUES (\(step), REPEAT('w', 110), 'pad')"
                default: "DELETE FROM t WHERE id = \(id)"
                }
            let seconds = try Stopwatch.time { try connection.execute(sql) }.seconds
            state.withLock { state in
                state.count += 1
                state.longest = max(state.longest, seconds)
            }
            next += .seconds(1 / Self.rate)
            let pause = (next - ContinuousClock.now) / .seconds(1)
            if pause > 0 { Thread.sleep(forTimeInterval: pause) }
        }
    }

    /// What they do while `body` runs, and for `seconds` after it.
    func measure(seconds: Double, _ body: () throws -> Void) throws -> Figures {
        state.withLock { state in
            state.count = 0
            state.longest = 0
        }
        let took = try Stopwatch.time {
            try body()
            Thread.sleep(forTimeInterval: seconds)
        }.seconds
        let (count, longest, failure) = state.withLock { ($0.count, $0.longest, $0.failure) }
        if let failure { throw failure }
        return Figures(count: count, seconds: took, longestSeconds: longest)
    }

    func end() throws {
        state.withLock { $0.isOver = true }
        ended.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}
