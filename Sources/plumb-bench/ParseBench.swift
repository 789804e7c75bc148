import MySQLClient
import Schema

/// Measures how many tables one core parses in a second.
struct ParseBench {
    let fleet: BenchFleet

    private static let rounds = 5
    private static let repetitions = 200

    func run(_ board: inout Scoreboard) throws {
        board.heading("Parsing")
        let texts = try texts().map { Array($0.utf8) }
        var times = Series()
        for _ in 0..<Self.rounds {
            let (seconds, columns) = try Stopwatch.processorTime {
                var columns = 0
                for _ in 0..<Self.repetitions {
                    for text in texts {
                        columns += try TableParser.parse(text, flavour: .mariadb).columns.count
                    }
                }
                return columns
            }
            guard columns == Self.repetitions * texts.count * 12 else {
                throw BenchError("the parser lost columns: \(columns)")
            }
            times.add(seconds)
        }
        let count = Double(Self.repetitions * texts.count)
        let rate = count / times.median
        board.record(
            "parse, on one core", figure: "tables of 12 columns a second of processor time",
            value: rate, goal: .atLeast(130_000), Text.count)
    }

    /// The `SHOW CREATE TABLE` texts of one shard.
    private func texts() throws -> [String] {
        let connection = try MySQLClient.Connection(
            to: fleet.server, settings: FleetMaker.settings)
        defer { connection.close() }
        let database = SQL.identifier(FleetMaker.database(0))
        return try fleet.tables.compactMap { table in
            let rows = try connection.query(
                "SHOW CREATE TABLE \(database).\(SQL.identifier(table.name))")
            return rows.first.flatMap { $0[1] }
        }
    }
}
