import Foundation
import TestSupport
import Testing

@testable import Git

/// A repository made with the `git` command in a temporary folder of its own.
final class SampleRepository {
    /// The temporary folder; the repository lies in `work`, and there is room beside it.
    private let temporary: TemporaryFolder
    var folder: String { temporary.path }
    var work: String { folder + "/work" }

    init() throws {
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        try git("init", "--quiet", "--initial-branch=main")
    }

    /// Runs `git` in the work folder and returns what it printed.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: work)
    }

    func write(_ path: String, _ text: String) throws {
        try temporary.write(text, to: "work/\(path)")
    }

    /// Commits all files and returns the id.
    @discardableResult
    func commit(_ message: String) throws -> String {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    /// Fetches `address` into a mirror beside the repository.
    func mirror(
        _ address: String, _ credentials: SourceCredentials = SourceCredentials(),
        in name: String = "mirror"
    ) throws -> Mirror.State {
        try Mirror.update(
            source: SourceAddress(address), folder: "\(folder)/\(name)", credentials: credentials)
    }

    func open() throws -> Repository { try Repository(opening: work) }

    func tree(_ revision: String = "HEAD") throws -> GitTree {
        let repository = try open()
        return GitTree(repository, commit: try repository.resolve(revision))
    }
}

/// The `git` command line, independent of the user's configuration.
enum GitCommand {
    /// What the command printed, without the last line break; throws when it fails.
    @discardableResult
    static func run(_ arguments: [String], in folder: String) throws -> String {
        var environment = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.com"
            environment["GIT_\(role)_DATE"] = "1700000000 +0000"
        }
        return try Shell.check("git", ["-C", folder] + arguments, environment: environment)
            .trimmingCharacters(in: .newlines)
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

/// The `GitError` that `body` throws; nil when it throws none.
func gitError(_ body: () throws -> Void) -> GitError? {
    do {
        try body()
        return nil
    } catch {
        return error as? GitError
    }
}
