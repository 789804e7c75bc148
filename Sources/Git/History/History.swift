import Basics
import CGit2

extension Repository {
    /// How many commits back a search in the history goes by default.
    package static let historyLimit = 10_000

    /// The newest commit on the first-parent history of `from` that changed `path`.
    ///
    /// Nil where `path` exists in none of the `limit` newest commits, or was last changed before
    /// them.
    package func lastCommit(
        touching path: String, from start: ObjectID, limit: Int = historyLimit
    ) throws(GitError) -> Commit? {
        let components = try SourcePath.components(path)
        var current = try commit(start)
        var entry = try entryID(components, inTree: current.tree)
        for _ in 0..<limit {
            guard let parent = current.parents.first else {
                return entry == nil ? nil : current
            }
            let older = try commit(parent)
            let before = try entryID(components, inTree: older.tree)
            if before != entry { return current }
            current = older
            entry = before
        }
        return nil
    }

    /// The newest commits on the first-parent history of `start`, newest first.
    package func firstParents(of start: ObjectID, limit: Int) throws(GitError) -> [Commit] {
        var result: [Commit] = []
        var next: ObjectID? = start
        while let id = next, result.count < limit {
            let commit = try commit(id)
            result.append(commit)
            next = commit.parents.first
        }
        return result
    }

    /// Whether `ancestor` is `id` or one of its ancestors.
    package func isAncestor(_ ancestor: ObjectID, of id: ObjectID) throws(GitError) -> Bool {
        if ancestor == id { return true }
        return try locked { (pointer) throws(GitError) in
            var newer = id.raw
            var older = ancestor.raw
            let code = git_graph_descendant_of(pointer, &newer, &older)
            return try LibGit.check(code, "comparing \(ancestor) with \(id) in \(folder)") == 1
        }
    }

    /// The entry at a path: its object and mode, so that a changed mode is a change.
    private func entryID(
        _ components: [String], inTree tree: ObjectID
    ) throws(GitError) -> PathEntry? {
        guard !components.isEmpty else { return PathEntry(id: tree, kind: .folder) }
        return try TreeReader(self, tree: tree).find(components).map {
            PathEntry(id: $0.id, kind: $0.kind)
        }
    }
}

/// The properties by which two versions of a path differ.
private struct PathEntry: Equatable {
    let id: ObjectID
    let kind: TreeEntry.Kind
}
