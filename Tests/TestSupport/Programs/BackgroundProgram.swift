import Foundation

/// A program that runs beside the tests, and ends with this value.
///
/// Not Foundation's `Process`: one thread of it waits for all programs in turn, and waits for ever
/// for one that closes the descriptors it was given, as sshd does.
package final class BackgroundProgram {
    private let process: pid_t
    private var hasEnded = false

    /// Its input is empty, and what it prints is thrown away.
    package init(_ executable: String, _ arguments: [String]) throws {
        process = try Shell.spawn(
            executable, arguments,
            descriptors: [
                (0, "/dev/null", O_RDONLY), (1, "/dev/null", O_WRONLY), (2, "/dev/null", O_WRONLY),
            ])
    }

    deinit {
        guard isRunning else { return }
        kill(process, SIGKILL)
        Shell.wait(for: process)
    }

    package var isRunning: Bool {
        if !hasEnded, Shell.ended(process) != nil { hasEnded = true }
        return !hasEnded
    }
    /// Returns when `file` is there, which the program makes once it can be used.
    package func waits(for file: String) throws {
        for _ in 0..<6_000 where isRunning {
            if access(file, F_OK) == 0 { return }
            usleep(10_000)
        }
        throw TestSupportError("a program of the tests ended, or made no \(file) in a minute")
    }
}
