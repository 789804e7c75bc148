import Binlog
import Execution
import Foundation
import MySQLClient
import Schema

/// Measures how fast a binary log is read and its rows are decoded, against two writers that write
/// it as fast as they can. Needs a server that logs rows.
struct BinlogBench {
    let server: ServerAddress

    private static let writers = 2
    private static let seconds = 10.0
    private static let rounds = 5
    private static let database = "bench_binlog"

    /// What one reading of the log found.
    private struct Reading {
        var events = 0
        var rows = 0
        var seconds = 0.0
        /// Of the processor, in the thread that reads.
        var work = 0.0
    }

    func run(_ board: inout Scoreboard) throws {
        board.heading("The binary log of two writers, read and decoded")
        let connection = try open()
        try connection.execute("CREATE DATABASE \(Self.database)")
        try connection.execute(
            "CREATE TABLE \(Self.database).t (id BIGINT PRIMARY KEY AUTO_INCREMENT, k INT NOT NULL, "
                + "c CHAR(120) NOT NULL, pad CHAR(60) NOT NULL, KEY (k))")
        let columns = try TableColumns.read(database: Self.database, table: "t", on: connection)
        guard let columns else { throw BenchError("the table is missing") }
        let start = try BinlogSource(on: connection).position
        let (written, changes) = try Stopwatch.time { try write() }
        let end = try BinlogSource(on: connection).position
        guard start.file == end.file else { throw BenchError("the log went on in another file") }
        var rates = Series()
        var bytes = Series()
        var work = Series()
        var last = Reading()
        for _ in 0..<Self.rounds {
            last = try read(from: start, to: end, columns)
            guard last.rows == changes else {
                throw BenchError("\(changes) rows were written and \(last.rows) read")
            }
            rates.add(Double(last.rows) / last.seconds)
            work.add(Double(last.rows) / last.work)
            bytes.add(Double(end.offset - start.offset) / last.seconds / 1e6)
        }
        board.note("written: rows", "\(Text.count(Double(changes) / written)) a second")
        board.note("read: events", "\(Text.count(Double(last.events) / last.seconds)) a second")
        board.note("read: bytes", "\(Text.megabytes(bytes.median)) a second")
        board.record(
            "read: rows", figure: Text.rates(rates), against: "of what is written",
            value: rates.median * written / Double(changes), goal: .atLeast(10), Text.times)
        board.note("  of the processor alone", Text.rates(work))
        board.note("memory", Machine.peakMegabytes.map(Text.megabytes) ?? "unknown")
    }

    private func open() throws(MySQLError) -> Connection {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return try Connection(to: server, settings: settings)
    }

    /// Two sessions at once; returns how many rows they changed.
    private func write() throws -> Int {
        let ended = DispatchGroup()
        let total = Lock<Result<Int, any Error>>(.success(0))
        for writer in 0..<Self.writers {
            let connection = try open()
            ended.enter()
            let thread = Thread {
                let result = Result { try Self.write(writer, over: connection) }
                total.withLock { total in
                    total = total.flatMap { sum in result.map { sum + $0 } }
                }
                ended.leave()
            }
            thread.start()
        }
        ended.wait()
        return try total.withLock { $0 }.get()
    }

    /// Of twenty statements fourteen insert a row, three change and three delete one.
    private static func write(_ writer: Int, over connection: Connection) throws -> Int {
        let end = Date(timeIntervalSinceNow: seconds)
        var id = writer * 1_000_000_000
        var count = 0
        while Date() < end {
            for step in 0..<20 {
                switch step {
                case 0..<14:
                    id += 1
                    try connection.execute(
                        "INSERT INTO \(database).t VALUES (\(id), \(step), REPEAT('c', 110), 'pad')"
                    )
                case 14..<17:
                    try connection.execute(
                        "UPDATE \(database).t SET k = k + 1 WHERE id = \(id - step + 14)")
                default:
                    try connection.execute(
                        "DELETE FROM \(database).t WHERE id = \(id - step + 10)")
                }
                count += 1
            }
        }
        return count
    }

    private func read(
        from start: BinlogPosition, to end: BinlogPosition, _ columns: TableColumns
    ) throws -> Reading {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        let stream = try BinlogStream(
            server: server, settings: settings, from: .position(start),
            options: BinlogStream.Options(serverID: 4_711))
        var reading = Reading()
        var decoder: RowDecoder?
        var known: TableMapEvent?
        (reading.seconds, reading.work) = try Stopwatch.time {
            try Stopwatch.processorTime {
                while stream.position < end, let entry = try stream.next() {
                    reading.events += 1
                    switch entry.event {
                    case .table(let map):
                        // A table keeps its map until it changes.
                        guard map != known else { continue }
                        decoder = try RowDecoder(map, columns: columns)
                        known = map
                    case .rows(let rows):
                        guard let decoder else { throw BenchError("rows came before their table") }
                        var changes = try rows.changes(decoder)
                        while try changes.next() != nil { reading.rows += 1 }
                    default: continue
                    }
                }
            }.seconds
        }
        stream.end()
        return reading
    }
}
