import Basics
import Foundation
import Git

/// The result of a transition's body.
package enum LedgerDecision: Sendable {
    /// Record the changes as one commit.
    case commit
    /// Record nothing: there is nothing to do (any more).
    case nothing
}

extension Ledger {
    /// How often a transition is tried while other writers move the environment's branch.
    static let attempts = 25

    /// Makes one transition of `environment`: one commit, or none.
    ///
    /// `body` runs on a fresh draft, and again on another one whenever somebody else moved the
    /// environment's branch meanwhile: it must check each time what it relies on. It runs with this
    /// ledger's write lock held, so it must not do anything slow; what it throws is thrown here,
    /// and nothing is recorded. When this returns a commit, the commit is on the disk; when it
    /// throws, the transition did not happen, unless the error's retry class is `indeterminate`.
    ///
    /// - Returns: the commit; nil where `body` decided `nothing`.
    @discardableResult
    package func transact(
        _ environment: String, actor: LedgerActor, event: LedgerEvent, time: Date,
        _ body: (inout LedgerDraft) throws -> LedgerDecision
    ) throws -> ObjectID? {
        let reference = try Self.reference(environment)
        let repository = try repository()
        let author = Signature(name: actor.name, email: actor.email, time: time)
        var lost: LedgerError?
        for attempt in 0..<Self.attempts {
            if attempt > 0 { Self.pause(attempt) }
            let lock = try WriteLock(
                ledger: path, waitSeconds: lockWaitSeconds, purpose: "writing \(event.kind)")
            defer { withExtendedLifetime(lock) {} }
            var draft = LedgerDraft(snapshot: try snapshot(environment), event: event)
            switch try body(&draft) {
            case .nothing: return nil
            case .commit: break
            }
            let base = draft.snapshot?.commit
            let commit = try write(draft, of: environment, by: author, to: repository)
            switch try publish(commit, over: base, reference, in: repository) {
            case .moved:
                pointHead(of: repository, at: environment, first: base == nil)
                return commit
            case .lost(let error): lost = error
            }
        }
        throw lost
            ?? LedgerError(
                .lostRace, "other processes kept changing environment \(environment)",
                remedy: "try again")
    }

    private func write(
        _ draft: LedgerDraft, of environment: String, by author: Signature,
        to repository: Repository
    ) throws(LedgerError) -> ObjectID {
        let message = try EventMessage.format(
            draft.event, environment: signer == nil ? nil : environment)
        return try translating("recording \(draft.event.kind) in the ledger \(path)") {
            () throws(GitError) in
            try repository.writeCommit(
                draft.edits, onto: draft.snapshot?.commit, by: author, message: message,
                signer: signer?.commitSigner)
        }
    }

    /// The outcome of moving the branch.
    private enum Publication {
        case moved
        case lost(LedgerError)
    }

    private func publish(
        _ commit: ObjectID, over base: ObjectID?, _ reference: String, in repository: Repository
    ) throws(LedgerError) -> Publication {
        let failure: GitError
        do throws(GitError) {
            try repository.move(reference, from: base, to: commit)
            return .moved
        } catch {
            failure = error
        }
        let subject = "moving \(reference) of the ledger \(path)"
        switch failure.code {
        case .modified: return .lost(LedgerError(failure, about: subject))
        case .locked:
            return .lost(
                LedgerError(
                    .locked,
                    "\(path)/\(reference).lock: a git command is moving this branch",
                    remedy: "if none is running, remove that file"))
        default: break
        }
        // The move may have happened before the failure: the branch itself tells.
        let happened: Bool
        do throws(GitError) {
            let now = try repository.target(of: reference)
            happened =
                try now.map { (id) throws(GitError) in
                    try repository.isAncestor(commit, of: id)
                } ?? false
        } catch {
            throw LedgerError(
                .io,
                "\(subject): \(failure.message), and the branch cannot be read: "
                    + "it is not known whether the transition was recorded",
                retry: .indeterminate)
        }
        guard happened else { throw LedgerError(failure, about: subject) }
        return .moved
    }

    /// Points `HEAD` at a branch that exists, so that `git log` without arguments works.
    private func pointHead(of repository: Repository, at environment: String, first: Bool) {
        guard first else { return }
        do throws(GitError) {
            if try repository.head() == nil { try repository.setHead(branch: environment) }
        } catch {
            // A convenience: the transition is recorded whether or not HEAD is moved.
        }
    }

    private static func pause(_ attempt: Int) {
        let most = min(200_000, 2_000 << min(attempt, 6))
        usleep(UInt32.random(in: 500...UInt32(most)))
    }
}
