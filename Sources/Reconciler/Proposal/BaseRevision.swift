import Basics
import Desired
import Git
import Model

/// Finds the revision whose `plumb.yaml` and approvals count; a proposal supplies only its schemas.
struct BaseRevision {
    let request: PassRequest

    /// The base of what was fetched; nil where `source` itself is the followed branch.
    ///
    /// Where there must be a base and none is found, it throws.
    func find(for source: FetchedSource) throws -> FetchedSource? {
        guard let wanted = wanted(source) else { return nil }
        let repository = try repository(of: source)
        let followed = try request.operator?.follow.map {
            try self.followed($0, in: repository, for: requested)
        }
        let base: FetchedSource
        switch wanted {
        case .named(let name): base = try named(name, in: repository)
        case .pipeline(let pipeline): base = try self.base(of: pipeline, in: repository)
        case .followed:
            guard let followed else { return nil }
            base = followed
        case .unknown:
            throw ConfigurationError(
                "the files of a working tree are a proposal, and nothing says what is followed",
                remedy: "name the followed revision with --base, or `follow` in "
                    + (request.operator?.file ?? "the operator's file"))
        }
        if let followed { try check(base, isOn: followed) }
        guard let own = source.commit, let commit = base.commit else { return base }
        if own.id == commit.id { return nil }
        // A history that is not all here, or cannot be read, proves nothing, and a pipeline that
        // runs for a request runs for one, however old the commit is that it checked out.
        if case .followed = wanted, requested == nil,
            (try? repository.isAncestor(own.id, of: commit.id)) == true
        {
            return nil
        }
        return base
    }

    // MARK: What is asked for

    private enum Wanted {
        /// Named on the command line.
        case named(String)
        case pipeline(CIPipeline)
        /// The branch that the operator's file names.
        case followed
        case unknown
    }

    private func wanted(_ source: FetchedSource) -> Wanted? {
        if let name = request.base { return .named(name) }
        if request.operator?.follow != nil { return .followed }
        if let requested { return .pipeline(requested) }
        if request.operator != nil, source.commit == nil { return .unknown }
        return nil
    }

    /// The pipeline of a pull request, where the source is what it checked out.
    private var requested: CIPipeline? {
        request.pipeline.flatMap { concerns($0) ? $0 : nil }
    }

    /// A remote repository's default branch is not what this pipeline checked out.
    private func concerns(_ pipeline: CIPipeline) -> Bool {
        guard case .mirror(let url, _) = request.source.location else { return true }
        let isRemote = (try? SourceAddress(url))?.transport != .local
        return !isRemote || request.source.reference != "HEAD"
    }

    // MARK: Where it is

    private var isMirror: Bool {
        if case .mirror = request.source.location { return true }
        return false
    }

    private func repository(of source: FetchedSource) throws -> Repository {
        let repository: Repository
        if let known = source.repository {
            repository = known
        } else if case .workingTree(let folder) = request.source.location {
            repository = try Repository.discover(from: folder)
        } else {
            throw ConfigurationError("there is no repository to look a base up in")
        }
        if !isMirror { try repository.requireOwnFolder() }
        return repository
    }

    private func named(_ name: String, in repository: Repository) throws -> FetchedSource {
        // A branch or tag can have the name of a commit.
        if let found = try fetched(id: name, as: String(name.prefix(12)), in: repository) {
            return found
        }
        let places =
            isMirror
            ? ["", "refs/heads/", "refs/tags/"]
            : ["", "refs/remotes/", "refs/heads/", "refs/tags/"]
        for place in places where name.hasPrefix("refs/") == place.isEmpty {
            if let found = try fetched(place + name, as: name, in: repository) { return found }
        }
        throw ConfigurationError(
            "--base: there is no branch, tag or whole commit id of that name in "
                + repository.folder,
            remedy: fetch(name.hasPrefix("origin/") ? String(name.dropFirst(7)) : name))
    }

    /// - Parameter pipeline: a pipeline of a pull request. There a local branch may be the
    ///   proposal's own, and so may any branch in a clone of another project.
    private func followed(
        _ branch: String, in repository: Repository, for pipeline: CIPipeline?
    ) throws -> FetchedSource {
        var places = isMirror ? ["refs/heads/"] : ["refs/remotes/origin/", "refs/heads/"]
        var commits: [String] = []
        if let pipeline, !isMirror {
            let isTheirs = try repository.hasOrigin(of: pipeline.project)
            places = isTheirs ? ["refs/remotes/origin/"] : []
            if pipeline.branch == branch { commits = pipeline.commits }
        }
        for place in places {
            if let found = try fetched(place + branch, as: branch, in: repository) {
                return found
            }
        }
        for id in commits {
            if let found = try fetched(id: id, as: branch, in: repository) { return found }
        }
        throw ConfigurationError(
            "the branch `\(branch)` that the operator follows is not in \(repository.folder)",
            remedy: fetch(branch))
    }

    private func base(
        of pipeline: CIPipeline, in repository: Repository
    ) throws -> FetchedSource {
        if let branch = pipeline.branch {
            // A local branch of that name may be the proposal's own.
            let place = isMirror ? "refs/heads/" : "refs/remotes/origin/"
            let isTheirs = try isMirror || repository.hasOrigin(of: pipeline.project)
            let label = isMirror ? branch : "origin/\(branch)"
            if isTheirs, let found = try fetched(place + branch, as: label, in: repository) {
                return found
            }
        }
        for id in pipeline.commits {
            let label = pipeline.branch ?? "base"
            if let found = try fetched(id: id, as: label, in: repository) { return found }
        }
        throw ConfigurationError(
            "\(pipeline.system) says that this is a pull request, and the commit that it is to be "
                + "merged into cannot be found in \(repository.folder)",
            remedy: pipeline.branch.map(fetch) ?? "name the followed revision with --base")
    }

    /// - Parameter reference: a full ref name, which is looked up as it is.
    private func fetched(
        _ reference: String, as label: String, in repository: Repository
    ) throws(GitError) -> FetchedSource? {
        let id: ObjectID?
        do throws(GitError) {
            id = try repository.target(of: reference)
        } catch  where error.code == .invalid {
            return nil
        }
        guard let id else { return nil }
        return try fetched(id: id.hex, as: label, in: repository)
    }

    private func fetched(
        id: String, as label: String, in repository: Repository
    ) throws(GitError) -> FetchedSource? {
        guard ObjectID(hex: id) != nil else { return nil }
        do throws(GitError) {
            let commit = try repository.resolve(id)
            return FetchedSource(
                tree: GitTree(repository, commit: commit), commit: commit, repository: repository,
                reference: label, stale: nil, notices: [])
        } catch  where error.code == .notFound || error.code == .invalid {
            return nil
        }
    }

    /// Throws where the base is not on the followed branch: it would be chosen by somebody else.
    private func check(_ base: FetchedSource, isOn followed: FetchedSource) throws {
        guard let own = base.commit, let tip = followed.commit, let repository = base.repository,
            own.id != tip.id
        else { return }
        guard try repository.isAncestor(own.id, of: tip.id) else {
            throw ConfigurationError(
                "the base \(base.label) is not on `\(followed.reference)`, the branch that the "
                    + "operator follows", remedy: "leave --base out")
        }
    }

    /// The command that fetches a branch; a name that a shell would interpret is not repeated.
    private func fetch(_ branch: String) -> String {
        let plain = branch.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "-_./".utf8.contains(byte)
        }
        let name = plain && BranchName.isPlain(branch) ? branch : "BRANCH"
        return isMirror
            ? "correct its name"
            : "fetch it first: `git fetch origin \(name)`; or name it "
                + "with --base"
    }
}
