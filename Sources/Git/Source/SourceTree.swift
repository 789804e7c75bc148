/// The files of a schema repository at one revision, without a checkout.
///
/// Paths are relative to the root, use `/`, and have no leading or trailing `/`; the root
/// itself is the empty string. Symbolic links and submodules are listed, never followed.
package protocol SourceTree: AnyObject, Sendable {
    /// The entries of a folder, sorted by the bytes of their names.
    ///
    /// Throws `notFound` when there is no such folder, `unreadable` when it cannot be read and
    /// `invalid` when the path leaves the tree.
    func entries(of folder: String) throws(GitError) -> [SourceEntry]

    /// The bytes of a file.
    ///
    /// Throws `notFound` when there is no such file, and `invalid` when the path leaves the
    /// tree, passes through a symbolic link, or the file is larger than `SourceLimits.fileBytes`.
    func read(_ path: String) throws(GitError) -> [UInt8]

    /// The origin of the files, for messages: a revision of a repository or a folder.
    var describes: String { get }
}

/// An entry of a folder in a source tree.
package struct SourceEntry: Hashable, Sendable {
    /// What the name stands for.
    package enum Kind: String, Hashable, Sendable {
        case file
        case folder
        case symlink
        case submodule
    }

    package let name: String
    package let kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// Limits for reading a repository that others write to.
package enum SourceLimits {
    /// The largest file that is read, in bytes.
    package static let fileBytes = 16 << 20
}

/// A path in a source tree, checked so that it stays inside.
enum SourcePath {
    /// The components of `path`; throws `invalid` for an absolute path, `.`, `..`, an empty
    /// component or a NUL byte.
    static func components(_ path: String) throws(GitError) -> [String] {
        if path.isEmpty { return [] }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for part in parts where part.isEmpty || part == "." || part == ".." || part.utf8.contains(0)
        {
            throw GitError(
                .invalid,
                "\(path): not a path inside the repository",
                remedy: "use names separated by single '/', without '.' or '..'")
        }
        return parts
    }
}
