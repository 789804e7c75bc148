import Foundation
import Testing

@testable import Git

/// A repository made with the `git` command in a temporary folder of its own.
final class SampleRepository {
    /// The temporary folder; the repository lies in `work`, and there is room beside it.
    let folder: String
    var work: String { folder + "/work" }

    init() throws {
        folder = NSTemporaryDirectory() + "plumb-git-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        try git("init", "--quiet", "--initial-branch=main")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs `git` in the work folder and returns what it printed.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: work)
    }

    func write(_ path: String, _ text: String) throws {
        let file = URL(fileURLWithPath: "\(work)/\(path)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Commits all files and returns the id.
    @discardableResult
    func commit(_ message: String) throws -> String {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    func open() throws -> Repository { try Repository(opening: work) }

    func tree(_ revision: String = "HEAD") throws -> GitTree {
        let repository = try open()
        return GitTree(repository, commit: try repository.resolve(revision))
    }
}

/// The `git` command line, independent of the user's configuration.
enum GitCommand {
    struct Failure: Error { let output: String }

    @discardableResult
    static func run(_ arguments: [String], in folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.com"
            environment["GIT_\(role)_DATE"] = "1700000000 +0000"
        }
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(output: output) }
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The code of the `GitError` that `body` throws; nil when it throws none.
func codeThrown(by body: () throws -> Void) -> GitError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? GitError)?.code
    }
}
