import Basics

/// The newest commits on one first-parent history that changed files, for many files.
///
/// One file is looked for by itself, in the few trees above it. Once many are asked for, each
/// commit is compared with its parent once for all of them.
package final class LastCommits {
    private let repository: Repository
    private let start: ObjectID
    private let limit: Int
    private var asked = 0
    private var newest: [String: Commit] = [:]
    /// The next commit to compare; nil where the history ends.
    private var next: ObjectID?
    /// The walk met something that cannot be read: each file is looked for by itself then.
    private var hasFailed = false
    /// How many commits were compared with their parents.
    private(set) var compared = 0

    /// So many files are looked for one by one.
    static let few = 16

    package init(
        _ repository: Repository, from start: ObjectID, limit: Int = Repository.historyLimit
    ) {
        self.repository = repository
        self.start = start
        self.limit = limit
        next = start
    }

    /// The same as ``Repository/lastCommit(touching:from:limit:)``, for the path of a file.
    package func commit(touching path: String) throws(GitError) -> Commit? {
        asked += 1
        if asked > Self.few, !hasFailed {
            do throws(GitError) {
                try walk(to: path)
                return newest[path]
            } catch {
                hasFailed = true
            }
        }
        return try repository.lastCommit(touching: path, from: start, limit: limit)
    }

    private func walk(to path: String) throws(GitError) {
        while newest[path] == nil, let id = next, compared < limit {
            let commit = try repository.commit(id)
            let parents = Array(commit.parents.prefix(1))
            let changes = try repository.locked { (_) throws(GitError) in
                try ChangedFiles(repository: repository, parents: parents, tree: commit.tree).all()
            }
            for change in changes where newest[change.path] == nil {
                newest[change.path] = commit
            }
            next = parents.first
            compared += 1
        }
    }
}
