import Basics
import Desired
import Diff
import Git
import Ledger
import Model
import Schema

/// Finds the authors of the changes that wait for an approval: everybody who changed the files and
/// settings that decide a step, since the state recorded for its shards.
///
/// The history is walked once for each recorded revision, whatever the number of steps, and only
/// where `policy.approvers.not_author` needs it.
struct AuthorSearch {
    let source: FetchedSource
    let desired: DesiredState
    let recorded: [ShardID: ShardRecord]
    let settings: ApprovalSettings

    /// `plan`, whose waiting steps name their authors, or why these are not known.
    func added(to plan: Plan, snapshot: RecordSnapshot?) throws -> Plan {
        let policy = desired.fleet.policy
        guard policy.approvers.notAuthor,
            plan.steps.contains(where: { policy.approve.contains($0.hazard) })
        else { return plan }
        let environment = try snapshot?.environmentRecord()
        let walks = HistoryWalks(
            source: source, desired: desired, converged: environment?.convergedRevision,
            signers: settings.identity == .signed ? TrustedSigners(settings) : nil,
            demandsSignatures: settings.demandsSignedAuthors)
        var plan = plan
        for place in plan.steps.indices where policy.approve.contains(plan.steps[place].hazard) {
            let step = plan.steps[place]
            if let rollback = step.cause.rollback {
                // No commit asks for the step: who took the rollout back does.
                plan.steps[place].cause.authors = [rollback.actor]
                continue
            }
            do throws(AuthorRanges.Unknown) {
                let subject = StepSubject(step, in: plan, desired: desired)
                let people = try walks.people(behind: subject, step.shardIDs, recorded)
                guard !people.isEmpty || step.cause.kind.isLive else {
                    throw AuthorRanges.Unknown(
                        reason: "no commit since the recorded state explains the change")
                }
                plan.steps[place].cause.authors = people.map(\.spelled).sorted()
            } catch {
                plan.steps[place].cause.authorsUnknown = error.reason
            }
        }
        return plan
    }
}

extension PlanCause.Kind {
    /// Whether the difference was made on the server and not in git.
    fileprivate var isLive: Bool {
        switch self {
        case .liveChanged, .pruned: true
        case .git, .conflict, .retired: false
        }
    }
}

/// The walks through history that the steps of one plan need; each walk is made once.
private final class HistoryWalks {
    private let source: FetchedSource
    private let desired: DesiredState
    private let converged: String?
    private let shards: [ShardID: Shard]
    /// The schema and overlay folders of each namespace.
    private let folders: [String: [String]]
    private var bases: AuthorRanges?
    private var library: DefinitionLibrary?
    private var indexes: [AuthorRanges.Range: Result<AuthorIndex, AuthorRanges.Unknown>] = [:]
    /// Where signed authors are asked for, the signer of a commit counts as its author, whatever
    /// name it bears.
    private let signers: TrustedSigners?
    private let demandsSignatures: Bool
    private var signed: [ObjectID: [GitPerson]] = [:]
    private var pins: [String: Result<ObjectID, AuthorRanges.Unknown>] = [:]

    init(
        source: FetchedSource, desired: DesiredState, converged: String?,
        signers: TrustedSigners?, demandsSignatures: Bool
    ) {
        self.signers = signers
        self.demandsSignatures = demandsSignatures
        self.source = source
        self.desired = desired
        self.converged = converged
        shards = Dictionary(desired.shards.map { ($0.id, $0) }) { first, _ in first }
        folders = Dictionary(
            desired.fleet.namespaces.map { ($0.name, $0.folders) }
        ) { first, _ in first }
    }

    func people(
        behind subject: StepSubject, _ ids: [ShardID], _ recorded: [ShardID: ShardRecord]
    ) throws(AuthorRanges.Unknown) -> Set<GitPerson> {
        var ranges: Set<AuthorRanges.Range> = []
        for id in ids {
            ranges.formUnion(try begin().ranges(since: recorded[id]))
            if let pinned = try pin(of: id) {
                // What a pinned shard followed before its pin is not recorded, so the whole history
                // counts.
                ranges.insert(AuthorRanges.Range(tip: pinned, base: nil))
            }
        }
        var found: Set<GitPerson> = []
        for range in ranges {
            var index = try index(of: range)
            if range.base != nil, index.changesFilesOrDatabases(for: subject) {
                index = try self.index(of: AuthorRanges.Range(tip: range.tip, base: nil))
            }
            let former = index.folders(of: subject.namespace)
            let authors = index.authors(of: subject) { path in
                former.map { counts(path, subject.namespace, former: $0) } ?? true
            }
            found.formUnion(authors.people)
            for commit in authors.commits {
                let signers = try self.signers(of: commit)
                guard !signers.isEmpty || !demandsSignatures else {
                    throw AuthorRanges.Unknown(
                        reason: "commit \(commit.short) has no valid signature, and the "
                            + "operator asks for signed authors; have the change committed anew, "
                            + "signed")
                }
                found.formUnion(signers)
            }
        }
        return found
    }

    /// Whether a file at `path` is, was or may have been of the namespace: false only in a folder
    /// that belongs to other namespaces alone.
    private func counts(_ path: String, _ namespace: String, former: [String]) -> Bool {
        func isIn(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
        if former.contains(where: isIn) { return true }
        if folders[namespace]?.contains(where: isIn) ?? false { return true }
        return !folders.values.contains { $0.contains(where: isIn) }
    }

    private func signers(of commit: ObjectID) throws(AuthorRanges.Unknown) -> [GitPerson] {
        guard let signers, let repository = source.repository else { return [] }
        if let known = signed[commit] { return known }
        var people: [GitPerson] = []
        do {
            if case .signed(let names, _) = try signers.author(ofCommit: commit, in: repository) {
                people = names.map(GitPerson.init(spelled:))
            }
        } catch {
            throw AuthorRanges.Unknown(
                reason: "nobody can say who signed commit \(commit.short): \(error)")
        }
        signed[commit] = people
        return people
    }

    private func begin() throws(AuthorRanges.Unknown) -> AuthorRanges {
        if let bases { return bases }
        guard let repository = source.repository, let commit = source.commit else {
            throw AuthorRanges.Unknown(
                reason: "the files are read from a folder and not from a commit; commit them first")
        }
        guard !repository.isShallow else {
            throw AuthorRanges.Unknown(
                reason: "this is a shallow clone, whose history is cut off; fetch the rest with "
                    + "`git fetch --unshallow`")
        }
        let made = AuthorRanges(repository: repository, tip: commit.id, converged: converged)
        bases = made
        return made
    }

    private func index(
        of range: AuthorRanges.Range
    ) throws(AuthorRanges.Unknown) -> AuthorIndex {
        if let known = indexes[range] { return try known.get() }
        let result = Result { () throws(AuthorRanges.Unknown) in try walk(range) }
        indexes[range] = result
        return try result.get()
    }

    private func walk(_ range: AuthorRanges.Range) throws(AuthorRanges.Unknown) -> AuthorIndex {
        guard let repository = source.repository else {
            throw AuthorRanges.Unknown(reason: "there is no repository to search")
        }
        let shared = library ?? DefinitionLibrary(repository: repository)
        library = shared
        do throws(GitError) {
            return try AuthorIndex(
                repository.commits(of: range.tip, without: range.base), library: shared)
        } catch {
            throw AuthorRanges.Unknown(reason: "\(error)")
        }
    }

    /// The commit that the shard is pinned to; nil where it follows the branch.
    private func pin(of id: ShardID) throws(AuthorRanges.Unknown) -> ObjectID? {
        guard let shard = shards[id],
            let pin = desired.fleet.namespace(id.namespace)?.pins.first(where: {
                $0.selector.selects(shard)
            })
        else { return nil }
        let name = pin.ref.value
        if let known = pins[name] { return try known.get() }
        let repository = source.repository
        let result = Result { () throws(AuthorRanges.Unknown) in
            guard let commit = try? repository?.resolve(name) else {
                throw AuthorRanges.Unknown(reason: "the pinned ref \(name) cannot be read")
            }
            return commit.id
        }
        pins[name] = result
        return try result.get()
    }
}
