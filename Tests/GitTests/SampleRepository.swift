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

/// The code of the `GitError` that `body` throws; nil when it throws nothing.
func codeThrown(
    at location: Testing.SourceLocation = #_sourceLocation, by body: () throws -> Void
) -> GitError.Code? {
    gitError(at: location, body)?.code
}

/// The `GitError` that `body` throws; nil when it throws nothing.
func gitError(
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> GitError? {
    caught(at: location, body)
}
