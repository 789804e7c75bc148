import Basics
import Foundation
import Store

/// Several moves of references as one: they have happened when the journal has its name.
///
/// A reader takes what it says before the references themselves, and the next writer finishes what
/// a dead one began.
struct MoveJournal {
    private let path: String

    /// - Parameter folder: the bare repository.
    init(_ folder: String) { path = folder + "/plumb.moves" }

    /// Records moves that were checked; they have happened when this returns.
    func record(_ moves: [ReferenceMove]) throws(GitError) {
        let lines = moves.map { "\($0.new.hex) \($0.name)\n" }.joined()
        try DurableFile.replace(path, with: Array(lines.utf8))
    }

    /// Moves the references, and removes the journal; call it with the turn held.
    func finish(in repository: Repository) throws(GitError) {
        let moves = try moves()
        guard !moves.isEmpty else { return }
        for (name, new) in moves {
            let old = try repository.target(of: name)
            if old != new { try repository.move(name, from: old, to: new) }
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw DurableFile.failure(errno, path)
        }
    }

    /// What the journal moves a reference to; nil where it does not.
    func target(of name: String) throws(GitError) -> ObjectID? {
        try moves().first { $0.name == name }?.new
    }

    /// The names of the references that it moves.
    var names: [String] { get throws(GitError) { try moves().map(\.name) } }

    private func moves() throws(GitError) -> [(name: String, new: ObjectID)] {
        if access(path, F_OK) != 0, errno == ENOENT { return [] }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            // Between the two looks it may have been finished.
            if access(path, F_OK) != 0, errno == ENOENT { return [] }
            throw GitError(.unreadable, "\(path) cannot be read", remedy: "check its rights")
        }
        let moves = text.split(separator: "\n").map { line -> (name: String, new: ObjectID)? in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let id = ObjectID(hex: parts[0]) else { return nil }
            return (String(parts[1]), id)
        }
        let whole = moves.compactMap { $0 }
        guard text.hasSuffix("\n"), whole.count == moves.count else {
            throw GitError(
                .corrupt, "\(path) is damaged",
                remedy: "remove it where the references beside it are right")
        }
        return whole
    }
}
