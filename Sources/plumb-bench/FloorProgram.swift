import Foundation
import Observed

/// Runs the C program `bench/floor.c`, the lower bound for reading all tables.
struct FloorProgram {
    let path: String
    let fleet: BenchFleet

    /// The seconds that it took to read every table of the fleet.
    func run() throws -> Double {
        let ended = try Program.run(
            path, [fleet.socket, "bench\\_%", "\(Observer.connectionsPerServer)"],
            in: fleet.folder)
        let fields = ended.output.split(whereSeparator: \.isWhitespace)
        guard ended.status == 0, fields.count == 3, let seconds = Double(fields[0]) else {
            throw BenchError("\(path): \(ended.output)")
        }
        guard Int(fields[1]) == fleet.tableCount else {
            throw BenchError("\(path) read \(fields[1]) tables instead of \(fleet.tableCount)")
        }
        return seconds
    }
}
