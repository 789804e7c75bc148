import Basics
import Foundation
import Git
import Model
import Schema

/// The source of the schemas, as given on the command line.
package struct SourceRequest: Sendable {
    /// The place of the schema repository.
    package enum Location: Sendable {
        /// The repository around this folder, at a revision.
        case repository(folder: String)
        /// The files in the working tree around this folder, committed or not.
        case workingTree(folder: String)
        /// A path or URL that is mirrored into `cache` and fetched on every pass.
        case mirror(url: String, cache: String)
    }

    package var location: Location
    /// A branch, tag or commit, or `HEAD`.
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

/// Stage 1: fetches the schema repository.
package struct FetchStage: Sendable {
    package let request: SourceRequest

    package init(request: SourceRequest) {
        self.request = request
    }

    /// Fetches the source; where that fails, uses the revision that was fetched last.
    package func run() throws -> FetchedSource {
        switch request.location {
        case .workingTree(let folder):
            // Files as they lie need no repository: without one the folder is all that is read.
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

    /// The repository of `source` at another revision: a branch, a tag or a commit. A working tree
    /// is looked up in the repository around it.
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

    /// The short name, such as `main`, instead of `HEAD` or `refs/heads/main`.
    private func name(in repository: Repository) throws(GitError) -> String {
        var name = request.reference
        if name == "HEAD", let head = try repository.headReference() { name = head }
        let prefix = "refs/heads/"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}
