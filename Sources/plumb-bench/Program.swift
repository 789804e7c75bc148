import Foundation

/// Runs other programs and waits for them.
enum Program {
    struct Ended {
        let status: Int32
        /// Standard output and standard error together.
        let output: String
        let seconds: Double
    }

    /// Runs the program. Its output goes to a file, so that it never waits for a reader.
    static func run(
        _ path: String, _ arguments: [String], in folder: String,
        environment: [String: String] = [:], limitSeconds: Double? = nil
    ) throws -> Ended {
        let file = folder + "/.output-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else {
            throw BenchError("\(file): cannot be written")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = handle
        process.standardError = handle
        let (seconds, _) = try Stopwatch.time {
            try process.run()
            if let limitSeconds {
                DispatchQueue.global().asyncAfter(deadline: .now() + limitSeconds) {
                    if process.isRunning { process.terminate() }
                }
            }
            process.waitUntilExit()
        }
        try handle.close()
        let output = try String(contentsOfFile: file, encoding: .utf8)
        return Ended(status: process.terminationStatus, output: output, seconds: seconds)
    }

    static func git(_ arguments: [String], in folder: String) throws {
        let ended = try run("/usr/bin/env", ["git"] + arguments, in: folder)
        guard ended.status == 0 else {
            throw BenchError("git \(arguments.joined(separator: " ")): \(ended.output)")
        }
    }
}
