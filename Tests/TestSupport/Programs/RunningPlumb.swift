import Foundation

/// A running `plumb`; it is killed with the last reference to it.
package final class RunningPlumb {
    package let process: pid_t
    private let words: [String]
    private let files: TemporaryFolder
    private var end: Int32?

    package init(_ words: [String], folder: String, environment: [String: String]) throws {
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

    package var stderr: String {
        (try? String(contentsOfFile: files.path + "/err", encoding: .utf8)) ?? ""
    }

    package var stdout: String {
        (try? String(contentsOfFile: files.path + "/out", encoding: .utf8)) ?? ""
    }

    package var hasEnded: Bool {
        if end == nil { end = Shell.ended(process) }
        return end != nil
    }

    package func send(_ signal: Int32) {
        if !hasEnded { kill(process, signal) }
    }

    /// Waits until `condition` holds or the program ended; false when it ended first.
    @discardableResult
    package func reaches(_ what: String, _ condition: () throws -> Bool) throws -> Bool {
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
    package func says(_ text: String, times: Int = 1) throws -> Bool {
        try reaches("\(times) × \(text)") {
            stderr.components(separatedBy: text).count > times
        }
    }

    /// Waits for its end.
    package func wait() throws -> Run {
        try reaches("its end") { hasEnded }
        let stdout = try String(contentsOfFile: files.path + "/out", encoding: .utf8)
        return Run(words, Shell.Output(status: end ?? -1, stdout: stdout, stderr: stderr))
    }
}
