import Desired
import Foundation
import Git
import Model

/// A folder that Plumb writes for itself, which nothing that is committed may stand for.
///
/// Whoever opens a pull request can commit a whole repository as files, or a link: a ledger would
/// then be the record of his choice, and a copy of the source the one of his choice.
struct CommittedPlace {
    let path: String
    /// What lies there, for messages: `ledger`.
    let what: String

    /// Throws where a checkout around one of `folders` has something at the place in its commit,
    /// or something that is no folder on the way to it.
    func check(around folders: [String]) throws {
        for folder in Set(folders).sorted() {
            guard let repository = try? Repository.discover(from: Self.present(folder)),
                let root = repository.workFolder, let head = try? repository.head()
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

    /// The folder, or the next one above it that is there.
    private static func present(_ folder: String) -> String {
        var folder = folder
        while access(folder, F_OK) != 0, folder != "/", !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
        }
        return folder
    }

    /// Without `.`, `..` and empty components, by its text alone.
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

    /// The components of `path` below `root`; nil where it is elsewhere.
    private static func components(of path: String, below root: String) -> [String]? {
        let base = root.hasSuffix("/") ? root : root + "/"
        guard path.hasPrefix(base) else { return nil }
        let parts = path.dropFirst(base.count).split(separator: "/").map(String.init)
        return parts.isEmpty ? nil : parts
    }
}
