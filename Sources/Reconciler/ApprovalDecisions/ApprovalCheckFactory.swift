import Basics
import Git
import Ledger
import Model

/// Puts together what decides whether approvals count: the policy, the operator's settings, the
/// mailmap of the followed branch and the keys that are trusted.
struct ApprovalCheckFactory {
    let session: LedgerSession
    let snapshot: RecordSnapshot?

    /// The check of approvals, for the present settings, mailmap and keys.
    ///
    /// - Parameter present: the entries whose files are on the followed branch, with the commits
    ///   that added them.
    func check(present: [String: [ObjectID]]) throws -> ApprovalCheck {
        let policy = session.fleet.policy
        let settings = session.request.approvals
        let terms = ApprovalTerms(
            identity: settings.identity, minimum: policy.approvers.minimum,
            refusesAuthor: policy.approvers.notAuthor, lifetimeSeconds: settings.lifetimeSeconds,
            folding: try folding())
        let proofs = ApprovalProofs(
            identity: settings.identity, signers: TrustedSigners(settings),
            daemons: TrustedDaemons(settings), repository: session.followed.repository,
            present: present, now: session.store.now)
        return ApprovalCheck(terms: terms, proofs: proofs)
    }

    /// The people as the mailmap of the branch knows them now, and as it did when the environment
    /// was last converged: removing a line from the mailmap must not make an author a different
    /// person.
    func folding() throws -> PeopleFolding {
        var maps: [Mailmap] = []
        if let map = try Mailmap(in: session.followed.tree) { maps.append(map) }
        let environment = try snapshot?.environmentRecord()
        var unknown: String?
        if let repository = session.followed.repository,
            let converged = environment?.convergedRevision
        {
            var commit: Commit?
            do throws(GitError) {
                commit = try repository.resolve(converged)
            } catch {
                unknown = Self.unknown(converged, error)
            }
            if let commit, let map = try Mailmap(in: GitTree(repository, commit: commit)) {
                maps.append(map)
            }
        }
        return PeopleFolding(
            foldsTags: session.request.approvals.foldsTags, mailmaps: maps, unknown: unknown)
    }

    private static func unknown(_ revision: String, _ error: GitError) -> String {
        "who is who cannot be said: the mailmap of \(revision.prefix(7)), at which the environment "
            + "last stood in full, cannot be read (\(error.fault)); fetch that commit, with "
            + "`git fetch --unshallow` in a shallow clone"
    }
}
