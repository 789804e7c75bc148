import Desired
import Diff
import Execution
import Foundation
import Git
import Schema

/// Where the schema comes from, as the command line says it.
package struct SourceRequest: Sendable {
    package enum Location: Sendable {
        /// The repository around this folder, at a revision.
        case repository(folder: String)
        /// The files around this folder, as they lie.
        case workingTree(folder: String)
        /// A path or URL that is mirrored into `cache` and fetched on every pass.
        case mirror(url: String, cache: String)
    }

    package var location: Location
    package var reference: String
    package var credentials: SourceCredentials

    package init(
        location: Location, reference: String = "HEAD", credentials: SourceCredentials = .init()
    ) {
        self.location = location
        self.reference = reference
        self.credentials = credentials
    }
}

/// The schema repository at one revision.
package struct FetchedSource: Sendable {
    package let tree: any SourceTree
    /// Nil when the files were read as they lie.
    package let commit: Commit?
    package let repository: Repository?
    package let reference: String
    /// Why the revision may be old: the fetch failed, and when it last worked.
    package let stale: String?
    package private(set) var notices: [Notice]
    /// Where pinned revisions are looked up for files that are read as they lie.
    var pins: Repository?

    /// The same with more to be said of it.
    func adding(_ more: [Notice]) -> FetchedSource {
        var result = self
        result.notices += more
        return result
    }

    /// What the plan and the ledger say about it.
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

    /// The tree of another reference of the same repository, for pinned shards.
    package func pinned(_ reference: String) throws(GitError) -> any SourceTree {
        guard let repository = repository ?? pins else {
            throw GitError(
                .notFound,
                "\(reference): pins need a git repository, and the files are read as they lie")
        }
        return GitTree(repository, commit: try repository.resolve(reference))
    }

    /// The newest commit that changed `path`, for the plan's causes.
    package func lastCommit(touching path: String) -> Commit? {
        guard let repository, let commit else { return nil }
        return try? repository.lastCommit(touching: path, from: commit.id)
    }
}

/// Stage 1: the schema repository, fetched.
package struct FetchStage: Sendable {
    package let request: SourceRequest

    package init(request: SourceRequest) {
        self.request = request
    }

    package func run() throws -> FetchedSource {
        switch request.location {
        case .workingTree(let folder):
            let root = (try? Repository.discover(from: folder))?.workFolder ?? folder
            return FetchedSource(
                tree: WorkingTree(folder: root), commit: nil, repository: nil,
                reference: "working tree", stale: nil, notices: [])
        case .repository(let folder):
            let repository = try Repository.discover(from: folder)
            return try source(in: repository, stale: nil, notices: [])
        case .mirror(let url, let cache):
            return try mirror(of: url, cache: cache)
        }
    }

    /// The repository of `source`, which this stage fetched, at another revision: a branch, a tag
    /// or a commit. Files that are read as they lie are in one too.
    package func earlier(
        _ revision: String, than source: FetchedSource
    ) throws(GitError) -> FetchedSource {
        let repository: Repository
        if let known = source.repository {
            repository = known
        } else if case .workingTree(let folder) = request.location {
            repository = try Repository.discover(from: folder)
        } else {
            throw GitError(.notFound, "\(revision): there is no repository to look it up in")
        }
        let commit: Commit
        do {
            commit = try repository.resolve(revision)
        } catch  where error.code == .notFound {
            throw GitError(
                .notFound,
                "there is no revision \(revision) in \(repository.folder): name a branch, tag or "
                    + "commit; a shallow clone has to fetch it first")
        }
        return FetchedSource(
            tree: GitTree(repository, commit: commit), commit: commit, repository: repository,
            reference: revision, stale: source.stale, notices: [])
    }

    private func mirror(of url: String, cache: String) throws -> FetchedSource {
        let address = try SourceAddress(url)
        let folder = cache + "/" + Digest(of: address.url).hex.prefix(16) + ".git"
        try CommittedPlace(path: folder, what: "copy of the source").check(around: [cache])
        let state = try Mirror.update(
            source: address, folder: folder, credentials: request.credentials)
        let stale = state.failure.map { failure in
            "\(address): \(failure.message) (last fetched \(Timestamp(state.fetchedAt)))"
        }
        let notices = state.forced.map { branch in
            Notice(
                code: "force-pushed",
                message: "\(branch) was force-pushed: its new tip does not descend from the old one"
            )
        }
        return try source(in: state.repository, stale: stale, notices: notices)
    }

    private func source(
        in repository: Repository, stale: String?, notices: [Notice]
    ) throws(GitError) -> FetchedSource {
        let commit = try repository.resolve(request.reference)
        return FetchedSource(
            tree: GitTree(repository, commit: commit), commit: commit, repository: repository,
            reference: try name(in: repository), stale: stale, notices: notices)
    }

    /// `main` rather than `HEAD` or `refs/heads/main`.
    private func name(in repository: Repository) throws(GitError) -> String {
        var name = request.reference
        if name == "HEAD", let head = try repository.headReference() { name = head }
        let prefix = "refs/heads/"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}
