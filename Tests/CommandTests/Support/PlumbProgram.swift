import Foundation
import TestSupport
import Testing

/// The built `plumb` program, which lies beside this test bundle.
enum PlumbProgram {
    static let path: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("plumb").path
    }()
}

/// What a finished `plumb` left.
struct Run: CustomStringConvertible {
    let words: [String]
    let status: Int32
    let stdout: String
    let stderr: String

    /// Everything that was said, with line breaks and runs of spaces as one space.
    var all: String {
        (stdout + " " + stderr).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether all of `words` were said.
    func says(_ words: String...) -> Bool { words.allSatisfy(all.contains) }

    /// The JSON document on standard output.
    var json: [String: Any] {
        get throws {
            let value = try JSONSerialization.jsonObject(with: Data(stdout.utf8))
            return try #require(value as? [String: Any], "\(self)")
        }
    }

    /// A list of objects in the JSON document, by the path of its names.
    func list(_ path: String...) throws -> [[String: Any]] {
        var value: Any? = try json
        for name in path { value = (value as? [String: Any])?[name] }
        return try #require(value as? [[String: Any]], "\(path) in \(self)")
    }

    var description: String {
        "plumb \(words.joined(separator: " ")): exit \(status)\n--- stdout\n\(stdout)--- stderr\n\(stderr)"
    }
}

/// A running `plumb`.
final class RunningPlumb {
    let process: pid_t
    private let words: [String]
    private let files: TemporaryFolder
    private var end: Int32?

    init(_ words: [String], folder: String, environment: [String: String]) throws {
        self.words = words
        files = try TemporaryFolder()
        process = try Shell.spawn(
            PlumbProgram.path, words, environment: environment, folder: folder,
            descriptors: [
                (0, "/dev/null", O_RDONLY), (1, files.path + "/out", O_WRONLY | O_CREAT),
                (2, files.path + "/err", O_WRONLY | O_CREAT | O_APPEND),
            ])
    }

    deinit {
        if end == nil {
            kill(process, SIGKILL)
            Shell.wait(for: process)
        }
    }

    var stderr: String { (try? String(contentsOfFile: files.path + "/err", encoding: .utf8)) ?? "" }

    var hasEnded: Bool {
        if end == nil { end = Shell.ended(process) }
        return end != nil
    }

    func send(_ signal: Int32) {
        if !hasEnded { kill(process, signal) }
    }

    /// Waits until `condition` holds or the program ended; false when it ended first.
    @discardableResult
    func reaches(_ what: String, _ condition: () throws -> Bool) throws -> Bool {
        let limit = Date().addingTimeInterval(60)
        while try !condition() {
            if hasEnded { return try condition() }
            guard Date() < limit else {
                throw TestSupportError("plumb \(words) never reached: \(what)\n\(stderr)")
            }
            usleep(1_000)
        }
        return true
    }

    /// Waits for the program to say `text` on standard error.
    @discardableResult
    func says(_ text: String, times: Int = 1) throws -> Bool {
        try reaches("\(times) × \(text)") {
            stderr.components(separatedBy: text).count > times
        }
    }

    func wait() throws -> Run {
        try reaches("its end") { hasEnded }
        let status = end ?? -1
        let stdout = try String(contentsOfFile: files.path + "/out", encoding: .utf8)
        return Run(words: words, status: status, stdout: stdout, stderr: stderr)
    }
}
