/// The files of one commit, read from the object database.
package final class GitTree: SourceTree {
    package let commit: Commit
    private let reader: TreeReader

    package init(_ repository: Repository, commit: Commit) {
        self.commit = commit
        reader = TreeReader(repository, tree: commit.tree)
    }

    package var describes: String { "\(commit.id.short) of \(reader.repository.folder)" }

    package func entries(of folder: String) throws(GitError) -> [SourceEntry] {
        try reader.list(folder).map { SourceEntry(name: $0.name, kind: $0.kind.sourceKind) }
    }

    package func read(_ path: String) throws(GitError) -> [UInt8] {
        try reader.read(path)
    }
}

extension TreeEntry.Kind {
    fileprivate var sourceKind: SourceEntry.Kind {
        switch self {
        case .file, .executable: .file
        case .symlink: .symlink
        case .submodule: .submodule
        case .folder: .folder
        }
    }
}
