import Foundation
import Schema

/// The benchmark program: `bench/run.sh` starts a private server and calls its commands in turn.
@main
struct Bench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("plumb-bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("create", 3):
            let shards = try count(arguments[2])
            try FleetMaker(server: .socket(path: arguments[1]), shards: shards).run()
        case ("plan", 3):
            try PlanProcess.run(folder: arguments[1], reference: arguments[2])
        case ("fleet", 4):
            try FleetProcess(
                folder: arguments[1], server: .socket(path: arguments[2]),
                shards: try count(arguments[3])
            ).run()
        case ("measure", 5), ("measure", 6):
            let fleet = BenchFleet(
                folder: arguments[1], server: .socket(path: arguments[2]),
                shards: try count(arguments[3]))
            try Sections(
                fleet: fleet, programs: arguments[4], peer: arguments.dropFirst(5).first
            ).run(try Section.chosen())
        default: throw BenchError(usage)
        }
    }

    private static func count(_ text: String) throws -> Int {
        guard let count = Int(text), (1...10_000).contains(count) else {
            throw BenchError("\(text): give a number of shards from 1 to 10000")
        }
        return count
    }

    private static let usage = """
        usage: plumb-bench create SOCKET SHARDS
               plumb-bench plan FOLDER REFERENCE
               plumb-bench fleet FOLDER SOCKET SHARDS
               plumb-bench measure FOLDER SOCKET SHARDS PROGRAMS [PEER]
        run it by bench/run.sh
        """
}

/// Why the benchmark cannot continue.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
