import Desired
import Foundation
import Git
import Model

/// A folder for Plumb's own files, checked not to be part of a commit.
///
/// Whoever opens a pull request can commit a symbolic link or the files of a whole repository at
/// that place. A ledger there would hold records of the author's making, and a copy of the source
/// schemas of theirs.
struct CommittedPlace {
    let path: String
    /// What the folder is for, as messages name it: `ledger`.
    let what: String

    /// Throws where the commit that one of `folders` is checked out from has an entry at the
    /// folder's path, or an entry other than a folder on the way to it.
    func check(around folders: [String]) throws {
        for folder in Set(folders).sorted() {
            guard let repository = try Repository.around(Self.present(folder)),
                let root = repository.workFolder, let head = try repository.head()
            else { continue }
            let tree = TreeReader(repository, tree: try repository.commit(head).tree)
            try check(Self.plain(path), root, tree)
            try check(OperatorFile.real(path), OperatorFile.real(root), tree)
        }
    }

    private func check(_ path: String, _ root: String, _ tree: TreeReader) throws {
        guard let inner = Self.components(of: path, below: root) else { return }
        for length in 1...inner.count {
            let part = inner.prefix(length).joined(separator: "/")
            guard let entry = try tree.entry(at: part) else { return }
            guard entry.kind == .folder, length < inner.count else {
                throw ConfigurationError(
                    "\(what): \(path) is in the commits of the repository around it, at `\(part)`: "
                        + "whoever commits there would write it",
                    remedy: "take it out with `git rm -r --cached`, and add it to .gitignore; or "
                        + "choose another folder")
            }
        }
    }

    /// The folder, or its nearest parent that exists.
    private static func present(_ folder: String) -> String {
        var folder = folder
        while access(folder, F_OK) != 0, folder != "/", !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
        }
        return folder
    }

    /// The path without `.`, `..` and empty components; does not read the file system.
    private static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The components of `path` below `root`; nil where it is not below it.
    private static func components(of path: String, below root: String) -> [String]? {
        let base = root.hasSuffix("/") ? root : root + "/"
        guard path.hasPrefix(base) else { return nil }
        let parts = path.dropFirst(base.count).split(separator: "/").map(String.init)
        return parts.isEmpty ? nil : parts
    }
}
