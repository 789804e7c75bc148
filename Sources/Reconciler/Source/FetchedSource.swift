import Desired
import Diff
import Git
import Model

/// The schema repository at one revision.
package struct FetchedSource: Sendable {
    /// The files at the revision.
    package let tree: any SourceTree
    /// Nil when the files were read from a working tree.
    package let commit: Commit?
    /// The repository of the files; nil for a working tree.
    package let repository: Repository?
    /// The name of the revision, such as `main`.
    package let reference: String
    /// Why the revision may be old: the fetch failed, with the time of the last one that worked;
    /// nil otherwise.
    package let stale: String?
    package private(set) var notices: [Notice]
    /// The repository for pinned revisions, when the files were read from a working tree.
    var pins: Repository?

    package init(
        tree: any SourceTree, commit: Commit?, repository: Repository?, reference: String,
        stale: String? = nil, notices: [Notice] = []
    ) {
        self.tree = tree
        self.commit = commit
        self.repository = repository
        self.reference = reference
        self.stale = stale
        self.notices = notices
    }

    /// The same source with more notices.
    func adding(_ more: [Notice]) -> FetchedSource {
        var result = self
        result.notices += more
        return result
    }

    /// The revision, for the plan and the ledger.
    package var revision: Revision {
        guard let commit else {
            return Revision(commit: nil, refName: reference, isWorkingTree: true)
        }
        return Revision(commit, refName: reference)
    }

    /// `main@3f2a91c`, or `working tree`.
    package var label: String { planRevision.label }

    /// The revision as a plan names it.
    package var planRevision: PlanRevision {
        PlanRevision(
            commit: commit?.id.hex, reference: reference, summary: commit?.summary ?? "")
    }

    /// The tree of another ref in the same repository, for pinned shards.
    package func pinned(_ reference: String) throws(GitError) -> any SourceTree {
        guard let repository = repository ?? pins else {
            throw GitError(
                .notFound,
                "\(reference): pins need a git repository, and the files are read from a folder")
        }
        return GitTree(repository, commit: try repository.resolve(reference))
    }

    /// Where the files lie, for relative paths; nil for a mirror.
    var folder: String? { repository?.workFolder ?? (tree as? WorkingTree)?.root }

    /// Finds the newest commits that changed files of the revision; nil for a working tree.
    var lastCommits: LastCommits? {
        guard let repository, let commit else { return nil }
        return LastCommits(repository, from: commit.id)
    }
}
